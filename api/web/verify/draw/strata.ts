/**
 * Strata, quotas and the uniform slice, from the sizes of the grades and the planned rates (docs/draw.md, Strata). All
 * that a design may be stands in this file.
 */
import { require } from "../ledger/fault.ts";
import { exactly, integerAt, type Json, textAt, textsAt } from "../ledger/json.ts";

/** The label of the stratum of those who are not drawn. */
export const EXCLUDED = "excluded";
const FULL = 10_000;

export interface Stratum {
  readonly label: string;
  readonly grades: readonly string[];
  readonly size: number;
  readonly rate: number;
  readonly quota: number;
  readonly uniform: number;
}

export interface Limits {
  readonly stratumSize: number;
  readonly frameSize: number;
  readonly uniformShare: number;
}

export interface GradeSize {
  readonly grade: string;
  readonly size: number;
  readonly rate: number;
}

export function stratumOf(value: Json): Stratum {
  const given = exactly(value, "label", "grades", "size", "rate", "quota", "uniform");
  return {
    label: textAt(given, "label"),
    grades: textsAt(given, "grades"),
    size: integerAt(given, "size"),
    rate: integerAt(given, "rate"),
    quota: integerAt(given, "quota"),
    uniform: integerAt(given, "uniform"),
  };
}

export function limitsOf(value: Json): Limits {
  const given = exactly(value, "stratum_size", "frame_size", "uniform_share", "inference_bound", "inference_campaigns");
  return {
    stratumSize: integerAt(given, "stratum_size"),
    frameSize: integerAt(given, "frame_size"),
    uniformShare: integerAt(given, "uniform_share"),
  };
}

/** The strata of a frame: `grades` in the order of the scale, low risk first. */
export function designStrata(grades: readonly GradeSize[], excluded: number, limits: Limits): Stratum[] {
  checkPlan(grades, limits);
  const merged = mergedStrata(grades, limits.stratumSize);
  const strata = withUniformSlice(merged.map(withQuota), limits.uniformShare);
  if (excluded > 0) strata.push({ label: EXCLUDED, grades: [], size: excluded, rate: 0, quota: 0, uniform: 0 });
  return strata;
}

function checkPlan(grades: readonly GradeSize[], limits: Limits): void {
  const full = grades.filter((each) => each.rate === FULL).length;
  require(grades.every((each) => each.rate > 0 && each.rate <= FULL), "a rate that is not above 0 and at most 10,000");
  require(full === 0 || full === grades.length, "a rate of 10,000 that depends on the grade");
  require(limits.uniformShare >= 500 && limits.uniformShare <= 1000, "a uniform slice outside of 5 to 10 %");
  const size = grades.reduce((sum, each) => sum + each.size, 0);
  require(size >= limits.frameSize && size > 0, `a frame of ${size} is no random campaign`);
}

interface Part {
  grades: string[];
  size: number;
  rate: number;
}

function mergedStrata(grades: readonly GradeSize[], least: number): Part[] {
  const parts: Part[] = grades
    .filter((each) => each.size > 0)
    .map(({ grade, size, rate }) => ({ grades: [grade], size, rate }));
  const join = (into: number, from: number): void => {
    const [low, high] = [parts[Math.min(into, from)]!, parts[Math.max(into, from)]!];
    const joined = { grades: [...low.grades, ...high.grades], size: low.size + high.size, rate: Math.max(low.rate, high.rate) };
    parts.splice(Math.min(into, from), 2, joined);
  };
  for (let at = parts.length - 1; at > 0; at--) if (parts[at]!.size < least) join(at - 1, at);
  while (parts.length > 1 && parts[0]!.size < least) join(1, 0);
  return parts;
}

function withQuota({ grades, size, rate }: Part): Stratum {
  const quota = Math.ceil((size * rate) / FULL);
  require(rate === FULL || quota < size, `all of stratum ${grades.join("+")} would be drawn`);
  return { label: grades.join("+"), grades, size, rate, quota, uniform: 0 };
}

function withUniformSlice(strata: readonly Stratum[], share: number): Stratum[] {
  const frame = strata.reduce((sum, each) => sum + each.size, 0);
  const visits = strata.reduce((sum, each) => sum + each.quota, 0);
  const slice = Math.ceil((visits * share) / FULL);
  const uniform = strata.map((each) => Math.min(Math.floor((slice * each.size) / frame), each.quota));
  let left = slice - uniform.reduce((sum, each) => sum + each, 0);
  const order = strata
    .map((each, at) => ({ at, rest: (slice * each.size) % frame }))
    .sort((one, other) => other.rest - one.rest || one.at - other.at);
  while (left > 0) {
    for (const { at } of order) {
      if (left > 0 && uniform[at]! < strata[at]!.quota) {
        uniform[at]!++;
        left--;
      }
    }
  }
  return strata.map((each, at) => ({ ...each, uniform: uniform[at]! }));
}
