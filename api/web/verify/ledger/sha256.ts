/** SHA-256: that of Node where it is there, else the portable one. */
import { sha256 as portable } from "@noble/hashes/sha2.js";
import { utf8 } from "./bytes.ts";

const node = globalThis.process?.getBuiltinModule?.("node:crypto");

export const sha256: (data: Uint8Array) => Uint8Array = node ? (data) => node.hash("sha256", data, "buffer") : portable;

let scratch = new Uint8Array(1024);

/** H over parts that are joined; a text stands for its UTF-8. */
export function H(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  let length = 0;
  for (const part of parts) {
    const bytes = typeof part === "string" ? utf8(part) : part;
    if (length + bytes.length > scratch.length) {
      const larger = new Uint8Array(2 * (length + bytes.length));
      larger.set(scratch.subarray(0, length));
      scratch = larger;
    }
    scratch.set(bytes, length);
    length += bytes.length;
  }
  return sha256(scratch.subarray(0, length));
}
