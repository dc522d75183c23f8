/** What published visits of several campaigns tell of a grade at worst, exactly (docs/draw.md, Inference). */
import { compareFractions, fraction, type Fraction, leastMultiple } from "./fractions.ts";
import type { Stratum } from "./strata.ts";

export interface Counted {
  readonly id: string;
  /** The campaigns whose draws decided who stands in its frame, or in which stratum. */
  readonly settledBy: ReadonlySet<string>;
}

export interface Past extends Counted {
  /** The label of each enterprise's stratum. */
  readonly strata: ReadonlyMap<string, string>;
  readonly chances: ReadonlyMap<string, Fraction>;
  readonly drawn: ReadonlySet<string>;
}

/** Enterprises alike that the planned campaign could draw, one of which has this code; sector and region "" if no rule names them, null if none any. */
export interface Member {
  readonly code: string;
  readonly riskier: boolean;
  readonly sector: string | null;
  readonly region: string | null;
  readonly stratum: string;
  /** How many they are; one where it is not told. */
  readonly count?: number;
}

/** How many members have all this in common; the campaigns are the past ones, then the planned one. */
interface Kind {
  readonly riskier: boolean;
  readonly places: readonly string[];
  readonly chances: readonly (Fraction | null)[];
  readonly drawn: readonly boolean[];
  count: bigint;
}

export interface Worst {
  readonly posterior: Fraction;
  /** In how many campaigns it is seen who was visited. */
  readonly campaigns: number;
}

export function chancesOf(strata: readonly Stratum[]): Map<string, Fraction> {
  const drawable = strata.filter((stratum) => stratum.grades.length > 0);
  return new Map(drawable.map((stratum) => [stratum.label, fraction(stratum.quota, stratum.size)] as const));
}

export const riskierHalf = (scale: readonly string[]): ReadonlySet<string> => new Set(scale.slice((scale.length + 1) >> 1));

const EVERYWHERE = JSON.stringify([null, null]);

function kindsOf(members: readonly Member[], strata: readonly Stratum[], pasts: readonly Past[]): Kind[] {
  const kinds = new Map<string, Kind>();
  const planned = chancesOf(strata);
  for (const { code, riskier, sector, region, stratum, count = 1 } of members) {
    const labels = pasts.map((past) => past.strata.get(code) ?? null);
    const drawn = pasts.map((past) => past.drawn.has(code));
    const key = JSON.stringify([riskier, sector, region, stratum, labels, drawn]);
    const known = kinds.get(key);
    if (known !== undefined) {
      known.count += BigInt(count);
      continue;
    }
    const places = [[null, null], [sector, null], [null, region], [sector, region]].map((place) => JSON.stringify(place));
    const could = pasts.map((past, at) => (labels[at] === null ? null : (past.chances.get(labels[at]!) ?? null)));
    kinds.set(key, { riskier, places: [...new Set(places)], chances: [...could, planned.get(stratum) ?? null], drawn: [...drawn, false], count: BigInt(count) });
  }
  return [...kinds.values()];
}

/** The worst case; populations below `least` are left out, but for the whole planned frame by itself. */
export function worstCase(
  planned: Counted,
  pasts: readonly Past[],
  members: readonly Member[],
  strata: readonly Stratum[],
  least: number,
): Worst {
  const kinds = kindsOf(members, strata, pasts);
  const campaigns = [...pasts, planned];
  let worst: Worst = { posterior: fraction(-1), campaigns: 0 };
  for (let chosen = 0; chosen < 2 ** pasts.length; chosen++) {
    const others = [...pasts.keys()].filter((at) => (chosen >> (pasts.length - 1 - at)) & 1);
    const set = [...others, pasts.length];
    for (const posterior of posteriors(campaigns, kinds, set, BigInt(least))) {
      if (compareFractions(posterior, worst.posterior) > 0) worst = { posterior, campaigns: set.length };
    }
  }
  return worst;
}

interface Weighed {
  readonly riskier: boolean;
  readonly chances: readonly Fraction[];
  count: bigint;
}

function* posteriors(campaigns: readonly Counted[], kinds: readonly Kind[], set: readonly number[], least: bigint): Iterable<Fraction> {
  const deciding = new Set(set.flatMap((at) => [...campaigns[at]!.settledBy]));
  const settled = set.filter((at) => deciding.has(campaigns[at]!.id));
  const free = set.filter((at) => !deciding.has(campaigns[at]!.id));
  const parts = new Map<string, { readonly isWhole: boolean; readonly weighed: Map<string, Weighed> }>();
  for (const { riskier, places, chances, drawn, count } of kinds) {
    if (set.some((at) => chances[at] === null)) continue;
    const own = free.map((at) => chances[at]!);
    const key = JSON.stringify([riskier, own.map(({ over, under }) => `${over}/${under}`)]);
    const visits = settled.map((at) => drawn[at]);
    for (const place of places) {
      const name = JSON.stringify([place, visits]);
      const part = parts.get(name) ?? { isWhole: set.length === 1 && place === EVERYWHERE, weighed: new Map<string, Weighed>() };
      parts.set(name, part);
      const weighed = part.weighed.get(key) ?? { riskier, chances: own, count: 0n };
      weighed.count += count;
      part.weighed.set(key, weighed);
    }
  }
  for (const { isWhole, weighed } of parts.values()) {
    const all = [...weighed.values()];
    const population = all.reduce((sum, each) => sum + each.count, 0n);
    if (population >= least || isWhole) yield* patterns(all, free.length);
  }
}

/** The probability of a riskier grade under each possible pattern of visits. */
function* patterns(all: readonly Weighed[], length: number): Iterable<Fraction> {
  const scales = Array.from({ length }, (_, place) => leastMultiple(all.map((each) => each.chances[place]!.under)));
  const odds = all.map(({ chances }) =>
    chances.map(({ over, under }, place) => {
      const drawn = over * (scales[place]! / under);
      return [scales[place]! - drawn, drawn] as const;
    }),
  );
  for (let pattern = 0; pattern < 2 ** length; pattern++) {
    let [riskier, total] = [0n, 0n];
    all.forEach((each, at) => {
      const weight = odds[at]!.reduce((product, pair, place) => product * pair[(pattern >> place) & 1]!, each.count);
      total += weight;
      if (each.riskier) riskier += weight;
    });
    if (total > 0n) yield fraction(riskier, total);
  }
}
