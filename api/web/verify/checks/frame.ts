/** The checks of a frame: from the register to the sealed slots (docs/draw.md, Plan, Frame). */
import { rawHex, rawText } from "../ledger/bytes.ts";
import { canonical, parseText } from "../ledger/canonical.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { has, integersAt, type Json, listAt, member, object, textAt, textsAt } from "../ledger/json.ts";
import { CLOSED, FROZEN, IMPORTED, VOIDS } from "../ledger/kinds.ts";
import { ByNumber } from "../ledger/numbers.ts";
import { dayOf } from "../ledger/time.ts";
import { rootOverHashes } from "../ledger/tree.ts";
import { sealedSlots } from "../draw/slots.ts";
import type { Evidence } from "./evidence.ts";
import { importedBefore } from "./needed.ts";
import { meets, typeOf } from "./conditions.ts";
import { registeredAtFreeze } from "./registered.ts";
import { overlapOf } from "./replaces.ts";

export const ALGORITHM = "qian/draw/v1";

export function publicPlan(evidence: Evidence): string {
  const { plan, frozen } = evidence;
  require(frozen.body["algorithm"] === ALGORITHM, "algorithm_unknown", { algorithm: ALGORITHM });
  const { title, departments, items, starts, ends } = plan;
  const line = has(frozen.body, "annual_line") ? frozen.body["annual_line"] : "";
  require(line === plan.annualLine, "frozen_annual_line");
  for (const [name, value] of Object.entries({ title, departments, items, starts, ends })) {
    require(canonical(member(frozen.body, name)) === canonical(value), "frozen_field", { name });
  }
  require(evidence.sealed["campaign"] === evidence.campaign, "plan_of_another_campaign");
  return `title, departments, items and period, frozen on ${dayOf(frozen.time)}`;
}

export function otherDraws(evidence: Evidence): string {
  const { frozen } = evidence;
  const before = evidence.before(frozen);
  const ended = new Set(before.filter((entry) => [CLOSED, ...VOIDS].includes(entry.kind)).map((entry) => entry.subject));
  for (const entry of before) {
    const open = entry.kind === FROZEN && !ended.has(entry.subject) && overlapOf(entry, frozen);
    require(!open, "overlapping_campaign", { subject: entry.subject });
  }
  return "no other campaign of these matters and enterprises was open";
}

export function register(evidence: Evidence): string {
  const { frozen, plan } = evidence;
  const seqs = evidence.before(frozen).filter((entry) => entry.kind === IMPORTED && entry.body["kind"] === "registration");
  require(
    canonical(seqs.map((entry) => entry.seq)) === canonical(integersAt(evidence.sealed, "register")),
    "registrations_left_out",
  );
  require(canonical(member(frozen.body, "conditions")) === canonical(plan.conditions), "conditions_differ");
  if (has(evidence.sealed, "tagged_by")) {
    const own = canonical(evidence.sealed["tagged_by"]!) === canonical(plan.departments);
    require(own, "tags_differ");
  }
  const { codes } = evidence;
  const { told, newest, size } = registeredAtFreeze(evidence);
  const tags = plan.meets.tags.length ? tagsOf(evidence) : new Map<string, ReadonlySet<string>>();
  const named = new Set(plan.listing?.enterprises);
  const untagged = new Set<string>();
  const known = new Map<number, boolean>();
  /** By number whether a code must be in the frame, and is. */
  const [expected, held] = [new ByNumber(), new ByNumber()];
  const registered = codes.size;
  for (let number = 0; number < registered; number++) {
    const place = newest.get(number) - 1;
    if (place < 0) continue;
    const own = tags.size ? tags.get(codes.text(number)) : undefined;
    const meet = (): boolean => meets(plan.meets, { ...told[place]!, type: typeOf(codes.text(number)), tags: own ?? untagged });
    // Those without tags whose registration and beginning of a code are the same are alike.
    const isIn = named.size ? named.has(codes.text(number)) : own ? meet() : remembered(known, place * 2 ** 17 + codes.beginning(number), meet);
    if (isIn) expected.set(number, 1);
  }
  for (const code of named) {
    const number = codes.find(code);
    require(number >= 0 && expected.get(number) > 0, "listed_not_registered", { code });
  }
  const { codes: inFrame, sectors } = evidence.frame;
  for (let position = 0; position < inFrame.length; position++) {
    const number = inFrame[position]!;
    const text = (): string => codes.text(number);
    if (held.get(number)) throw new Fault(saying("slots_of_one", { code: text() }));
    held.set(number, 1);
    if (!expected.get(number)) throw new Fault(saying("wrongly_in_frame", { code: text() }));
    if (told[newest.get(number) - 1]!.sector !== sectors[position]) throw new Fault(saying("frame_sector", { code: text() }));
  }
  for (let number = 0; number < registered; number++) {
    if (expected.get(number) && !held.get(number)) throw new Fault(saying("left_out_of_frame", { code: codes.text(number) }));
  }
  return `${size} registered enterprises, ${inFrame.length} meet the conditions, each has one slot`;
}

function remembered(known: Map<number, boolean>, key: number, find: () => boolean): boolean {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}

/** The tags of each enterprise by the register of objects at the freeze; in plans of earlier versions all count. */
export function tagsOf(evidence: Evidence): Map<string, ReadonlySet<string>> {
  const departments = has(evidence.sealed, "tagged_by") ? new Set<Json | undefined>(listAt(evidence.sealed, "tagged_by")) : null;
  const newest = new Map<string, Json>();
  for (const entry of importedBefore(evidence.entries, evidence.frozen, "object")) {
    for (const row of evidence.rows(entry, "batch", "inspection_object")) newest.set(textAt(row, "code"), member(row, "content"));
  }
  const tags = new Map<string, Set<string>>();
  for (const content of newest.values()) {
    const row = object(parseText(String(content)));
    if (departments && !departments.has(row["department"])) continue;
    const code = textAt(row, "enterprise");
    const held = tags.get(code) ?? new Set();
    for (const tag of has(row, "tags") ? textsAt(row, "tags") : []) held.add(tag);
    tags.set(code, held);
  }
  return tags;
}

export function ticketKeys(evidence: Evidence): string {
  const { keys } = evidence;
  const held = new Set<string>();
  const count = keys.length / 32;
  if (!beginOtherwise(keys)) {
    for (let position = 0; position < count; position++) {
      held.add(rawText(keys.subarray(32 * position, 32 * position + 32)));
      require(held.size > position, "ticket_key_shared", { position });
    }
  }
  return `${count} distinct ticket keys`;
}

/** Whether no two hashes of 32 bytes begin with the same six. */
function beginOtherwise(hashes: Uint8Array): boolean {
  const beginnings = new Float64Array(hashes.length / 32);
  for (let at = 0; at < beginnings.length; at++) {
    for (let i = 0; i < 6; i++) beginnings[at] = 256 * beginnings[at]! + hashes[32 * at + i]!;
  }
  beginnings.sort();
  return beginnings.every((each, at) => at === 0 || each !== beginnings[at - 1]);
}

export function frame(evidence: Evidence): string {
  const { slots, misplaced } = sealedSlots(evidence.slotRows, evidence.campaign);
  const count = slots.length / 32;
  for (let position = 0; position < count; position++) {
    require(position !== misplaced && (position === 0 || ascends(slots, 32 * position)), "slot_order", { position });
  }
  const told = { count, root: rawHex(rootOverHashes(slots)) };
  require(canonical(member(evidence.frozen.body, "slots")) === canonical(told), "slot_root");
  return `${count} slots give the frozen root ${told.root}`;
}

/** Whether 32 bytes that begin here are above those before them. */
function ascends(data: Uint8Array, from: number): boolean {
  for (let at = from; at < from + 32; at++) if (data[at] !== data[at - 32]) return data[at]! > data[at - 32]!;
  return false;
}
