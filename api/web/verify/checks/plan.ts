/** The sealed plan (docs/ledger.md, Documents: `plan`). */
import { require } from "../ledger/fault.ts";
import { exactly, has, integerAt, type Json, type JsonObject, line, list, listAt, member, object, text, textAt, textsAt, truthAt } from "../ledger/json.ts";
import { dayNumber } from "../ledger/time.ts";
import { type Design, designOf } from "../draw/design.ts";
import { type Grading, gradingOf } from "../grades/joint.ts";
import { type Role, roleOf, teamSize } from "../matching/pool.ts";
import { type Conditions, conditionsOf, standing, written } from "./conditions.ts";
import { type FrequencyRule, frequencyOf } from "./past.ts";
import { isCode } from "./verdict.ts";

/** A campaign that is no draw: why, or whose list it is, and who is on it, or nobody where the conditions say who. */
export interface Listing {
  readonly reason: string;
  readonly origin: { readonly body: string; readonly number: string; readonly sha256: string } | null;
  readonly enterprises: readonly string[];
  /** What the entry tells of it. */
  readonly told: JsonObject;
}

/** What a participant sends: items, places in every team, and inspectors, if not any. */
interface Participant {
  readonly department: string;
  readonly unit: string;
  readonly items: readonly string[];
  readonly size: number;
  readonly inspectors: readonly string[];
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
  readonly design: Design;
  readonly exclusions: ReadonlyMap<string, string>;
  readonly onceAYear: boolean;
  readonly frequency: readonly FrequencyRule[];
  readonly listing: Listing | null;
  /** Whose grades make the strata; without it the general ones. */
  readonly grading: Grading | null;
  readonly annualLine: string;
  readonly participants: readonly Participant[];
  readonly roles: readonly Role[];
  readonly matching: MatchingRules;
}

const LEAST_TEAM = 2;
const MOST_YEARS = 50;
const MATCHING = "roles size different_units cap least_duty_days household former_employer_years last_visit".split(" ");
const PLAN = "title departments items starts ends conditions exclusions once_a_year matching".split(" ");
const MAY_STAND = "frequency listing flat_reason participants grading annual_line".split(" ");
const MOST_PLACES = 20;
const LONGEST_NAME = 200;
const LONGEST_REASON = 1000;
const LONGEST_ROLE = 20;
const LONGEST_CATEGORY = 40;

export function planOf(value: Json): Plan {
  const rated = has(object(value), "rates") ? "rates" : "design";
  const given = exactly(value, ...PLAN, rated, ...standing(value, MAY_STAND));
  const inPlan = <Value>(name: string, of: (value: Json) => Value, absent: Value): Value => (has(given, name) ? of(given[name]!) : absent);
  const rules = exactly(given["matching"], ...MATCHING);
  const exclusions = listAt(given, "exclusions").map((each) => exactly(each, "enterprise", "reason"));
  const reasons = new Map(exclusions.map((each) => [textAt(each, "enterprise"), textAt(each, "reason")] as const));
  require(reasons.size === exclusions.length, "exclusion_twice");
  require([...reasons.values()].every((reason) => reason.trim() !== ""), "exclusion_without_reason");
  require([...reasons.keys()].every(isCode), "exclusion_no_code");
  for (const reason of reasons.values()) line(reason, LONGEST_REASON);
  require(line(given["title"], LONGEST_NAME).trim() !== "", "plan_title");
  const [departments, items] = [textsAt(given, "departments"), textsAt(given, "items")];
  require(isSet(departments) && isSet(items), "plan_departments");
  const [starts, ends] = [textAt(given, "starts"), textAt(given, "ends")];
  require(dayNumber(starts) <= dayNumber(ends), "plan_period");
  const participants = inPlan("participants", (each) => list(each).map(participantOf), []);
  if (participants.length) checkParticipants(participants, departments, items);
  const listing = inPlan("listing", listingOf, null);
  const grading = inPlan("grading", (each) => gradingOf(each, departments), null);
  const design = designOf(given);
  const drawn = design.rules.length > 0 || exclusions.length > 0 || grading !== null;
  require(listing === null || !drawn, "plan_list_drawn");
  inPlan("flat_reason", (each) => line(each, LONGEST_REASON), "");
  const meets = conditionsOf(member(given, "conditions"));
  return {
    title: textAt(given, "title"),
    departments,
    items,
    starts,
    ends,
    conditions: written(meets),
    meets,
    design,
    exclusions: reasons,
    onceAYear: truthAt(given, "once_a_year"),
    frequency: inPlan("frequency", (each) => list(each).map(frequencyOf), []),
    listing,
    grading,
    annualLine: inPlan("annual_line", text, ""),
    participants,
    roles: rolesOf(rules, departments, participants),
    matching: matchingOf(rules),
  };
}

const isSet = (texts: readonly string[]): boolean => texts.length > 0 && new Set(texts).size === texts.length;

function listingOf(value: Json): Listing {
  const given = exactly(value, "type", "reason", "origin", "enterprises");
  const origin = given["origin"] === null ? null : exactly(given["origin"], "body", "number", "sha256");
  const reason = textAt(given, "reason");
  const type = origin === null ? "special" : "superior";
  require(given["type"] === type, "list_type");
  return {
    reason,
    origin: origin && { body: textAt(origin, "body"), number: textAt(origin, "number"), sha256: textAt(origin, "sha256") },
    enterprises: textsAt(given, "enterprises"),
    told: { type, reason, origin },
  };
}

function participantOf(value: Json): Participant {
  const given = exactly(value, "department", "unit", "items", "size", "inspectors");
  return {
    department: textAt(given, "department"),
    unit: textAt(given, "unit"),
    items: textsAt(given, "items"),
    size: integerAt(given, "size"),
    inspectors: textsAt(given, "inspectors"),
  };
}

function checkParticipants(participants: readonly Participant[], departments: readonly string[], items: readonly string[]): void {
  for (const { unit } of participants) line(unit, LONGEST_NAME);
  const usable = participants.every(({ items: own, size, inspectors }) => {
    const enough = !inspectors.length || new Set(inspectors).size >= size;
    return isSet(own) && size >= 1 && size <= MOST_PLACES && enough;
  });
  const names = participants.map(({ department, unit }) => JSON.stringify([department, unit]));
  const inspectors = participants.flatMap((each) => each.inspectors);
  const apart = new Set(names).size === names.length && new Set(inspectors).size === inspectors.length;
  require(usable && apart, "plan_participants");
  require(participants.reduce((sum, each) => sum + each.size, 0) >= LEAST_TEAM, "participants_team_size");
  const told = [[...new Set(participants.map((each) => each.department))], [...new Set(participants.flatMap((each) => each.items))]];
  require(JSON.stringify(told) === JSON.stringify([departments, items]), "plan_departments_of_participants");
}

function matchingOf(rules: Json): MatchingRules {
  const cap = member(rules, "cap") === null ? null : integerAt(rules, "cap");
  const [leastDutyDays, formerEmployerYears] = [integerAt(rules, "least_duty_days"), integerAt(rules, "former_employer_years")];
  const possible = (cap ?? 1) >= 1 && leastDutyDays >= 0 && formerEmployerYears >= 0 && formerEmployerYears <= MOST_YEARS;
  require(possible, "plan_matching");
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
function rolesOf(rules: Json, departments: readonly string[], participants: readonly Participant[]): readonly Role[] {
  const named = listAt(rules, "roles").map(roleOf);
  for (const { name, category } of named) {
    require(line(name, LONGEST_ROLE).trim() !== "", "role_name");
    line(category, LONGEST_CATEGORY);
  }
  const size = integerAt(rules, "size");
  require(Math.max(size, ...named.map((role) => role.count)) <= MOST_PLACES, "plan_places");
  require(teamSize(named) >= LEAST_TEAM || (!named.length && size >= LEAST_TEAM), "plan_team_size");
  require(!named.length || !participants.length, "plan_roles_and_participants");
  if (participants.length) return participants.flatMap(placesOf);
  if (named.length) {
    const apart = new Set(named.map((role) => role.name)).size === named.length && named.every((role) => role.count >= 1);
    const fit = new Set(named.map((role) => role.department)).size === departments.length;
    const known = named.every((role) => departments.includes(role.department));
    require(apart && fit && known, "plan_roles");
    return named;
  }
  const places = Math.max(size, departments.length);
  return Array.from({ length: places }, (_, place) => ({
    ...ANYBODY,
    name: place === 0 ? "lead" : `member ${place}`,
    department: departments[place % departments.length]!,
    specialist: place === 0,
  }));
}

const ANYBODY = { count: 1, specialties: [], category: "", local: false, unit: "", inspectors: [] };

/** The places of a participant; the first one's first place leads. */
function placesOf({ department, unit, size, inspectors }: Participant, number: number): Role[] {
  const shared = { ...ANYBODY, department, unit, inspectors };
  const leads = number === 0 ? [{ ...shared, name: "lead", specialist: true }] : [];
  const count = size - leads.length;
  return [...leads, ...(count > 0 ? [{ ...shared, name: `member ${number + 1}`, specialist: false, count }] : [])];
}

export const teamSizeOf = (plan: Plan): number => teamSize(plan.roles);
