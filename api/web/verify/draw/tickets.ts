/** Seed, tickets, and whom they draw (docs/draw.md, Tickets). */
import { eight, hex } from "../ledger/bytes.ts";
import { H, Hashing } from "../ledger/sha256.ts";
import { rootOver } from "../ledger/tree.ts";
import type { Stratum } from "./strata.ts";

export const seedOf = (leaf: Uint8Array, output: Uint8Array): Uint8Array => H("qian/seed/v1", leaf, output);
export const ticketOf = (seed: Uint8Array, key: Uint8Array): Uint8Array => H("qian/ticket/v1", seed, key);

/** What a draw needs of a frame, by position; slots ascend and have a character for each byte, keys are hex. */
export interface Lots {
  readonly slots: readonly string[];
  readonly strata: readonly string[];
  readonly keys: readonly string[];
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
export function drawFrom(seed: Uint8Array, lots: Lots, strata: readonly Stratum[]): Drawing {
  const drawn: DrawnSlot[] = [];
  const reserves = new Map<string, readonly number[]>();
  const members = new Map<string, number[]>(strata.map((each) => [each.label, []]));
  const drawable = new Set(strata.filter((each) => each.quota > 0).map((each) => each.label));
  const hashing = new Hashing();
  const begin = hex(seed);
  const tickets: string[] = lots.strata.map((label, position) => {
    if (!drawable.has(label)) return "";
    members.get(label)!.push(position);
    return hashing.tag("qian/ticket/v1").hex(begin, 32).hex(lots.keys[position]!, 32).done();
  });
  // Slots ascend, so of equal tickets the first position comes first, as the sort leaves it.
  const before = (one: number, other: number): number => (tickets[one]! < tickets[other]! ? -1 : Number(tickets[one]! > tickets[other]!));
  for (const { label, quota, uniform } of strata) {
    const ranked = members.get(label)!.sort(before);
    ranked.slice(0, quota).forEach((position, rank) => drawn.push({ position, stratum: label, rank, uniform: rank < uniform }));
    reserves.set(label, ranked.slice(quota));
  }
  drawn.sort((one, other) => one.position - other.position);
  return { drawn, reserves };
}

/** The root over drawn positions, ascending. */
export const positionsRoot = (positions: readonly number[]): Uint8Array => rootOver(positions.map(eight));
