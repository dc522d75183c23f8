/** The Merkle tree of RFC 9162: roots and inclusion proofs. */
import { same } from "./bytes.ts";
import { require } from "./fault.ts";
import { H } from "./sha256.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (data: Uint8Array): Uint8Array => H(LEAF, data);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => H(NODE, left, right);

/** The root over leaf hashes. */
export function rootOf(leaves: Iterable<Uint8Array>): Uint8Array {
  const stack: Uint8Array[] = [];
  let count = 0;
  for (const leaf of leaves) {
    stack.push(leaf);
    for (let full = ++count; full % 2 === 0; full /= 2) {
      const right = stack.pop()!;
      stack.push(nodeHash(stack.pop()!, right));
    }
  }
  let root = stack.pop();
  if (root === undefined) return H();
  while (stack.length) root = nodeHash(stack.pop()!, root);
  return root;
}

/** The root over leaves that are given as they are, before they are hashed. */
export function rootOver(data: Iterable<Uint8Array>): Uint8Array {
  function* hashes(): Iterable<Uint8Array> {
    for (const each of data) yield leafHash(each);
  }
  return rootOf(hashes());
}

/** Check the inclusion proof of RFC 9162, 2.1.3. */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): void {
  require(index >= 0 && index < size, "the leaf lies outside of the tree");
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const step of proof) {
    require(step.length === 32 && last > 0, "the inclusion proof has another length");
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
  require(last === 0 && same(hash, root), "the inclusion proof does not lead to the root");
}
