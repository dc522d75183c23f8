/** Seed, tickets, and whom they draw (docs/draw.md, Tickets). */
import { compare, eight, unhex } from "../ledger/bytes.ts";
import { H } from "../ledger/sha256.ts";
import { rootOver } from "../ledger/tree.ts";
import type { Stratum } from "./strata.ts";

export const seedOf = (leaf: Uint8Array, output: Uint8Array): Uint8Array => H("qian/seed/v1", leaf, output);
export const ticketOf = (seed: Uint8Array, key: Uint8Array): Uint8Array => H("qian/ticket/v1", seed, key);

export interface FrameSlot {
  readonly slot: Uint8Array;
  readonly stratum: string;
  /** The ticket key in hex. */
  readonly key: string;
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
export function drawFrom(seed: Uint8Array, frame: readonly FrameSlot[], strata: readonly Stratum[]): Drawing {
  const drawn: DrawnSlot[] = [];
  const reserves = new Map<string, readonly number[]>();
  const members = new Map<string, { position: number; ticket: Uint8Array }[]>(strata.map((each) => [each.label, []]));
  const drawable = new Set(strata.filter((each) => each.quota > 0).map((each) => each.label));
  frame.forEach((slot, position) => {
    if (drawable.has(slot.stratum)) members.get(slot.stratum)!.push({ position, ticket: ticketOf(seed, unhex(slot.key, 32)) });
  });
  for (const { label, quota, uniform } of strata) {
    const ranked = members
      .get(label)!
      .sort((one, other) => compare(one.ticket, other.ticket) || compare(frame[one.position]!.slot, frame[other.position]!.slot));
    ranked.slice(0, quota).forEach(({ position }, rank) => drawn.push({ position, stratum: label, rank, uniform: rank < uniform }));
    reserves.set(label, ranked.slice(quota).map((each) => each.position));
  }
  drawn.sort((one, other) => one.position - other.position);
  return { drawn, reserves };
}

/** The root over drawn positions, ascending. */
export const positionsRoot = (positions: readonly number[]): Uint8Array => rootOver(positions.map(eight));
