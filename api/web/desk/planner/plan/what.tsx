// What is inspected, and by which teams.
import { Button } from "react-aria-components";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Told } from "../../../shared/parts/texts";
import type { Refused } from "../../../shared/refused";
import { faultAt } from "../../parts";
import { useWords } from "../words";
import { departmentsOf, newcomer, type ParticipantDraft, type PlanDraft, type RoleDraft, unlessWhole } from "./draft";
import type { Setting } from "./kept";

interface WhatParts {
  draft: PlanDraft;
  set: Setting;
  refused: Refused | null;
  items: readonly { code: string; name: string; departmentCode: string }[];
  names: (codes: readonly string[]) => string;
}

export function What({ draft, set, refused, items, names }: WhatParts) {
  const words = useWords();
  const plan = words.plan;
  const { participants } = draft;
  const isJoint = participants.length > 1;
  const change = (place: number, changes: Partial<ParticipantDraft>) =>
    set({ participants: participants.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
  return (
    <div className="form">
      {participants.map(({ department, items: chosen, size, unit, inspectors }, place) => {
        const first = participants.findIndex((each) => each.department === department);
        const offered = items.filter((item) => item.departmentCode === department || chosen.includes(item.code));
        return (
          <fieldset className="group" key={place}>
            <legend>
              {names([department])}
              {unit && <Told text={` ${unit}`} />}
            </legend>
            <div className="choices">
              {offered.map((item) => (
                <label className="check" key={item.code}>
                  <input
                    type="checkbox"
                    checked={chosen.includes(item.code)}
                    onChange={(event) => change(place, { items: event.target.checked ? [...chosen, item.code] : chosen.filter((each) => each !== item.code) })}
                  />
                  <span>
                    <Told text={item.name} /> <small className="code">{item.code}</small>
                  </span>
                </label>
              ))}
            </div>
            {offered.length === 0 && <p className="empty">{plan.noItems}</p>}
            {draft.roles.length === 0 && (
              <>
                <TextInput
                  label={isJoint ? plan.sizeOf : plan.size}
                  value={size}
                  onChange={(typed) => change(place, { size: typed })}
                  inputMode="numeric"
                  {...unlessWhole(size, plan.noNumber)}
                  {...faultAt(refused, ...(isJoint ? ["participants", place, "size"] : ["matching", "size"]))}
                />
                <TextInput label={plan.unitOf} help={plan.unitHelp} value={unit} onChange={(typed) => change(place, { unit: typed })} {...faultAt(refused, "participants", place, "unit")} />
                <TextInput
                  label={plan.inspectors}
                  help={plan.inspectorsHelp}
                  value={inspectors}
                  onChange={(typed) => change(place, { inspectors: typed })}
                  {...faultAt(refused, "participants", place, "inspectors")}
                />
                <div className="actions">
                  <Button className="button" onPress={() => set({ participants: [...participants.slice(0, place + 1), newcomer(department), ...participants.slice(place + 1)] })}>
                    {plan.addUnit}
                  </Button>
                  {place > first && (
                    <Button className="button" onPress={() => set({ participants: participants.filter((_, at) => at !== place) })}>
                      {words.remove}
                    </Button>
                  )}
                </div>
              </>
            )}
          </fieldset>
        );
      })}
      <fieldset className="group">
        <legend>{plan.teams}</legend>
        <label className="check">
          <input type="checkbox" checked={draft.differentUnits} onChange={(event) => set({ differentUnits: event.target.checked })} />
          <span>{plan.differentUnits}</span>
        </label>
        <label className="check">
          <input type="checkbox" checked={draft.household} onChange={(event) => set({ household: event.target.checked })} />
          <span>{plan.household}</span>
        </label>
        <label className="check">
          <input type="checkbox" checked={draft.lastVisit} onChange={(event) => set({ lastVisit: event.target.checked })} />
          <span>{plan.lastVisit}</span>
        </label>
        <div className="choices">
          <TextInput label={plan.cap} help={plan.capHelp} value={draft.cap} onChange={(cap) => set({ cap })} inputMode="numeric" {...unlessWhole(draft.cap, plan.noNumber)} {...faultAt(refused, "matching", "cap")} />
          <TextInput label={plan.leastDutyDays} value={draft.leastDutyDays} onChange={(leastDutyDays) => set({ leastDutyDays })} inputMode="numeric" {...unlessWhole(draft.leastDutyDays, plan.noNumber)} {...faultAt(refused, "matching", "leastDutyDays")} />
          <TextInput
            label={plan.formerEmployerYears}
            value={draft.formerEmployerYears}
            onChange={(formerEmployerYears) => set({ formerEmployerYears })}
            inputMode="numeric"
            {...unlessWhole(draft.formerEmployerYears, plan.noNumber)}
            {...faultAt(refused, "matching", "formerEmployerYears")}
          />
        </div>
      </fieldset>
      <Roles draft={draft} set={set} refused={refused} names={names} />
    </div>
  );
}

/** Roles of their own, in the place of a lead and members. */
function Roles({ draft, set, refused, names }: Pick<WhatParts, "draft" | "set" | "refused" | "names">) {
  const words = useWords();
  const plan = words.plan;
  const departments = departmentsOf(draft);
  const department = departments[0]!;
  const blank: RoleDraft = { name: "", department, count: "1", specialist: false, specialties: "", category: "", local: false, unit: "", inspectors: "" };
  const change = (place: number, changes: Partial<RoleDraft>) => set({ roles: draft.roles.map((each, at) => (at === place ? { ...each, ...changes } : each)) });
  return (
    <details open={draft.roles.length > 0}>
      <summary>{plan.roles}</summary>
      <p className="help">{plan.rolesHelp}</p>
      <ul className="rows">
        {draft.roles.map((role, place) => (
          <li key={place}>
            <TextInput label={plan.role} value={role.name} onChange={(name) => change(place, { name })} isRequired {...faultAt(refused, "roles", place, "name")} />
            {departments.length > 1 && (
              <Choice
                label={plan.roleOf}
                name={`role-${place}`}
                value={role.department}
                onChange={(chosen) => change(place, { department: chosen })}
                choices={departments.map((each) => [each, names([each])] as const)}
              />
            )}
            <TextInput label={plan.count} value={role.count} onChange={(count) => change(place, { count })} inputMode="numeric" {...unlessWhole(role.count, plan.noNumber)} {...faultAt(refused, "roles", place, "count")} />
            <TextInput label={plan.specialties} value={role.specialties} onChange={(specialties) => change(place, { specialties })} />
            <TextInput label={plan.category} value={role.category} onChange={(category) => change(place, { category })} />
            <TextInput label={plan.unit} value={role.unit} onChange={(unit) => change(place, { unit })} />
            <TextInput
              label={plan.inspectors}
              help={plan.inspectorsHelp}
              value={role.inspectors}
              onChange={(inspectors) => change(place, { inspectors })}
              {...faultAt(refused, "roles", place, "inspectors")}
            />
            <label className="check">
              <input type="checkbox" checked={role.specialist} onChange={(event) => change(place, { specialist: event.target.checked })} />
              <span>{plan.specialist}</span>
            </label>
            <label className="check">
              <input type="checkbox" checked={role.local} onChange={(event) => change(place, { local: event.target.checked })} />
              <span>{plan.local}</span>
            </label>
            <Button className="button" onPress={() => set({ roles: draft.roles.filter((_, at) => at !== place) })}>
              {words.remove}
            </Button>
          </li>
        ))}
      </ul>
      <p>
        <Button className="button" onPress={() => set({ roles: [...draft.roles, blank] })}>
          {plan.addRole}
        </Button>
      </p>
    </details>
  );
}
