/** The checks of pool, matching and re-matches (docs/draw.md, Pool, Matching, Re-match). */
import { unhex } from "../ledger/bytes.ts";
import { canonical, parseText } from "../ledger/canonical.ts";
import { commitment, type Entry } from "../ledger/entry.ts";
import { require } from "../ledger/fault.ts";
import { has, integerAt, type Json, type JsonObject, listAt, member, object, textAt, textsAt } from "../ledger/json.ts";
import { FIXING, MATCHED, REMATCHED, REOPENED, REPLACED } from "../ledger/kinds.ts";
import { byText, sorted } from "../ledger/order.ts";
import { seedOf } from "../draw/tickets.ts";
import { type Assignment, matched as matchedBy, matchSeedOf, type Target } from "../matching/matching.ts";
import { type Pool, poolOf, type Role, roleOf, teamSize } from "../matching/pool.ts";
import { expectedInspectors, personsOf } from "../matching/register.ts";
import { checkNamedBeacon } from "./beacon.ts";
import type { Evidence } from "./evidence.ts";
import { registered, registrationOf } from "./registered.ts";
import { earlierMatchings, expiredBefore, importedBefore, tiesBefore } from "./needed.ts";
import { recordedBefore, replacedUntil, replacementRows, visited } from "./replacements.ts";
import { checkWitnesses } from "./witnesses.ts";

export function pool(evidence: Evidence): string {
  const { plan, frozen } = evidence;
  const sealed = evidence.content(frozen, "matching");
  const held = objectOfPool(sealed);
  const { lastDay, leastDutyDays, differentUnits } = poolOf(held);
  const inOrder = (role: Role): Json => ({ ...role, specialties: sorted(role.specialties), inspectors: sorted(role.inspectors) });
  const agree =
    canonical(plan.roles.map(inOrder)) === canonical(listAt(held, "roles").map((role) => ({ ...roleOf(role) }))) &&
    lastDay === plan.ends &&
    leastDutyDays === plan.matching.leastDutyDays &&
    differentUnits === plan.matching.differentUnits;
  require(agree, "pool_terms");
  const register = inspectors(evidence);
  const households = plan.matching.household && [...register.values()].some((content) => has(content, "household"));
  const ours = expectedInspectors(plan, register, loads(evidence), {
    persons: households ? personsOf(tied(evidence)) : new Map(),
    lastVisits: plan.matching.lastVisit ? lastVisits(evidence) : new Map(),
  });
  const theirs = new Map(listAt(held, "inspectors").map((each) => [textAt(each, "id"), each] as const));
  for (const id of sorted(new Set([...ours.keys(), ...theirs.keys()]))) {
    const [due, found] = [ours.get(id), theirs.get(id)];
    require(found !== undefined, "inspector_left_out", { id });
    require(due !== undefined, "inspector_wrongly_in", { id });
    require(canonical(due) === canonical(found), "inspector_facts", { id });
  }
  checkRegions(evidence, sealed);
  return `${theirs.size} inspectors, as register, plan and earlier campaigns give them`;
}

const objectOfPool = (sealed: JsonObject): JsonObject => object(member(sealed, "pool"));

function checkRegions(evidence: Evidence, sealed: JsonObject): void {
  const seqs = importedBefore(evidence.entries, evidence.frozen, "registration").map((entry) => entry.seq);
  const newest = evidence.plan.roles.some((role) => role.local) ? registered(evidence, seqs) : null;
  const due = newest === null ? [] : Array.from(evidence.frame.codes, (code) => registrationOf(newest, evidence, code).region);
  require(canonical(due) === canonical(textsAt(sealed, "regions")), "matching_regions");
}

function inspectors(evidence: Evidence): Map<string, JsonObject> {
  const newest = new Map<string, Json>();
  for (const entry of importedBefore(evidence.entries, evidence.frozen, "inspector")) {
    for (const row of evidence.rows(entry, "batch", "inspector")) newest.set(textAt(row, "code"), member(row, "content"));
  }
  return new Map([...newest].map(([code, content]) => [code, object(parseText(String(content)))]));
}

function* tied(evidence: Evidence): Iterable<JsonObject> {
  for (const entry of tiesBefore(evidence.entries, evidence.frozen)) yield* evidence.rows(entry, "batch", "record");
}

/** The earlier campaigns that count, in the order of their matchings, each with what stood at the freeze. */
function earlier(evidence: Evidence): Map<string, Assignment[]> {
  const { starts, matching: rules } = evidence.plan;
  const assigned = new Map<string, Assignment[]>();
  const replaced = new Map<string, Assignment[]>();
  for (const entry of earlierMatchings(evidence.entries, evidence.frozen, starts, rules.lastVisit)) {
    const { subject, kind } = entry;
    const held = assigned.get(subject) ?? [];
    if (kind === REPLACED) assigned.set(subject, withoutReplaced(evidence, entry, held));
    else assigned.set(subject, kind === REOPENED ? held : [...held, ...assignments(evidence, entry)]);
    const gone = kind === REOPENED ? evidence.rows(entry, "reopening", "reopening").map(assignmentOf) : [];
    replaced.set(subject, [...(replaced.get(subject) ?? []), ...gone]);
  }
  return new Map([...assigned].map(([campaign, held]) => [campaign, without(held, replaced.get(campaign)!)] as const));
}

function loads(evidence: Evidence): Map<string, number> {
  const year = `${evidence.plan.starts.slice(0, 4)}-`;
  const counted = new Map<string, number>();
  for (const [campaign, standing] of earlier(evidence)) {
    if (!campaign.startsWith(year)) continue;
    for (const { inspector } of standing) counted.set(inspector, (counted.get(inspector) ?? 0) + 1);
  }
  return counted;
}

/** Codes by the inspector who visited them in the campaign that was matched last among those that visited them. */
function lastVisits(evidence: Evidence): Map<string, Set<string>> {
  const gone = expiredBefore(evidence.entries, evidence.frozen);
  const plans = new Map(evidence.entries.filter((entry) => FIXING.includes(entry.kind)).map((entry) => [entry.subject, entry]));
  const latest = new Map<string, readonly string[]>();
  for (const [campaign, standing] of earlier(evidence)) {
    const frozen = plans.get(campaign)!;
    if (gone.has(commitment(frozen, "plan"))) continue;
    const codes = new Map(evidence.rows(frozen, "plan", "slot").map((row) => [row["position"], textAt(row, "enterprise")]));
    const visitors = new Map<string, string[]>();
    for (const { position, inspector } of standing) {
      const code = codes.get(position)!;
      visitors.set(code, [...(visitors.get(code) ?? []), inspector]);
    }
    for (const [code, each] of visitors) latest.set(code, each);
  }
  const found = new Map<string, Set<string>>();
  for (const [code, visitors] of latest) {
    for (const inspector of visitors) found.set(inspector, (found.get(inspector) ?? new Set()).add(code));
  }
  return found;
}

export function matching(evidence: Evidence): string {
  if (!evidence.of(MATCHED).length) return "not matched yet";
  const matched = evidence.one(MATCHED);
  require(matched.seq > evidence.chosenAt.seq, "matching_before_draw");
  const targets = targetsOf(evidence);
  const found = assignments(evidence, matched);
  sameAssignments(matchedBy(sealedPool(evidence), targets, matchSeed(evidence, evidence.seed)), found);
  return `${found.length} assignments to ${targets.length} targets`;
}

export function rematches(evidence: Evidence): string {
  const steps = evidence.ofCampaign.filter((entry) => [REOPENED, REPLACED, REMATCHED].includes(entry.kind));
  if (!steps.length) return "nobody was replaced";
  const matched = evidence.one(MATCHED);
  const held = sealedPool(evidence);
  let standing = assignments(evidence, matched);
  const replaced: Assignment[] = [];
  let pending: Entry | null = null;
  for (const entry of steps) {
    require(entry.seq > matched.seq, "rematch_before_matching");
    if (entry.kind !== REMATCHED) require(pending === null, "rematch_pending", { seq: entry.seq });
    if (entry.kind === REPLACED) {
      standing = withoutReplaced(evidence, entry, standing);
      pending = entry;
      continue;
    }
    if (entry.kind === REOPENED) {
      const gone = reopened(evidence, entry, standing);
      replaced.push(...gone);
      standing = without(standing, gone);
      pending = entry;
      continue;
    }
    require(pending !== null, "rematch_without_cause", { seq: entry.seq });
    checkWitnesses(evidence, pending, entry);
    checkNamedBeacon(evidence, pending, entry);
    const seed = seedOf(pending.leaf, unhex(textAt(entry.body, "output"), 32));
    const found = assignments(evidence, entry);
    sameAssignments(matchedAgain(held, targetsOf(evidence, entry.seq), standing, replaced, matchSeed(evidence, seed)), found);
    standing = [...standing, ...found];
    pending = null;
  }
  const waiting = pending === null ? "" : ", another one is pending";
  const swapped = replacedUntil(evidence, evidence.entries.length).length;
  const reserves = swapped ? ` and ${swapped} reserves matched` : "";
  return `${replaced.length} assignments replaced${reserves}, each for a cause and by a later beacon${waiting}`;
}

function matchedAgain(
  held: Pool,
  targets: readonly Target[],
  standing: readonly Assignment[],
  replaced: readonly Assignment[],
  seed: Uint8Array,
): Assignment[] {
  const [loads, places] = [new Map<string, number>(), new Map<number, number>()];
  for (const each of standing) {
    loads.set(each.inspector, (loads.get(each.inspector) ?? 0) + 1);
    places.set(each.position, (places.get(each.position) ?? 0) + 1);
  }
  const lacking = targets.filter((target) => (places.get(target.position) ?? 0) < teamSize(held.roles));
  const positions = new Set(lacking.map((target) => target.position));
  const inspectors = held.inspectors.map((each) => ({ ...each, load: each.load + (loads.get(each.id) ?? 0) }));
  return matchedBy(
    { ...held, inspectors },
    lacking,
    seed,
    standing.filter((each) => positions.has(each.position)),
    new Set(replaced.map((each) => each.inspector)),
  );
}

/** What an entry replaces: assignments that stand, each with its cause, at no position with a finding. */
function reopened(evidence: Evidence, entry: Entry, standing: readonly Assignment[]): Assignment[] {
  const recorded = recordedBefore(evidence, entry.seq);
  const rows = evidence.rows(entry, "reopening", "reopening");
  require(rows.length > 0, "rematch_of_nobody", { seq: entry.seq });
  const names = new Set(standing.map(key));
  return rows.map((row) => {
    const each = assignmentOf(row);
    const stands = row["campaign"] === evidence.campaign && names.has(key(each)) && textAt(row, "cause").trim() !== "";
    require(stands, "rematch_of_no_assignment", { seq: entry.seq });
    require(!recorded.has(each.position), "rematch_after_finding", { seq: entry.seq, position: each.position });
    return each;
  });
}

/** Who stood in each team, and when. */
export class Teams {
  private readonly since = new Map<string, number>();
  private readonly until = new Map<string, number>();
  private readonly gone = new Map<number, number>();
  private readonly members = new Map<number, Set<string>>();

  constructor(evidence: Evidence) {
    for (const entry of [...evidence.of(MATCHED), ...evidence.of(REMATCHED)]) {
      for (const { position, inspector } of assignments(evidence, entry)) {
        this.members.set(position, (this.members.get(position) ?? new Set()).add(inspector));
        this.since.set(`${position}\0${inspector}`, entry.seq);
      }
    }
    for (const entry of evidence.of(REOPENED)) {
      for (const row of evidence.rows(entry, "reopening", "reopening")) {
        this.until.set(`${integerAt(row, "position")}\0${textAt(row, "inspector")}`, entry.seq);
      }
    }
    for (const entry of evidence.of(REPLACED)) {
      for (const row of replacementRows(evidence, entry)) this.gone.set(integerAt(row, "position"), entry.seq);
    }
  }

  /** Who stood in a team when an entry was appended. */
  at(position: number, seq: number): Set<string> {
    const stood = [...(this.members.get(position) ?? [])].filter((inspector) => {
      const place = `${position}\0${inspector}`;
      return this.since.get(place)! < seq && seq <= Math.min(this.until.get(place) ?? seq, this.gone.get(position) ?? seq);
    });
    return new Set(stood);
  }
}

const sealedPool = (evidence: Evidence): Pool => poolOf(objectOfPool(evidence.content(evidence.frozen, "matching")));

const matchSeed = (evidence: Evidence, seed: Uint8Array): Uint8Array =>
  matchSeedOf(seed, unhex(textAt(evidence.content(evidence.frozen, "matching"), "match_key"), 32));

/** The chosen slots as targets, or those that are visited after the replacements before an entry. */
function targetsOf(evidence: Evidence, seq = 0): Target[] {
  const regions = textsAt(evidence.content(evidence.frozen, "matching"), "regions");
  const chosen = visited(evidence.chosenPositions, replacedUntil(evidence, seq));
  const { codes, sectors } = evidence.frame;
  const within = [...chosen].filter((position) => position < codes.length).sort((one, other) => one - other);
  return within.map((position) => {
    return { position, enterprise: evidence.code(position)!, sector: sectors[position]!, region: regions[position] ?? "" };
  });
}

function assignments(evidence: Evidence, entry: Entry): Assignment[] {
  return evidence.rows(entry, "assignments", "assignment").map((row) => {
    require(row["campaign"] === entry.subject, "assignment_of_another_campaign", { position: String(row["position"]) });
    return assignmentOf(row);
  });
}

const assignmentOf = (row: JsonObject): Assignment => ({
  position: integerAt(row, "position"),
  role: textAt(row, "role"),
  inspector: textAt(row, "inspector"),
});

const key = (each: Assignment): string => JSON.stringify([each.position, each.role, each.inspector]);

function without(held: readonly Assignment[], gone: readonly Assignment[]): Assignment[] {
  const names = new Set(gone.map(key));
  return held.filter((each) => !names.has(key(each)));
}

function withoutReplaced(evidence: Evidence, entry: Entry, held: readonly Assignment[]): Assignment[] {
  const gone = new Set(replacementRows(evidence, entry).map((row) => integerAt(row, "position")));
  return held.filter((each) => !gone.has(each.position));
}

function sameAssignments(expected: readonly Assignment[], found: readonly Assignment[]): void {
  const order = (each: readonly Assignment[]): Assignment[] =>
    [...each].sort((one, other) => one.position - other.position || byText(one.role, other.role) || byText(one.inspector, other.inspector));
  const [due, held] = [order(expected), order(found)];
  for (let at = 0; at < Math.max(due.length, held.length); at++) {
    const [one, other] = [due[at], held[at]];
    const agree = one !== undefined && other !== undefined && key(one) === key(other);
    require(agree, "assignment_differs", { position: (one ?? other)!.position, role: (one ?? other)!.role });
  }
}
