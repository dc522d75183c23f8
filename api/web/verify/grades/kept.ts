/** What a grade run keeps: the reasons of a grade, its leaf, and the run's digest (docs/ledger.md, Documents). */
import { concat, hex } from "../ledger/bytes.ts";
import { canonical, parseText } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { has, integer, integerAt, type Json, type JsonObject, list, listAt, object, text, textAt } from "../ledger/json.ts";
import { H } from "../ledger/sha256.ts";
import { dayNumber, instantOf } from "../ledger/time.ts";
import { type Fired, gradeOf, type Indicator, type Model, pointsOf } from "./model.ts";

/** The number of 1 January 1970, 1 January of year 1 being 1. */
const EPOCH = 719_163;

/** Tell whether score and grade are those that the kept reasons give as of a day. */
export function follows(model: Model, row: JsonObject, asOf: string): boolean {
  const reasons = object(parseText(textAt(row, "reasons")));
  const values = listAt(reasons, "values");
  require(values.length === model.indicators.length, "reasons with other indicators than the model has");
  const points = model.indicators.map((each, at) => pointsOf(each, valueOf(each, values[at]!, asOf)));
  const score = points.reduce((sum, each) => sum + each, 0);
  const rules = listAt(reasons, "rules").map((place): Fired => {
    const rule = model.rules[integer(place)];
    require(rule !== undefined, "reasons with a rule that the model has not");
    return rule;
  });
  const judged = has(reasons, "judgements") ? listAt(reasons, "judgements").map(judgement) : [];
  return score === integerAt(row, "score") && gradeOf(model, score, [...rules, ...judged]) === textAt(row, "grade");
}

function judgement(value: Json): Fired {
  const [effect, grade] = list(value).map(text);
  require(effect !== undefined && grade !== undefined, "a judgement without effect or grade");
  return { effect, grade };
}

/** A kept value, of a day's number the days or whole years since then. */
function valueOf(indicator: Indicator, kept: Json, asOf: string): number | null {
  if (kept === null) return null;
  const value = integer(kept);
  if (indicator.aggregate === "days_since") return dayNumber(asOf) + EPOCH - value;
  if (indicator.aggregate !== "years_since") return value;
  const since = instantOf((value - EPOCH) * 86400).slice(0, 10);
  return Number(asOf.slice(0, 4)) - Number(since.slice(0, 4)) - (asOf.slice(5) < since.slice(5) ? 1 : 0);
}

/** The leaf of a grade under the digest of its model. */
export function leafOf(row: JsonObject, digest: string): Uint8Array {
  const head = [row["enterprise"]!, row["department"]!, digest, row["stage"]!, row["grade"]!, row["score"]!];
  return H("qian/grade/v1", canonical(head).slice(0, -1), ",", textAt(row, "reasons"), "]");
}

export const resultsOf = (leaves: readonly Uint8Array[]): string => hex(H("qian/grades/v2", concat(leaves)));

/** The digest of a run of an earlier version, whose rows are by code. */
export function earlierResultsOf(rows: readonly JsonObject[]): string {
  const told = rows.map((row) => canonical([row["enterprise"]!, row["grade"]!, row["score"]!, parseText(textAt(row, "reasons"))]));
  return hex(H("qian/grades/v1", told.join("")));
}
