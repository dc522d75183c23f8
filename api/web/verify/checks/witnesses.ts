/** The check that the witnesses whom the freeze named saw it in time (docs/draw.md, Witnesses). */
import { same, unhex } from "../ledger/bytes.ts";
import type { Entry } from "../ledger/entry.ts";
import { require } from "../ledger/fault.ts";
import { exactly, integerAt, member, textAt, textsAt } from "../ledger/json.ts";
import { BEACON, VOIDED } from "../ledger/kinds.ts";
import { keyDue, logKeys } from "../ledger/log_keys.ts";
import { openCheckpoint, parseCheckpoint, unsigned } from "../ledger/note.ts";
import { cosigners, isMet, needsWitnesses, parsePolicy } from "../ledger/policy.ts";
import { instantOf } from "../ledger/time.ts";
import { checkInclusion, rootOf } from "../ledger/tree.ts";
import { parseBeacon } from "../draw/beacon.ts";
import type { Evidence } from "./evidence.ts";

export function witnesses(evidence: Evidence): string {
  require(!evidence.of(VOIDED).length, "a campaign that was voided is drawn");
  return checkWitnesses(evidence, evidence.frozen, evidence.decided);
}

/** Check the quorum between the entry that names a beacon and the one that it decided. */
export function checkWitnesses(evidence: Evidence, naming: Entry, decided: Entry): string {
  const pinned = evidence.trust.witnesses;
  const text = textAt(naming.body, "witnesses");
  const policy = text === "" ? null : parsePolicy(text);
  const witnessed = member(decided.body, "witnessed");
  if (policy === null || !needsWitnesses(policy)) {
    require(witnessed === null, "the draw holds evidence of witnesses whom the freeze did not name");
    require(!pinned?.length, "the freeze named no witnesses, though some are pinned");
    return "none named: that the freeze came before the beacon rests on the bureau's word";
  }
  const given = exactly(witnessed, "checkpoint", "proof");
  const note = textAt(given, "checkpoint");
  const trusted = [...policy.witnesses.values()].filter(
    (key) => pinned === undefined || pinned.some((each) => each.vkey === key.vkey),
  );
  const due = keyDue(logKeys(evidence.entries), parseCheckpoint(unsigned(note)).size);
  const { checkpoint, note: opened } = openCheckpoint(note, due, trusted);
  const { size, root } = checkpoint;
  require(naming.seq < size && size <= decided.seq, "the witnesses' checkpoint does not lie between freeze and draw");
  const early = evidence.ofCampaign.some((entry) => BEACON.includes(entry.kind) && entry.seq > naming.seq && entry.seq < size);
  require(!early, "the beacon came before the witnesses had cosigned");
  const leaves = evidence.entries.slice(0, size).map((entry) => entry.leaf);
  require(same(rootOf(leaves), root), "the witnesses cosigned another log than this one");
  checkInclusion(naming.leaf, naming.seq, size, textsAt(given, "proof").map((step) => unhex(step, 32)), root);
  const latest = parseBeacon(member(naming.body, "beacon")).notBefore - integerAt(naming.body, "margin");
  const cosigned = cosigners(policy, opened.signatures, latest);
  require(isMet(policy, cosigned), `no quorum of trusted witnesses cosigned by ${instantOf(latest)}`);
  const known = pinned === undefined ? "unverified, taken from the bundle" : "pinned";
  return `cosigned by ${instantOf(latest)} by ${[...cosigned].join(", ")} (keys ${known}), ${size} entries`;
}
