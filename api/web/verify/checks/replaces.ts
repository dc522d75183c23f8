/** Which voided campaigns a freeze must name as what it replaces (docs/draw.md, Tries). */
import type { Entry } from "../ledger/entry.ts";
import { has, listAt, member, textAt, textsAt } from "../ledger/json.ts";
import { FROZEN, VOID_CONFIRMED, VOID_PROPOSED, VOIDS } from "../ledger/kinds.ts";
import { conditionsOf, overlap } from "./conditions.ts";

/** Tell whether two freezes could be about one matter at one enterprise. */
export function overlapOf(one: Entry, other: Entry): boolean {
  const items = new Set(textsAt(other.body, "items"));
  const [mine, theirs] = [one, other].map((entry) => conditionsOf(member(entry.body, "conditions")));
  return textsAt(one.body, "items").some((item) => items.has(item)) && overlap(mine!, theirs!);
}

/** The campaigns that a freeze names as replaced. */
export const namedBy = (frozen: Entry): string[] =>
  has(frozen.body, "replaces") ? listAt(frozen.body, "replaces").map((each) => textAt(each, "campaign")) : [];

/** The campaigns that a freeze must name, in the order of their own freezes. */
export function toBeNamed(before: readonly Entry[], frozen: Entry): string[] {
  const ended = new Set(before.filter((entry) => VOIDS.includes(entry.kind)).map((entry) => entry.subject));
  const freezes = before.filter((entry) => entry.kind === FROZEN);
  const names = namesOf(freezes);
  const near = freezes.filter((entry) => overlapOf(entry, frozen)).map((entry) => entry.subject);
  const reached = new Set(near.flatMap((campaign) => behind(campaign, names)));
  return near.filter((campaign) => ended.has(campaign) && !reached.has(campaign));
}

/** The campaigns that a freeze replaces, directly or through those, each once. */
export const chainOf = (frozen: Entry, before: readonly Entry[]): string[] =>
  behind(frozen.subject, namesOf([...before.filter((entry) => entry.kind === FROZEN), frozen]));

/** The voids by persons that a freeze reaches: their proposals and confirmations before it, in order. */
export function replacedVoids(frozen: Entry, before: readonly Entry[]): Entry[] {
  const chain = new Set(chainOf(frozen, before));
  return before.filter((entry) => [VOID_PROPOSED, VOID_CONFIRMED].includes(entry.kind) && chain.has(entry.subject));
}

const namesOf = (freezes: readonly Entry[]): Map<string, string[]> =>
  new Map(freezes.map((entry) => [entry.subject, namedBy(entry)] as const));

function behind(campaign: string, names: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const waiting = [...(names.get(campaign) ?? [])];
  for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
    if (found.includes(each)) continue;
    found.push(each);
    waiting.push(...(names.get(each) ?? []));
  }
  return found;
}
