/** Grades of a joint campaign, made of those of several departments (docs/draw.md, Grades). */
import { require } from "../ledger/fault.ts";
import { exactly, type Json, listAt, textAt, textsAt } from "../ledger/json.ts";

const MOST_CELLS = 1000;
/** What earlier plans call the rule that takes the grades of one department. */
const EARLIER_NAME = "model";

export interface Grading {
  readonly rule: string;
  readonly departments: readonly string[];
  /** Of a matrix the JSON of the departments' grades, and the grade. */
  readonly matrix: readonly (readonly [string, string])[];
}

export function gradingOf(value: Json, participants: readonly string[]): Grading {
  const given = exactly(value, "rule", "departments", "matrix");
  const told = textAt(given, "rule");
  const [rule, departments] = [told === EARLIER_NAME ? "department" : told, textsAt(given, "departments")];
  const cells = listAt(given, "matrix").map((cell) => exactly(cell, "grades", "grade"));
  const matrix = cells.map((cell) => [JSON.stringify(textsAt(cell, "grades")), textAt(cell, "grade")] as const);
  const count = departments.length;
  require(["department", "highest", "matrix"].includes(rule), "joint_rule", { rule });
  require(new Set(departments).size === count && (rule === "department" ? count === 1 : count > 1), "joint_departments");
  require(departments.every((each) => participants.includes(each)), "joint_participants");
  const sized = cells.every((cell) => textsAt(cell, "grades").length === count);
  require(sized && (rule === "matrix") === matrix.length > 0, "joint_matrix");
  return { rule, departments, matrix };
}

/** What the grades of its departments make of an enterprise, which has one by each of them. */
export function combiner({ rule, departments, matrix }: Grading, scale: readonly string[]): (own: readonly string[]) => string {
  if (rule === "matrix") {
    const cells = scale.length ** departments.length;
    const made = new Map(matrix);
    const known = matrix.every(([key, grade]) => [...(JSON.parse(key) as string[]), grade].every((each) => scale.includes(each)));
    require(cells <= MOST_CELLS && matrix.length === cells && made.size === cells && known, "joint_matrix_incomplete");
    return (own) => made.get(JSON.stringify(own))!;
  }
  return (own) => {
    const places = own.map((grade) => scale.indexOf(grade));
    require(places.every((place) => place >= 0), "joint_grade");
    return scale[Math.max(...places)]!;
  };
}
