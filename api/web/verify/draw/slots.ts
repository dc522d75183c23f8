/** Slots and what opens them (docs/ledger.md, Commitments and hashes). */
import { rawBytes } from "../ledger/bytes.ts";
import { require } from "../ledger/fault.ts";
import { type Json, textAt } from "../ledger/json.ts";
import { H, Hashing } from "../ledger/sha256.ts";

export const identityCommitment = (salt: Uint8Array, code: string): Uint8Array => H("qian/id/v1", salt, code);
export const slotOf = (identity: Uint8Array, stratum: Uint8Array, key: Uint8Array): Uint8Array =>
  H("qian/slot/v1", identity, stratum, key);

const CODE = /^[0-9A-Za-z]{18}$/;
const KEY = /^[0-9a-f]{64}$/;
const hashing = new Hashing();

/** The slot that a row of table `slot` seals, a character for each byte. */
export function sealedSlotText(row: Json): string {
  const code = textAt(row, "enterprise");
  require(CODE.test(code), "a unified social credit code has 18 digits and letters");
  const identity = hashing.tag("qian/id/v1").hex(textAt(row, "identity_salt"), 32).raw(code).done();
  const stratum = hashing.tag("qian/stratum/v1").hex(textAt(row, "stratum_salt"), 32).text(textAt(row, "stratum")).done();
  const key = hashing.tag("qian/key/v1").hex(textAt(row, "key_salt"), 32).hex(textAt(row, "ticket_key"), 32).done();
  return hashing.tag("qian/slot/v1").raw(identity).raw(stratum).raw(key).done();
}

/** The ticket key of a row of table `slot`, in hex. */
export function ticketKey(row: Json): string {
  const key = textAt(row, "ticket_key");
  require(KEY.test(key), "a ticket key is 32 bytes in hex of lower case");
  return key;
}

export const sealedSlot = (row: Json): Uint8Array => rawBytes(sealedSlotText(row));
