/** The public conditions that make a frame, as data (docs/draw.md, Frame). */
import { require } from "../ledger/fault.ts";
import { exactly, has, type Json, type JsonObject, line, list, listAt, object, text, textsAt } from "../ledger/json.ts";

const ASKED = ["types", "sizes", "tags"];
const TYPES: ReadonlyMap<string, string> = new Map([["91", "企业"], ["92", "个体工商户"], ["93", "农民专业合作社"]]);
const OTHER_TYPE = "其他";
const LONGEST = 200;
const SIZES = ["大型", "中型", "小型", "微型"];

export interface Conditions {
  readonly sectors: readonly string[];
  readonly regions: readonly string[];
  readonly statuses: readonly string[];
  readonly types: readonly string[];
  readonly sizes: readonly string[];
  /** Of each list one tag suffices. */
  readonly tags: readonly (readonly string[])[];
}

/** What conditions ask of an enterprise. */
export interface Attributes {
  readonly sector: string;
  readonly region: string;
  readonly status: string;
  readonly type: string;
  /** "" where the register does not tell it. */
  readonly size: string;
  readonly tags: ReadonlySet<string>;
}

/** An enterprise's type, which its code tells. */
export const typeOf = (code: string): string => TYPES.get(code.slice(0, 2)) ?? OTHER_TYPE;

/** The names, of those that may be left out, that stand in an object. */
export const standing = (value: Json, names: readonly string[]): string[] => names.filter((name) => has(object(value), name));

export function conditionsOf(value: Json): Conditions {
  const given = exactly(value, "sectors", "regions", "statuses", ...standing(value, ASKED));
  const texts = (name: string): string[] => (has(given, name) ? textsAt(given, name) : []);
  const tags = has(given, "tags") ? listAt(given, "tags").map((each) => list(each).map(text)) : [];
  const known = texts("types").every((each) => each === OTHER_TYPE || [...TYPES.values()].includes(each));
  require(known && texts("sizes").every((each) => SIZES.includes(each)), "condition_unknown");
  require(tags.every((each) => each.length > 0), "condition_tags_empty");
  const [sectors, regions, statuses] = [texts("sectors"), texts("regions"), texts("statuses")];
  for (const each of [...sectors, ...regions, ...statuses, ...tags.flat()]) line(each, LONGEST);
  return { sectors, regions, statuses, types: texts("types"), sizes: texts("sizes"), tags };
}

/** Conditions as they are written: what may be left out is, where it asks for nothing. */
export function written({ sectors, regions, statuses, ...more }: Conditions): JsonObject {
  return { sectors, regions, statuses, ...Object.fromEntries(Object.entries(more).filter(([, values]) => values.length > 0)) };
}

export function meets(conditions: Conditions, of: Attributes): boolean {
  const { sectors, regions, statuses, types, sizes, tags } = conditions;
  const allows = (values: readonly string[], value: string): boolean => !values.length || values.includes(value);
  const asked = allows(sectors, of.sector) && allows(regions, of.region) && allows(types, of.type) && allows(sizes, of.size);
  return asked && statuses.includes(of.status) && tags.every((each) => each.some((tag) => of.tags.has(tag)));
}

/** Tell whether an enterprise could meet both, with any tags, since nothing keeps it from having them. */
export function overlap(one: Conditions, other: Conditions): boolean {
  const common = (left: readonly string[], right: readonly string[]): boolean => left.some((each) => right.includes(each));
  const open = (left: readonly string[], right: readonly string[]): boolean => !left.length || !right.length || common(left, right);
  const names = ["sectors", "regions", "types", "sizes"] as const;
  return names.every((name) => open(one[name], other[name])) && common(one.statuses, other.statuses);
}
