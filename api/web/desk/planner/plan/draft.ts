// A plan as it is typed: texts alone, so that what is not right yet is kept as well.
import type { ConditionsInput, DesignInput, DesignKind, JointGradingInput, PlanInput, PlannerPlanFragment, TeamRoleInput } from "../../../generated/desk/graphql";
import { several } from "../beacon_form";
import { listed } from "../../../shared/marks";

export type DrawType = "UNTARGETED" | "TARGETED" | "SPECIAL" | "SUPERIOR";

export interface ParticipantDraft {
  department: string;
  items: string[];
  size: string;
  unit: string;
  inspectors: string;
}

/** A department that takes part, of which nothing is typed yet. */
export const newcomer = (department: string, size = "1"): ParticipantDraft => ({ department, items: [], size, unit: "", inspectors: "" });

export interface RuleDraft {
  grade: string;
  value: string;
  sector: string;
  region: string;
  visited: "" | "yes" | "no";
}

export interface RoleDraft {
  name: string;
  department: string;
  count: string;
  specialist: boolean;
  specialties: string;
  category: string;
  local: boolean;
  unit: string;
  inspectors: string;
}

export interface PlanDraft {
  title: string;
  startsOn: string;
  endsOn: string;
  type: DrawType;
  annualLine: string;
  participants: ParticipantDraft[];
  sectors: string[];
  regions: string;
  statuses: string;
  types: string[];
  sizes: string[];
  /** A line for each list of tags. */
  tags: string;
  reason: string;
  enterprises: string;
  issuingBody: string;
  documentNumber: string;
  kind: DesignKind;
  values: Record<string, string>;
  rules: RuleDraft[];
  floor: string;
  months: string;
  capacity: string;
  greatestError: string;
  past: boolean;
  shrinkage: string;
  grading: JointGradingInput | null;
  flatReason: string;
  onceAYear: boolean;
  frequency: { visits: string; months: string }[];
  exclusions: { enterprise: string; reason: string }[];
  roles: RoleDraft[];
  differentUnits: boolean;
  cap: string;
  leastDutyDays: string;
  household: boolean;
  formerEmployerYears: string;
  lastVisit: boolean;
}

export const emptyDraft = (department: string): PlanDraft => ({
  title: "",
  startsOn: "",
  endsOn: "",
  type: "UNTARGETED",
  annualLine: "",
  participants: [newcomer(department, "2")],
  sectors: [],
  regions: "",
  statuses: "存续",
  types: [],
  sizes: [],
  tags: "",
  reason: "",
  enterprises: "",
  issuingBody: "",
  documentNumber: "",
  kind: "RATES",
  values: {},
  rules: [],
  floor: "0.01",
  months: "0",
  capacity: "",
  greatestError: "0",
  past: false,
  shrinkage: "20",
  grading: null,
  flatReason: "",
  onceAYear: true,
  frequency: [],
  exclusions: [],
  roles: [],
  differentUnits: false,
  cap: "",
  leastDutyDays: "1",
  household: true,
  formerEmployerYears: "3",
  lastVisit: false,
});

export const isList = ({ type }: PlanDraft): boolean => type === "SPECIAL" || type === "SUPERIOR";

/** Kinds of design whose values are visits, not shares. */
export const COUNTED: readonly DesignKind[] = ["COUNTS"];
/** Kinds that divide a capacity. */
export const DIVIDED: readonly DesignKind[] = ["PROPORTIONAL", "NEYMAN", "NEYMAN_FINDINGS", "FINDINGS"];

/** What is typed by a Chinese keyboard as by another one: ５ is 5. */
const plain = (typed: string): string => typed.normalize("NFKC").trim();

/** A number that is typed; null where it is none. */
export function wholeOf(typed: string): number | null {
  return /^\d{1,9}$/.test(plain(typed)) ? Number(plain(typed)) : null;
}

/** Percent in basis points, by its digits; null where it is none. */
export function basisPointsOf(typed: string): number | null {
  const found = /^(\d{1,3})(?:\.(\d{1,2}))?\s*%?$/.exec(plain(typed));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/** What a field shows where no whole number is typed in it. */
export const unlessWhole = (typed: string, told: string) => (typed.trim() && wholeOf(typed) === null ? { validationBehavior: "aria" as const, validate: () => told } : {});

/** Basis points as percent that is typed. */
export const typedPercent = (points: number): string => {
  const cents = points % 100;
  return `${Math.trunc(points / 100)}${cents ? `.${String(cents).padStart(2, "0").replace(/0$/, "")}` : ""}`;
};

const valueOf = (kind: DesignKind, typed: string): number | null => (COUNTED.includes(kind) ? wholeOf(typed) : basisPointsOf(typed));
const typedValue = (kind: DesignKind, value: number): string => (COUNTED.includes(kind) ? String(value) : typedPercent(value));

export function conditionsOf(draft: PlanDraft): { [Name in keyof ConditionsInput]-?: NonNullable<ConditionsInput[Name]> } {
  const statuses = several(draft.statuses);
  if (draft.type === "UNTARGETED") return { sectors: [], regions: [], statuses, types: [], sizes: [], tags: [] };
  return {
    sectors: draft.sectors,
    regions: several(draft.regions),
    statuses,
    types: draft.types,
    sizes: draft.sizes,
    tags: draft.tags.split("\n").map(several).filter((each) => each.length),
  };
}

/** What is still to be told, or is no number, before a plan can be previewed, by the words' names; empty: nothing. */
export function lacking(draft: PlanDraft, scale: readonly string[]): string[] {
  const lacks: string[] = [];
  if (!draft.title.trim()) lacks.push("title");
  if (!draft.startsOn) lacks.push("startsOn");
  if (!draft.endsOn) lacks.push("endsOn");
  if (draft.participants.some(({ items }) => !items.length)) lacks.push("items");
  const sizes = draft.roles.length ? [] : draft.participants.slice(0, isByParticipants(draft) ? undefined : 1).map(({ size }) => size);
  const numbers: Record<string, readonly string[]> = {
    size: sizes,
    count: draft.roles.map(({ count }) => count),
    cap: draft.cap.trim() ? [draft.cap] : [],
    leastDutyDays: [draft.leastDutyDays],
    formerEmployerYears: [draft.formerEmployerYears],
    frequency: draft.frequency.flatMap(({ visits, months }) => [visits, months]),
    monthsVisited: isList(draft) ? [] : [draft.months],
  };
  lacks.push(...Object.keys(numbers).filter((name) => numbers[name]!.some((typed) => wholeOf(typed) === null)));
  if (isList(draft)) return lacks;
  if (draft.rules.some(({ value }) => valueOf(draft.kind, value) === null)) lacks.push("rules");
  if (basisPointsOf(draft.floor) === null) lacks.push("floor");
  if (draft.kind === "FINDINGS" && basisPointsOf(draft.greatestError) === null) lacks.push("greatestError");
  if (DIVIDED.includes(draft.kind) && wholeOf(draft.capacity) === null) lacks.push("capacity");
  if (hasValues(draft) && scale.some((grade) => valueOf(draft.kind, draft.values[grade] ?? "") === null)) lacks.push("values");
  return lacks;
}

/** Whether each grade has a value of its own. */
export const hasValues = ({ kind, past }: PlanDraft): boolean => kind !== "PROPORTIONAL" && !((kind === "NEYMAN_FINDINGS" || kind === "FINDINGS") && past);

/** The departments that take part, each once, though several of its units may; the lead first. */
export const departmentsOf = ({ participants }: PlanDraft): string[] => [...new Set(participants.map(({ department }) => department))];

/** Whether participants say whom they send, which neither roles of the plan's own nor one department's mere number do. */
export const isByParticipants = ({ participants, roles }: PlanDraft): boolean =>
  roles.length === 0 && (participants.length > 1 || participants.some(({ unit, inspectors }) => unit.trim() || several(inspectors).length));

/** A number of a plan that lacks nothing. */
const numberOf = (typed: string): number => wholeOf(typed) ?? 0;

export function planOf(draft: PlanDraft, scale: readonly string[]): PlanInput {
  const [lead] = draft.participants;
  const isSent = isByParticipants(draft);
  const departments = departmentsOf(draft);
  const roles = draft.roles.map(
    (role): TeamRoleInput => ({
      ...role,
      department: departments.includes(role.department) ? role.department : lead!.department,
      count: numberOf(role.count),
      specialties: several(role.specialties),
      inspectors: several(role.inspectors),
    }),
  );
  return {
    title: draft.title.trim(),
    startsOn: draft.startsOn,
    endsOn: draft.endsOn,
    annualLine: draft.annualLine,
    conditions: conditionsOf(draft),
    ...(isSent
      ? {
          participants: draft.participants.map(({ department, items, size, unit, inspectors }) => ({
            department,
            items,
            size: numberOf(size),
            unit: unit.trim(),
            inspectors: several(inspectors),
          })),
        }
      : { departments, items: [...new Set(draft.participants.flatMap(({ items }) => items))] }),
    ...(isList(draft)
      ? {
          listing: {
            reason: draft.type === "SPECIAL" ? draft.reason : "",
            enterprises: several(draft.enterprises),
            origin: draft.type === "SUPERIOR" ? { issuingBody: draft.issuingBody, documentNumber: draft.documentNumber } : null,
          },
        }
      : designOf(draft, scale)),
    grading: isList(draft) ? null : draft.grading,
    flatReason: isList(draft) ? "" : draft.flatReason,
    onceAYear: draft.onceAYear,
    frequency: draft.frequency.map(({ visits, months }) => ({ visits: numberOf(visits), months: numberOf(months) })),
    exclusions: draft.exclusions.map(({ enterprise, reason }) => ({ enterprise: enterprise.trim().toUpperCase(), reason })),
    matching: {
      roles,
      size: isSent || roles.length > 0 ? 2 : numberOf(lead!.size),
      differentUnits: draft.differentUnits,
      cap: draft.cap.trim() ? numberOf(draft.cap) : null,
      leastDutyDays: numberOf(draft.leastDutyDays),
      household: draft.household,
      formerEmployerYears: numberOf(draft.formerEmployerYears),
      lastVisit: draft.lastVisit,
    },
  };
}

function designOf(draft: PlanDraft, scale: readonly string[]): Pick<PlanInput, "rates" | "design"> {
  const { kind } = draft;
  const value = (typed: string) => valueOf(kind, typed) ?? 0;
  if (kind === "RATES" && !draft.rules.length && draft.floor === "0.01" && draft.months === "0") {
    return { rates: scale.map((grade) => ({ grade, basisPoints: value(draft.values[grade] ?? "") })) };
  }
  const general = hasValues(draft) ? scale.map((grade) => ({ grade, value: value(draft.values[grade] ?? ""), sector: "", region: "", visited: null })) : [];
  const special = draft.rules.map((rule) => ({
    grade: rule.grade,
    value: value(rule.value),
    sector: rule.sector.trim(),
    region: rule.region.trim(),
    visited: rule.visited === "" ? null : rule.visited === "yes",
  }));
  const design: DesignInput = {
    kind,
    rules: [...general, ...special],
    floor: basisPointsOf(draft.floor) ?? 0,
    months: numberOf(draft.months),
    capacity: DIVIDED.includes(kind) ? numberOf(draft.capacity) : 0,
    greatestError: kind === "FINDINGS" ? (basisPointsOf(draft.greatestError) ?? 0) : 0,
    past: !hasValues(draft) && kind !== "PROPORTIONAL",
    shrinkage: numberOf(draft.shrinkage),
  };
  return { design };
}

const DEFAULT_ROLE = /^(lead|member \d+)$/;

/** Return a plan that is kept as it would have been typed; `departmentOf` tells whose each item is. */
export function draftOf(plan: PlannerPlanFragment, departmentOf: (item: string) => string | undefined): PlanDraft {
  const { design, conditions, matching } = plan;
  const [lead] = plan.departmentCodes;
  const hasRoles = plan.participants.length === 0 && !matching.roles.every(({ name }) => DEFAULT_ROLE.test(name));
  const general = design.rules.filter((rule) => !rule.sector && !rule.region && typeof rule.visited !== "boolean");
  const participants = plan.participants.length
    ? plan.participants.map((each) => ({ department: each.departmentCode, items: each.itemCodes, size: String(each.size), unit: each.unit ?? "", inspectors: listed(each.inspectors) }))
    : plan.departmentCodes.map((department) => ({
        ...newcomer(department),
        items: plan.itemCodes.filter((item) => (plan.departmentCodes.includes(departmentOf(item) ?? "") ? departmentOf(item) : lead) === department),
        size: String(matching.roles.filter((role) => role.departmentCode === department).reduce((sum, { count }) => sum + count, 0)),
      }));
  return {
    ...emptyDraft(lead ?? ""),
    title: plan.title,
    startsOn: plan.startsOn,
    endsOn: plan.endsOn,
    type: plan.type,
    annualLine: plan.annualLine ?? "",
    participants,
    sectors: conditions.sectors,
    regions: listed(conditions.regions),
    statuses: listed(conditions.statuses),
    types: conditions.types,
    sizes: conditions.sizes,
    tags: conditions.tags.map((each) => listed(each)).join("\n"),
    reason: plan.listing?.reason ?? "",
    enterprises: plan.listed.join("\n"),
    issuingBody: plan.listing?.issuingBody ?? "",
    documentNumber: plan.listing?.documentNumber ?? "",
    kind: design.kind,
    values: Object.fromEntries(general.map(({ grade, value }) => [grade, typedValue(design.kind, value)])),
    rules: design.rules
      .filter((rule) => !general.includes(rule))
      .map((rule) => ({ grade: rule.grade, value: typedValue(design.kind, rule.value), sector: rule.sector, region: rule.region, visited: rule.visited === true ? "yes" : rule.visited === false ? "no" : "" })),
    floor: typedPercent(design.floor),
    months: String(design.months),
    capacity: design.capacity ? String(design.capacity) : "",
    greatestError: typedPercent(design.greatestError),
    past: design.past,
    shrinkage: String(design.shrinkage),
    grading: plan.grading ? { rule: plan.grading.rule, departments: plan.grading.departmentCodes, matrix: plan.grading.matrix } : null,
    flatReason: plan.flatReason ?? "",
    onceAYear: plan.onceAYear,
    frequency: plan.frequency.map(({ visits, months }) => ({ visits: String(visits), months: String(months) })),
    exclusions: plan.exclusions.map(({ enterpriseCode, reason }) => ({ enterprise: enterpriseCode, reason })),
    roles: hasRoles
      ? matching.roles.map((role) => ({
          name: role.name,
          department: role.departmentCode,
          count: String(role.count),
          specialist: role.specialist,
          specialties: listed(role.specialties),
          category: role.category,
          local: role.local,
          unit: role.unit ?? "",
          inspectors: listed(role.inspectors),
        }))
      : [],
    differentUnits: matching.differentUnits,
    cap: matching.cap === null || matching.cap === undefined ? "" : String(matching.cap),
    leastDutyDays: String(matching.leastDutyDays),
    household: matching.household,
    formerEmployerYears: String(matching.formerEmployerYears),
    lastVisit: matching.lastVisit,
  };
}
