/** Slots and what opens them (docs/ledger.md, Commitments and hashes). */
import { unhex } from "../ledger/bytes.ts";
import { type Json, textAt } from "../ledger/json.ts";
import { H } from "../ledger/sha256.ts";

export const identityCommitment = (salt: Uint8Array, code: string): Uint8Array => H("qian/id/v1", salt, code);
export const stratumCommitment = (salt: Uint8Array, label: string): Uint8Array => H("qian/stratum/v1", salt, label);
export const keyCommitment = (salt: Uint8Array, key: Uint8Array): Uint8Array => H("qian/key/v1", salt, key);
export const slotOf = (identity: Uint8Array, stratum: Uint8Array, key: Uint8Array): Uint8Array =>
  H("qian/slot/v1", identity, stratum, key);

/** The slot that a row of table `slot` seals. */
export function sealedSlot(row: Json): Uint8Array {
  return slotOf(
    identityCommitment(unhex(textAt(row, "identity_salt"), 32), textAt(row, "enterprise")),
    stratumCommitment(unhex(textAt(row, "stratum_salt"), 32), textAt(row, "stratum")),
    keyCommitment(unhex(textAt(row, "key_salt"), 32), unhex(textAt(row, "ticket_key"), 32)),
  );
}
