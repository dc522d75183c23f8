/** The kept reasons of a grade, as bytes: {"rules": [places], "values": [integers or null]}, and judgements where there are some. */
import { textOf, utf8 } from "../ledger/bytes.ts";
import { parseQuickly } from "../ledger/canonical.ts";
import type { Cells } from "../ledger/cells.ts";
import { has, integer, type Json, list, listAt, object, text } from "../ledger/json.ts";
import type { Fired } from "./model.ts";

const [RULES, VALUES, END, NULL] = ['{"rules":[', '],"values":[', "]}", "null"].map(utf8) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const [ZERO, MINUS, COMMA, BRACKET] = [0x30, 0x2d, 0x2c, 0x5d];
/** So many digits are a safe integer, whatever they are. */
const SAFE_DIGITS = 15;

/** One room for the reasons of many grades, each of which holds until the next one. */
export class Reasons {
  bytes = new Uint8Array(1024);
  length = 0;
  rules: number[] = [];
  values: Json[] = [];
  judgements: Fired[] | null = null;
  private at = 0;

  /** Take the reasons that stand in a cell. */
  read(cells: Cells, cell: number): void {
    this.grow(cells.room(cell));
    this.length = cells.write(cell, this.bytes, 0);
    this.parse();
  }

  take(reasons: string): void {
    const bytes = utf8(reasons);
    this.grow(bytes.length);
    this.bytes.set(bytes);
    this.length = bytes.length;
    this.parse();
  }

  private grow(room: number): void {
    if (room > this.bytes.length) this.bytes = new Uint8Array(2 * room);
  }

  /** Throws Fault where they are not canonical. */
  private parse(): void {
    this.judgements = null;
    if (this.isPlain()) return;
    const told = object(parseQuickly(textOf(this.bytes.subarray(0, this.length))));
    this.values = [...listAt(told, "values")];
    this.rules = listAt(told, "rules").map(integer);
    if (has(told, "judgements")) this.judgements = listAt(told, "judgements").map(judgement);
  }

  /** Read them where they hold no more than rules and values; whatever is read so is canonical. */
  private isPlain(): boolean {
    this.at = 0;
    const read = this.passes(RULES) && this.integers(this.rules, false) && this.passes(VALUES) && this.integers(this.values, true);
    return read && this.passes(END) && this.at === this.length;
  }

  private passes(literal: Uint8Array): boolean {
    for (let i = 0; i < literal.length; i++) if (this.bytes[this.at + i] !== literal[i]) return false;
    this.at += literal.length;
    return this.at <= this.length;
  }

  /** Read integers up to a bracket. */
  private integers(into: Json[], mayLack: boolean): boolean {
    const { bytes, length } = this;
    into.length = 0;
    if (bytes[this.at] === BRACKET) return true;
    for (;;) {
      if (mayLack && this.passes(NULL)) into.push(null);
      else {
        const isNegative = bytes[this.at] === MINUS;
        if (isNegative) this.at++;
        const from = this.at;
        let value = 0;
        for (; this.at < length && bytes[this.at]! >= ZERO && bytes[this.at]! <= ZERO + 9; this.at++) value = 10 * value + bytes[this.at]! - ZERO;
        const digits = this.at - from;
        if (!digits || digits > SAFE_DIGITS || (bytes[from] === ZERO && (digits > 1 || isNegative))) return false;
        into.push(isNegative ? -value : value);
      }
      if (bytes[this.at] !== COMMA) return true;
      this.at++;
    }
  }
}

function judgement(value: Json): Fired {
  const [effect, grade] = list(value).map(text);
  return { effect: text(effect), grade: text(grade) };
}
