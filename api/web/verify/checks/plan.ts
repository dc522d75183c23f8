/** The sealed plan (docs/ledger.md, Documents: `plan`). */
import { require } from "../ledger/fault.ts";
import { exactly, integer, integerAt, type Json, listAt, member, objectAt, textAt, textsAt, truthAt } from "../ledger/json.ts";
import { dayNumber } from "../ledger/time.ts";
import { type Role, roleOf, teamSize } from "../matching/pool.ts";
import { isCode } from "./verdict.ts";

export interface Conditions {
  readonly sectors: readonly string[];
  readonly regions: readonly string[];
  readonly statuses: readonly string[];
}

export interface MatchingRules {
  readonly differentUnits: boolean;
  readonly cap: number | null;
  readonly leastDutyDays: number;
  readonly household: boolean;
  readonly formerEmployerYears: number;
  readonly lastVisit: boolean;
}

export interface Plan {
  readonly title: string;
  readonly departments: readonly string[];
  readonly items: readonly string[];
  readonly starts: string;
  readonly ends: string;
  readonly conditions: Json;
  readonly meets: Conditions;
  readonly rates: ReadonlyMap<string, number>;
  readonly exclusions: ReadonlyMap<string, string>;
  readonly onceAYear: boolean;
  readonly roles: readonly Role[];
  readonly matching: MatchingRules;
}

const LEAST_TEAM = 2;
const MOST_YEARS = 50;
const MATCHING = "roles size different_units cap least_duty_days household former_employer_years last_visit".split(" ");
const PLAN = "title departments items starts ends conditions rates exclusions once_a_year matching".split(" ");

export function conditionsOf(value: Json): Conditions {
  const given = exactly(value, "sectors", "regions", "statuses");
  return { sectors: textsAt(given, "sectors"), regions: textsAt(given, "regions"), statuses: textsAt(given, "statuses") };
}

export function planOf(value: Json): Plan {
  const given = exactly(value, ...PLAN);
  const rules = exactly(given["matching"], ...MATCHING);
  const exclusions = listAt(given, "exclusions").map((each) => exactly(each, "enterprise", "reason"));
  const reasons = new Map(exclusions.map((each) => [textAt(each, "enterprise"), textAt(each, "reason")] as const));
  require(reasons.size === exclusions.length, "the plan excludes an enterprise twice");
  require([...reasons.values()].every((reason) => reason.trim() !== ""), "the plan excludes without a reason");
  require([...reasons.keys()].every(isCode), "the plan excludes what is no code");
  const [departments, items] = [textsAt(given, "departments"), textsAt(given, "items")];
  require(isSet(departments) && isSet(items), "a plan whose departments or items are none, or not different");
  const [starts, ends] = [textAt(given, "starts"), textAt(given, "ends")];
  require(dayNumber(starts) <= dayNumber(ends), "a plan whose period ends before it starts");
  return {
    title: textAt(given, "title"),
    departments,
    items,
    starts,
    ends,
    conditions: member(given, "conditions"),
    meets: conditionsOf(member(given, "conditions")),
    rates: new Map(Object.entries(objectAt(given, "rates")).map(([grade, rate]) => [grade, integer(rate)] as const)),
    exclusions: reasons,
    onceAYear: truthAt(given, "once_a_year"),
    roles: rolesOf(rules, departments),
    matching: matchingOf(rules),
  };
}

const isSet = (texts: readonly string[]): boolean => texts.length > 0 && new Set(texts).size === texts.length;

function matchingOf(rules: Json): MatchingRules {
  const cap = member(rules, "cap") === null ? null : integerAt(rules, "cap");
  const [leastDutyDays, formerEmployerYears] = [integerAt(rules, "least_duty_days"), integerAt(rules, "former_employer_years")];
  const possible = (cap ?? 1) >= 1 && leastDutyDays >= 0 && formerEmployerYears >= 0 && formerEmployerYears <= MOST_YEARS;
  require(possible, "a plan whose matching cannot be");
  return {
    differentUnits: truthAt(rules, "different_units"),
    cap,
    leastDutyDays,
    household: truthAt(rules, "household"),
    formerEmployerYears,
    lastVisit: truthAt(rules, "last_visit"),
  };
}

/** The plan's roles; where it names none, one place for each, going round the departments. */
function rolesOf(rules: Json, departments: readonly string[]): readonly Role[] {
  const named = listAt(rules, "roles").map(roleOf);
  const size = integerAt(rules, "size");
  require(teamSize(named) >= LEAST_TEAM || (!named.length && size >= LEAST_TEAM), "a plan of teams of fewer than two");
  if (named.length) {
    const apart = new Set(named.map((role) => role.name)).size === named.length && named.every((role) => role.count >= 1);
    const fit = new Set(named.map((role) => role.department)).size === departments.length;
    const known = named.every((role) => departments.includes(role.department));
    require(apart && fit && known, "a plan whose roles are not those of its departments");
    return named;
  }
  const places = Math.max(size, departments.length);
  return Array.from({ length: places }, (_, place) => ({
    name: place === 0 ? "lead" : `member ${place}`,
    department: departments[place % departments.length]!,
    specialist: place === 0,
    count: 1,
    specialties: [],
    category: "",
    local: false,
  }));
}

export const teamSizeOf = (plan: Plan): number => teamSize(plan.roles);

export function meets(conditions: Conditions, sector: string, region: string, status: string): boolean {
  const { sectors, regions, statuses } = conditions;
  return (!sectors.length || sectors.includes(sector)) && (!regions.length || regions.includes(region)) && statuses.includes(status);
}

/** Tell whether an enterprise could meet both. */
export function overlap(one: Conditions, other: Conditions): boolean {
  const common = (left: readonly string[], right: readonly string[]): boolean => left.some((each) => right.includes(each));
  const open = (left: readonly string[], right: readonly string[]): boolean => !left.length || !right.length || common(left, right);
  return open(one.sectors, other.sectors) && open(one.regions, other.regions) && common(one.statuses, other.statuses);
}
