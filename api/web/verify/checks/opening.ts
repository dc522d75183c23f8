/** The opening of a published name: it stood in the frozen frame (docs/ledger.md, Documents: `opening`). */
import { hex, unhex } from "../ledger/bytes.ts";
import { require } from "../ledger/fault.ts";
import { exactly, integerAt, type Json, textAt, textsAt } from "../ledger/json.ts";
import { checkInclusion, leafHash } from "../ledger/tree.ts";
import { identityCommitment, slotOf } from "../draw/slots.ts";

export interface Opening {
  readonly position: number;
  readonly slots: number;
  readonly root: string;
  readonly slot: string;
  readonly identitySalt: Uint8Array;
  readonly stratum: Uint8Array;
  readonly key: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

const NAMES = "position slots root slot identity_salt stratum_commitment key_commitment proof".split(" ");

export function openingOf(value: Json): Opening {
  const given = exactly(value, ...NAMES);
  return {
    position: integerAt(given, "position"),
    slots: integerAt(given, "slots"),
    root: textAt(given, "root"),
    slot: textAt(given, "slot"),
    identitySalt: unhex(textAt(given, "identity_salt"), 32),
    stratum: unhex(textAt(given, "stratum_commitment"), 32),
    key: unhex(textAt(given, "key_commitment"), 32),
    proof: textsAt(given, "proof").map((step) => unhex(step, 32)),
  };
}

/** Check that an opening shows a code's slot in the frame of so many slots under a root (hex). */
export function checkOpening(code: string, opening: Opening, slots: number, root: string): void {
  const slot = slotOf(identityCommitment(opening.identitySalt, code), opening.stratum, opening.key);
  const told = opening.slots === slots && opening.root === root && opening.slot === hex(slot);
  require(told, "opening_of_another_slot", { position: opening.position });
  checkInclusion(leafHash(slot), opening.position, slots, opening.proof, unhex(root, 32));
}
