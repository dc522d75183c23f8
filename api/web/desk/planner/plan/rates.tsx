// How many are drawn of whom.
import { Button } from "react-aria-components";

import { Choice, TextInput } from "../../../shared/parts/fields";
import type { DesignKind, JointRule } from "../../../generated/desk/graphql";
import type { Refused } from "../../../shared/refused";
import { faultAt } from "../../parts";
import { useWords } from "../words";
import { basisPointsOf, COUNTED, departmentsOf, DIVIDED, hasValues, type PlanDraft, type RuleDraft, unlessWhole, wholeOf } from "./draft";
import type { Setting } from "./kept";
import { RegionInput } from "./regions";
import { SECTORS } from "./who";

interface RatesParts {
  draft: PlanDraft;
  set: Setting;
  refused: Refused | null;
  scale: readonly string[];
  names: (codes: readonly string[]) => string;
}

export function Rates({ draft, set, refused, scale, names }: RatesParts) {
  const words = useWords();
  const plan = words.plan;
  const { kind } = draft;
  const isCount = COUNTED.includes(kind);
  const valueName = plan.valueNames[kind];
  const isWrong = (typed: string) => typed.trim() !== "" && (isCount ? wholeOf(typed) : basisPointsOf(typed)) === null;
  const fault = (typed: string) => (isWrong(typed) ? { validationBehavior: "aria" as const, validate: () => (isCount ? plan.noNumber : plan.noPercent) } : {});
  const changeRule = (place: number, changes: Partial<RuleDraft>) => set({ rules: draft.rules.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
  const blank: RuleDraft = { grade: scale.at(-1) ?? "", value: "", sector: SECTORS[0], region: "", visited: "" };
  const isFlat = hasValues(draft) && scale.length > 0 && new Set(scale.map((grade) => draft.values[grade] ?? "")).size === 1 && !draft.rules.length;
  return (
    <div className="form">
      <Choice label={plan.kind} name="kind" value={kind} onChange={(each) => set({ kind: each as DesignKind })} choices={Object.entries(plan.kinds)} />
      <p className="help">{plan.aboutKinds[kind]}</p>
      {DIVIDED.includes(kind) && (
        <TextInput label={plan.capacity} value={draft.capacity} onChange={(capacity) => set({ capacity })} inputMode="numeric" isRequired {...unlessWhole(draft.capacity, plan.noNumber)} {...faultAt(refused, "design", "capacity")} />
      )}
      {(kind === "NEYMAN_FINDINGS" || kind === "FINDINGS") && (
        <label className="check">
          <input type="checkbox" checked={draft.past} onChange={(event) => set({ past: event.target.checked })} />
          <span>{plan.past}</span>
        </label>
      )}
      {kind === "FINDINGS" && (
        <TextInput label={plan.greatestError} value={draft.greatestError} onChange={(greatestError) => set({ greatestError })} inputMode="decimal" {...faultAt(refused, "design", "greatestError")} />
      )}
      {hasValues(draft) && (
        <fieldset className="group">
          <legend>{valueName}</legend>
          <div className="choices">
            {scale.map((grade, place) => (
              <TextInput
                key={grade}
                label={plan.gradeOf(grade)}
                value={draft.values[grade] ?? ""}
                onChange={(value) => set({ values: { ...draft.values, [grade]: value } })}
                inputMode="decimal"
                isRequired
                {...fault(draft.values[grade] ?? "")}
                {...faultAt(refused, "rates", place)}
              />
            ))}
          </div>
          {isCount || <p className="help">{plan.percentHelp}</p>}
        </fieldset>
      )}
      {isFlat && <TextInput label={plan.flatReason} help={plan.flatReasonHelp} lines={2} value={draft.flatReason} onChange={(flatReason) => set({ flatReason })} isRequired {...faultAt(refused, "flatReason")} />}
      <details open={draft.rules.length > 0}>
        <summary>{plan.rules}</summary>
        <p className="help">{plan.rulesHelp}</p>
        <ul className="rows">
          {draft.rules.map((rule, place) => (
            <li key={place}>
              <Choice label={plan.grade} name={`grade-${place}`} value={rule.grade} onChange={(grade) => changeRule(place, { grade })} choices={scale.map((each) => [each, each] as const)} />
              <Choice label={plan.sector} name={`sector-${place}`} value={rule.sector} onChange={(sector) => changeRule(place, { sector })} choices={[["", words.all], ...SECTORS.map((each) => [each, each] as const)]} />
              <RegionInput label={plan.region} value={rule.region} onChange={(region) => changeRule(place, { region })} isOne />
              <Choice label={plan.visited} name={`visited-${place}`} value={rule.visited} onChange={(visited) => changeRule(place, { visited: visited as RuleDraft["visited"] })} choices={Object.entries(plan.visitedChoices)} />
              <TextInput label={valueName} value={rule.value} onChange={(value) => changeRule(place, { value })} inputMode="decimal" isRequired {...fault(rule.value)} />
              <Button className="button" onPress={() => set({ rules: draft.rules.filter((_, at) => at !== place) })}>
                {words.remove}
              </Button>
            </li>
          ))}
        </ul>
        <p>
          <Button className="button" onPress={() => set({ rules: [...draft.rules, blank] })}>
            {plan.addRule}
          </Button>
        </p>
        <div className="choices">
          <TextInput label={plan.floor} value={draft.floor} onChange={(floor) => set({ floor })} inputMode="decimal" {...faultAt(refused, "design", "floor")} />
          <TextInput label={plan.monthsVisited} help={plan.monthsVisitedHelp} value={draft.months} onChange={(months) => set({ months })} inputMode="numeric" {...unlessWhole(draft.months, plan.noNumber)} {...faultAt(refused, "design", "months")} />
        </div>
      </details>
      <fieldset className="group">
        <legend>{plan.exclusions}</legend>
        <label className="check">
          <input type="checkbox" checked={draft.onceAYear} onChange={(event) => set({ onceAYear: event.target.checked })} />
          <span>{plan.onceAYear}</span>
        </label>
        <ul className="rows">
          {draft.frequency.map((rule, place) => {
            const change = (changes: Partial<typeof rule>) => set({ frequency: draft.frequency.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
            return (
              <li key={place}>
                <TextInput label={plan.frequencyVisits} value={rule.visits} onChange={(visits) => change({ visits })} inputMode="numeric" {...unlessWhole(rule.visits, plan.noNumber)} {...faultAt(refused, "frequency", place, "visits")} />
                <TextInput label={plan.frequencyMonths} value={rule.months} onChange={(months) => change({ months })} inputMode="numeric" {...unlessWhole(rule.months, plan.noNumber)} {...faultAt(refused, "frequency", place, "months")} />
                <Button className="button" onPress={() => set({ frequency: draft.frequency.filter((_, at) => at !== place) })}>
                  {words.remove}
                </Button>
              </li>
            );
          })}
          {draft.exclusions.map((exclusion, place) => {
            const change = (changes: Partial<typeof exclusion>) => set({ exclusions: draft.exclusions.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
            return (
              <li key={`enterprise ${place}`}>
                <TextInput label={words.code} value={exclusion.enterprise} onChange={(enterprise) => change({ enterprise })} isRequired {...faultAt(refused, "exclusions", place, "enterprise")} />
                <TextInput label={plan.exclusionReason} value={exclusion.reason} onChange={(reason) => change({ reason })} isRequired {...faultAt(refused, "exclusions", place, "reason")} />
                <Button className="button" onPress={() => set({ exclusions: draft.exclusions.filter((_, at) => at !== place) })}>
                  {words.remove}
                </Button>
              </li>
            );
          })}
        </ul>
        <div className="actions">
          <Button className="button" onPress={() => set({ frequency: [...draft.frequency, { visits: "1", months: "12" }] })}>
            {plan.addFrequency}
          </Button>
          <Button className="button" onPress={() => set({ exclusions: [...draft.exclusions, { enterprise: "", reason: "" }] })}>
            {plan.addExclusion}
          </Button>
        </div>
      </fieldset>
      {departmentsOf(draft).length > 1 && <Grading draft={draft} set={set} names={names} />}
    </div>
  );
}

/** Whose grades make the strata of a joint campaign. */
function Grading({ draft, set, names }: Pick<RatesParts, "draft" | "set" | "names">) {
  const plan = useWords().plan;
  const { grading } = draft;
  const departments = departmentsOf(draft);
  const choose = (rule: string) => {
    if (rule === "") set({ grading: null });
    else if (rule !== "MATRIX") set({ grading: { rule: rule as JointRule, departments: rule === "DEPARTMENT" ? departments.slice(0, 1) : departments, matrix: [] } });
  };
  const choices = Object.entries(plan.gradings).filter(([rule]) => rule !== "MATRIX" || grading?.rule === "MATRIX");
  return (
    <>
      <Choice label={plan.grading} name="grading" value={grading?.rule ?? ""} onChange={choose} choices={choices} />
      {grading?.rule === "DEPARTMENT" && (
        <Choice
          label={plan.gradingOf}
          name="gradingOf"
          value={grading.departments[0]}
          onChange={(department) => set({ grading: { ...grading, departments: [department] } })}
          choices={departments.map((each) => [each, names([each])] as const)}
        />
      )}
    </>
  );
}
