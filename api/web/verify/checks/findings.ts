/** The checks of findings and of the end (docs/draw.md, Findings). */
import { canonical, parseText } from "../ledger/canonical.ts";
import type { Entry } from "../ledger/entry.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { has, integerAt, type Json, type JsonObject, list, objectAt, text, textAt } from "../ledger/json.ts";
import { ATTESTED, CLOSED, MATCHED, PUBLISHED, RECORDED, REVIEWED, TEAM_CONFIRMED } from "../ledger/kinds.ts";
import { dayOf } from "../ledger/time.ts";
import { told } from "../draw/position_lists.ts";
import { RESULTS } from "../grades/words.ts";
import { type Evidence } from "./evidence.ts";
import { Teams } from "./matching.ts";
import { checkOpening, type Opening, openingOf } from "./opening.ts";
import { teamSizeOf } from "./plan.ts";
import { replacedUntil, visited } from "./replacements.ts";

interface Bound {
  readonly entry: Entry;
  readonly row: JsonObject;
}

export function findings(evidence: Evidence): string {
  const teams = new Teams(evidence);
  const recorded = boundRows(evidence, RECORDED, "finding", "finding");
  const confirmed = boundRows(evidence, TEAM_CONFIRMED, "confirmation", "finding_confirmation");
  const reviewed = boundRows(evidence, REVIEWED, "review", "finding_review");
  const published = new Set<number>();
  for (const entry of evidence.of(PUBLISHED)) {
    const made = replacedUntil(evidence, entry.seq);
    const allowed = visited(evidence.chosenPositions, made);
    if (!isLast(evidence, entry)) for (const { reserve } of made) allowed.delete(reserve);
    const rows = evidence.rows(entry, "disclosure", "disclosure");
    require(entry.body["count"] === rows.length, "findings_count", { seq: entry.seq, length: rows.length });
    for (const row of rows) {
      const position = integerAt(row, "position");
      require(row["published_at"] === entry.time, "finding_time", { position });
      const due = row["campaign"] === evidence.campaign && allowed.has(position);
      require(due, "finding_position", { position });
      const finding = newest(recorded, position, entry);
      const review = newest(reviewed, position, entry);
      if (finding === undefined || review === undefined) throw new Fault(saying("finding_without_review", { position }));
      const team = teams.at(position, finding.entry.seq);
      require(team.size === teamSizeOf(evidence.plan), "finding_team_incomplete", { position });
      checkFinding(evidence, row, finding, review, team, position);
      checkConfirmation(evidence, finding, (confirmed.get(position) ?? []).filter((each) => each.entry.seq < entry.seq), review, team, position);
      checkPublished(evidence, row, position);
      require(!published.has(position), "finding_twice", { position });
      published.add(position);
    }
  }
  return `${published.size} published findings open drawn slots`;
}

/** Whether a publication is that of the close, which is the campaign's next entry. */
function isLast(evidence: Evidence, published: Entry): boolean {
  return evidence.ofCampaign.find((entry) => entry.seq > published.seq)?.kind === CLOSED;
}

/** The campaign's rows of a table with the entries that bind them, by position and in order. */
function boundRows(evidence: Evidence, kind: string, document: string, table: string): Map<number, Bound[]> {
  const found = new Map<number, Bound[]>();
  for (const entry of evidence.of(kind)) {
    for (const row of evidence.rows(entry, document, table)) {
      if (row["campaign"] !== evidence.campaign) continue;
      const position = integerAt(row, "position");
      found.set(position, [...(found.get(position) ?? []), { entry, row }]);
    }
  }
  return found;
}

function newest(bound: ReadonlyMap<number, readonly Bound[]>, position: number, before: Entry): Bound | undefined {
  return (bound.get(position) ?? []).filter((each) => each.entry.seq < before.seq).pop();
}

function checkFinding(evidence: Evidence, row: JsonObject, recorded: Bound, reviewed: Bound, team: ReadonlySet<string>, position: number): void {
  const [finding, review] = [recorded.row, reviewed.row];
  const inOrder = evidence.one(MATCHED).seq < recorded.entry.seq && recorded.entry.seq < reviewed.entry.seq;
  require(inOrder, "finding_order", { position });
  const visited = textAt(finding, "visited");
  require(visited <= dayOf(recorded.entry.time), "visit_after_record", { position });
  checkResults(parseText(textAt(finding, "results")), position);
  require(team.has(textAt(finding, "recorded_by")), "finding_not_by_team", { position });
  require(!team.has(textAt(review, "reviewed_by")), "finding_reviewed_by_team", { position });
  require(review["approved"] === 1 && review["version"] === finding["version"], "finding_not_approved", { position });
  require(visited >= dayOf(evidence.chosenAt.time), "visit_before_draw", { position });
  for (const name of ["visited", "results", "follow_up"]) {
    require(row[name] === finding[name], "finding_field", { name, position });
  }
}

/** Another inspector of the team confirmed a finding; those of earlier releases have no detail. */
function checkConfirmation(evidence: Evidence, recorded: Bound, confirmed: readonly Bound[], reviewed: Bound, team: ReadonlySet<string>, position: number): void {
  if (!evidence.binds(recorded.entry, "finding", "finding_detail")) return;
  const last = confirmed.filter((each) => each.row["version"] === recorded.row["version"]).pop();
  const inOrder = last !== undefined && recorded.entry.seq < last.entry.seq && last.entry.seq < reviewed.entry.seq;
  require(inOrder, "confirmation_order", { position });
  const by = textAt(last!.row, "confirmed_by");
  const another = last!.row["agreed"] === 1 && team.has(by) && by !== recorded.row["recorded_by"];
  require(another, "confirmation_by_another", { position });
}

function checkResults(value: Json, position: number): void {
  const results = list(value).map(text);
  const known = new Set(RESULTS.values());
  const sound = results.length > 0 && new Set(results).size === results.length && results.every((each) => known.has(each));
  require(sound && (results.length === 1 || !results.includes("no_problem")), "finding_results", { position });
}

function checkPublished(evidence: Evidence, row: JsonObject, position: number): void {
  const code = textAt(row, "enterprise");
  require(evidence.code(position) === code, "finding_code", { position });
  const opening: Opening = openingOf(parseText(textAt(row, "opening")));
  const slots = objectAt(evidence.frozen.body, "slots");
  require(opening.position === position, "opening_of_another_slot", { position });
  checkOpening(code, opening, integerAt(slots, "count"), textAt(slots, "root"));
}

export function closing(evidence: Evidence): string {
  if (!evidence.of(CLOSED).length) return "not closed yet";
  const closed = evidence.one(CLOSED);
  const goesOn = evidence.ofCampaign.some((entry) => entry.seq > closed.seq && entry.kind !== ATTESTED);
  require(!goesOn, "entries_after_end");
  const rows = evidence.of(PUBLISHED).flatMap((entry) => [...evidence.rows(entry, "disclosure", "disclosure")]);
  const opened = new Set(rows.map((row) => integerAt(row, "position")));
  const made = replacedUntil(evidence, closed.seq);
  const overdue = ascending([...visited(evidence.chosenPositions, made)].filter((position) => !opened.has(position)));
  const tells = (name: string, positions: readonly number[]): boolean =>
    canonical(has(closed.body, name) ? closed.body[name]! : []) === canonical(told(positions));
  const agree = closed.body["published"] === opened.size && has(closed.body, "overdue") && tells("overdue", overdue);
  require(agree, "closing_counts");
  const swapped = tells("replaced", ascending(made.map((each) => each.position))) && tells("substitutes", ascending(made.map((each) => each.reserve)));
  require(swapped, "closing_replaced");
  require(!overdue.length || dayOf(closed.time) > evidence.plan.ends, "closed_too_early");
  return `${opened.size} published, ${overdue.length} overdue, ${made.length} replaced`;
}

const ascending = (positions: readonly number[]): number[] => [...positions].sort((one, other) => one - other);
