/** The checks of tries that came to nothing: what a freeze replaces, and how campaigns were voided (docs/draw.md, Tries). */
import { canonical } from "../ledger/canonical.ts";
import type { Entry } from "../ledger/entry.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { has, listAt, member, textAt } from "../ledger/json.ts";
import { BEACON, DRAWN, FIXING, FROZEN, LISTED, MATCHED, RECORDED, VOID_CONFIRMED, VOID_PROPOSED, VOIDED, VOIDS } from "../ledger/kinds.ts";
import { sorted } from "../ledger/order.ts";
import { cosigners, isMet } from "../ledger/policy.ts";
import { seconds } from "../ledger/time.ts";
import { parseBeacon } from "../draw/beacon.ts";
import type { Evidence } from "./evidence.ts";
import { chainOf, namedBy, toBeNamed } from "./replaces.ts";
import { checkIncluded, openedCheckpoint, witnessedOf, type WitnessRule, witnessRule } from "./witnesses.ts";

export function earlierTries(evidence: Evidence): string {
  const { frozen } = evidence;
  const before = evidence.before(frozen);
  const named = new Set(namedBy(frozen));
  const needed = new Set(toBeNamed(before, frozen));
  for (const campaign of sorted(new Set([...needed, ...named]))) {
    require(named.has(campaign), "voided_not_named", { campaign });
    require(needed.has(campaign), "named_not_replaced", { campaign });
  }
  const chain = chainOf(frozen, before);
  for (const campaign of chain) checkVoid(evidence, campaign);
  for (const naming of evidence.entries) {
    const behind = naming === frozen || (naming.kind === FROZEN && chain.includes(naming.subject));
    if (behind) checkWitnessedVoids(evidence, naming);
  }
  return chain.length ? `replaces ${chain.join(", then ")}` : "no earlier try at these matters was voided";
}

export function voided(evidence: Evidence): string {
  const [found] = evidence.ofCampaign.filter((entry) => VOIDS.includes(entry.kind));
  if (found === undefined) return "not voided";
  const [decided] = evidence.of(evidence.isList ? MATCHED : DRAWN);
  const after = decided === undefined || (found.kind === VOID_CONFIRMED && found.seq > decided.seq);
  require(after, evidence.isList ? "voided_and_matched" : "voided_and_drawn");
  checkVoid(evidence, evidence.campaign);
  const reason = textAt(found.body, "reason");
  const step = evidence.isList ? "matching" : "draw";
  return found.kind === VOIDED ? `voided by rule: ${reason}` : `voided ${decided ? "after" : "before"} its ${step} by two persons: ${reason}`;
}

/** Check who voided a campaign and when: by rule, or by two persons before the beacon or after the draw, or a list. */
function checkVoid(evidence: Evidence, campaign: string): void {
  const about = evidence.entries.filter((entry) => entry.subject === campaign);
  const [confirmed, ...more] = about.filter((entry) => VOIDS.includes(entry.kind));
  if (confirmed === undefined || more.length) throw new Fault(saying("void_count", { campaign }));
  if (confirmed.kind === VOIDED) return;
  const before = about.filter((entry) => entry.seq < confirmed.seq);
  const since = before.filter((entry) => [...FIXING, DRAWN].includes(entry.kind)).pop();
  if (since === undefined) throw new Fault(saying("voided_not_frozen", { campaign }));
  const proposed = before.filter((entry) => entry.kind === VOID_PROPOSED && entry.seq > since.seq).pop();
  if (proposed === undefined) throw new Fault(saying("void_not_proposed", { campaign }));
  const agree = canonical(confirmed.body["proposed"]!) === canonical(proposed.seq) && confirmed.body["reason"] === proposed.body["reason"];
  require(agree, "void_reason", { campaign });
  if (evidence.documents.size) { // the public sees commitments to the persons alone
    const [one, other] = [proposed, confirmed].map((entry) => textAt(evidence.content(entry, "by"), "by"));
    require(one !== other, "void_by_one_person", { campaign });
  }
  if (since.kind === DRAWN || since.kind === LISTED) {
    const visited = before.some((entry) => entry.kind === RECORDED);
    return require(!visited, "void_after_visit", { campaign });
  }
  const until = witnessRule(since)?.latest ?? knownFrom(since);
  const early = seconds(confirmed.time) < until && !before.some((entry) => BEACON.includes(entry.kind));
  require(early, "void_after_beacon", { campaign });
}

/** When the first part of a freeze's beacon may be known. */
const knownFrom = (frozen: Entry): number => parseBeacon(member(frozen.body, "beacon")).notBefore;

/** Check the evidence that witnesses saw the voids that a freeze names, where they had to, before the beacons. */
function checkWitnessedVoids(evidence: Evidence, naming: Entry): void {
  for (const each of has(naming.body, "replaces") ? listAt(naming.body, "replaces") : []) {
    const campaign = textAt(each, "campaign");
    const about = evidence.before(naming).filter((entry) => entry.subject === campaign);
    const frozen = about.find((entry) => entry.kind === FROZEN);
    if (frozen === undefined) throw new Fault(saying("named_not_frozen", { campaign }));
    const confirmed = about.find((entry) => entry.kind === VOID_CONFIRMED);
    const undrawn = !about.some((entry) => entry.kind === DRAWN);
    const rule = confirmed !== undefined && undrawn ? witnessRule(frozen) : null;
    const witnessed = member(each, "witnessed");
    if (rule === null) {
      require(witnessed === null, "void_witnesses_unneeded", { campaign });
      continue;
    }
    const seen = witnessed !== null && isSeen(evidence, rule, witnessedOf(witnessed), confirmed!, knownFrom(frozen));
    require(seen, "void_witnesses_lacking", { campaign });
  }
}

function isSeen(evidence: Evidence, rule: WitnessRule, witnessed: ReturnType<typeof witnessedOf>, confirmed: Entry, latest: number): boolean {
  const { checkpoint, note } = openedCheckpoint(evidence, rule.policy, witnessed.note);
  checkIncluded(evidence, checkpoint, confirmed, witnessed.proof);
  return isMet(rule.policy, cosigners(rule.policy, note.signatures, latest));
}
