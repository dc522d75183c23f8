/** Exact fractions, the denominator above 0, and integer roots. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export function fraction(over: bigint | number, under: bigint | number = 1n): Fraction {
  const [n, d] = [BigInt(over), BigInt(under)];
  if (d <= 0n) throw new RangeError("a fraction with a denominator that is not above 0");
  const common = divisor(n < 0n ? -n : n, d);
  return { over: n / common, under: d / common };
}

export const plus = (one: Fraction, other: Fraction): Fraction =>
  fraction(one.over * other.under + other.over * one.under, one.under * other.under);
export const minus = (one: Fraction, other: Fraction): Fraction => plus(one, { over: -other.over, under: other.under });
export const times = (one: Fraction, factor: bigint): Fraction => fraction(one.over * factor, one.under);

/** One by another one, which is above 0. */
export const dividedBy = (one: Fraction, other: Fraction): Fraction => fraction(one.over * other.under, one.under * other.over);

/** Below 0, 0 or above 0. */
export function compareFractions(one: Fraction, other: Fraction): number {
  const difference = one.over * other.under - other.over * one.under;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const sum = (all: Iterable<Fraction>): Fraction => [...all].reduce(plus, fraction(0));

/** Of a fraction that is not below 0. */
export const floor = (one: Fraction): bigint => one.over / one.under;

export const ceiling = (over: bigint, under: bigint): bigint => (over + under - 1n) / under;

function divisor(one: bigint, other: bigint): bigint {
  while (other) [one, other] = [other, one % other];
  return one;
}

export function leastMultiple(all: Iterable<bigint>): bigint {
  let least = 1n;
  for (const each of all) least *= each / divisor(least, each);
  return least;
}

/** ⌊√value⌋. */
export function root(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}
