// The seed of a draw, as docs/draw.md has it; in our own code also where a page did not come by HTTPS.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const TAG = "qian/seed/v1";

/** Return the seed that a frozen entry's leaf hash and a beacon's output give, all in hex. */
export const seedOf = (frozen: string, output: string): string => bytesToHex(sha256(concatBytes(utf8ToBytes(TAG), hexToBytes(frozen), hexToBytes(output))));
