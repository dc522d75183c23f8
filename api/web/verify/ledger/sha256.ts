/** SHA-256: that of Node where it is there, else the portable one. */
import { _SHA256, sha256 as portable } from "@noble/hashes/sha2.js";
import { rawBytes, unhexed, utf8 } from "./bytes.ts";
import type { Lanes } from "./sha256_lanes.ts";

const node = globalThis.process?.getBuiltinModule?.("node:crypto");

export const sha256: (data: Uint8Array) => Uint8Array = node ? (data) => node.hash("sha256", data, "buffer") : portable;

const BLOCK = 64;
/** What ends a message at least: a bit, and its length in 8 bytes. */
const ENDING = 9;

/** The portable compression, run over blocks where they stand: a third of the time that a hash of its own for each takes. */
class Blocks extends _SHA256 {
  private readonly initial = this.get();

  /** Hash a message that is ended already, where it stands, and write the hash somewhere into the same memory. */
  write(view: DataView, from: number, count: number, to: number): void {
    this.set(...this.initial);
    for (let at = from; at < from + BLOCK * count; at += BLOCK) this.process(view, at);
    this.get().forEach((word, at) => view.setUint32(to + 4 * at, word));
  }

  /** The hash of the first bytes, after which there is room for the ending, as a text of 32 characters. */
  hashed(room: Uint8Array, view: DataView, length: number): string {
    const end = Math.ceil((length + ENDING) / BLOCK) * BLOCK;
    room.fill(0, length, end);
    room[length] = 0x80;
    view.setUint32(end - 8, Math.floor(length / 2 ** 29));
    view.setUint32(end - 4, 8 * length);
    this.set(...this.initial);
    for (let at = 0; at < end; at += BLOCK) this.process(view, at);
    let text = "";
    for (const word of this.get()) {
      text += String.fromCharCode(word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
    }
    return text;
  }
}

const blocks = node ? null : new Blocks();

/** Four lanes one after the other, over so many pages of memory, where there are no vectors. */
export function plainLanes(pages: number): Lanes {
  const [memory, each] = [new Uint8Array(pages << 16), new Blocks()];
  const view = new DataView(memory.buffer);
  return {
    memory,
    hash: (a, b, c, d, count, ...to) =>
      [a, b, c, d].forEach((from, lane, all) => {
        // A lane that repeats the one before is done; what it would read may be overwritten.
        if (lane === 0 || from !== all[lane - 1]) each.write(view, from, count, to[lane]!);
      }),
  };
}

/** Puts together what is hashed, part by part, again and again in the same room. */
export class Hashing {
  private room = new Uint8Array(1024);
  private view = new DataView(this.room.buffer);
  private views: Uint8Array[] = [];
  private at = 0;

  private grow(by: number): void {
    if (this.at + by + ENDING + BLOCK <= this.room.length) return;
    const larger = new Uint8Array(2 * (this.at + by + ENDING + BLOCK));
    larger.set(this.room.subarray(0, this.at));
    this.room = larger;
    this.view = new DataView(larger.buffer);
    this.views = [];
  }

  /** Begin with a tag, whatever was added to a hash that was never done. */
  tag(text: string): this {
    this.at = 0;
    return this.raw(text);
  }

  /** Add the bytes of a text of one character for each, such as a hash. */
  raw(text: string): this {
    this.grow(text.length);
    const { room, at } = this;
    for (let i = 0; i < text.length; i++) room[at + i] = text.charCodeAt(i);
    this.at += text.length;
    return this;
  }

  /** Add the UTF-8 of a text. */
  text(text: string): this {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return this.bytes(utf8(text));
    return this.raw(text);
  }

  bytes(data: Uint8Array): this {
    this.grow(data.length);
    this.room.set(data, this.at);
    this.at += data.length;
    return this;
  }

  /** Add the bytes of hex, of exactly `length`. */
  hex(text: string, length: number): this {
    this.grow(length);
    unhexed(text, length, this.room, this.at);
    this.at += length;
    return this;
  }

  /** The hash of what was added since the last one, a character for each byte. */
  done(): string {
    const length = this.at;
    this.at = 0;
    if (!node) return blocks!.hashed(this.room, this.view, length);
    return node.hash("sha256", (this.views[length] ??= this.room.subarray(0, length)), "binary");
  }
}

const parts = new Hashing();

/** H over parts that are joined; a text stands for its UTF-8. */
export function H(...given: readonly (string | Uint8Array)[]): Uint8Array {
  for (const part of given) if (typeof part === "string") parts.text(part); else parts.bytes(part);
  return rawBytes(parts.done());
}
