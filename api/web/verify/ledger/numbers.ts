/** Texts as numbers, and what is known of each by its number: of a million texts sooner found, and in less room, than by themselves. */
import { utf8, wideText } from "./bytes.ts";

const FEW = 1024;

/** Gives each text a number, from 0 in the order in which they come. */
export class Numbers {
  /** The UTF-8 of all texts, one after the other. */
  private bytes = new Uint8Array(32 * FEW);
  /** Where each text begins in them, and the last one ends. */
  private starts = new Int32Array(FEW + 1);
  private hashes = new Int32Array(FEW);
  /** Numbers and one more, where the hash leads or at the next free place behind it. */
  private table = new Int32Array(4 * FEW);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of the text with these bytes, given to it where it has none. */
  of(data: Uint8Array, from: number, to: number): number {
    const hash = hashOf(data, from, to);
    const place = this.placeOf(hash, data, from, to);
    return this.table[place]! ? this.table[place]! - 1 : this.add(hash, place, data, from, to);
  }

  /** The number of a text, -1 where it has none. */
  find(text: string): number {
    const bytes = utf8(text);
    return this.table[this.placeOf(hashOf(bytes, 0, bytes.length), bytes, 0, bytes.length)]! - 1;
  }

  text(number: number): string {
    return wideText(this.bytes, this.starts[number]!, this.starts[number + 1]!);
  }

  /** The first two bytes of a text as one integer; -1 where it is shorter. */
  beginning(number: number): number {
    const from = this.starts[number]!;
    return this.starts[number + 1]! - from < 2 ? -1 : 256 * this.bytes[from]! + this.bytes[from + 1]!;
  }

  /** Tell whether a text has these bytes. */
  is(number: number, data: Uint8Array, from: number, to: number): boolean {
    const { bytes } = this;
    let at = this.starts[number]!;
    if (this.starts[number + 1]! - at !== to - from) return false;
    for (let i = from; i < to; i++) if (data[i] !== bytes[at++]) return false;
    return true;
  }

  private placeOf(hash: number, data: Uint8Array, from: number, to: number): number {
    const { table, hashes } = this;
    const last = table.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const number = table[place]! - 1;
      if (number < 0 || (hashes[number] === hash && this.is(number, data, from, to))) return place;
    }
  }

  private add(hash: number, place: number, data: Uint8Array, from: number, to: number): number {
    const number = this.count++;
    const start = this.starts[number]!;
    const end = start + to - from;
    if (end > this.bytes.length) this.bytes = larger(this.bytes, new Uint8Array(2 * end));
    for (let i = from, at = start; i < to; i++, at++) this.bytes[at] = data[i]!;
    if (number + 1 === this.starts.length) this.starts = larger(this.starts, new Int32Array(2 * number + 1));
    if (number === this.hashes.length) this.hashes = larger(this.hashes, new Int32Array(2 * number));
    this.starts[number + 1] = end;
    this.hashes[number] = hash;
    this.table[place] = number + 1;
    if (4 * this.count > this.table.length) this.spread();
    return number;
  }

  /** Give the table four times the room. */
  private spread(): void {
    const { hashes, count } = this;
    const table = new Int32Array(4 * this.table.length);
    const last = table.length - 1;
    for (let number = 0; number < count; number++) {
      let place = hashes[number]! & last;
      while (table[place]) place = (place + 1) & last;
      table[place] = number + 1;
    }
    this.table = table;
  }
}

/** An integer for each number, 0 where none was set. */
export class ByNumber {
  private values = new Int32Array(FEW);

  get(number: number): number {
    return number >= 0 && number < this.values.length ? this.values[number]! : 0;
  }

  set(number: number, value: number): void {
    if (number >= this.values.length) this.values = larger(this.values, new Int32Array(2 * number));
    this.values[number] = value;
  }
}

function larger<Values extends Uint8Array | Int32Array>(values: Values, room: Values): Values {
  room.set(values);
  return room;
}

function hashOf(data: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ data[i]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
