/** Strata, quotas and the uniform slice, from the sizes of cells and the planned design (docs/draw.md, Strata). */
import { require } from "../ledger/fault.ts";
import { exactly, has, integerAt, type Json, object, textAt, textsAt } from "../ledger/json.ts";
import { divide, type Expected, mostFindings, rootWeight, variance } from "./allocation.ts";
import { type Cell, type Design, EXCLUDED, FULL, labelOf, rulesOf } from "./design.ts";

export { EXCLUDED };

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
  /** What outsiders may infer at most, in basis points, over how many earlier campaigns; earlier plans sealed none. */
  readonly inference: { readonly bound: number; readonly campaigns: number } | null;
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
  const bounded = has(object(value), "inference_bound");
  const more = bounded ? ["inference_bound", "inference_campaigns"] : [];
  const given = exactly(value, "stratum_size", "frame_size", "uniform_share", ...more);
  return {
    stratumSize: integerAt(given, "stratum_size"),
    frameSize: integerAt(given, "frame_size"),
    uniformShare: integerAt(given, "uniform_share"),
    inference: bounded ? { bound: integerAt(given, "inference_bound"), campaigns: integerAt(given, "inference_campaigns") } : null,
  };
}

/** The stratum's labels by those of the cells that it holds. */
export function stratumOfCell(strata: readonly Stratum[]): Map<string, Stratum> {
  const drawable = strata.filter((stratum) => stratum.grades.length > 0);
  return new Map(drawable.flatMap((stratum) => stratum.label.split("+").map((label) => [label, stratum] as const)));
}

interface Part {
  readonly cell: Cell;
  readonly size: number;
  readonly value: number;
}

type Group = readonly Part[];

const sizeOf = (group: Group): number => group.reduce((sum, part) => sum + part.size, 0);

/** The strata of a frame: `scale` low risk first, `sizes` by cells' labels. */
export function designStrata(
  design: Design,
  scale: readonly string[],
  sizes: ReadonlyMap<string, number>,
  excluded: number,
  limits: Limits,
): Stratum[] {
  require(limits.uniformShare >= 500 && limits.uniformShare <= 1000, "uniform_share");
  const parts = [...rulesOf(design, scale)].map(([label, { cell, value }]) => ({ cell, size: sizes.get(label) ?? 0, value }));
  const frame = sizeOf(parts);
  require(frame >= limits.frameSize && frame > 0, "frame_too_small", { frame });
  const groups = merged(parts.filter((part) => part.size > 0).map((part) => [part]), limits.stratumSize);
  const quotas = quotasOf(design, groups);
  const strata = groups.map((group, at): Stratum => {
    const [size, quota] = [sizeOf(group), quotas[at]!];
    return {
      label: group.map((part) => labelOf(part.cell)).join("+"),
      grades: [...new Set(group.map((part) => part.cell.grade))],
      size,
      rate: design.kind === "rates" ? highestOf(group) : Math.floor((quota * FULL) / size),
      quota,
      uniform: 0,
    };
  });
  const sliced = withUniformSlice(strata, limits.uniformShare);
  if (excluded > 0) sliced.push({ label: EXCLUDED, grades: [], size: excluded, rate: 0, quota: 0, uniform: 0 });
  return sliced;
}

/** What strata agree in that a pass merges, from the narrowest to all. */
const FAMILIES: readonly ((cell: Cell) => unknown)[] = [
  ({ grade, visited, sector }) => [grade, visited, sector],
  ({ grade, visited }) => [grade, visited],
  ({ grade }) => grade,
  () => null,
];

function merged(groups: Group[], least: number): Group[] {
  for (const familyOf of FAMILIES) {
    const families: { readonly key: string; readonly members: Group[] }[] = [];
    for (const group of groups) {
      const key = JSON.stringify(familyOf(group[0]!.cell));
      const newest = families[families.length - 1];
      if (newest?.key === key) newest.members.push(group);
      else families.push({ key, members: [group] });
    }
    groups = families.flatMap(({ members }) => pass(members, least));
  }
  return groups;
}

function pass(groups: Group[], least: number): Group[] {
  const join = (at: number): void => void groups.splice(at - 1, 2, [...groups[at - 1]!, ...groups[at]!]);
  for (let at = groups.length - 1; at > 0; at--) if (sizeOf(groups[at]!) < least) join(at);
  while (groups.length > 1 && sizeOf(groups[0]!) < least) join(1);
  return groups;
}

const highestOf = (group: Group): number => Math.max(...group.map((part) => part.value));
const basisPoints = (size: number, rate: number): number => Math.ceil((size * rate) / FULL);

function quotasOf(design: Design, groups: readonly Group[]): number[] {
  const sizes = groups.map(sizeOf);
  if (design.kind === "rates") {
    return groups.map((group, at) => {
      const [size, rate] = [sizes[at]!, highestOf(group)];
      require(rate === FULL || basisPoints(size, rate) < size, "stratum_all_drawn");
      return basisPoints(size, rate);
    });
  }
  const floors = sizes.map((size) => basisPoints(size, design.floor));
  if (design.kind === "counts") {
    const counts = groups.map((group, at) => Math.max(group.reduce((sum, part) => sum + part.value, 0), floors[at]!));
    require(counts.every((n, at) => n <= sizes[at]!), "quota_above_stratum");
    const full = counts.filter((n, at) => n === sizes[at]).length;
    require(full === 0 || full === counts.length, "stratum_all_drawn");
    return counts;
  }
  const rooms = floors.map((least, at) => ({ least, most: sizes[at]! - 1 }));
  if (design.kind === "proportional") return divide(design.capacity, sizes.map(BigInt), rooms);
  const summed = (group: Group, of: (value: bigint) => bigint): bigint =>
    group.reduce((sum, part) => sum + BigInt(part.size) * of(BigInt(part.value)), 0n);
  if (design.kind === "neyman") {
    const weights = groups.map((group, at) => rootWeight(BigInt(sizes[at]!) * summed(group, (value) => value * value)));
    return divide(design.capacity, weights, rooms);
  }
  const expected = groups.map((group, at): Expected => ({ size: sizes[at]!, points: Number(summed(group, (value) => value)) }));
  if (design.kind === "neyman_findings") return divide(design.capacity, expected.map(variance).map(rootWeight), rooms);
  return mostFindings(design.capacity, expected, rooms, design.greatestError);
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
