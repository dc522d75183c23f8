/** What a grade run keeps: the reasons of a grade, its leaf, and the run's digest (docs/ledger.md, Documents). */
import { hex, rawText, utf8 } from "../ledger/bytes.ts";
import { canonical, parseText } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { LONGEST, memory, messages, OWN } from "../ledger/hash_batches.ts";
import { integer, type Json, type JsonObject, textAt } from "../ledger/json.ts";
import { H } from "../ledger/sha256.ts";
import { dayNumber, instantOf } from "../ledger/time.ts";
import { type Fired, gradeOf, type Indicator, type Model, pointsOf } from "./model.ts";
import type { Reasons } from "./reasons.ts";

/** The number of 1 January 1970, 1 January of year 1 being 1. */
const EPOCH = 719_163;

/** A grade as a run keeps it, but for its reasons. */
export interface Graded {
  readonly code: string;
  readonly department: string;
  readonly model: string;
  readonly stage: string;
  readonly grade: string;
  readonly score: number;
}

/** Integers up to here are looked up by themselves. */
const SMALL = 1024;

/** Tells of many grades of one model and day whether they follow from their kept reasons; each value is looked up once. */
export class Follows {
  readonly digest: string;
  private readonly model: Model;
  private readonly asOf: string;
  private readonly small: Float64Array[];
  private readonly points: Map<Json, number>[];
  private readonly grades = new Map<string, string>();

  constructor(model: Model, asOf: string) {
    this.digest = model.digest;
    this.model = model;
    this.asOf = asOf;
    this.small = model.indicators.map(() => new Float64Array(SMALL).fill(NaN));
    this.points = model.indicators.map(() => new Map());
  }

  check({ score, grade }: Graded, { values, rules, judgements }: Reasons): boolean {
    require(values.length === this.points.length, "reasons_indicators");
    let sum = 0;
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      const known = typeof value === "number" && value >= 0 && value < SMALL ? this.small[at]![value]! : NaN;
      sum += known === known ? known : this.pointsAt(at, value);
    }
    if (sum !== score) return false;
    if (judgements !== null) return gradeOf(this.model, score, [...this.rules(rules), ...judgements]) === grade;
    const key = `${score}:${rules.join()}`;
    const due = this.grades.get(key) ?? gradeOf(this.model, score, this.rules(rules));
    this.grades.set(key, due);
    return due === grade;
  }

  private pointsAt(at: number, value: Json): number {
    const known = this.points[at]!.get(value);
    if (known !== undefined) return known;
    const indicator = this.model.indicators[at]!;
    const points = pointsOf(indicator, valueOf(indicator, value, this.asOf));
    if (typeof value === "number" && value >= 0 && value < SMALL) this.small[at]![value] = points;
    else this.points[at]!.set(value, points);
    return points;
  }

  private rules(places: readonly number[]): Fired[] {
    return places.map((place) => {
      const rule = this.model.rules[place];
      require(rule !== undefined, "reasons_rule");
      return rule;
    });
  }
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

const TAG = utf8("qian/grade/v1");
const RUN_TAG = utf8("qian/grades/v2");
const HASH = 32;
const AT_ONCE = 1024;
const PLAIN = /^[0-9A-Za-z]*$/;

interface Common {
  readonly department: string;
  readonly digest: string;
  readonly stage: string;
  readonly grade: string;
  readonly after: Uint8Array;
}

/** The digest of a run, whose grades come in their order: of leaves, each of a grade under the digest of its model. */
export class RunDigest {
  private leaves = new Uint8Array(HASH * AT_ONCE);
  private count = 0;
  /** By score what many leaves have in common, and the bytes that stand after their codes. */
  private readonly common = new Map<number, Common[]>();

  constructor() {
    messages.start();
  }

  add(graded: Graded, digest: string, reasons: Reasons): void {
    const { code, department, stage, grade, score } = graded;
    if (this.count && this.count % AT_ONCE === 0) this.keep(AT_ONCE);
    const to = OWN + HASH * (this.count++ % AT_ONCE);
    const after = this.afterCode(department, digest, stage, grade, score);
    const head = PLAIN.test(code) ? `["${code}"` : rawText(utf8(`[${JSON.stringify(code)}`));
    const length = TAG.length + head.length + after.length + reasons.length + 1;
    const alone = length > LONGEST;
    const [room, from] = alone ? [new Uint8Array(length), 0] : [memory, messages.begin(length, to)];
    let at = from;
    for (let i = 0; i < TAG.length; i++) room[at++] = TAG[i]!;
    for (let i = 0; i < head.length; i++) room[at++] = head.charCodeAt(i);
    room.set(after, at);
    room.set(reasons.bytes.subarray(0, reasons.length), at + after.length);
    room[from + length - 1] = 0x5d;
    if (alone) memory.set(H(room), to);
  }

  private afterCode(department: string, digest: string, stage: string, grade: string, score: number): Uint8Array {
    let alike = this.common.get(score);
    if (alike === undefined) this.common.set(score, (alike = []));
    for (const each of alike) {
      if (each.digest === digest && each.stage === stage && each.grade === grade && each.department === department) return each.after;
    }
    const after = utf8(`,${JSON.stringify([department, digest, stage, grade, score]).slice(1, -1)},`);
    alike.push({ department, digest, stage, grade, after });
    return after;
  }

  /** Take the last leaves, so many, from where they were hashed. */
  private keep(count: number): void {
    messages.finish();
    const from = HASH * (this.count - count);
    if (from + HASH * count > this.leaves.length) {
      const larger = new Uint8Array(2 * this.leaves.length);
      larger.set(this.leaves);
      this.leaves = larger;
    }
    this.leaves.set(memory.subarray(OWN, OWN + HASH * count), from);
  }

  done(): string {
    if (this.count) this.keep(((this.count - 1) % AT_ONCE) + 1);
    return hex(H(RUN_TAG, this.leaves.subarray(0, HASH * this.count)));
  }
}

/** The digest of a run of an earlier version, whose rows are by code. */
export function earlierResultsOf(rows: readonly JsonObject[]): string {
  const told = rows.map((row) => canonical([row["enterprise"]!, row["grade"]!, row["score"]!, parseText(textAt(row, "reasons"))]));
  return hex(H("qian/grades/v1", told.join("")));
}
