/** The check that the grade run was the newest and puts each enterprise into its stratum (docs/draw.md, Frame). */
import { require } from "../ledger/fault.ts";
import { parseText } from "../ledger/canonical.ts";
import { has, integerAt, type JsonObject, listAt, member, object, textAt } from "../ledger/json.ts";
import { RUN } from "../ledger/kinds.ts";
import { EXCLUDED, stratumOfCell } from "../draw/strata.ts";
import { earlierResultsOf, Follows, leafOf, resultsOf } from "../grades/kept.ts";
import { parseModel } from "../grades/model.ts";
import type { Evidence } from "./evidence.ts";
import { cellsOf } from "./design.ts";
import { GENERAL, heldGrades, textOr } from "./letters.ts";
import { modelsOf } from "./needed.ts";

export function grades(evidence: Evidence): string {
  const runs = evidence.before(evidence.frozen).filter((entry) => entry.kind === RUN);
  const newest = runs[runs.length - 1];
  require(newest !== undefined && newest.seq === evidence.sealed["grade_run"], "the grade run is not the newest one before the freeze");
  const held = heldGrades(evidence);
  const [cells, strata] = [cellsOf(evidence), stratumOfCell(evidence.strata)];
  const { codes, labels } = evidence.frame;
  codes.forEach((code, position) => {
    const cell = cells.get(code);
    require(cell !== undefined, `${code} has no grade in the run`);
    const agree = labels[position] === EXCLUDED || labels[position] === strata.get(cell)?.label;
    require(agree, `${code} stands in another stratum than its grade gives`);
  });
  const run = evidence.rows(newest, "grades", "grade_run").first;
  require(run !== undefined, "a grade run without its row");
  if (has(run, "models")) checkRun(evidence, run, held);
  else checkEarlierRun(run, held);
  return `${codes.length} slots stand in the strata that entry ${newest.seq} gives`;
}

function checkRun(evidence: Evidence, run: JsonObject, held: readonly JsonObject[]): void {
  const models = new Map<string, { readonly digest: string; readonly follows: Follows }>();
  const asOf = textAt(run, "as_of");
  for (const seq of modelsOf(evidence.sealed)) {
    const entry = evidence.entries[seq]!;
    const model = parseModel(textAt(evidence.rows(entry, "model", "model").first, "text"));
    models.set(entry.subject, { digest: model.digest, follows: new Follows(model, asOf) });
  }
  const leaves = held.map((row) => {
    const code = textAt(row, "enterprise");
    const model = models.get(textAt(row, "model"));
    require(model !== undefined, `the model of the grade of ${code} is missing`);
    require(model.follows.check(row), `the score or the grade of ${code} is not the one that its reasons give`);
    return leafOf(row, textOr(row, "department", GENERAL), model.digest);
  });
  const codes = new Set(held.map((row) => textAt(row, "enterprise")));
  require(
    integerAt(run, "enterprises") === codes.size && textAt(run, "results") === resultsOf(leaves),
    "the grades of the run are not those of its digest",
  );
}

/** What a run of an earlier version of Qian tells, whose reasons are as they were shown. */
function checkEarlierRun(run: JsonObject, held: readonly JsonObject[]): void {
  for (const row of held) {
    const code = textAt(row, "enterprise");
    const reasons = object(parseText(textAt(row, "reasons")));
    const points = listAt(reasons, "indicators").reduce<number>((sum, each) => sum + integerAt(each, "points"), 0);
    require(row["score"] === points && reasons["score"] === points, `the score of ${code} is not the sum of its points`);
    const overridden = listAt(reasons, "rules").length > 0;
    require(overridden || row["grade"] === member(reasons, "score_grade"), `the grade of ${code} is not the one that its reasons give`);
  }
  require(
    integerAt(run, "enterprises") === held.length && textAt(run, "results") === earlierResultsOf(held),
    "the grades of the run are not those of its digest",
  );
}
