/** The checks of a frame: from the register to the sealed slots (docs/draw.md, Frame, Strata). */
import { compare, hex } from "../ledger/bytes.ts";
import { canonical, parseText } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { integersAt, type Json, type JsonObject, listAt, member, object, textAt, textsAt } from "../ledger/json.ts";
import { CLOSED, FROZEN, IMPORTED, VOIDS } from "../ledger/kinds.ts";
import { sorted } from "../ledger/order.ts";
import { dayOf } from "../ledger/time.ts";
import { rootOver } from "../ledger/tree.ts";
import { designStrata, EXCLUDED, limitsOf } from "../draw/strata.ts";
import { type Evidence, frozenEntry } from "./evidence.ts";
import { gradesOfRun } from "./grades.ts";
import { earlierDraws } from "./needed.ts";
import { meets } from "./plan.ts";
import { overlapOf } from "./replaces.ts";

const ALGORITHM = "qian/draw/v1";
const DRAWN_THIS_YEAR = "drawn_this_year";

export function publicPlan(evidence: Evidence): string {
  const { plan, frozen } = evidence;
  require(frozen.body["algorithm"] === ALGORITHM, `the frozen entry names another algorithm than ${ALGORITHM}`);
  const { title, departments, items, starts, ends } = plan;
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

/** What the newest registration of each code says. */
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
  const newest = registered(evidence, integersAt(evidence.sealed, "register"));
  const expected = new Map<string, string>();
  for (const [code, content] of newest) {
    const [sector, region, status] = [textAt(content, "sector"), textAt(content, "region"), textAt(content, "status")];
    if (meets(plan.meets, sector, region, status)) expected.set(code, sector);
  }
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

export function exclusions(evidence: Evidence): string {
  const { plan, slotRows } = evidence;
  const codes = new Set(slotRows.map((row) => textAt(row, "enterprise")));
  const expected = new Map<string, Json>([...plan.exclusions].map(([code, reason]) => [code, [reason, null]]));
  for (const entry of plan.onceAYear ? earlierDraws(evidence.entries, evidence.frozen) : []) {
    const slots = evidence.rows(frozenEntry(evidence.entries, entry.subject), "plan", "slot");
    const frame = new Map(slots.map((row) => [row["position"]!, textAt(row, "enterprise")] as const));
    for (const row of evidence.rows(entry, "draw", "drawn")) {
      const code = frame.get(row["position"]!);
      require(code !== undefined, `campaign ${entry.subject} drew a position that its frame has not`);
      if (codes.has(code) && !expected.has(code)) expected.set(code, [DRAWN_THIS_YEAR, entry.subject]);
    }
  }
  const sealed = new Map<string, Json>();
  for (const each of listAt(evidence.sealed, "excluded")) sealed.set(textAt(each, "enterprise"), [member(each, "reason"), member(each, "campaign")]);
  for (const code of sorted(new Set([...expected.keys(), ...sealed.keys()]))) {
    const agree = canonical(expected.get(code) ?? null) === canonical(sealed.get(code) ?? null);
    require(agree, `the exclusion of ${code} is not what the plan and the year's draws give`);
  }
  for (const row of slotRows) {
    const code = textAt(row, "enterprise");
    require((row["stratum"] === EXCLUDED) === sealed.has(code), `${code} is excluded without standing on the list, or the other way round`);
  }
  return `${sealed.size} excluded, each with its reason`;
}

export function quotas(evidence: Evidence): string {
  const { plan, strata, slotRows, sealed } = evidence;
  const letters = gradesOfRun(evidence);
  const sizes = new Map<string, number>();
  let excluded = 0;
  for (const row of slotRows) {
    const grade = letters.get(textAt(row, "enterprise"));
    if (row["stratum"] === EXCLUDED) excluded++;
    else if (grade !== undefined) sizes.set(grade, (sizes.get(grade) ?? 0) + 1);
  }
  const grades = textsAt(sealed, "scale").map((grade) => {
    const rate = plan.rates.get(grade);
    require(rate !== undefined, `the plan has no rate for grade ${grade}`);
    return { grade, size: sizes.get(grade) ?? 0, rate };
  });
  const design = designStrata(grades, excluded, limitsOf(member(sealed, "limits")));
  design.forEach((expected, at) => {
    const held = strata[at];
    if (held !== undefined) require(JSON.stringify(expected) === JSON.stringify(held), `stratum ${held.label} is not what rates and sizes give`);
  });
  require(design.length === strata.length, "the sealed plan has other strata than rates and sizes give");
  const visits = design.reduce((sum, each) => sum + each.quota, 0);
  require(evidence.frozen.body["to_draw"] === visits, "the public number to be drawn is not the sum of the quotas");
  return `${design.length} strata, ${visits} of ${slotRows.length} to be drawn`;
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
