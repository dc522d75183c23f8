/**
 * The places of one role (docs/draw.md, Matching, steps 3 to 5). Inspectors are numbers in b-order; targets are numbers
 * too. A search goes over each group of targets that are alike for the role with one list of those not yet visited.
 */
import { Fault, saying } from "../ledger/fault.ts";

/** A place at a target that somebody holds, or -1 for an empty one. */
interface Place {
  readonly target: number;
  readonly holder: number;
}

export interface Setting {
  /** By group of targets the eligible inspectors, ascending. */
  readonly eligible: ReadonlyMap<string, readonly number[]>;
  readonly groupOf: (target: number) => string;
  /** Marks whom a target excludes: recused, on the team of other roles, of a unit of it. */
  readonly forbid: (target: number, mark: (inspector: number) => void) => void;
  /** Who cannot be in a team with somebody: the same, or all of one unit. */
  readonly beside: (inspector: number) => readonly number[];
  /** Changed as places are given. */
  readonly loads: Int32Array;
  readonly caps: Int32Array;
}

export class RoleMatching {
  /** Who holds the places of each target. */
  readonly holders = new Map<number, Set<number>>();
  private readonly held = new Map<number, Set<number>>();
  private readonly marks: Int32Array;
  private stamp = 0;
  private readonly of: Setting;

  constructor(setting: Setting) {
    this.of = setting;
    this.marks = new Int32Array(setting.loads.length);
    for (const inspectors of setting.eligible.values()) for (const each of inspectors) this.held.set(each, new Set());
  }

  /** Fill an empty place, the number choosing among the least loaded. */
  assign(target: number, number: bigint): void {
    const { loads, caps } = this.of;
    this.exclude({ target, holder: -1 });
    let least = Infinity;
    let among: number[] = [];
    for (const each of this.of.eligible.get(this.of.groupOf(target)) ?? []) {
      if (loads[each]! > least || loads[each]! >= caps[each]! || this.marks[each] === this.stamp) continue;
      if (loads[each]! < least) {
        least = loads[each]!;
        among = [];
      }
      among.push(each);
    }
    if (among.length) {
      const chosen = among[Number(number % BigInt(among.length))]!;
      this.give(target, -1, chosen);
      loads[chosen]!++;
      return;
    }
    const reached = new Map<number, Place>();
    const end = this.search([{ target, holder: -1 }], -1, Infinity, new Set(), reached);
    if (end < 0) throw new Fault(saying("matching_infeasible"));
    this.shift(end, -1, reached);
  }

  /** Shift places along paths that make loads more even, until there is none. */
  repair(): void {
    const { loads } = this.of;
    const closed = new Set<number>();
    const open = new Set([...this.held.keys()].sort((one, other) => one - other));
    while (open.size) {
      let start = -1;
      for (const each of open) if (start < 0 || loads[each]! > loads[start]!) start = each;
      const reached = new Map<number, Place>();
      const places = [...this.held.get(start)!].map((target) => ({ target, holder: start }));
      const end = this.search(places, start, loads[start]! - 2, closed, reached);
      if (end >= 0) {
        this.shift(end, start, reached);
        continue;
      }
      for (const each of [start, ...reached.keys()]) {
        closed.add(each);
        open.delete(each);
      }
    }
  }

  /** Search breadth first for the first inspector under the cap whose load is at most `limit`; -1 for none. */
  private search(
    places: readonly Place[],
    start: number,
    limit: number,
    closed: ReadonlySet<number>,
    reached: Map<number, Place>,
  ): number {
    const { loads, caps, eligible, groupOf } = this.of;
    const unvisited = new Map<string, readonly number[]>();
    const queue = [...places];
    for (let next = 0; next < queue.length; next++) {
      const place = queue[next]!;
      const group = groupOf(place.target);
      const candidates = unvisited.get(group) ?? eligible.get(group)!.filter((each) => !closed.has(each) && each !== start);
      this.exclude(place);
      const left: number[] = [];
      for (const each of candidates) {
        if (reached.has(each)) continue;
        if (this.marks[each] === this.stamp) {
          left.push(each);
          continue;
        }
        reached.set(each, place);
        if (loads[each]! < caps[each]! && loads[each]! <= limit) return each;
        for (const target of this.held.get(each)!) queue.push({ target, holder: each });
      }
      unvisited.set(group, left);
    }
    return -1;
  }

  /** Mark with a new stamp who cannot take a place. */
  private exclude({ target, holder }: Place): void {
    this.stamp++;
    const mark = (inspector: number): void => void (this.marks[inspector] = this.stamp);
    this.of.forbid(target, mark);
    for (const other of this.holders.get(target) ?? []) if (other !== holder) this.of.beside(other).forEach(mark);
  }

  /** Hand on each place of the path to whom it led to, the last one first. */
  private shift(end: number, start: number, reached: ReadonlyMap<number, Place>): void {
    for (let each = end; each >= 0 && each !== start; ) {
      const { target, holder } = reached.get(each)!;
      this.give(target, holder, each);
      each = holder;
    }
    this.of.loads[end]!++;
    if (start >= 0) this.of.loads[start]!--;
  }

  private give(target: number, before: number, inspector: number): void {
    const holders = this.holders.get(target) ?? new Set();
    this.holders.set(target, holders);
    if (before >= 0) {
      holders.delete(before);
      this.held.get(before)!.delete(target);
    }
    holders.add(inspector);
    this.held.get(inspector)!.add(target);
  }
}
