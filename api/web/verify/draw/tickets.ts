/** Seed, tickets, and whom they draw (docs/draw.md, Tickets). */
import { compare, concat, eight, utf8 } from "../ledger/bytes.ts";
import { memory, messages, OWN } from "../ledger/hash_batches.ts";
import { H } from "../ledger/sha256.ts";
import { rootOver } from "../ledger/tree.ts";
import type { Stratum } from "./strata.ts";

export const seedOf = (leaf: Uint8Array, output: Uint8Array): Uint8Array => H("qian/seed/v1", leaf, output);
export const ticketOf = (seed: Uint8Array, key: Uint8Array): Uint8Array => H("qian/ticket/v1", seed, key);

/** What a draw needs of a frame, by position. */
export interface Lots {
  readonly strata: readonly string[];
  /** Ticket keys, 32 bytes each, one after the other. */
  readonly keys: Uint8Array;
}

export interface DrawnSlot {
  readonly position: number;
  readonly stratum: string;
  readonly rank: number;
  readonly uniform: boolean;
}

export interface Drawing {
  /** By position. */
  readonly drawn: readonly DrawnSlot[];
  /** By label the positions of the reserves, in the order of their use. */
  readonly reserves: ReadonlyMap<string, readonly number[]>;
}

/** Draw from the slots, which stand by position. */
export function drawFrom(seed: Uint8Array, { strata: labels, keys }: Lots, strata: readonly Stratum[]): Drawing {
  const drawn: DrawnSlot[] = [];
  const reserves = new Map<string, readonly number[]>();
  const members = new Map<string, number[]>(strata.map((each) => [each.label, []]));
  const drawable = new Set(strata.filter((each) => each.quota > 0).map((each) => each.label));
  labels.forEach((label, position) => {
    if (drawable.has(label)) members.get(label)!.push(position);
  });
  for (const { label, quota, uniform } of strata) {
    const ranked = rankedBy(members.get(label)!, ticketsOf(seed, keys, members.get(label)!));
    ranked.slice(0, quota).forEach((position, rank) => drawn.push({ position, stratum: label, rank, uniform: rank < uniform }));
    reserves.set(label, ranked.slice(quota));
  }
  drawn.sort((one, other) => one.position - other.position);
  return { drawn, reserves };
}

const TAG = utf8("qian/ticket/v1");
const AT_ONCE = 1024;

/** The tickets of some positions, 32 bytes each, one after the other. */
function ticketsOf(seed: Uint8Array, keys: Uint8Array, positions: readonly number[]): Uint8Array {
  const tickets = new Uint8Array(32 * positions.length);
  const begin = concat([TAG, seed]);
  messages.start();
  positions.forEach((position, number) => {
    const place = number % AT_ONCE;
    const at = messages.begin(begin.length + 32, OWN + 32 * place);
    for (let i = 0; i < begin.length; i++) memory[at + i] = begin[i]!;
    for (let i = 0; i < 32; i++) memory[at + begin.length + i] = keys[32 * position + i]!;
    if (place < AT_ONCE - 1 && number < positions.length - 1) return;
    messages.finish();
    tickets.set(memory.subarray(OWN, OWN + 32 * (place + 1)), 32 * (number - place));
  });
  return tickets;
}

/** Positions, which ascend, by their tickets. Slots ascend, so of equal tickets the first position comes first. */
function rankedBy(positions: readonly number[], tickets: Uint8Array): number[] {
  // A number holds the beginning of a ticket and its place; those that begin alike are compared whole.
  const bits = Math.max(5, Math.ceil(Math.log2(positions.length + 1)));
  const [places, rest] = [2 ** bits, 2 ** Math.max(0, bits - 5)];
  const order = new Float64Array(positions.length);
  for (let at = 0; at < positions.length; at++) {
    let beginning = 0;
    for (let i = 0; i < 6; i++) beginning = 256 * beginning + tickets[32 * at + i]!;
    order[at] = Math.floor(beginning / rest) * places + at;
  }
  order.sort();
  const ranked = Array.from(order, (each) => each % places);
  const ticket = (at: number): Uint8Array => tickets.subarray(32 * at, 32 * at + 32);
  for (let from = 0, to = 1; from < ranked.length; from = to++) {
    while (to < ranked.length && Math.floor(order[to]! / places) === Math.floor(order[from]! / places)) to++;
    if (to - from === 1) continue;
    const alike = ranked.slice(from, to).sort((one, other) => compare(ticket(one), ticket(other)) || one - other);
    for (let at = from; at < to; at++) ranked[at] = alike[at - from]!;
  }
  return ranked.map((at) => positions[at]!);
}

/** The root over drawn positions, ascending. */
export const positionsRoot = (positions: readonly number[]): Uint8Array => rootOver(positions.map(eight));
