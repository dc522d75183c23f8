/** What a model asks of the facts, as its canonical form has it (docs/model.md, Measures and Canonical form). */
import { canonical } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import type { Json, JsonObject } from "../ledger/json.ts";
import { byText, sorted } from "../ledger/order.ts";
import type { ModelTable } from "./table.ts";
import { FOLLOW_UPS, RESULTS } from "./words.ts";

const MAY_LACK_VALUE = ["days_since", "per_mille", "value", "years_since"];
const TEXTS = ["is", "is_not"];
const OPERATORS = [...TEXTS, "at_least", "below", "in_force"];

export interface Measure {
  readonly aggregate: string;
  readonly mayLackValue: boolean;
  readonly document: JsonObject;
}

export function measureOf(table: ModelTable): Measure {
  const [source, aggregate] = [table.text("source"), table.text("aggregate")];
  const texts = (key: string, present: boolean): string[] => (present ? sorted(table.texts(key)) : []);
  const outside = source === "outside";
  const kinds = texts("kinds", source === "records" || source === "relations" || (source === "related" && table.has("kinds")));
  const asksField = ["distinct", "sum", "years_since"].includes(aggregate) || (aggregate === "value" && !outside);
  return {
    aggregate,
    mayLackValue: MAY_LACK_VALUE.includes(aggregate),
    document: {
      source,
      aggregate,
      kinds,
      via: texts("via", source === "related"),
      where: table.has("where") ? conditions(table.tables("where")) : [],
      field: asksField ? table.text("field") : null,
      window_days: table.has("window_days") ? table.integer("window_days") : null,
      half_life_days: table.has("half_life_days") ? table.integer("half_life_days") : null,
      system: outside ? table.text("system") : null,
      levels: outside ? table.texts("levels") : [],
    },
  };
}

function conditions(tables: readonly ModelTable[]): JsonObject[] {
  const read = tables.map((table) => {
    const [operator, ...more] = OPERATORS.filter((each) => table.has(each));
    require(operator !== undefined && !more.length, "model_operator");
    const field = table.text("field");
    const value: Json = TEXTS.includes(operator)
      ? sorted(new Set(table.texts(operator).flatMap((text) => asInRecords(field, text))))
      : operator === "in_force"
        ? table.truth(operator)
        : table.integer(operator);
    table.finish();
    return { field, operator, value };
  });
  read.sort(
    (one, other) =>
      byText(one.field, other.field) || byText(one.operator, other.operator) || byText(canonical(one.value), canonical(other.value)),
  );
  return read.map(({ field, operator, value }) => ({ field, [operator]: value }));
}

/** What records hold where a file says a text. */
function asInRecords(field: string, text: string): string[] {
  if (field === "results") {
    const named = text.split(/[;；]/).map((part) => RESULTS.get(part.trim()));
    require(named.every((each) => each !== undefined), "model_result", { text });
    return named as string[];
  }
  if (field === "follow_up") {
    const named = FOLLOW_UPS.get(text);
    require(named !== undefined, "model_follow_up", { text });
    return [named];
  }
  return [text.replaceAll("\r\n", "\n")];
}
