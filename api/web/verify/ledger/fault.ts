/** Something is not what it must be: a code, which `faults.ts` puts into words, and what those words leave open. */
import { FAULTS, NAMES, WHAT } from "../faults.ts";

const WORDS = { ...FAULTS, ...WHAT };
/** The parts of words that are names which the log gives. */
const NAMED = ["name", "table", "kind"];
type Words = typeof WORDS;
type Code = keyof Words;
/** The names in braces of a text. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
/** The codes whose words leave nothing open. */
type Plain<Of extends Code> = { [Each in Of]: [NamesIn<Words[Each]["en"]>] extends [never] ? Each : never }[Of];
type Part = string | number | bigint | undefined | Saying;
type PartsOf<Of extends Code> = Record<NamesIn<Words[Of]["en"]>, Part>;

/** A code and the parts of its words; it may go from one thread to another. */
export interface Saying {
  readonly code: Code;
  readonly parts: Readonly<Record<string, Part>>;
}

export type FaultCode = keyof typeof FAULTS;

export function saying<Of extends Plain<Code>>(code: Of): Saying;
export function saying<Of extends Code>(code: Of, parts: PartsOf<Of>): Saying;
export function saying(code: Code, parts: Saying["parts"] = {}): Saying {
  return { code, parts };
}

/** Put what is told into words. */
export function said({ code, parts }: Saying, language: "en" | "zh"): string {
  return WORDS[code][language].replace(/\{(\w+)\}/g, (_, name: string) => {
    const part = parts[name] ?? "?";
    if (typeof part === "object") return said(part, language);
    return language === "zh" && NAMED.includes(name) ? called(String(part)) : String(part);
  });
}

/** A name of the log's, beside what it is called. */
const called = (name: string): string => (Object.hasOwn(NAMES, name) ? `${NAMES[name]!}（${name}）` : name);

export class Fault extends Error {
  constructor(readonly saying: Saying) {
    super(said(saying, "en"));
  }
}

/** Return what an error tells: where it is no fault, that something could not be read, and what the engine says of it. */
export function sayingOf(error: unknown): Saying {
  if (error instanceof Fault) return error.saying;
  const code = error instanceof SyntaxError ? "unreadable_text" : error instanceof TypeError ? "unreadable_shape" : "unreadable";
  return saying(code, { reason: String(error) });
}

export function require<Of extends Plain<FaultCode>>(holds: boolean, code: Of): asserts holds;
export function require<Of extends FaultCode>(holds: boolean, code: Of, parts: PartsOf<Of>): asserts holds;
export function require(holds: boolean, code: FaultCode, parts: Saying["parts"] = {}): asserts holds {
  if (!holds) throw new Fault({ code, parts });
}
