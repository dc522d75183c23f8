/** The grade of each enterprise by the run that the plan names (docs/draw.md, Grades). */
import { require } from "../ledger/fault.ts";
import { has, type JsonObject, textAt } from "../ledger/json.ts";
import { RUN } from "../ledger/kinds.ts";
import { byText } from "../ledger/order.ts";
import { combiner } from "../grades/joint.ts";
import type { Evidence } from "./evidence.ts";
import { gradeRuns } from "./needed.ts";

/** The department of grades that are no department's own. */
export const GENERAL = "";

/** What is read of a grade. */
const HELD = ["enterprise", "department", "model", "stage", "grade", "score", "reasons"];

export const textOr = (row: JsonObject, key: string, absent: string): string => (has(row, key) ? textAt(row, key) : absent);

/** The grade of each enterprise: the general one, or what the plan makes of its departments' own. */
export const gradesOfRun = (evidence: Evidence): ReadonlyMap<string, string> => evidence.once("letters", () => lettersOf(evidence));

function lettersOf(evidence: Evidence): Map<string, string> {
  const { grading } = evidence.plan;
  if (grading === null) {
    const general = heldGrades(evidence).filter((row) => textOr(row, "department", GENERAL) === GENERAL);
    return new Map(general.map((row) => [textAt(row, "enterprise"), textAt(row, "grade")] as const));
  }
  const held = new Map<string, Map<string, string>>();
  for (const row of heldGrades(evidence)) {
    const code = textAt(row, "enterprise");
    const own = held.get(code) ?? new Map<string, string>();
    held.set(code, own.set(textOr(row, "department", GENERAL), textAt(row, "grade")));
  }
  const { departments } = grading;
  const combine = combiner(grading, evidence.scale);
  const letters = new Map<string, string>();
  for (const [code, grades] of held) {
    const own = departments.map((each) => grades.get(each) ?? grades.get(GENERAL));
    if (own.every((grade) => grade !== undefined)) letters.set(code, combine(own));
  }
  return letters;
}

/** The run's grades wherever in its chain they are stored, by code and department. */
export const heldGrades = (evidence: Evidence): readonly JsonObject[] => evidence.once("held", () => findHeld(evidence));

function findHeld(evidence: Evidence): JsonObject[] {
  let base = "";
  const held = new Map<string, JsonObject>();
  for (const seq of gradeRuns(evidence.sealed)) {
    const entry = evidence.entries[seq]!;
    const run = entry.kind === RUN ? evidence.rows(entry, "grades", "grade_run").first : undefined;
    require(run !== undefined && textOr(run, "base", "") === base, `the grade run of entry ${seq} does not stand on the one before it`);
    base = entry.subject;
    for (const row of evidence.rows(entry, "grades", "grade").of(...HELD)) {
      held.set(`${textAt(row, "enterprise")}\0${textOr(row, "department", GENERAL)}`, row);
    }
  }
  const keys = [...held.keys()];
  const ascend = keys.every((key, at) => at === 0 || byText(keys[at - 1]!, key) < 0);
  const inOrder = ascend ? [...held.values()] : keys.sort(byText).map((key) => held.get(key)!);
  return inOrder.filter((row) => textAt(row, "grade") !== "");
}
