/** The pool that register, plan and earlier campaigns give at a freeze (docs/draw.md, Pool). */
import type { Json, JsonObject } from "../ledger/json.ts";
import { has, object, text, textAt, textsAt } from "../ledger/json.ts";
import { byText, sorted } from "../ledger/order.ts";
import { dayNumber, yearsLater } from "../ledger/time.ts";
import { parseText } from "../ledger/canonical.ts";
import type { Plan } from "../checks/plan.ts";

const NO_CAP = 100_000;
const ON_DUTY = "在岗";

/** What ties persons to enterprises: codes by a person's pseudonym, and by the inspector who visited last. */
export interface Ties {
  readonly persons: ReadonlyMap<string, ReadonlySet<string>>;
  readonly lastVisits: ReadonlyMap<string, ReadonlySet<string>>;
}

const texts = (content: JsonObject, key: string): string[] => (has(content, key) ? textsAt(content, key) : []);

/** The inspectors of the pool as they are sealed, by id; `register` are the newest contents by certificate. */
export function expectedInspectors(
  plan: Plan,
  register: ReadonlyMap<string, JsonObject>,
  loads: ReadonlyMap<string, number>,
  ties: Ties,
): Map<string, Json> {
  const pool = new Map<string, Json>();
  for (const [id, content] of register) {
    if (!plan.departments.includes(textAt(content, "department")) || content["status"] !== ON_DUTY) continue;
    const load = loads.get(id) ?? 0;
    pool.set(id, {
      id,
      certificate: id,
      category: has(content, "category") ? textAt(content, "category") : "",
      unit: textAt(content, "unit"),
      department: textAt(content, "department"),
      specialties: sorted(textsAt(content, "sectors")),
      areas: sorted(texts(content, "areas")),
      valid_until: textAt(content, "certificate_valid_to"),
      duty_days: dutyDays(texts(content, "away"), plan.starts, plan.ends),
      cap: plan.matching.cap === null ? NO_CAP : load + plan.matching.cap,
      load,
      recused: sorted(recused(plan, id, content, ties)),
    });
  }
  return pool;
}

/** On how many days of a period, both ends included, nobody is away. */
export function dutyDays(away: readonly string[], starts: string, ends: string): number {
  const spans = away.map((span) => span.split("/").map(dayNumber));
  let days = 0;
  for (let day = dayNumber(starts); day <= dayNumber(ends); day++) {
    if (!spans.some(([first, last]) => first! <= day && day <= last!)) days++;
  }
  return days;
}

function recused(plan: Plan, id: string, content: JsonObject, ties: Ties): Set<string> {
  const { household, formerEmployerYears, lastVisit } = plan.matching;
  const codes = new Set(texts(content, "recusals"));
  for (const employment of texts(content, "former_employers")) {
    const [code, left] = employment.split("/") as [string, string];
    if (yearsLater(left, formerEmployerYears) > plan.starts) codes.add(code);
  }
  const persons = household ? texts(content, "household") : [];
  for (const person of persons) for (const code of ties.persons.get(person) ?? []) codes.add(code);
  if (lastVisit) for (const code of ties.lastVisits.get(id) ?? []) codes.add(code);
  return codes;
}

/** Codes by the pseudonym of a person who represents an enterprise or is related to it; rows of `record` in order. */
export function personsOf(rows: Iterable<JsonObject>): Map<string, Set<string>> {
  const newest = new Map<string, JsonObject>();
  for (const row of rows) newest.set(textAt(row, "identity"), row);
  const held = [...newest.values()].filter((row) => !has(row, "revoked") || row["revoked"] === 0);
  const heirs = successors(held.filter((row) => row["kind"] === "change"));
  const persons = new Map<string, Set<string>>();
  for (const row of held) {
    if (row["kind"] !== "registration" && row["kind"] !== "relation") continue;
    const code = textAt(row, "enterprise");
    const content = object(parseText(textAt(row, "content")));
    for (const name of ["representative", "party"]) {
      if (!has(content, name)) continue;
      const person = text(content[name]);
      const codes = persons.get(person) ?? new Set();
      persons.set(person, codes.add(code).add(heirs(code)));
    }
  }
  return persons;
}

/** Where changes of code lead from a former code; of two changes the earlier counts, then by type and code. */
function successors(changes: readonly JsonObject[]): (code: string) => string {
  const next = new Map<string, readonly string[]>();
  for (const row of changes) {
    const content = object(parseText(textAt(row, "content")));
    if (!has(content, "former_code")) continue;
    const change = [textAt(row, "date"), textAt(content, "type"), textAt(row, "enterprise")];
    const former = textAt(content, "former_code");
    const known = next.get(former);
    if (known === undefined || before(change, known)) next.set(former, change);
  }
  return (code) => {
    const passed = new Set<string>();
    while (next.has(code) && !passed.has(code)) {
      passed.add(code);
      code = next.get(code)![2]!;
    }
    return code;
  };
}

function before(one: readonly string[], other: readonly string[]): boolean {
  for (const [at, each] of one.entries()) if (byText(each, other[at]!)) return byText(each, other[at]!) < 0;
  return false;
}
