/** Something is not what it must be; the text names it. */
export class Fault extends Error {}

export function require(holds: boolean, text: string): asserts holds {
  if (!holds) throw new Fault(text);
}
