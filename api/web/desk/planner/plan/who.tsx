// Who takes part, and who may be drawn.
import { Choice, TextInput } from "../../../shared/parts/fields";
import type { Refused } from "../../../shared/refused";
import { marks } from "../../../shared/marks";
import { faultAt } from "../../parts";
import { useWords } from "../words";
import { conditionsOf, type DrawType, newcomer, type PlanDraft } from "./draft";
import type { Setting } from "./kept";
import { ConditionsPreview } from "./preview";
import { RegionInput } from "./regions";

export const SECTORS = ["建筑施工", "物业服务", "房地产经纪", "燃气经营", "供热"] as const;
const TYPES = ["企业", "个体工商户", "农民专业合作社", "其他"] as const;
const SIZES = ["大型", "中型", "小型", "微型"] as const;

interface WhoParts {
  draft: PlanDraft;
  set: Setting;
  refused: Refused | null;
  departments: readonly { code: string; name: string; isInUse: boolean }[];
  /** The planner's own department, which leads; nothing: any. */
  own: string | null;
  lines: readonly { code: string; title: string }[];
  file: File | null;
  onFile: (file: File | null) => void;
}

export function Who({ draft, set, refused, departments, own, lines, file, onFile }: WhoParts) {
  const words = useWords();
  const plan = words.plan;
  const [lead, ...others] = draft.participants;
  const offered = departments.filter((each) => each.isInUse || draft.participants.some(({ department }) => department === each.code));
  const toggle = (department: string, isIn: boolean) =>
    set({ participants: isIn ? [...draft.participants, newcomer(department)] : draft.participants.filter((each) => each.department !== department) });
  return (
    <div className="form">
      <TextInput label={plan.title} value={draft.title} onChange={(title) => set({ title })} maxLength={200} isRequired {...faultAt(refused, "plan", "title")} />
      <div className="choices">
        <TextInput label={plan.startsOn} type="date" value={draft.startsOn} onChange={(startsOn) => set({ startsOn })} isRequired {...faultAt(refused, "plan", "startsOn")} />
        <TextInput label={plan.endsOn} type="date" value={draft.endsOn} onChange={(endsOn) => set({ endsOn })} isRequired {...faultAt(refused, "plan", "endsOn")} />
      </div>
      {own ? (
        <p>
          {plan.lead}
          {marks().colon}
          <strong>{departments.find((each) => each.code === lead?.department)?.name ?? lead?.department}</strong>
        </p>
      ) : (
        <Choice
          label={plan.lead}
          name="lead"
          value={lead?.department ?? ""}
          onChange={(department) => set({ participants: [newcomer(department, lead?.size), ...others.filter((each) => each.department !== department)] })}
          choices={offered.map((each) => [each.code, each.name] as const)}
        />
      )}
      <fieldset className="group">
        <legend>{plan.others}</legend>
        <div className="choices">
          {offered
            .filter((each) => each.code !== lead?.department)
            .map((each) => (
              <label className="check" key={each.code}>
                <input type="checkbox" checked={others.some(({ department }) => department === each.code)} onChange={(event) => toggle(each.code, event.target.checked)} />
                <span>{each.name}</span>
              </label>
            ))}
        </div>
      </fieldset>
      {lines.length > 0 && (
        <Choice
          label={plan.annualLine}
          name="annualLine"
          value={draft.annualLine}
          onChange={(annualLine) => set({ annualLine })}
          choices={[["", plan.noLine], ...lines.map((each) => [each.code, `${each.code} ${each.title}`] as const)]}
        />
      )}
      <fieldset className="group">
        <legend>{plan.type}</legend>
        {(Object.entries(words.types) as [DrawType, string][]).map(([type, name]) => (
          <label className="check" key={type}>
            <input type="radio" name="type" value={type} checked={draft.type === type} onChange={() => set({ type })} />
            <span>
              {name}
              <span className="help"> {plan.aboutTypes[type]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {draft.type === "SPECIAL" && (
        <TextInput label={plan.reason} help={plan.reasonHelp} lines={2} maxLength={1000} value={draft.reason} onChange={(reason) => set({ reason })} isRequired {...faultAt(refused, "listing", "reason")} />
      )}
      {draft.type === "SUPERIOR" && (
        <div className="choices">
          <TextInput label={plan.issuingBody} value={draft.issuingBody} onChange={(issuingBody) => set({ issuingBody })} isRequired {...faultAt(refused, "origin", "issuingBody")} />
          <TextInput label={plan.documentNumber} value={draft.documentNumber} onChange={(documentNumber) => set({ documentNumber })} isRequired {...faultAt(refused, "origin", "documentNumber")} />
        </div>
      )}
      {(draft.type === "SPECIAL" || draft.type === "SUPERIOR") && (
        <>
          <div className="field">
            <label htmlFor="list">{plan.file}</label>
            <input id="list" type="file" accept=".csv,.xlsx,.jsonl" onChange={(event) => onFile(event.target.files?.[0] ?? null)} />
            <p className="help">
              {plan.fileHelp} {file && <strong>{file.name}</strong>}
            </p>
          </div>
          {draft.type === "SPECIAL" && (
            <TextInput label={plan.enterprises} help={plan.enterprisesHelp} lines={4} value={draft.enterprises} onChange={(enterprises) => set({ enterprises })} {...faultAt(refused, "listing", "enterprises")} />
          )}
        </>
      )}
      {draft.type !== "UNTARGETED" && draft.type !== "SUPERIOR" && <Conditions draft={draft} set={set} refused={refused} />}
      {draft.type !== "SUPERIOR" && <ConditionsPreview conditions={conditionsOf(draft)} />}
    </div>
  );
}

function Conditions({ draft, set, refused }: Pick<WhoParts, "draft" | "set" | "refused">) {
  const plan = useWords().plan;
  return (
    <fieldset className="group">
      <legend>{plan.conditions}</legend>
      <Checks label={plan.sectors} values={SECTORS} chosen={draft.sectors} onChange={(sectors) => set({ sectors })} />
      <RegionInput label={plan.regions} help={`${plan.severalHelp}${plan.regionHelp}`} value={draft.regions} onChange={(regions) => set({ regions })} {...faultAt(refused, "conditions", "regions")} />
      <Checks label={plan.enterpriseTypes} values={TYPES} chosen={draft.types} onChange={(types) => set({ types })} />
      <Checks label={plan.sizes} values={SIZES} chosen={draft.sizes} onChange={(sizes) => set({ sizes })} />
      <TextInput label={plan.statuses} help={plan.severalHelp} value={draft.statuses} onChange={(statuses) => set({ statuses })} {...faultAt(refused, "conditions", "statuses")} />
      <TextInput label={plan.tags} help={plan.tagsHelp} lines={2} value={draft.tags} onChange={(tags) => set({ tags })} {...faultAt(refused, "conditions", "tags")} />
    </fieldset>
  );
}

interface ChecksParts {
  label: string;
  values: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Several of a few, none meaning all. */
function Checks({ label, values, chosen, onChange }: ChecksParts) {
  return (
    <fieldset className="group">
      <legend>{label}</legend>
      <div className="choices">
        {values.map((value) => (
          <label className="check" key={value}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={(event) => onChange(event.target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))}
            />
            <span>{value}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
