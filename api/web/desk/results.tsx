// What a visit found and what follows, as several pages let one choose it.
import { Choice } from "../shared/parts/fields";
import type { FollowUpCode, ResultCode } from "../generated/desk/graphql";
import { useResultWords } from "../shared/words/results";

const RESULTS: readonly ResultCode[] = [
  "NO_PROBLEM",
  "NOT_DISCLOSED",
  "FALSELY_DISCLOSED",
  "UNREACHABLE",
  "OTHER_VIOLATION",
  "CORRECTED",
  "PENDING",
  "UNCOOPERATIVE",
  "NO_SUCH_ACTIVITY",
  "CLOSED",
  "DEREGISTERED",
  "LICENCE_REVOKED",
  "REGISTRATION_ANNULLED",
  "MOVED_AWAY",
];
const FOLLOW_UPS: readonly FollowUpCode[] = ["NONE", "CORRECTION", "CASE", "OTHER_DEPARTMENT", "STOPPED", "OTHER"];

/** Choose a result or take it back: that no problem was found stands alone. */
function withResult(results: readonly ResultCode[], code: ResultCode, chosen: boolean): ResultCode[] {
  if (!chosen) return results.filter((each) => each !== code);
  return code === "NO_PROBLEM" ? [code] : [...results.filter((each) => each !== "NO_PROBLEM"), code];
}

interface ResultChecksParts {
  results: readonly ResultCode[];
  onChange: (results: ResultCode[]) => void;
}

export function ResultChecks({ results, onChange }: ResultChecksParts) {
  const words = useResultWords();
  return RESULTS.map((code) => (
    <label className="check" key={code}>
      <input type="checkbox" checked={results.includes(code)} onChange={(event) => onChange(withResult(results, code, event.target.checked))} />
      <span>{words.results[code]}</span>
    </label>
  ));
}

interface FollowUpChoiceParts<Value extends FollowUpCode | ""> {
  label: string;
  value: Value;
  /** What stands where nothing is chosen yet; nothing where something always is. */
  unchosen?: string;
  onChange: (value: Value) => void;
}

export function FollowUpChoice<Value extends FollowUpCode | "">({ label, value, unchosen, onChange }: FollowUpChoiceParts<Value>) {
  const words = useResultWords();
  const choices = FOLLOW_UPS.map((code) => [code, words.followUps[code]] as const);
  return <Choice label={label} name="followUp" value={value} onChange={(chosen) => onChange(chosen as Value)} choices={unchosen === undefined ? choices : [["", unchosen], ...choices]} />;
}
