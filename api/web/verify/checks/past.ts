/** The draws before a freeze that its rules look at (docs/draw.md, Past draws). */
import type { Entry } from "../ledger/entry.ts";
import { require } from "../ledger/fault.ts";
import { exactly, has, integerAt, type Json, type JsonObject, listAt, objectAt, textAt, truthAt } from "../ledger/json.ts";
import { DRAWN, EXPIRED, FIXING, FROZEN, REPLACED, VOIDS } from "../ledger/kinds.ts";
import { dayOf } from "../ledger/time.ts";

/** At most so many visits within so many months. */
export interface FrequencyRule {
  readonly visits: number;
  readonly months: number;
}

/** A draw that counts: the civil day of its entry, and whom it drew. */
export interface PastDraw {
  readonly campaign: string;
  readonly day: string;
  readonly codes: ReadonlySet<string>;
}

const DRAWN_THIS_YEAR = "drawn_this_year";

export function frequencyOf(value: Json): FrequencyRule {
  const given = exactly(value, "visits", "months");
  const [visits, months] = [integerAt(given, "visits"), integerAt(given, "months")];
  require(visits >= 1 && visits <= 100 && months >= 1 && months <= 120, "frequency_range");
  return { visits, months };
}

/** The entry that fixed a campaign's frame, or its list. */
export function frozenEntry(entries: readonly Entry[], campaign: string): Entry {
  const found = entries.filter((entry) => FIXING.includes(entry.kind) && entry.subject === campaign);
  require(found.length === 1, "entry_count", { number: found.length, kind: FROZEN, campaign });
  return found[0]!;
}

/** The same day of the month so many months earlier, or that month's last day. */
export function monthsBefore(day: string, months: number): string {
  const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  const [year, month] = [Math.floor(count / 12), (count % 12) + 1];
  const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const date = Math.min(Number(day.slice(8)), last);
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(date).padStart(2, "0")].join("-");
}

/** The commitments of what expired among entries. */
export function expiredAmong(entries: readonly Entry[]): Set<string> {
  const gone = entries.filter((entry) => entry.kind === EXPIRED);
  return new Set(gone.map((entry) => textAt(objectAt(entry.body, "expired"), "commitment")));
}

/** The campaigns that count no more: void, or their plan or draw has expired. */
function leftOut(entries: readonly Entry[]): Set<string> {
  const gone = expiredAmong(entries);
  const isGone = (entry: Entry): boolean => {
    const name = entry.kind === FROZEN ? "plan" : entry.kind === DRAWN ? "draw" : null;
    return VOIDS.includes(entry.kind) || (name !== null && gone.has(entry.documents.get(name) ?? ""));
  };
  return new Set(entries.filter(isGone).map((entry) => entry.subject));
}

/** The draws that decided, by a campaign's plan, whom it excludes or who was visited, in the order of the log. */
export function settlingDraws(entries: readonly Entry[], frozen: Entry, plan: JsonObject): Entry[] {
  if (has(plan, "listing")) return [];
  const before = entries.slice(0, frozen.seq).filter((entry) => entry.subject !== frozen.subject);
  const without = leftOut(before);
  const day = dayOf(frozen.time);
  const rules = has(plan, "frequency") ? listAt(plan, "frequency") : [];
  const own = has(plan, "design") ? integerAt(plan["design"], "months") : 0;
  const months = Math.max(own, ...rules.map((rule) => integerAt(rule, "months")));
  const thisYear = truthAt(plan, "once_a_year");
  const covers = (drawn: string): boolean =>
    (thisYear && drawn.slice(0, 4) === day.slice(0, 4)) || (months > 0 && drawn > monthsBefore(day, months));
  return before.filter((entry) => entry.kind === DRAWN && !without.has(entry.subject) && covers(dayOf(entry.time)));
}

/** The newest freezes among entries that count for what outsiders could infer, oldest first. */
export function countedCampaigns(entries: readonly Entry[], most: number): Entry[] {
  const without = leftOut(entries);
  const counted = entries.filter((entry) => entry.kind === FROZEN && !without.has(entry.subject));
  return counted.slice(counted.length - Math.min(most, counted.length));
}

/** The replacements of a campaign before a freeze. */
export const replacedBefore = (entries: readonly Entry[], campaign: string, frozen: Entry): Entry[] =>
  entries.slice(0, frozen.seq).filter((entry) => entry.kind === REPLACED && entry.subject === campaign);

/** The reason and the campaign of everybody whom rules exclude on a day; draws stand in the order of the log. */
export function excludedBy(
  draws: readonly PastDraw[],
  day: string,
  onceAYear: boolean,
  rules: readonly FrequencyRule[],
): Map<string, readonly [reason: string, campaign: string]> {
  const found = new Map<string, readonly [string, string]>();
  const exclude = (code: string, reason: string, campaign: string): void => {
    if (!found.has(code)) found.set(code, [reason, campaign]);
  };
  for (const draw of onceAYear ? draws : []) {
    if (draw.day.slice(0, 4) === day.slice(0, 4)) for (const code of draw.codes) exclude(code, DRAWN_THIS_YEAR, draw.campaign);
  }
  for (const { visits, months } of rules) {
    const counts = new Map<string, { count: number; last: string }>();
    for (const { campaign, codes } of within(draws, day, months)) {
      for (const code of codes) counts.set(code, { count: (counts.get(code)?.count ?? 0) + 1, last: campaign });
    }
    for (const [code, { count, last }] of counts) {
      if (count >= visits) exclude(code, `drawn_${visits}_in_${months}_months`, last);
    }
  }
  return found;
}

const within = (draws: readonly PastDraw[], day: string, months: number): PastDraw[] =>
  draws.filter((draw) => draw.day > monthsBefore(day, months));

/** Who was drawn in the months before a day; nobody where there are no months. */
export const visitedWithin = (draws: readonly PastDraw[], day: string, months: number): Set<string> =>
  new Set(months > 0 ? within(draws, day, months).flatMap((draw) => [...draw.codes]) : []);

