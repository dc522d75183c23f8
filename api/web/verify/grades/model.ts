/** A model: its digest, and which grade a score and rules give (docs/model.md). */
import { hex } from "../ledger/bytes.ts";
import { canonical } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import type { Json } from "../ledger/json.ts";
import { byText, sorted } from "../ledger/order.ts";
import { H } from "../ledger/sha256.ts";
import { parseToml } from "../ledger/toml.ts";
import { measureOf } from "./measures.ts";
import { ModelTable } from "./table.ts";

interface Bin {
  readonly lower: number | null;
  readonly upper: number | null;
  readonly points: number;
}

export interface Indicator {
  readonly id: string;
  readonly aggregate: string;
  readonly bins: readonly Bin[];
  readonly missing: number | null;
}

/** A rule or a judgement that fired. */
export interface Fired {
  readonly effect: string;
  readonly grade: string;
}

export interface Model {
  readonly digest: string;
  readonly grades: readonly { readonly label: string; readonly lowest: number | null }[];
  readonly indicators: readonly Indicator[];
  readonly rules: readonly Fired[];
}

export function parseModel(text: string): Model {
  const root = new ModelTable(parseToml(text));
  const grades = root.tables("grades").map((table, at) => {
    const level = {
      label: table.text("label"),
      name: table.text("name"),
      meaning: table.text("meaning"),
      lowest_score: at === 0 ? null : table.integer("from"),
    };
    table.finish();
    return level;
  });
  grades.slice(2).forEach((each, at) => require(each.lowest_score! > grades[at + 1]!.lowest_score!, "model_grades_order"));
  require(grades.length > 1, "model_grades_count");
  const indicators = root.tables("indicators").map(indicatorOf).sort((one, other) => byText(one.id, other.id));
  const rules = root.tables("rules").map(ruleOf).sort((one, other) => byText(one.id, other.id));
  const labels = new Set(grades.map((each) => each.label));
  const ids = (each: readonly { id: string }[]): number => new Set(each.map(({ id }) => id)).size;
  require(labels.size === grades.length && ids(indicators) === indicators.length && ids(rules) === rules.length, "model_twice");
  require(rules.every((rule) => labels.has(rule.grade)), "model_rule_grade");
  const scope = root.table("scope");
  const scopes = ["sectors", "regions", "departments", "stages"].map(
    (name) => [name, scope.has(name) ? sorted(scope.texts(name)) : []] as const,
  );
  scope.finish();
  const document: Json = {
    name: root.text("name"),
    version: root.text("version"),
    title: root.text("title"),
    author: root.text("author"),
    valid_from: root.date("valid_from"),
    valid_to: root.has("valid_to") ? root.date("valid_to") : null,
    notice: root.text("notice"),
    scope: Object.fromEntries(scopes),
    grades,
    indicators: indicators.map((each) => each.document),
    rules: rules.map((each) => each.document),
  };
  root.table("origin"); // what others say of where they have it from is no part of the digest
  root.finish();
  return {
    digest: hex(H(canonical(document))),
    grades: grades.map((each) => ({ label: each.label, lowest: each.lowest_score })),
    indicators,
    rules,
  };
}

function indicatorOf(table: ModelTable): Indicator & { readonly document: Json } {
  const measure = measureOf(table);
  const entries = table.tables("bins");
  const bins = entries.map((entry, at) => {
    const bin = {
      lower: at === 0 ? null : entry.integer("from"),
      upper: at === entries.length - 1 ? null : entry.integer("below"),
      points: entry.integer("points"),
    };
    entry.finish();
    return bin;
  });
  require(bins.length > 0 && bins.slice(1).every((bin, at) => bin.lower === bins[at]!.upper), "model_bins");
  require(bins.every((bin) => bin.lower === null || bin.upper === null || bin.lower < bin.upper), "model_bin_empty");
  const id = table.text("id");
  const missing = measure.mayLackValue ? table.integer("missing") : null;
  const document = { id, title: table.text("title"), dimension: table.text("dimension"), measure: measure.document, bins, missing };
  table.finish();
  return { id, aggregate: measure.aggregate, bins, missing, document };
}

function ruleOf(table: ModelTable): Fired & { readonly id: string; readonly document: Json } {
  const [id, effect, grade] = [table.text("id"), table.text("effect"), table.text("grade")];
  const document = {
    id,
    title: table.text("title"),
    effect,
    grade,
    reason: table.text("reason"),
    legal_basis: table.has("legal_basis") ? table.text("legal_basis") : "",
    when: table.tables("when").map(clauseOf),
  };
  table.finish();
  return { id, effect, grade, document };
}

function clauseOf(table: ModelTable): Json {
  const indicator = table.has("indicator") ? table.text("indicator") : null;
  const measure = indicator === null ? measureOf(table).document : null;
  const bound = (key: string): number | null => (table.has(key) ? table.integer(key) : null);
  const clause = {
    indicator,
    measure,
    at_least: bound("at_least"),
    below: bound("below"),
    missing: table.has("missing") ? table.truth("missing") : null,
  };
  table.finish();
  return clause;
}

export function pointsOf(indicator: Indicator, value: number | null): number {
  if (value === null) return indicator.missing ?? 0;
  const bin = indicator.bins.find((each) => each.upper === null || value < each.upper);
  return bin!.points;
}

/** The grade of a score under what fired. */
export function gradeOf(model: Model, score: number, fired: readonly Fired[]): string {
  const labels = model.grades.map((each) => each.label);
  const said = (effect: string): number[] =>
    fired.filter((each) => each.effect === effect).map((each) => {
      const at = labels.indexOf(each.grade);
      require(at >= 0, "model_grade", { grade: each.grade });
      return at;
    });
  const byScore = model.grades.filter((each) => each.lowest === null || score >= each.lowest).length - 1;
  const exactly = said("exactly");
  const capped = Math.min(byScore, ...said("at_most"));
  return labels[exactly.length ? Math.max(...exactly) : Math.max(capped, ...said("at_least"))]!;
}
