/** What a grade run keeps: the reasons of a grade, its leaf, and the run's digest (docs/ledger.md, Documents). */
import { hex } from "../ledger/bytes.ts";
import { canonical, parseQuickly, parseText } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { has, integer, integerAt, type Json, type JsonObject, list, listAt, object, text, textAt } from "../ledger/json.ts";
import { H, Hashing } from "../ledger/sha256.ts";
import { dayNumber, instantOf } from "../ledger/time.ts";
import { type Fired, gradeOf, type Indicator, type Model, pointsOf } from "./model.ts";

/** The number of 1 January 1970, 1 January of year 1 being 1. */
const EPOCH = 719_163;

/** Tells of many grades of one model and day whether they follow from their kept reasons; each value is looked up once. */
export class Follows {
  private readonly model: Model;
  private readonly asOf: string;
  private readonly points: Map<Json, number>[];
  private readonly grades = new Map<string, string>();

  constructor(model: Model, asOf: string) {
    this.model = model;
    this.asOf = asOf;
    this.points = model.indicators.map(() => new Map());
  }

  check(row: JsonObject): boolean {
    const reasons = object(parseQuickly(textAt(row, "reasons")));
    const values = listAt(reasons, "values");
    require(values.length === this.points.length, "reasons with other indicators than the model has");
    let score = 0;
    for (let at = 0; at < values.length; at++) score += this.pointsAt(at, values[at]!);
    if (score !== integerAt(row, "score")) return false;
    const places = listAt(reasons, "rules").map(integer);
    if (has(reasons, "judgements")) {
      const judged = listAt(reasons, "judgements").map(judgement);
      return gradeOf(this.model, score, [...this.rules(places), ...judged]) === textAt(row, "grade");
    }
    const key = `${score}:${places.join()}`;
    const grade = this.grades.get(key) ?? gradeOf(this.model, score, this.rules(places));
    this.grades.set(key, grade);
    return grade === textAt(row, "grade");
  }

  private pointsAt(at: number, value: Json): number {
    const known = this.points[at]!.get(value);
    if (known !== undefined) return known;
    const indicator = this.model.indicators[at]!;
    const points = pointsOf(indicator, valueOf(indicator, value, this.asOf));
    this.points[at]!.set(value, points);
    return points;
  }

  private rules(places: readonly number[]): Fired[] {
    return places.map((place) => {
      const rule = this.model.rules[place];
      require(rule !== undefined, "reasons with a rule that the model has not");
      return rule;
    });
  }
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

const hashing = new Hashing();

/** The leaf of a grade under the digest of its model, a character for each byte. */
export function leafOf(row: JsonObject, department: string, digest: string): string {
  const head = JSON.stringify([row["enterprise"], department, digest, row["stage"], row["grade"], row["score"]]);
  return hashing.raw("qian/grade/v1").text(head.slice(0, -1)).raw(",").text(textAt(row, "reasons")).raw("]").done();
}

/** The digest of a run, of its leaves in their order. */
export function resultsOf(leaves: readonly string[]): string {
  const joined = new Uint8Array(32 * leaves.length);
  let at = 0;
  for (const leaf of leaves) for (let i = 0; i < 32; i++) joined[at++] = leaf.charCodeAt(i);
  return hex(H("qian/grades/v2", joined));
}

/** The digest of a run of an earlier version, whose rows are by code. */
export function earlierResultsOf(rows: readonly JsonObject[]): string {
  const told = rows.map((row) => canonical([row["enterprise"]!, row["grade"]!, row["score"]!, parseText(textAt(row, "reasons"))]));
  return hex(H("qian/grades/v1", told.join("")));
}
