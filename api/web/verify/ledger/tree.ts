/** The Merkle tree of RFC 9162: roots and inclusion proofs. */
import { rawBytes, rawText, same } from "./bytes.ts";
import { require } from "./fault.ts";
import { LEAVES_AT_ONCE, leafAt, memory, rootOfLeaves } from "./hash_batches.ts";
import { H, Hashing } from "./sha256.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (data: Uint8Array): Uint8Array => H(LEAF, data);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => H(NODE, left, right);

/** The root over leaves that come one after the other; hashes are texts of a character for each byte. */
export class GrowingRoot {
  private readonly hashing = new Hashing();
  private readonly stack: string[] = [];
  private count = 0;

  private node(left: string, right: string): string {
    return this.hashing.raw("\x01").raw(left).raw(right).done();
  }

  /** Add a leaf as it is, before it is hashed. */
  add(data: string): void {
    this.addHash(this.hashing.raw("\0").raw(data).done());
  }

  addHash(leaf: string): void {
    let hash = leaf;
    for (let full = ++this.count; full % 2 === 0; full /= 2) hash = this.node(this.stack.pop()!, hash);
    this.stack.push(hash);
  }

  root(): string {
    let root = this.stack.at(-1);
    if (root === undefined) return this.hashing.done();
    for (let at = this.stack.length - 2; at >= 0; at--) root = this.node(this.stack[at]!, root);
    return root;
  }
}

/** The same over many leaves of 32 bytes each. */
export class GrowingRootOfHashes {
  private readonly growing = new GrowingRoot();
  private count = 0;

  /** Where in the memory of batches the next leaf goes; what is to be there before it is looked at is put there by `finish`. */
  place(finish: () => void): number {
    if (this.count === LEAVES_AT_ONCE) {
      finish();
      this.growing.addHash(rootOfLeaves(this.count));
      this.count = 0;
    }
    return leafAt(this.count++);
  }

  root(): string {
    if (this.count) this.growing.addHash(rootOfLeaves(this.count));
    this.count = 0;
    return this.growing.root();
  }
}

/** The root over leaves of 32 bytes each, which stand one after the other; a character for each byte. */
export function rootOverHashes(leaves: Uint8Array): string {
  const growing = new GrowingRootOfHashes();
  for (let from = 0; from < leaves.length; from += 32) {
    const place = growing.place(() => undefined);
    for (let i = 0; i < 32; i++) memory[place + i] = leaves[from + i]!;
  }
  return growing.root();
}

/** The root over leaf hashes. */
export function rootOf(leaves: Iterable<Uint8Array>): Uint8Array {
  const growing = new GrowingRoot();
  for (const leaf of leaves) growing.addHash(rawText(leaf));
  return rawBytes(growing.root());
}

/** The root over leaves that are given as they are, before they are hashed. */
export function rootOver(data: Iterable<Uint8Array>): Uint8Array {
  const growing = new GrowingRoot();
  for (const each of data) growing.add(rawText(each));
  return rawBytes(growing.root());
}

/** Check the inclusion proof of RFC 9162, 2.1.3. */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): void {
  require(index >= 0 && index < size, "leaf_outside");
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const step of proof) {
    require(step.length === 32 && last > 0, "inclusion_length");
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(step, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, step);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  require(last === 0 && same(hash, root), "inclusion_root");
}
