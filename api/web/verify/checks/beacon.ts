/** The checks of a beacon: named before, told by the log, and what it gave (docs/draw.md, Beacons). */
import { hex } from "../ledger/bytes.ts";
import { canonical } from "../ledger/canonical.ts";
import type { Entry } from "../ledger/entry.ts";
import { require } from "../ledger/fault.ts";
import { has, integerAt, isObject, type Json, type JsonObject, member, textAt, textsAt } from "../ledger/json.ts";
import { BEACON, CONFIRMED, ENTERED, NAMING, REVEALED, SIGNED } from "../ledger/kinds.ts";
import { seconds } from "../ledger/time.ts";
import { type Beacon, type Ceremony, parseBeacon, type Single } from "../draw/beacon.ts";
import { outputOf } from "../draw/outputs.ts";
import type { Evidence } from "./evidence.ts";

const THROW = "throw";
const SOURCES = "sources";
const TRUSTED = {
  local: "to be trusted: the bureau's own randomness",
  drand: "signed by its chain, which is pinned",
  sources: "published by others, to be compared with their publication",
  ceremony: "of parties that were bound before",
};

export const beacon = (evidence: Evidence): string => checkNamedBeacon(evidence, evidence.frozen, evidence.decided);

/** Check the beacon that one entry names and another one was decided by. */
export function checkNamedBeacon(evidence: Evidence, naming: Entry, decided: Entry): string {
  require(naming.seq < decided.seq, "draw_before_freeze");
  const named = parseBeacon(member(naming.body, "beacon"));
  checkMargin(naming, named);
  for (const each of withFallbacks(named)) {
    const pinned = each.kind !== "drand" || evidence.trust.chains.some((chain) => chain.text === each.chain.text);
    require(pinned, "drand_chain_not_pinned");
  }
  checkFresh(named, naming, evidence.before(naming));
  const told = entriesBetween(evidence, naming, decided);
  checkPersons(evidence, named, told);
  const at = seconds(decided.time);
  const stated = member(decided.body, "beacon");
  const due = evidenceOf(named, told, at, localValue(stated));
  require(canonical(due) === canonical(stated), "draw_evidence_not_logged");
  const output = hex(outputOf(named, stated, at));
  require(output === textAt(decided.body, "output"), "beacon_output");
  const by = decidedBy(named, stated);
  const name = by === named ? named.kind : `${named.kind}, decided by its fallback ${by.kind}`;
  return `beacon ${name} (${TRUSTED[by.kind]}; ${by.entropyBits} bits), output ${output}`;
}

const fallbackOf = (named: Beacon): Single | null =>
  named.kind === "ceremony" ? named.fallback : named.kind === "sources" ? (named.ending?.fallback ?? null) : null;

function withFallbacks(named: Beacon): Beacon[] {
  const fallback = fallbackOf(named);
  return fallback === null ? [named] : [named, ...withFallbacks(fallback)];
}

/** The beacon that decided by this evidence: the one named, its fallback, or that one's own. */
function decidedBy(named: Beacon, stated: Json): Beacon {
  const [fallback, told] = [fallbackOf(named), fallbackIn(stated)];
  return fallback === null || told === null ? named : decidedBy(fallback, told);
}

const fallbackIn = (stated: Json): Json => (isObject(stated) && has(stated, "fallback") ? stated["fallback"]! : null);

const issuesOf = (named: Beacon): [string, number][] => withFallbacks(named).flatMap((each) => (each.kind === "sources" ? [...each.issues] : []));
const commitmentsOf = (named: Beacon): string[] => (named.kind === "ceremony" ? [...named.parties.values()] : []);

/** What an entry names must not be known by one before: no commitment twice, no numbers that were told to be published. */
function checkFresh(named: Beacon, naming: Entry, before: readonly Entry[]): void {
  const commitments = new Set(commitmentsOf(named));
  const issues = new Set(issuesOf(named).map(([issue]) => issue));
  if (!commitments.size && !issues.size) return;
  for (const entry of before.filter((each) => NAMING.includes(each.kind))) {
    const earlier = parseBeacon(member(entry.body, "beacon"));
    require(!commitmentsOf(earlier).some((each) => commitments.has(each)), "commitment_named_before", { subject: entry.subject });
    const known = issuesOf(earlier).some(([issue, at]) => issues.has(issue) && at <= seconds(naming.time));
    require(!known, "public_numbers_named_before", { subject: entry.subject });
  }
}

function checkMargin(naming: Entry, named: Beacon): void {
  const lead = named.notBefore - seconds(naming.time);
  const margin = integerAt(naming.body, "margin");
  const witnessed = textAt(naming.body, "witnesses") !== "";
  require(margin >= 0 && margin <= lead && (margin === lead || witnessed), "beacon_margin");
  require(margin >= named.leastMargin, "beacon_margin_too_small", { kind: named.kind, margin });
}

function entriesBetween(evidence: Evidence, naming: Entry, decided: Entry): Entry[] {
  const told = evidence.ofCampaign.filter((entry) => BEACON.includes(entry.kind));
  require(told.every((entry) => entry.seq > evidence.frozen.seq), "beacon_entries_misplaced");
  return told.filter((entry) => entry.seq > naming.seq && entry.seq < decided.seq);
}

const kindOf = (entries: readonly Entry[], kind: string, of?: string): Entry[] =>
  entries.filter((entry) => entry.kind === kind && (of === undefined || entry.body["of"] === of));
const last = (entries: readonly Entry[]): Entry | undefined => entries[entries.length - 1];

/** What decides by what has been told at an instant: the beacon, or the fallback of one that failed. */
function deciding(named: Beacon, told: readonly Entry[], at: number): Beacon {
  if (named.kind === "sources") {
    const missed = named.ending !== null && at > named.ending.deadline && !kindOf(told, CONFIRMED, SOURCES).length;
    return missed ? named.ending!.fallback : named;
  }
  if (named.kind !== "ceremony") return named;
  if (!allRevealed(named, told)) return at > named.deadline ? deciding(named.fallback, told, at) : named;
  const awaited = named.throw !== null && !kindOf(told, CONFIRMED, THROW).length;
  return awaited && at > named.throw!.deadline ? deciding(named.fallback, told, at) : named;
}

const allRevealed = (named: Ceremony, told: readonly Entry[]): boolean =>
  new Set(kindOf(told, REVEALED).map((entry) => entry.body["party"])).size >= named.parties.size;

function checkPersons(evidence: Evidence, named: Beacon, told: readonly Entry[]): void {
  for (const of of [THROW, SOURCES]) {
    const entered = kindOf(told, ENTERED, of);
    const confirmed = kindOf(told, CONFIRMED, of);
    for (const entry of [...entered, ...confirmed]) checkTime(named, told, entry, of);
    const [confirming, ...more] = confirmed;
    if (confirming === undefined) continue;
    require(!more.length && entered.every((entry) => entry.seq < confirming.seq), "values_confirmed_again");
    const entering = last(entered);
    const agree = entering !== undefined && canonical(textsAt(entering.body, "values")) === canonical(textsAt(confirming.body, "values"));
    require(agree, "values_confirmed_differ");
    if (!evidence.documents.size) continue; // the public sees commitments to them alone
    const persons = [entering, confirming].map((entry) => textAt(evidence.content(entry, "by"), "by"));
    require(persons[0] !== persons[1], "values_by_one_person");
    if (of === THROW) {
      const before = named.kind === "ceremony" ? (named.throw?.before ?? []) : [];
      require(persons.every((person) => before.includes(person)), "throw_by_unnamed_person");
    }
  }
}

/** Values are entered where their beacon decides: a throw's after all reveals, numbers once all are published. */
function checkTime(named: Beacon, told: readonly Entry[], entry: Entry, of: string): void {
  const before = told.filter((each) => each.seq < entry.seq);
  const at = seconds(entry.time);
  const decides = deciding(named, before, at);
  if (of === SOURCES) {
    require(decides.kind === "sources" && decides.knownFrom <= at, "values_too_early");
  } else {
    const due = named.kind === "ceremony" && decides === named && allRevealed(named, before);
    require(due, "throw_too_early_or_late");
  }
}

/** The evidence that the entries give for a draw at an instant; a local beacon's value stands nowhere else. */
function evidenceOf(named: Beacon, told: readonly Entry[], at: number, local: string): JsonObject {
  if (named.kind === "ceremony") return ceremonyEvidence(named, told, at, local);
  const decides = deciding(named, told, at);
  if (decides !== named) return { kind: "sources", values: [], fallback: evidenceOf(decides, told, at, local) };
  require(at >= named.knownFrom, "draw_before_beacon");
  if (named.kind === "local") return { kind: "local", value: local };
  if (named.kind === "drand") {
    const [signed] = kindOf(told, SIGNED);
    require(signed !== undefined, "drand_round_not_logged");
    const { body } = signed;
    return { kind: "drand", round: member(body, "round"), signature: member(body, "signature"), previous: member(body, "previous") };
  }
  const confirmed = last(kindOf(told, CONFIRMED, SOURCES));
  require(confirmed !== undefined, "public_numbers_not_logged");
  const evidence = { kind: "sources", values: member(confirmed.body, "values") };
  return named.ending === null ? evidence : { ...evidence, fallback: null };
}

function ceremonyEvidence(named: Ceremony, told: readonly Entry[], at: number, local: string): JsonObject {
  const order = [...named.parties.keys()];
  const reveals = kindOf(told, REVEALED).map(({ body, time }) => {
    const name = textAt(body, "party");
    require(named.parties.has(name), "no_party", { name });
    return { name, salt: member(body, "salt"), value: member(body, "value"), at: time };
  });
  reveals.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  const failed = deciding(named, told, at) !== named;
  const fallback = failed ? evidenceOf(named.fallback, told, at, local) : null;
  const evidence = { kind: "ceremony", reveals, fallback };
  if (named.throw === null) return evidence;
  const confirmed = last(kindOf(told, CONFIRMED, THROW));
  return { ...evidence, throw: confirmed === undefined ? null : { values: textsAt(confirmed.body, "values")[0] ?? "", at: confirmed.time } };
}

function localValue(stated: Json): string {
  const fallback = fallbackIn(stated);
  if (fallback !== null) return localValue(fallback);
  return textAt(stated, "kind") === "local" ? textAt(stated, "value") : "";
}
