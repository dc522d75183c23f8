/** The grade of each enterprise by the run that the plan names (docs/draw.md, Grades). */
import { require } from "../ledger/fault.ts";
import { has, type JsonObject, textAt } from "../ledger/json.ts";
import { RUN } from "../ledger/kinds.ts";
import { ByNumber } from "../ledger/numbers.ts";
import { byText } from "../ledger/order.ts";
import { combiner } from "../grades/joint.ts";
import type { Rows } from "../ledger/rows.ts";
import type { Evidence } from "./evidence.ts";
import { gradeRuns } from "./needed.ts";

/** The department of grades that are no department's own. */
export const GENERAL = "";

/** What is read of a grade. */
export const HELD = ["enterprise", "department", "model", "stage", "grade", "score", "reasons"];

export const textOr = (row: JsonObject, key: string, absent: string): string => (has(row, key) ? textAt(row, key) : absent);

/** The grade of each enterprise: the general one, or what the plan makes of its departments' own. */
export const gradesOfRun = (evidence: Evidence): Letters => evidence.once("letters", () => lettersOf(evidence));

/** Grades of enterprises, by the numbers of their codes. */
export class Letters {
  /** The grades that there are. */
  readonly known: string[] = [];
  private readonly places = new Map<string, number>();
  /** The places of enterprises' grades among those that there are, and one more. */
  private readonly held = new ByNumber();

  /** Give an enterprise a grade, or take it away: "". */
  set(code: number, grade: string): void {
    let place = this.places.get(grade);
    if (place === undefined) this.places.set(grade, (place = grade === "" ? 0 : this.known.push(grade)));
    this.held.set(code, place);
  }

  of(code: number): string | undefined {
    return this.known[this.held.get(code) - 1];
  }
}

function lettersOf(evidence: Evidence): Letters {
  const { grading } = evidence.plan;
  const own = new Map<number, Map<string, string>>();
  const general = new Letters();
  for (const rows of gradeRows(evidence)) {
    rows.read(["enterprise", "department", "grade"], (cells) => {
      const [code, department, grade] = [cells.numberOf(0, evidence.codes), cells.has(1) ? cells.shared(1) : GENERAL, cells.shared(2)];
      if (department === GENERAL) general.set(code, grade);
      else if (grading !== null) own.set(code, (own.get(code) ?? new Map<string, string>()).set(department, grade));
    });
  }
  if (grading === null) return general;
  const { departments } = grading;
  const combine = combiner(grading, evidence.scale);
  const letters = new Letters();
  for (let code = 0; code < evidence.codes.size; code++) {
    const grades = departments.map((each) => own.get(code)?.get(each) || general.of(code) || "");
    if (grades.every((grade) => grade !== "")) letters.set(code, combine(grades));
  }
  return letters;
}

/** The rows of the run's grades wherever in its chain they are stored; of several of a code and department the last one counts. */
export function gradeRows(evidence: Evidence): Rows[] {
  let base = "";
  return gradeRuns(evidence.sealed).map((seq) => {
    const entry = evidence.entries[seq]!;
    const run = entry.kind === RUN ? evidence.rows(entry, "grades", "grade_run").first : undefined;
    require(run !== undefined && textOr(run, "base", "") === base, "grade_run_base", { seq });
    base = entry.subject;
    return evidence.rows(entry, "grades", "grade");
  });
}

/** The run's grades by code and department; a row without a grade takes away what was before. */
export function heldGrades(evidence: Evidence): readonly JsonObject[] {
  const held = new Map<string, JsonObject>();
  for (const rows of gradeRows(evidence)) {
    rows.read(HELD, (cells) => {
      const row = Object.fromEntries(HELD.flatMap((name, cell) => (cells.has(cell) ? [[name, cells.value(cell)!]] : [])));
      held.set(`${textAt(row, "enterprise")}\0${textOr(row, "department", GENERAL)}`, row);
    });
  }
  return [...held.keys()].sort(byText).map((key) => held.get(key)!).filter((row) => textAt(row, "grade") !== "");
}
