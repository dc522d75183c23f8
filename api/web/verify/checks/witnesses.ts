/** The check that the witnesses whom the freeze named saw it in time (docs/draw.md, Witnesses). */
import { same, unhex } from "../ledger/bytes.ts";
import type { Entry } from "../ledger/entry.ts";
import { require } from "../ledger/fault.ts";
import { exactly, integerAt, type Json, member, textAt, textsAt } from "../ledger/json.ts";
import { BEACON } from "../ledger/kinds.ts";
import { keyDue, logKeys } from "../ledger/log_keys.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint, unsigned } from "../ledger/note.ts";
import { cosigners, isMet, needsWitnesses, parsePolicy, type Policy } from "../ledger/policy.ts";
import { instantOf } from "../ledger/time.ts";
import { checkInclusion, rootOf } from "../ledger/tree.ts";
import { parseBeacon } from "../draw/beacon.ts";
import type { Evidence } from "./evidence.ts";

export interface WitnessRule {
  readonly policy: Policy;
  /** The latest instant at which a cosignature counts, in Unix seconds. */
  readonly latest: number;
}

export const witnesses = (evidence: Evidence): string => checkWitnesses(evidence, evidence.frozen, evidence.decided);

/** The rule that an entry which names a beacon states; null where it needs no witness. */
export function witnessRule(naming: Entry): WitnessRule | null {
  const text = textAt(naming.body, "witnesses");
  const policy = text === "" ? null : parsePolicy(text);
  if (policy === null || !needsWitnesses(policy)) return null;
  return { policy, latest: parseBeacon(member(naming.body, "beacon")).notBefore - integerAt(naming.body, "margin") };
}

/** Check the quorum between the entry that names a beacon and the one that it decided. */
export function checkWitnesses(evidence: Evidence, naming: Entry, decided: Entry): string {
  const pinned = evidence.trust.witnesses;
  const rule = witnessRule(naming);
  if (rule === null) {
    require(member(decided.body, "witnessed") === null, "witnesses_unnamed");
    require(!pinned?.length, "witnesses_pinned_unnamed");
    return "none named: that the freeze came before the beacon rests on the bureau's word";
  }
  const witnessed = witnessedOf(member(decided.body, "witnessed"));
  const { checkpoint, note } = openedCheckpoint(evidence, rule.policy, witnessed.note);
  const { size } = checkpoint;
  require(naming.seq < size && size <= decided.seq, "witnesses_checkpoint_misplaced");
  const early = evidence.ofCampaign.some((entry) => BEACON.includes(entry.kind) && entry.seq > naming.seq && entry.seq < size);
  require(!early, "witnesses_after_beacon");
  checkIncluded(evidence, checkpoint, naming, witnessed.proof);
  const cosigned = cosigners(rule.policy, note.signatures, rule.latest);
  require(isMet(rule.policy, cosigned), "witnesses_quorum", { instant: instantOf(rule.latest) });
  const known = pinned === undefined ? "unverified, taken from the bundle" : "pinned";
  return `cosigned by ${instantOf(rule.latest)} by ${[...cosigned].join(", ")} (keys ${known}), ${size} entries`;
}

export function witnessedOf(value: Json): { note: string; proof: readonly Uint8Array[] } {
  const given = exactly(value, "checkpoint", "proof");
  return { note: textAt(given, "checkpoint"), proof: textsAt(given, "proof").map((step) => unhex(step, 32)) };
}

/** Open a note under the key of the log that was due, and those of the policy's witnesses that are trusted. */
export function openedCheckpoint(evidence: Evidence, policy: Policy, note: string): ReturnType<typeof openCheckpoint> {
  const pinned = evidence.trust.witnesses;
  const isTrusted = (vkey: string): boolean => pinned === undefined || pinned.some((each) => each.vkey === vkey);
  const trusted = [...policy.witnesses.values()].filter((key) => isTrusted(key.vkey));
  const due = keyDue(logKeys(evidence.entries), parseCheckpoint(unsigned(note)).size);
  return openCheckpoint(note, due, trusted);
}

/** Check that a checkpoint is a head of this very log, and the proof that it holds an entry. */
export function checkIncluded(evidence: Evidence, { size, root }: Checkpoint, entry: Entry, proof: readonly Uint8Array[]): void {
  require(size <= evidence.entries.length, "witnesses_longer_log");
  const leaves = evidence.entries.slice(0, size).map((each) => each.leaf);
  require(same(rootOf(leaves), root), "witnesses_another_log");
  checkInclusion(entry.leaf, entry.seq, size, proof, root);
}
