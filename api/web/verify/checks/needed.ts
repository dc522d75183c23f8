/** Which documents a campaign's verification needs (docs/ledger.md, The auditor's bundle). */
import { commitment, type Entry } from "../ledger/entry.ts";
import { type Saying, saying } from "../ledger/fault.ts";
import { has, integerAt, integersAt, type JsonObject, listAt, member, objectAt, textAt, truthAt } from "../ledger/json.ts";
import { IMPORTED, MATCHINGS, VOID_CONFIRMED } from "../ledger/kinds.ts";
import { expiredAmong, frozenEntry, replacedBefore, settlingDraws } from "./past.ts";
import { replacedVoids } from "./replaces.ts";

/** Files that tie persons to enterprises beside registrations. */
const TIES = ["relation", "change", "revocation"];

/** What each needed document is, by its commitment; `sealed` is the content of the sealed plan. */
export function neededDocuments(entries: readonly Entry[], campaign: string, sealed: JsonObject): Map<string, Saying> {
  const needed = new Map<string, Saying>();
  const need = (entry: Entry, name: string, what: Saying): void => void needed.set(commitment(entry, name), what);
  const at = (seq: number): Entry => {
    const entry = entries[seq];
    if (entry === undefined) throw new RangeError(`the sealed plan names an entry ${seq} that there is not`);
    return entry;
  };
  for (const entry of entries) {
    if (entry.subject === campaign) for (const name of entry.documents.keys()) need(entry, name, saying("document_of_entry", { name, seq: entry.seq }));
  }
  for (const seq of integersAt(sealed, "register")) need(at(seq), "batch", saying("registrations_of_entry", { seq }));
  for (const seq of gradeRuns(sealed)) need(at(seq), "grades", saying("grades_of_entry", { seq }));
  for (const seq of optional(sealed, "models")) need(at(seq), "model", saying("model_of_entry", { seq }));
  for (const seq of optional(sealed, "items")) need(at(seq), "batch", saying("items_of_entry", { seq }));
  for (const seq of optional(sealed, "objects")) need(at(seq), "batch", saying("objects_of_entry", { seq }));
  const plan = objectAt(sealed, "plan");
  const frozen = frozenEntry(entries, campaign);
  for (const entry of replacedVoids(frozen, entries.slice(0, frozen.seq))) need(entry, "by", saying("person_of_entry", { seq: entry.seq }));
  for (const drawn of settlingDraws(entries, frozen, plan)) {
    need(frozenEntry(entries, drawn.subject), "plan", saying("plan_of_campaign", { subject: drawn.subject }));
    need(drawn, "draw", saying("draw_of_campaign", { subject: drawn.subject }));
    for (const entry of replacedBefore(entries, drawn.subject, frozen)) need(entry, "replacement", saying("replacement_of_entry", { seq: entry.seq }));
  }
  const rules = member(plan, "matching");
  const [household, lastVisit] = [truthAt(rules, "household"), truthAt(rules, "last_visit")];
  const conditions = objectAt(plan, "conditions");
  const tagged = has(conditions, "tags") && listAt(conditions, "tags").length > 0;
  const kinds = ["inspector", ...(household ? TIES : []), ...(tagged ? ["object"] : [])];
  for (const entry of importedBefore(entries, frozen, ...kinds)) {
    need(entry, "batch", saying("file_of_entry", { kind: textAt(entry.body, "kind"), seq: entry.seq }));
  }
  const gone = expiredBefore(entries, frozen);
  for (const entry of earlierMatchings(entries, frozen, textAt(plan, "starts"), lastVisit)) {
    for (const name of entry.documents.keys()) need(entry, name, saying("document_of_campaign", { name, subject: entry.subject }));
    const before = lastVisit ? frozenEntry(entries, entry.subject) : undefined;
    if (before && !gone.has(commitment(before, "plan"))) need(before, "plan", saying("plan_of_campaign", { subject: entry.subject }));
  }
  return needed;
}

const optional = (sealed: JsonObject, key: string): number[] => (has(sealed, key) ? integersAt(sealed, key) : []);

/** The campaigns that two persons had voided at a freeze: their draws and matchings count nowhere. */
function voidedBefore(entries: readonly Entry[], frozen: Entry): Set<string> {
  return new Set(entries.slice(0, frozen.seq).flatMap((entry) => (entry.kind === VOID_CONFIRMED ? [entry.subject] : [])));
}

/** The grade run, after those that it stands on; a list has none. */
export const gradeRuns = (sealed: JsonObject): number[] => [
  ...optional(sealed, "grade_bases"),
  ...(has(sealed, "grade_run") ? [integerAt(sealed, "grade_run")] : []),
];
export const modelsOf = (sealed: JsonObject): number[] => optional(sealed, "models");

/** The commitments of what had expired at a freeze, so that it counted nowhere. */
export function expiredBefore(entries: readonly Entry[], frozen: Entry): Set<string> {
  return expiredAmong(entries.slice(0, frozen.seq));
}

export function importedBefore(entries: readonly Entry[], frozen: Entry, ...kinds: readonly string[]): Entry[] {
  const gone = expiredBefore(entries, frozen);
  return entries
    .slice(0, frozen.seq)
    .filter((entry) => entry.kind === IMPORTED && kinds.includes(textAt(entry.body, "kind")) && !touches(entry, gone));
}

export const tiesBefore = (entries: readonly Entry[], frozen: Entry): Entry[] =>
  importedBefore(entries, frozen, "registration", ...TIES);

/** What matched other campaigns before a freeze, not void then, and counts for its pool: of the year of its start, or all. */
export function earlierMatchings(entries: readonly Entry[], frozen: Entry, starts: string, all: boolean): Entry[] {
  const [gone, voided] = [expiredBefore(entries, frozen), voidedBefore(entries, frozen)];
  const year = `${starts.slice(0, 4)}-`;
  return entries
    .slice(0, frozen.seq)
    .filter((entry) => MATCHINGS.includes(entry.kind) && !voided.has(entry.subject))
    .filter((entry) => (all || entry.subject.startsWith(year)) && !touches(entry, gone));
}

function touches(entry: Entry, gone: ReadonlySet<string>): boolean {
  return [...entry.documents.values()].some((each) => gone.has(each));
}
