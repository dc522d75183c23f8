/** Dividing a capacity among strata, in integers and fractions (docs/draw.md, Strata: Dividing a capacity). */
import { require } from "../ledger/fault.ts";
import { FULL } from "./design.ts";
import { compareFractions, dividedBy, floor, fraction, type Fraction, minus, plus, root, sum, times } from "./fractions.ts";

/** A stratum's least and most visits. */
export interface Room {
  readonly least: number;
  readonly most: number;
}

/** A stratum's size N and P, the sum of its members' expected rates in basis points. */
export interface Expected {
  readonly size: number;
  readonly points: number;
}

const ROOT_SCALE = 10n ** 12n;

export const rootWeight = (scaled: bigint): bigint => root(scaled * ROOT_SCALE);

/** c of docs/draw.md. */
export const variance = ({ size, points }: Expected): bigint => BigInt(points) * (BigInt(FULL * size) - BigInt(points));

export function divide(capacity: number, weights: readonly bigint[], rooms: readonly Room[]): number[] {
  const exact = shares(BigInt(capacity), weights, rooms);
  const visits = exact.map((share) => Number(floor(share)));
  const rest = exact.map((share, at) => minus(share, fraction(visits[at]!)));
  const order = [...rest.keys()].sort((one, other) => compareFractions(rest[other]!, rest[one]!) || one - other);
  const left = capacity - visits.reduce((total, n) => total + n, 0);
  for (const at of order.slice(0, left)) visits[at]!++;
  return visits;
}

function shares(capacity: bigint, weights: readonly bigint[], rooms: readonly Room[]): Fraction[] {
  const total = (key: keyof Room): number => rooms.reduce((all, room) => all + room[key], 0);
  const fits = capacity >= BigInt(total("least")) && capacity <= BigInt(total("most"));
  require(fits && rooms.every((room) => room.least <= room.most), "capacity_impossible");
  const at = (level: Fraction): Fraction[] =>
    rooms.map(({ least, most }, place) => {
      const share = times(level, weights[place]!);
      if (compareFractions(share, fraction(least)) < 0) return fraction(least);
      return compareFractions(share, fraction(most)) > 0 ? fraction(most) : share;
    });
  const levels = rooms
    .flatMap(({ least, most }, place) => [fraction(least, weights[place]!), fraction(most, weights[place]!)])
    .sort(compareFractions);
  let [below, above] = [0, levels.length];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (compareFractions(sum(at(levels[middle]!)), fraction(capacity)) <= 0) below = middle;
    else above = middle;
  }
  const level = levels[below]!;
  const rising = weights.filter((weight, place) => {
    const { least, most } = rooms[place]!;
    return compareFractions(fraction(least, weight), level) <= 0 && compareFractions(level, fraction(most, weight)) < 0;
  });
  const slope = rising.reduce((all, weight) => all + weight, 0n);
  if (slope === 0n) return at(level);
  return at(plus(level, dividedBy(minus(fraction(capacity), sum(at(level))), fraction(slope))));
}

interface Move {
  readonly cost: Fraction;
  readonly receiver: number;
  readonly giver: number;
}

/** The division that finds most while the standard error of the estimated share is at most `greatestError`. */
export function mostFindings(capacity: number, strata: readonly Expected[], rooms: readonly Room[], greatestError: number): number[] {
  const variances = strata.map(variance);
  const rates = strata.map(({ size, points }) => fraction(points, size));
  const visits = divide(capacity, variances.map(rootWeight), rooms);
  const loss = (at: number): Fraction => fraction(variances[at]!, BigInt(visits[at]!) * BigInt(visits[at]! - 1));
  const gain = (at: number): Fraction => fraction(variances[at]!, BigInt(visits[at]!) * BigInt(visits[at]! + 1));
  const change = (receiver: number, giver: number): Fraction => minus(loss(giver), gain(receiver));
  const make = ({ receiver, giver }: Move): Fraction => {
    const made = change(receiver, giver);
    visits[receiver]!++;
    visits[giver]!--;
    return made;
  };
  /** The first of the cheapest moves; of strata of one rate only the best to take from and to give to matter. */
  const cheapest = (costOf: (receiver: number, giver: number) => Fraction | null): Move | null => {
    const [givers, receivers] = [new Map<string, number>(), new Map<string, number>()];
    for (const [at, { least, most }] of rooms.entries()) {
      const rate = `${rates[at]!.over}/${rates[at]!.under}`;
      const [giver, receiver] = [givers.get(rate), receivers.get(rate)];
      if (visits[at]! > least && (giver === undefined || compareFractions(loss(at), loss(giver)) < 0)) givers.set(rate, at);
      if (visits[at]! < most && (receiver === undefined || compareFractions(gain(at), gain(receiver)) > 0)) receivers.set(rate, at);
    }
    let best: Move | null = null;
    for (const receiver of receivers.values()) {
      for (const giver of givers.values()) {
        const cost = receiver === giver ? null : costOf(receiver, giver);
        if (cost === null) continue;
        const order = best === null ? -1 : compareFractions(cost, best.cost) || receiver - best.receiver || giver - best.giver;
        if (order < 0) best = { cost, receiver, giver };
      }
    }
    return best;
  };
  const none = fraction(0);
  const lowering = (receiver: number, giver: number): Fraction | null => {
    const cost = change(receiver, giver);
    return compareFractions(cost, none) < 0 ? cost : null;
  };
  for (let move = cheapest(lowering); move !== null; move = cheapest(lowering)) make(move);
  const frame = BigInt(strata.reduce((all, { size }) => all + size, 0));
  const greatest = fraction(BigInt(greatestError) ** 2n * frame ** 2n);
  let error = sum(strata.map(({ size }, at) => fraction(variances[at]! * BigInt(size - visits[at]!), BigInt(visits[at]!) * BigInt(size))));
  require(compareFractions(error, greatest) <= 0, "division_imprecise");
  const findingMore = (receiver: number, giver: number): Fraction | null => {
    if (compareFractions(rates[receiver]!, rates[giver]!) <= 0) return null;
    const cost = change(receiver, giver);
    if (compareFractions(cost, minus(greatest, error)) > 0) return null;
    return dividedBy(cost, minus(rates[receiver]!, rates[giver]!));
  };
  for (let move = cheapest(findingMore); move !== null; move = cheapest(findingMore)) error = plus(error, make(move));
  return visits;
}
