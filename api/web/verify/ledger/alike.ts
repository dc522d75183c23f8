/** Canonical objects that are written alike, sooner read where they stand in their bytes than parsed one by one. */
import { asciiText, utf8, wideText } from "./bytes.ts";
import { canonical, parseQuickly } from "./canonical.ts";
import { type Json, type JsonObject, object } from "./json.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const MINUS = 0x2d;
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
  private readonly before: readonly Uint8Array[];
  private readonly end: Uint8Array;

  private constructor(names: readonly string[], isText: readonly boolean[], before: readonly Uint8Array[], end: Uint8Array) {
    [this.names, this.isText, this.before, this.end] = [names, isText, before, end];
    this.from = new Int32Array(names.length);
    this.to = new Int32Array(names.length);
    this.marks = new Uint8Array(names.length);
  }

  /** Of an object that was read as canonical, between `opening` and `closing`; null where it holds anything but texts and integers. */
  static to(value: JsonObject, same: readonly string[] = [], opening = "", closing = ""): Alike | null {
    const [names, isText, before] = [[] as string[], [] as boolean[], [] as Uint8Array[]];
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
      before.push(utf8(typeof each === "string" ? `${literal}"` : literal));
      literal = typeof each === "string" ? '"' : "";
    }
    return new Alike(names, isText, before, utf8(`${literal}}${closing}`));
  }

  /** The number of a name, -1 where the objects do not have it. */
  place(name: string): number {
    return this.names.indexOf(name);
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
    let [at, wide] = [start, 0];
    for (let i = 0; i < before.length; i++) {
      const literal = before[i]!;
      for (let j = 0; j < literal.length; j++) if (data[at + j] !== literal[j]) return -1;
      from[i] = at += literal.length;
      if (isText[i]) {
        let [bits, mark] = [0, 0];
        for (let byte = data[at]!; byte !== QUOTE; byte = data[++at]!) {
          if (!(byte >= 0x20)) return -1; // a control character, or the end of the bytes
          bits |= byte;
          if (byte === BACKSLASH) {
            const next = data[++at];
            if (next !== QUOTE && next !== BACKSLASH) return -1;
            mark = ESCAPED;
          }
        }
        wide |= bits;
        this.marks[i] = mark | (bits >= 0x80 ? WIDE : 0);
      } else {
        if (data[at] === MINUS) return -1;
        while (data[at]! - ZERO >= 0 && data[at]! - ZERO <= 9) at++;
        const digits = at - from[i]!;
        if (!digits || digits > SAFE_DIGITS || (digits > 1 && data[from[i]!] === ZERO)) return -1;
      }
      to[i] = at;
    }
    const literal = this.end;
    for (let j = 0; j < literal.length; j++) if (data[at + j] !== literal[j]) return -1;
    this.wide = wide >= 0x80;
    return at + literal.length;
  }
}

/** Of canonical objects that are mostly alike what stands under some names. */
export class AlikeTexts {
  private alike: Alike | null = null;
  private room = new Uint8Array(1024);
  private readonly names: readonly string[];
  private places: readonly number[] = [];

  constructor(...names: readonly string[]) {
    this.names = names;
  }

  /** What a text holds under the names; throws Fault where it is not canonical or holds no object. */
  read(text: string): JsonObject {
    if (3 * text.length > this.room.length) this.room = new Uint8Array(6 * text.length);
    const { written } = encoder.encodeInto(text, this.room);
    if (this.alike?.read(this.room, 0) === written) return picked(this.alike, this.room, this.names, this.places);
    const found = object(parseQuickly(text));
    this.alike = Alike.to(found);
    this.places = placesOf(this.alike, this.names);
    return found;
  }
}

const encoder = new TextEncoder();

export const placesOf = (alike: Alike | null, names: readonly string[]): number[] => names.map((name) => alike?.place(name) ?? -1);

/** What was read last under names, of which these are the numbers. */
export function picked(alike: Alike, data: Uint8Array, names: readonly string[], places: readonly number[]): JsonObject {
  const found: Record<string, Json> = {};
  for (let i = 0; i < names.length; i++) if (places[i]! >= 0) found[names[i]!] = alike.value(data, places[i]!);
  return found;
}
