/** Canonical objects that are written alike, sooner read where they stand in their bytes than parsed one by one. */
import { asciiText, utf8, wideText } from "./bytes.ts";
import { canonical } from "./canonical.ts";
import type { JsonObject } from "./json.ts";
import type { Numbers } from "./numbers.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The high bit of each of four bytes. */
const HIGH_BITS = 0x80808080 | 0;
const ZERO = 0x30;
const MINUS = 0x2d;
/** What each byte is worth as a digit of hex in lower case; -1 for all others. */
const HEX_DIGITS = Int8Array.from({ length: 256 }, (_, byte) => "0123456789abcdef".indexOf(String.fromCharCode(byte)));
/** So many digits are a safe integer, whatever they are. */
const SAFE_DIGITS = 15;
const ESCAPED = 1;
const WIDE = 2;

/**
 * Reads objects that have the names of a given one, texts where it has texts and integers where it has integers, and
 * the same value where that is said to be `same`. Whatever is read is canonical if its bytes are UTF-8.
 */
export class Alike {
  /** Of the object that was read last, where each value begins and ends, without quotes. */
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  /** How its texts are written: ESCAPED, WIDE, both or neither. */
  private readonly marks: Uint8Array;
  /** Whether there was a byte from 0x80 on. */
  wide = false;
  private readonly names: readonly string[];
  private readonly isText: readonly boolean[];
  private readonly before: readonly Literal[];
  private readonly end: Literal;
  /** What was read last, and a view of it. */
  private data: Uint8Array | null = null;
  private view: DataView = new DataView(new ArrayBuffer(0));

  private constructor(names: readonly string[], isText: readonly boolean[], before: readonly Literal[], end: Literal) {
    [this.names, this.isText, this.before, this.end] = [names, isText, before, end];
    this.from = new Int32Array(names.length);
    this.to = new Int32Array(names.length);
    this.marks = new Uint8Array(names.length);
  }

  /** Of an object that was read as canonical, between `opening` and `closing`; null where it holds anything but texts and integers. */
  static to(value: JsonObject, same: readonly string[] = [], opening = "", closing = ""): Alike | null {
    const [names, isText, before] = [[] as string[], [] as boolean[], [] as Literal[]];
    let literal = `${opening}{`;
    for (const [name, each] of Object.entries(value)) {
      if (typeof each !== "string" && typeof each !== "number") return null;
      literal += `${literal.endsWith("{") ? "" : ","}${canonical(name)}:`;
      if (same.includes(name)) {
        literal += canonical(each);
        continue;
      }
      names.push(name);
      isText.push(typeof each === "string");
      before.push(new Literal(typeof each === "string" ? `${literal}"` : literal));
      literal = typeof each === "string" ? '"' : "";
    }
    return new Alike(names, isText, before, new Literal(`${literal}}${closing}`));
  }

  /** How many names the objects have, but for those whose values are the same. */
  get width(): number {
    return this.names.length;
  }

  /** The number of a name, -1 where the objects do not have it. */
  place(name: string): number {
    return this.names.indexOf(name);
  }

  /** Write the UTF-8 of the text that was read last under a number, which ends where this says. */
  write(data: Uint8Array, place: number, into: Uint8Array, at: number): number {
    const [from, to] = [this.from[place]!, this.to[place]!];
    for (let i = from; i < to; i++) {
      const byte = data[i]!;
      into[at++] = byte === BACKSLASH ? data[++i]! : byte;
    }
    return at;
  }

  /** How many bytes a text has at most. */
  length(place: number): number {
    return this.to[place]! - this.from[place]!;
  }

  /** Write the bytes of hex of exactly so many; false where it is none. */
  writeHex(data: Uint8Array, place: number, length: number, into: Uint8Array, at: number): boolean {
    const from = this.from[place]!;
    if (this.to[place]! - from !== 2 * length) return false;
    let wrong = 0;
    for (let i = 0; i < length; i++) {
      const [high, low] = [HEX_DIGITS[data[from + 2 * i]!]!, HEX_DIGITS[data[from + 2 * i + 1]!]!];
      wrong |= high | low;
      into[at + i] = (high << 4) | low;
    }
    return wrong >= 0;
  }

  /** Whether a text is there under a number. */
  isTextAt(place: number): boolean {
    return place >= 0 && this.isText[place]!;
  }

  /** The number of the text that was read last under a number, among others. */
  numberOf(data: Uint8Array, place: number, numbers: Numbers): number {
    if (!(this.marks[place]! & ESCAPED)) return numbers.of(data, this.from[place]!, this.to[place]!);
    const bytes = utf8(String(this.value(data, place)));
    return numbers.of(bytes, 0, bytes.length);
  }

  /** Whether a text is there that escapes nothing. */
  isPlainAt(place: number): boolean {
    return this.isTextAt(place) && !(this.marks[place]! & ESCAPED);
  }

  /** Whether such a text has this number among others. */
  isNumbered(data: Uint8Array, place: number, numbers: Numbers, number: number): boolean {
    return numbers.is(number, data, this.from[place]!, this.to[place]!);
  }

  /** The value that was read last under a number. */
  value(data: Uint8Array, place: number): number | string {
    const [from, to] = [this.from[place]!, this.to[place]!];
    if (this.isText[place]) {
      const mark = this.marks[place]!;
      const text = mark & WIDE ? wideText(data, from, to) : asciiText(data, from, to);
      return mark & ESCAPED ? (JSON.parse(`"${text}"`) as string) : text;
    }
    let value = 0;
    for (let at = from; at < to; at++) value = 10 * value + data[at]! - ZERO;
    return value;
  }

  /** Read the object that begins here; returns where it ends, or -1 where it is not alike. */
  read(data: Uint8Array, start: number): number {
    const { from, to, isText, before } = this;
    const [view, last] = [this.viewed(data), data.length - 4];
    let [at, wide] = [start, 0];
    for (let i = 0; i < before.length; i++) {
      from[i] = at = before[i]!.passed(data, view, at);
      if (at < 0) return -1;
      if (isText[i]) {
        let [bits, mark] = [0, 0];
        for (;;) {
          while (at <= last) { // four bytes at once, as long as none of them ends the text or escapes
            const four = view.getInt32(at, true);
            const [quotes, escapes] = [four ^ 0x22222222, four ^ 0x5c5c5c5c];
            const stops = ((quotes - 0x01010101) & ~quotes) | ((escapes - 0x01010101) & ~escapes) | ((four - 0x20202020) & ~four);
            if (stops & HIGH_BITS) break;
            bits |= four;
            at += 4;
          }
          const byte = data[at]!;
          if (byte === QUOTE) break;
          if (!(byte >= 0x20)) return -1; // a control character, or the end of the bytes
          bits |= byte;
          at++;
          if (byte !== BACKSLASH) continue;
          const next = data[at++];
          if (next !== QUOTE && next !== BACKSLASH) return -1;
          mark = ESCAPED;
        }
        if (bits & HIGH_BITS) mark |= WIDE;
        wide |= mark & WIDE;
        this.marks[i] = mark;
      } else {
        if (data[at] === MINUS) return -1;
        while (data[at]! - ZERO >= 0 && data[at]! - ZERO <= 9) at++;
        const digits = at - from[i]!;
        if (!digits || digits > SAFE_DIGITS || (digits > 1 && data[from[i]!] === ZERO)) return -1;
      }
      to[i] = at;
    }
    this.wide = wide > 0;
    return this.end.passed(data, view, at);
  }

  private viewed(data: Uint8Array): DataView {
    if (this.data !== data) [this.data, this.view] = [data, new DataView(data.buffer, data.byteOffset, data.length)];
    return this.view;
  }
}

/** Bytes that are the same in all objects, compared four at once. */
class Literal {
  private readonly bytes: Uint8Array;
  private readonly fours: Int32Array;

  constructor(text: string) {
    this.bytes = utf8(text);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.fours = Int32Array.from({ length: this.bytes.length >> 2 }, (_, at) => view.getInt32(4 * at, true));
  }

  /** Where these bytes end if they begin here, else -1. */
  passed(data: Uint8Array, view: DataView, at: number): number {
    const { bytes, fours } = this;
    if (at + bytes.length > data.length) return -1;
    for (let i = 0; i < fours.length; i++, at += 4) if (view.getInt32(at, true) !== fours[i]) return -1;
    for (let i = 4 * fours.length; i < bytes.length; i++, at++) if (data[at] !== bytes[i]) return -1;
    return at;
  }
}
