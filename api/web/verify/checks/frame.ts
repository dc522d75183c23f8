/** The checks of a frame: from the register to the sealed slots (docs/draw.md, Plan, Frame). */
import { compare, hex } from "../ledger/bytes.ts";
import { canonical, parseText } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { has, integersAt, type Json, type JsonObject, member, object, textAt, textsAt } from "../ledger/json.ts";
import { CLOSED, FROZEN, IMPORTED, VOIDS } from "../ledger/kinds.ts";
import { dayOf } from "../ledger/time.ts";
import { rootOver } from "../ledger/tree.ts";
import type { Evidence } from "./evidence.ts";
import { importedBefore } from "./needed.ts";
import { meets, typeOf } from "./conditions.ts";
import { overlapOf } from "./replaces.ts";

export const ALGORITHM = "qian/draw/v1";

export function publicPlan(evidence: Evidence): string {
  const { plan, frozen } = evidence;
  require(frozen.body["algorithm"] === ALGORITHM, `the frozen entry names another algorithm than ${ALGORITHM}`);
  const { title, departments, items, starts, ends } = plan;
  const line = has(frozen.body, "annual_line") ? frozen.body["annual_line"] : "";
  require(line === plan.annualLine, "the frozen entry's annual_line is not the sealed plan's");
  for (const [name, value] of Object.entries({ title, departments, items, starts, ends })) {
    require(canonical(member(frozen.body, name)) === canonical(value), `the frozen entry's ${name} is not the sealed plan's`);
  }
  require(evidence.sealed["campaign"] === evidence.campaign, "the sealed plan is another campaign's");
  return `title, departments, items and period, frozen on ${dayOf(frozen.time)}`;
}

export function otherDraws(evidence: Evidence): string {
  const { frozen } = evidence;
  const before = evidence.before(frozen);
  const ended = new Set(before.filter((entry) => [CLOSED, ...VOIDS].includes(entry.kind)).map((entry) => entry.subject));
  for (const entry of before) {
    const open = entry.kind === FROZEN && !ended.has(entry.subject) && overlapOf(entry, frozen);
    require(!open, `campaign ${entry.subject} of the same matters and enterprises was frozen and not ended`);
  }
  return "no other campaign of these matters and enterprises was open";
}

/** What the newest registration of each code said at the freeze. */
export const registeredAtFreeze = (evidence: Evidence): ReadonlyMap<string, JsonObject> =>
  evidence.once("registered", () => registered(evidence, integersAt(evidence.sealed, "register")));

/** What the newest registration of each code says in some batches. */
export function registered(evidence: Evidence, seqs: readonly number[]): Map<string, JsonObject> {
  const newest = new Map<string, Json>();
  for (const seq of seqs) {
    for (const row of evidence.rows(evidence.entries[seq]!, "batch", "record")) newest.set(textAt(row, "enterprise"), row["content"]!);
  }
  return new Map([...newest].map(([code, content]) => [code, object(parseText(String(content)))]));
}

export function register(evidence: Evidence): string {
  const { frozen, plan } = evidence;
  const seqs = evidence.before(frozen).filter((entry) => entry.kind === IMPORTED && entry.body["kind"] === "registration");
  require(
    canonical(seqs.map((entry) => entry.seq)) === canonical(integersAt(evidence.sealed, "register")),
    "the plan leaves out a batch of registrations that stands in the log before the freeze",
  );
  require(canonical(member(frozen.body, "conditions")) === canonical(plan.conditions), "the public conditions are not those of the sealed plan");
  const newest = registeredAtFreeze(evidence);
  const tags = plan.meets.tags.length ? tagsOf(evidence) : new Map<string, ReadonlySet<string>>();
  const named = new Set(plan.listing?.enterprises);
  const expected = new Map<string, string>();
  for (const [code, content] of newest) {
    const [sector, region, status] = [textAt(content, "sector"), textAt(content, "region"), textAt(content, "status")];
    const size = has(content, "scale") ? textAt(content, "scale") : "";
    const attributes = { sector, region, status, size, type: typeOf(code), tags: tags.get(code) ?? new Set<string>() };
    if (named.size ? named.has(code) : meets(plan.meets, attributes)) expected.set(code, sector);
  }
  for (const code of named) require(expected.has(code), `${code} is named and not registered`);
  const held = new Set<string>();
  for (const row of evidence.slotRows) {
    const code = textAt(row, "enterprise");
    require(!held.has(code), `${code} has more than one slot`);
    held.add(code);
    require(expected.has(code), `${code} is wrongly in the frame`);
    require(expected.get(code) === row["sector"], `${code} stands in the frame with another sector than in the register`);
  }
  for (const code of expected.keys()) require(held.has(code), `${code} is left out of the frame`);
  return `${newest.size} registered enterprises, ${held.size} meet the conditions, each has one slot`;
}

/** The tags of each enterprise by the register of objects at the freeze. */
function tagsOf(evidence: Evidence): Map<string, ReadonlySet<string>> {
  const newest = new Map<string, Json>();
  for (const entry of importedBefore(evidence.entries, evidence.frozen, "object")) {
    for (const row of evidence.rows(entry, "batch", "inspection_object")) newest.set(textAt(row, "code"), member(row, "content"));
  }
  const tags = new Map<string, Set<string>>();
  for (const content of newest.values()) {
    const row = object(parseText(String(content)));
    const code = textAt(row, "enterprise");
    const held = tags.get(code) ?? new Set();
    for (const tag of has(row, "tags") ? textsAt(row, "tags") : []) held.add(tag);
    tags.set(code, held);
  }
  return tags;
}

export function ticketKeys(evidence: Evidence): string {
  const keys = new Set<Json>();
  evidence.slotRows.forEach((row, position) => {
    require(!keys.has(row["ticket_key"]!), `slot ${position} shares its ticket key with another one`);
    keys.add(row["ticket_key"]!);
  });
  return `${keys.size} distinct ticket keys`;
}

export function frame(evidence: Evidence): string {
  const { slots, slotRows } = evidence;
  slotRows.forEach((row, position) => {
    const ascends = position === 0 || compare(slots[position - 1]!, slots[position]!) < 0;
    require(row["position"] === position && row["campaign"] === evidence.campaign && ascends, `slot ${position} is out of order`);
  });
  const told = { count: slots.length, root: hex(rootOver(slots)) };
  require(canonical(member(evidence.frozen.body, "slots")) === canonical(told), "the slots do not give the frozen root");
  return `${slots.length} slots give the frozen root ${told.root}`;
}
