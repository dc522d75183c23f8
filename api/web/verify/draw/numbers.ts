/** Numbers that are published or fall, in canonical form after RFC 3797 (docs/draw.md, Beacons: Public numbers). */
import { require } from "../ledger/fault.ts";

interface Bowl {
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
  /** Balls are not put back, and their order says nothing; digits are drawn each by itself, in an order. */
  readonly balls: boolean;
}

interface Kind {
  readonly outcomes: bigint;
  /** What is drawn, or of one number with a fraction its decimal places. */
  readonly form: readonly Bowl[] | number;
}

const balls = (count: number, highest: number): Bowl => ({ count, lowest: 1, highest, balls: true });
const digits = (count: number): readonly Bowl[] => [{ count, lowest: 0, highest: 9, balls: false }];

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["ssq", { outcomes: 17721088n, form: [balls(6, 33), balls(1, 16)] }],
  ["kl8", { outcomes: 3535316142212174320n, form: [balls(20, 80)] }],
  ["fc3d", { outcomes: 1000n, form: digits(3) }],
  ["dlt", { outcomes: 21425712n, form: [balls(5, 35), balls(2, 12)] }],
  ["pl5", { outcomes: 100000n, form: digits(5) }],
  ["sse_close", { outcomes: 10000n, form: 4 }],
  ["csi300_close", { outcomes: 100n, form: 2 }],
]);

function kind(code: string): Kind {
  const found = KINDS.get(code);
  require(found !== undefined, "numbers_kind", { code });
  return found;
}

export const outcomesOf = (code: string): bigint => kind(code).outcomes;

/** Check that a text is what an issue of a kind can publish, as it is written canonically. */
export function checkPublished(code: string, text: string): void {
  const { form } = kind(code);
  if (typeof form === "number") {
    const found = /^[1-9][0-9]{0,8}\.([0-9]*)\/$/.exec(text);
    const fraction = found?.[1];
    require(
      fraction !== undefined && fraction.length <= form && !fraction.endsWith("0"),
      "number_form", { text, form },
    );
    return;
  }
  const bowls = text.split("/");
  require(bowls.length === form.length + 1 && bowls.pop() === "", "number_bowls", { text, code });
  form.forEach((bowl, at) => {
    const numbers = numbersOf(bowls[at]!);
    require(numbers.length === bowl.count, "number_count", { text, code });
    checkRange(numbers, bowl.lowest, bowl.highest, text);
    if (bowl.balls) require(numbers.every((each, i) => i === 0 || each > numbers[i - 1]!), "number_order", { text });
  });
}

/** Check that a text is what falls in a throw of dice or lots, as it is written canonically. */
export function checkFell(what: string, count: number, of: number, text: string): void {
  const numbers = text.endsWith("/") ? numbersOf(text.slice(0, -1)) : [];
  require(numbers.length === count, "throw_count", { text, count });
  checkRange(numbers, 1, of, text);
  require(what === "dice" || new Set(numbers).size === count, "lot_twice", { text });
}

function numbersOf(bowl: string): number[] {
  require(/^((0|[1-9][0-9]{0,5})\.)+$/.test(bowl), "number_written", { text: bowl });
  return bowl.slice(0, -1).split(".").map(Number);
}

function checkRange(numbers: readonly number[], lowest: number, highest: number, text: string): void {
  require(numbers.every((each) => each >= lowest && each <= highest), "number_range", { text });
}
