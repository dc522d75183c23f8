/** Many hashes: messages laid out in one memory, four of the same number of blocks hashed at once. */
import { rawText } from "./bytes.ts";
import { plainLanes, sha256 } from "./sha256.ts";
import { vectorLanes } from "./sha256_lanes.ts";

const BLOCK = 64;
const HASH = 32;
/** What ends a message at least: a bit, and its length in 8 bytes. */
const ENDING = 9;
const MOST_BLOCKS = 256;
/** Longer messages are hashed alone. */
export const LONGEST = BLOCK * MOST_BLOCKS - ENDING;

// The memory: messages of any length, then leaves of a tree, then nodes.
const ROOM = 1 << 18;
export const LEAVES_AT_ONCE = 1024;
const LEAVES = ROOM;
const NODES = LEAVES + BLOCK * LEAVES_AT_ONCE;
/** Behind them is room for whoever lays out messages, and for their hashes. */
export const OWN = NODES + BLOCK * LEAVES_AT_ONCE;
const OWN_BYTES = 1 << 17;

const PAGES = (OWN + OWN_BYTES) >> 16;
const { memory, hash } = vectorLanes(PAGES) ?? plainLanes(PAGES);
export { memory };

const blocksOf = (length: number): number => (length + ENDING + BLOCK - 1) >> 6;

/** End a message of so many bytes as SHA-256 asks. */
export function end(from: number, length: number, blocks: number): void {
  const after = from + BLOCK * blocks;
  memory[from + length] = 0x80;
  for (let at = from + length + 1; at < after - 4; at++) memory[at] = 0;
  const bits = 8 * length;
  memory[after - 4] = bits >>> 24;
  memory[after - 3] = bits >>> 16;
  memory[after - 2] = bits >>> 8;
  memory[after - 1] = bits;
}

/** Messages that are hashed some time before `finish` returns; only one of these is at work at a time. */
class Messages {
  private at = 0;
  /** By number of blocks up to four messages that wait, and where their hashes go. */
  private readonly waiting = new Int32Array(8 * (MOST_BLOCKS + 1));
  private readonly counts = new Uint8Array(MOST_BLOCKS + 1);

  /** Begin anew, whatever waits of somebody who gave up. */
  start(): void {
    this.counts.fill(0);
    this.at = 0;
  }

  /** Where to write a message of so many bytes, at once; its hash will stand at `to`. Longer ones than `LONGEST` are none. */
  begin(length: number, to: number): number {
    const blocks = blocksOf(length);
    if (this.at + BLOCK * blocks > ROOM) this.finish();
    if (this.counts[blocks] === 4) this.run(blocks);
    const [from, count] = [this.at, this.counts[blocks]!++];
    this.at += BLOCK * blocks;
    this.waiting[8 * blocks + count] = from;
    this.waiting[8 * blocks + 4 + count] = to;
    end(from, length, blocks);
    return from;
  }

  /** Add a message of a tag and of bytes that stand in an array. */
  add(tag: Uint8Array, data: Uint8Array, from: number, to: number, into: number): void {
    const length = tag.length + to - from;
    if (length > LONGEST) {
      const alone = new Uint8Array(length);
      alone.set(tag);
      alone.set(data.subarray(from, to), tag.length);
      memory.set(sha256(alone), into);
      return;
    }
    const at = this.begin(length, into);
    for (let i = 0; i < tag.length; i++) memory[at + i] = tag[i]!;
    memory.set(data.subarray(from, to), at + tag.length);
  }

  private run(blocks: number): void {
    const { waiting } = this;
    const [at, last] = [8 * blocks, this.counts[blocks]! - 1];
    for (let lane = last + 1; lane < 4; lane++) { // a lane without a message repeats the last one
      waiting[at + lane] = waiting[at + last]!;
      waiting[at + 4 + lane] = waiting[at + 4 + last]!;
    }
    const [a, b, c, d] = [waiting[at]!, waiting[at + 1]!, waiting[at + 2]!, waiting[at + 3]!];
    hash(a, b, c, d, blocks, waiting[at + 4]!, waiting[at + 5]!, waiting[at + 6]!, waiting[at + 7]!);
    this.counts[blocks] = 0;
  }

  /** Hash all that wait. */
  finish(): void {
    for (let blocks = 1; blocks <= MOST_BLOCKS; blocks++) if (this.counts[blocks]) this.run(blocks);
    this.at = 0;
  }
}

export const messages = new Messages();

/** Hash messages of one length that stand one after the other, each in whole blocks and ended. */
export function hashRow(from: number, count: number, blocks: number, to: (at: number) => number): void {
  const last = count - 1;
  for (let at = 0; at < count; at += 4) {
    const [b, c, d] = [Math.min(at + 1, last), Math.min(at + 2, last), Math.min(at + 3, last)];
    const step = BLOCK * blocks;
    hash(from + step * at, from + step * b, from + step * c, from + step * d, blocks, to(at), to(b), to(c), to(d));
  }
}

for (let at = 0; at < LEAVES_AT_ONCE; at++) {
  end(LEAVES + BLOCK * at, 1 + HASH, 1);
  if (at % 2) continue;
  memory[NODES + BLOCK * at] = 1;
  end(NODES + BLOCK * at, 1 + 2 * HASH, 2);
}

/** Where a leaf of 32 bytes is to be written, by its number from 0. */
export const leafAt = (at: number): number => LEAVES + BLOCK * at + 1;
/** Where a hash stands below its node, by its number in its row. */
const childAt = (at: number): number => NODES + 2 * BLOCK * (at >> 1) + 1 + HASH * (at & 1);

/** The root over the first leaves, whose number is 1 to `LEAVES_AT_ONCE`, a character for each byte. */
export function rootOfLeaves(count: number): string {
  hashRow(LEAVES, count, 1, childAt);
  for (let row = count; row > 1; row = (row + 1) >> 1) {
    hashRow(NODES, row >> 1, 2, childAt); // each parent is written where its children have been read
    if (row % 2) memory.copyWithin(childAt(row >> 1), childAt(row - 1), childAt(row - 1) + HASH);
  }
  return rawText(memory.subarray(childAt(0), childAt(0) + HASH));
}
