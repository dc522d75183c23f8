/** What decides the quotas: a design's kind, and the rules that give values to cells (docs/draw.md, Cells, Strata). */
import { require } from "../ledger/fault.ts";
import { exactly, integer, integerAt, type Json, type JsonObject, has, line, list, listAt, member, objectAt, textAt, truthAt } from "../ledger/json.ts";
import { byText } from "../ledger/order.ts";

export const FULL = 10_000;
/** The label of the stratum of those who are not drawn. */
export const EXCLUDED = "excluded";
const KINDS = ["rates", "counts", "proportional", "neyman", "neyman_findings", "findings"] as const;
const LONGEST_NAME = 200;
const MOST_RULES = 500;
const MOST_MONTHS = 120;
const MOST_VALUE = 1_000_000_000;

/** A grade, and what else is named: `visited` null and "" leave it open. */
export interface Cell {
  readonly grade: string;
  readonly visited: boolean | null;
  readonly sector: string;
  readonly region: string;
}

export interface Rule {
  readonly cell: Cell;
  readonly value: number;
}

export interface Design {
  readonly kind: (typeof KINDS)[number];
  readonly rules: readonly Rule[];
  readonly floor: number;
  readonly months: number;
  readonly capacity: number;
  readonly greatestError: number;
  readonly past: boolean;
  readonly shrinkage: number;
}

export const whole = (grade: string): Cell => ({ grade, visited: null, sector: "", region: "" });
const isWhole = (cell: Cell): boolean => cell.visited === null && cell.sector === "" && cell.region === "";
const escaped = (name: string): string => name.replaceAll("%", "%25").replaceAll("/", "%2F").replaceAll("+", "%2B");

export function labelOf(cell: Cell): string {
  if (isWhole(cell)) return cell.grade;
  const visits = cell.visited === null ? "" : cell.visited ? "visited" : "unvisited";
  return [cell.grade, escaped(cell.sector), escaped(cell.region), visits].join("/");
}

export function cellOf(value: Json): Cell {
  const visited = member(value, "visited") === null ? null : truthAt(value, "visited");
  return { grade: textAt(value, "grade"), visited, sector: textAt(value, "sector"), region: textAt(value, "region") };
}

/** The design of a plan, where it stands under `design`, or under `rates` if it gives rates to grades alone. */
export function designOf(plan: JsonObject): Design {
  if (has(plan, "rates")) {
    const rates = Object.entries(objectAt(plan, "rates"));
    const rules = rates.map(([grade, rate]) => ({ cell: whole(grade), value: integer(rate) }));
    return { kind: "rates", rules, floor: 1, months: 0, capacity: 0, greatestError: 0, past: false, shrinkage: 20 };
  }
  const names = ["kind", "rules", "floor", "months", "capacity", "greatest_error", "past", "shrinkage"];
  const given = exactly(plan["design"], ...names);
  const kind = KINDS.find((each) => each === given["kind"]);
  require(kind !== undefined, "design_kind");
  return {
    kind,
    rules: listAt(given, "rules").map((each) => {
      const rule = exactly(each, "grade", "visited", "sector", "region", "value");
      return { cell: cellOf(rule), value: integerAt(rule, "value") };
    }),
    floor: integerAt(given, "floor"),
    months: integerAt(given, "months"),
    capacity: integerAt(given, "capacity"),
    greatestError: integerAt(given, "greatest_error"),
    past: truthAt(given, "past"),
    shrinkage: integerAt(given, "shrinkage"),
  };
}

const expects = (design: Design): boolean => design.kind === "neyman_findings" || design.kind === "findings";

/** The rules by their cells' labels, in the order of strata, those of whole grades added where values do not matter. */
export function rulesOf(design: Design, scale: readonly string[]): Map<string, Rule> {
  const added = design.past || design.kind === "proportional" ? scale.map((grade) => ({ cell: whole(grade), value: 0 })) : [];
  const parted = design.rules.some(({ cell }) => !isWhole(cell));
  const usable = (name: string): boolean => name !== "" && !name.includes("+") && name !== EXCLUDED && !(parted && name.includes("/"));
  require(scale.every(usable), "grade_name");
  for (const { cell } of design.rules) for (const name of [cell.sector, cell.region]) line(name, LONGEST_NAME);
  const labels = new Set(design.rules.map(({ cell }) => labelOf(cell)));
  require(design.rules.length <= MOST_RULES && labels.size === design.rules.length, "design_rules");
  const rules = new Map([...added, ...design.rules].map((rule) => [labelOf(rule.cell), rule] as const));
  const known = [...rules.values()].every(({ cell }) => scale.includes(cell.grade)) && scale.every((grade) => rules.has(grade));
  require(known, "design_rule_lacking");
  checkNumbers(design, [...rules.values()]);
  return new Map([...rules].sort(([, one], [, other]) => inOrder(scale, one.cell, other.cell)));
}

const visitsOf = (cell: Cell): number => (cell.visited === null ? 0 : cell.visited ? 2 : 1);

const inOrder = (scale: readonly string[], one: Cell, other: Cell): number =>
  scale.indexOf(one.grade) - scale.indexOf(other.grade) ||
  visitsOf(one) - visitsOf(other) ||
  byText(one.sector, other.sector) ||
  byText(one.region, other.region);

function checkNumbers(design: Design, rules: readonly Rule[]): void {
  const { kind, floor, months, capacity, greatestError, past, shrinkage } = design;
  const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
  require(within(months, 0, MOST_MONTHS), "design_months");
  require(months > 0 || rules.every(({ cell }) => cell.visited === null), "design_visits");
  require(within(floor, 1, FULL - 1), "design_floor");
  const divides = kind !== "rates" && kind !== "counts";
  require(divides ? within(capacity, 1, MOST_VALUE) : capacity === 0, "design_capacity");
  require(kind !== "findings" || within(greatestError, 1, FULL), "design_error");
  require(!past || expects(design), "design_past_findings");
  require(within(shrinkage, 1, MOST_VALUE), "design_shrinkage");
  const values = new Set(rules.map(({ value }) => value));
  if (past || kind === "proportional") {
    require([...values].every((value) => value === 0), "design_value_unused");
  } else if (kind === "rates") {
    require([...values].every((value) => within(value, floor, FULL)), "design_rate");
    require(!values.has(FULL) || values.size === 1, "design_full_rate");
  } else {
    const most = expects(design) ? FULL - 1 : MOST_VALUE;
    require([...values].every((value) => within(value, 1, most)), "design_value");
  }
}

/** The most specific cell, of those of rules, that an enterprise meets: its label. */
export function cellFinder(rules: ReadonlyMap<string, Rule>): (grade: string, visited: boolean, sector: string, region: string) => string {
  const found = new Map<string, string>();
  const look = (grade: string, visited: boolean, sector: string, region: string): string => {
    for (const s of [sector, ""]) {
      for (const r of [region, ""]) {
        for (const v of [visited, null]) {
          const label = labelOf({ grade, visited: v, sector: s, region: r });
          if (rules.has(label)) return label;
        }
      }
    }
    throw new RangeError(`no rule is for the grade ${grade}`);
  };
  return (grade, visited, sector, region) => {
    const key = JSON.stringify([grade, visited, sector, region]);
    const known = found.get(key) ?? look(grade, visited, sector, region);
    found.set(key, known);
    return known;
  };
}

/** The design with the rates of findings that the sealed experience tells (docs/draw.md, Strata: `past`). */
export function expecting(design: Design, experience: Json, scale: readonly string[]): Design {
  if (!design.past) return design;
  const given = exactly(experience, "campaigns", "found", "by_grade");
  const pair = (value: Json): readonly [bigint, bigint] => {
    const [x, n, ...more] = list(value).map(integer);
    require(x !== undefined && n !== undefined && !more.length, "past_findings_form");
    return [BigInt(x), BigInt(n)];
  };
  const [x, n] = pair(given["found"]!);
  require(n > 0n, "past_findings_none");
  const k = BigInt(design.shrinkage);
  const grades = Object.entries(objectAt(given, "by_grade"));
  require(grades.length === scale.length && grades.every(([grade]) => scale.includes(grade)), "past_findings_scale");
  const rates = new Map(
    grades.map(([grade, value]) => {
      const [own, of] = pair(value);
      const [over, under] = [BigInt(FULL) * (own * n + k * x), n * (of + k)];
      const rate = Number((2n * over + under) / (2n * under));
      return [grade, Math.min(Math.max(rate, 1), FULL - 1)] as const;
    }),
  );
  const cells = [...grades.map(([grade]) => whole(grade)), ...design.rules.map(({ cell }) => cell)];
  const named = new Map(cells.map((cell) => [labelOf(cell), cell] as const));
  const rules = [...named.values()].map((cell) => ({ cell, value: rates.get(cell.grade) ?? 0 }));
  return { ...design, rules, past: false };
}

/** Sector and region as far as rules tell them apart: "" for those not named, null where none is. */
export function placeFinder(design: Design): (sector: string, region: string) => readonly [string | null, string | null] {
  const named = (key: "sector" | "region"): ReadonlySet<string> => new Set(design.rules.map(({ cell }) => cell[key]).filter((each) => each !== ""));
  const [sectors, regions] = [named("sector"), named("region")];
  const of = (known: ReadonlySet<string>, value: string): string | null => (!known.size ? null : known.has(value) ? value : "");
  return (sector, region) => [of(sectors, sector), of(regions, region)];
}
