/** The check that the grade run was the newest and puts each enterprise into its stratum (docs/draw.md, Frame). */
import { Fault, require, saying } from "../ledger/fault.ts";
import { parseText } from "../ledger/canonical.ts";
import { has, integer, integerAt, type JsonObject, listAt, member, object, textAt } from "../ledger/json.ts";
import { RUN } from "../ledger/kinds.ts";
import { byText } from "../ledger/order.ts";
import type { Rows } from "../ledger/rows.ts";
import { EXCLUDED, stratumOfCell } from "../draw/strata.ts";
import { earlierResultsOf, Follows, type Graded, RunDigest } from "../grades/kept.ts";
import { parseModel } from "../grades/model.ts";
import { Reasons } from "../grades/reasons.ts";
import type { Evidence } from "./evidence.ts";
import { cellsOf } from "./design.ts";
import { GENERAL, gradeRows, HELD, heldGrades, textOr } from "./letters.ts";
import { modelsOf } from "./needed.ts";

export function grades(evidence: Evidence): string {
  const runs = evidence.before(evidence.frozen).filter((entry) => entry.kind === RUN);
  const newest = runs[runs.length - 1];
  require(newest !== undefined && newest.seq === evidence.sealed["grade_run"], "grade_run_not_newest");
  const [cells, strata] = [cellsOf(evidence), stratumOfCell(evidence.strata)];
  const { labels } = evidence.frame;
  for (let position = 0; position < labels.length; position++) {
    const [cell, label] = [cells[position], labels[position]];
    if (cell === undefined) throw new Fault(saying("grade_missing", { code: evidence.code(position) }));
    if (label !== EXCLUDED && label !== strata.get(cell)?.label) throw new Fault(saying("stratum_of_grade", { code: evidence.code(position) }));
  }
  return `${labels.length} slots stand in the strata that entry ${newest.seq} gives`;
}

/** Check that every grade of the run is the one that its digest, its own reasons and its model tell. */
export function gradesFollow(evidence: Evidence): void {
  const run = evidence.rows(evidence.entries[integerAt(evidence.sealed, "grade_run")]!, "grades", "grade_run").first;
  require(run !== undefined, "grade_run_row_missing");
  if (has(run, "models")) checkRun(evidence, run);
  else checkEarlierRun(run, heldGrades(evidence));
}

function checkRun(evidence: Evidence, run: JsonObject): void {
  const [rows, ...more] = gradeRows(evidence);
  if (rows !== undefined && !more.length && standsInOrder(evidence, run, rows)) return;
  const reasons = new Reasons();
  const checking = new CheckedRun(evidence, run);
  for (const row of heldGrades(evidence)) {
    reasons.take(textAt(row, "reasons"));
    const [code, department, model] = [textAt(row, "enterprise"), textOr(row, "department", GENERAL), textAt(row, "model")];
    checking.add({ code, department, model, stage: textAt(row, "stage"), grade: textAt(row, "grade"), score: integerAt(row, "score") }, reasons);
  }
  checking.finish();
}

/** Whether a run that stands by itself, in order, is right; sooner known than of any other. */
function standsInOrder(evidence: Evidence, run: JsonObject, rows: Rows): boolean {
  const reasons = new Reasons();
  const checking = new CheckedRun(evidence, run);
  let [before, beside]: [string | null, string] = [null, ""];
  let ascends = true;
  try {
    rows.read(HELD, (cells) => {
      const [code, department, grade] = [cells.text(0), cells.has(1) ? cells.shared(1) : GENERAL, cells.shared(4)];
      ascends &&= before === null || byText(before, code) < 0 || (before === code && byText(beside, department) < 0);
      [before, beside] = [code, department];
      if (grade === "" || !ascends) return;
      reasons.read(cells, 6);
      checking.add({ code, department, model: cells.shared(2), stage: cells.shared(3), grade, score: integer(cells.value(5)) }, reasons);
    });
    if (ascends) checking.finish();
  } catch (error) {
    if (error instanceof Fault) return false; // whoever reads the rows in order tells it
    throw error;
  }
  return ascends;
}

/** The grades of a run, one after the other as its digest has them. */
class CheckedRun {
  private readonly models = new Map<string, Follows>();
  private readonly digest = new RunDigest();
  private readonly run: JsonObject;
  private codes = 0;
  private before: string | null = null;

  constructor(evidence: Evidence, run: JsonObject) {
    this.run = run;
    for (const seq of modelsOf(evidence.sealed)) {
      const entry = evidence.entries[seq]!;
      const model = parseModel(textAt(evidence.rows(entry, "model", "model").first, "text"));
      this.models.set(entry.subject, new Follows(model, textAt(run, "as_of")));
    }
  }

  add(graded: Graded, reasons: Reasons): void {
    const { code } = graded;
    const model = this.models.get(graded.model);
    require(model !== undefined, "model_missing", { code });
    require(model.check(graded, reasons), "score_or_grade", { code });
    this.digest.add(graded, model.digest, reasons);
    if (code !== this.before) this.codes++;
    this.before = code;
  }

  finish(): void {
    const agree = integerAt(this.run, "enterprises") === this.codes && textAt(this.run, "results") === this.digest.done();
    require(agree, "grades_digest");
  }
}

/** What a run of an earlier version of Qian tells, whose reasons are as they were shown. */
function checkEarlierRun(run: JsonObject, held: readonly JsonObject[]): void {
  for (const row of held) {
    const code = textAt(row, "enterprise");
    const reasons = object(parseText(textAt(row, "reasons")));
    const points = listAt(reasons, "indicators").reduce<number>((sum, each) => sum + integerAt(each, "points"), 0);
    require(row["score"] === points && reasons["score"] === points, "score_sum", { code });
    const overridden = listAt(reasons, "rules").length > 0;
    require(overridden || row["grade"] === member(reasons, "score_grade"), "grade_reasons", { code });
  }
  require(
    integerAt(run, "enterprises") === held.length && textAt(run, "results") === earlierResultsOf(held),
    "grades_digest",
  );
}
