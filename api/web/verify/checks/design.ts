/** The checks of a design: exclusions, cells, quotas, and what visits tell (docs/draw.md, Past draws to Inference). */
import { canonical } from "../ledger/canonical.ts";
import { commitment, type Entry } from "../ledger/entry.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { integerAt, type Json, listAt, member, objectAt, textAt } from "../ledger/json.ts";
import { DRAWN } from "../ledger/kinds.ts";
import { ByNumber } from "../ledger/numbers.ts";
import { sorted } from "../ledger/order.ts";
import { dayOf } from "../ledger/time.ts";
import { cellFinder, type Design, EXCLUDED, expecting, FULL, placeFinder, rulesOf } from "../draw/design.ts";
import { compareFractions, fraction } from "../draw/fractions.ts";
import { chancesOf, type Member, type Past, riskierHalf, worstCase } from "../draw/inference.ts";
import { designStrata, limitsOf, stratumOf } from "../draw/strata.ts";
import type { Evidence } from "./evidence.ts";
import { gradesOfRun } from "./letters.ts";
import { countedCampaigns, excludedBy, frozenEntry, type PastDraw, replacedBefore, settlingDraws, visitedWithin } from "./past.ts";
import { registeredAtFreeze, type Registration, registrationOf } from "./registered.ts";

/** Whom a campaign drew, and its reserves that were used before this freeze. */
function drawnCodes(evidence: Evidence, drawn: Entry): Set<string> {
  const { entries, frozen } = evidence;
  const rows = evidence.rows(frozenEntry(entries, drawn.subject), "plan", "slot");
  const frame = new Map(rows.map((row) => [integerAt(row, "position"), textAt(row, "enterprise")] as const));
  const swaps = replacedBefore(entries, drawn.subject, frozen);
  const used = swaps.flatMap((swap) => evidence.rows(swap, "replacement", "replacement").map((row) => integerAt(row, "reserve")));
  const positions = [...evidence.rows(drawn, "draw", "drawn").map((row) => integerAt(row, "position")), ...used];
  return new Set(
    positions.map((position) => {
      const code = frame.get(position);
      require(code !== undefined, "drawn_outside_frame", { subject: drawn.subject });
      return code;
    }),
  );
}

function pastDraws(evidence: Evidence): PastDraw[] {
  const settling = settlingDraws(evidence.entries, evidence.frozen, objectAt(evidence.sealed, "plan"));
  const told = (entry: Entry): PastDraw => ({ campaign: entry.subject, day: dayOf(entry.time), codes: drawnCodes(evidence, entry) });
  return evidence.once("past draws", () => settling.map(told));
}

export function exclusions(evidence: Evidence): string {
  const { plan, sealed } = evidence;
  const expected = new Map<string, Json>([...plan.exclusions].map(([code, reason]) => [code, [reason, null]]));
  const told = excludedBy(pastDraws(evidence), dayOf(evidence.frozen.time), plan.onceAYear, plan.frequency);
  const inFrame = told.size ? numbersIn(evidence.frame.codes) : null;
  for (const [code, why] of told) if (inFrame?.get(evidence.codes.find(code)) && !expected.has(code)) expected.set(code, why);
  const held = new Map<string, Json>();
  for (const each of listAt(sealed, "excluded")) held.set(textAt(each, "enterprise"), [member(each, "reason"), member(each, "campaign")]);
  for (const code of sorted(new Set([...expected.keys(), ...held.keys()]))) {
    const agree = canonical(expected.get(code) ?? null) === canonical(held.get(code) ?? null);
    require(agree, "exclusion_differs", { code });
  }
  const excluded = numbersIn([...held.keys()].map((code) => evidence.codes.find(code)).filter((code) => code >= 0));
  const { codes, labels } = evidence.frame;
  for (let position = 0; position < codes.length; position++) {
    if ((labels[position] === EXCLUDED) === excluded.get(codes[position]!) > 0) continue;
    throw new Fault(saying("exclusion_not_listed", { code: evidence.code(position) }));
  }
  return `${held.size} excluded, each with its reason`;
}

function numbersIn(codes: Iterable<number>): ByNumber {
  const marks = new ByNumber();
  for (const code of codes) marks.set(code, 1);
  return marks;
}

/** The design that was planned, with the rates of findings that it expects. */
function designOf(evidence: Evidence): Design {
  const { design } = evidence.plan;
  return design.past ? expecting(design, member(evidence.sealed, "experience"), evidence.scale) : design;
}

/** The label of the cell of each enterprise of the frame, by position; of those that have a grade. */
export const cellsOf = (evidence: Evidence): readonly (string | undefined)[] => evidence.once("cells", () => findCells(evidence));

function findCells(evidence: Evidence): (string | undefined)[] {
  const design = designOf(evidence);
  const find = cellFinder(rulesOf(design, evidence.scale));
  const visited = visitedWithin(design.months > 0 ? pastDraws(evidence) : [], dayOf(evidence.frozen.time), design.months);
  const [letters, register] = [gradesOfRun(evidence), registeredAtFreeze(evidence)];
  const known = new Map<string, Map<Registration, string>>();
  return Array.from(evidence.frame.codes, (code) => {
    const grade = letters.of(code);
    if (grade === undefined) return undefined;
    const registration = registrationOf(register, evidence, code);
    if (visited.size && visited.has(evidence.codes.text(code))) return find(grade, true, registration.sector, registration.region);
    let alike = known.get(grade);
    if (alike === undefined) known.set(grade, (alike = new Map()));
    let cell = alike.get(registration);
    if (cell === undefined) alike.set(registration, (cell = find(grade, false, registration.sector, registration.region)));
    return cell;
  });
}

export function quotas(evidence: Evidence): string {
  const { strata, sealed } = evidence;
  const { labels } = evidence.frame;
  const sizes = new Map<string, number>();
  let excluded = 0;
  cellsOf(evidence).forEach((cell, position) => {
    if (labels[position] === EXCLUDED) excluded++;
    else sizes.set(cell!, (sizes.get(cell!) ?? 0) + 1);
  });
  const limits = limitsOf(member(sealed, "limits"));
  const design = designStrata(designOf(evidence), evidence.scale, sizes, excluded, limits);
  design.forEach((expected, at) => {
    const held = strata[at];
    if (held !== undefined) require(JSON.stringify(expected) === JSON.stringify(held), "stratum_differs", { label: held.label });
  });
  require(design.length === strata.length, "strata_differ");
  const visits = design.reduce((sum, each) => sum + each.quota, 0);
  require(evidence.frozen.body["to_draw"] === visits, "to_draw_differs");
  const told = `strata below ${limits.stratumSize} merged, frames below ${limits.frameSize} refused`;
  return `${design.length} strata, ${visits} of ${labels.length} to be drawn; ${told}`;
}

/** A bundle holds no more plans and draws of other campaigns than exclusions and visits need. */
export function inference(evidence: Evidence): string {
  const { sealed, frozen, campaign, strata } = evidence;
  const { inference: limit, frameSize } = limitsOf(member(sealed, "limits"));
  if (limit === null) return "not computed: the plan is of a version that sealed no bound";
  const before = evidence.before(frozen);
  const counted = countedCampaigns(before, limit.campaigns);
  const missing = counted.filter((entry) => !evidence.documents.has(commitment(entry, "plan")));
  if (missing.length) return `not computed: the bundle does not need, and lacks, the plans of ${missing.map((entry) => entry.subject).join(", ")}`;
  const draws = new Map(before.filter((entry) => entry.kind === DRAWN).map((entry) => [entry.subject, entry] as const));
  const pasts: Past[] = [];
  for (const entry of counted) {
    const drawn = draws.get(entry.subject);
    if (drawn !== undefined && !hasDraw(evidence, drawn)) return `not computed: the bundle does not need, and lacks, the draw of ${entry.subject}`;
    const content = evidence.content(entry, "plan");
    const settling = settlingDraws(before, entry, objectAt(content, "plan"));
    pasts.push({
      id: entry.subject,
      settledBy: new Set(settling.map((each) => each.subject)),
      strata: new Map(evidence.rows(entry, "plan", "slot").map((row) => [textAt(row, "enterprise"), textAt(row, "stratum")] as const)),
      chances: chancesOf(listAt(content, "strata").map(stratumOf)),
      drawn: drawn === undefined ? new Set() : drawnCodes(evidence, drawn),
    });
  }
  const settling = settlingDraws(evidence.entries, frozen, objectAt(sealed, "plan"));
  const planned = { id: campaign, settledBy: new Set(settling.map((each) => each.subject)) };
  const worst = worstCase(planned, pasts, membersOf(evidence, pasts), strata, frameSize);
  const allowed = compareFractions(worst.posterior, fraction(limit.bound, FULL)) <= 0;
  require(allowed, "inference_bound");
  return `published visits of ${worst.campaigns} campaigns tell no more than the sealed bound of ${limit.bound} basis points`;
}

function hasDraw(evidence: Evidence, drawn: Entry): boolean {
  const swaps = replacedBefore(evidence.entries, drawn.subject, evidence.frozen);
  const bound = [commitment(drawn, "draw"), ...swaps.map((swap) => commitment(swap, "replacement"))];
  return bound.every((each) => evidence.documents.has(each));
}

/** Those whom the planned campaign could draw; of those who are alike to outsiders one, and how many they are. */
function membersOf(evidence: Evidence, pasts: readonly Past[]): Member[] {
  const place = placeFinder(designOf(evidence));
  const [letters, register, riskier] = [gradesOfRun(evidence), registeredAtFreeze(evidence), riskierHalf(evidence.scale)];
  const { codes, labels } = evidence.frame;
  const found = new Map<Registration, Map<string, Member & { count: number }>>();
  for (let position = 0; position < codes.length; position++) {
    const [number, stratum] = [codes[position]!, labels[position]!];
    if (stratum === EXCLUDED) continue;
    const registration = registrationOf(register, evidence, number);
    const isRiskier = riskier.has(letters.of(number)!);
    const code = pasts.length ? evidence.codes.text(number) : "";
    const seen = pasts.map((past) => [past.strata.get(code) ?? null, past.drawn.has(code)]);
    const key = `${isRiskier}\0${stratum}\0${pasts.length ? JSON.stringify(seen) : ""}`;
    let alike = found.get(registration);
    if (alike === undefined) found.set(registration, (alike = new Map()));
    const known = alike.get(key);
    if (known !== undefined) {
      known.count++;
      continue;
    }
    const [sector, region] = place(registration.sector, registration.region);
    alike.set(key, { code, riskier: isRiskier, sector, region, stratum, count: 1 });
  }
  return [...found.values()].flatMap((alike) => [...alike.values()]);
}
