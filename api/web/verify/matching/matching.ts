/** The matching of inspectors with drawn slots (docs/draw.md, Matching). */
import { compare, integerOf } from "../ledger/bytes.ts";
import { byText } from "../ledger/order.ts";
import { H } from "../ledger/sha256.ts";
import type { Inspector, Pool, Role } from "./pool.ts";
import { RoleMatching } from "./role.ts";

export interface Target {
  readonly position: number;
  readonly enterprise: string;
  readonly sector: string;
  readonly region: string;
}

export interface Assignment {
  readonly position: number;
  readonly role: string;
  readonly inspector: string;
}

export const matchSeedOf = (seed: Uint8Array, key: Uint8Array): Uint8Array => H("qian/match/v1", seed, key);

/** F of the steps. */
const F = (seed: Uint8Array, ...fields: readonly string[]): Uint8Array => H(seed, `\x1f${fields.join("\x1f")}`);

/** The group of targets that are alike for a role. */
const groupOf = (role: Role, target: Target): string =>
  JSON.stringify([role.specialist ? target.sector : "", role.local ? target.region : ""]);

function isEligible(pool: Pool, inspector: Inspector, role: Role, target: Target): boolean {
  return (
    inspector.department === role.department &&
    (role.unit === "" || inspector.unit === role.unit) &&
    (!role.inspectors.length || role.inspectors.includes(inspector.id)) &&
    (role.category === "" || inspector.category === role.category) &&
    inspector.validUntil >= pool.lastDay &&
    inspector.dutyDays >= pool.leastDutyDays &&
    (!role.specialties.length || role.specialties.some((each) => inspector.specialties.includes(each))) &&
    (!role.specialist || inspector.specialties.includes(target.sector)) &&
    (!role.local || !inspector.areas.length || inspector.areas.includes(target.region))
  );
}

/**
 * Match all targets, which stand by position; `standing` are places that are held and stay so, `barred` who takes none.
 * Returned are the new places by position, in the pool's order of roles and by id.
 */
export function matched(
  pool: Pool,
  targets: readonly Target[],
  seed: Uint8Array,
  standing: readonly Assignment[] = [],
  barred: ReadonlySet<string> = new Set(),
): Assignment[] {
  const inspectors = inOrder(pool.inspectors, (each) => F(seed, "B", each.id));
  const rank = new Map(inspectors.map((each, number) => [each.id, number]));
  const order = inOrder([...targets.keys()], (number) => F(seed, "T", String(targets[number]!.position)));
  const loads = Int32Array.from(inspectors, (each) => each.load);
  const caps = Int32Array.from(inspectors, (each) => each.cap);
  const teams = targets.map(() => new Map<number, string>());
  const numberOf = new Map(targets.map((target, number) => [target.position, number]));
  for (const each of standing) teams[numberOf.get(each.position)!]!.set(rank.get(each.inspector)!, each.role);

  const recused = grouped(inspectors, (each) => each.recused);
  const units = grouped(inspectors, (each) => [each.unit]);
  const beside = (number: number): readonly number[] =>
    pool.differentUnits ? units.get(inspectors[number]!.unit)! : [number];
  const forbid = (number: number, mark: (inspector: number) => void): void => {
    (recused.get(targets[number]!.enterprise) ?? []).forEach(mark);
    for (const each of teams[number]!.keys()) beside(each).forEach(mark);
  };
  const settings = pool.roles.map((role, place) => {
    const groups = targets.map((target) => groupOf(role, target));
    const eligible = new Map<string, readonly number[]>();
    targets.forEach((target, number) => {
      const group = groups[number]!;
      if (eligible.has(group)) return;
      const may = (each: Inspector): boolean => !barred.has(each.id) && isEligible(pool, each, role, target);
      eligible.set(group, inspectors.flatMap((each, at) => (may(each) ? [at] : [])));
    });
    const sum = groups.reduce((total, group) => total + eligible.get(group)!.length, 0);
    return { role, place, sum, setting: { eligible, groupOf: (number: number) => groups[number]!, forbid, beside, loads, caps } };
  });
  settings.sort((one, other) => one.sum * other.role.count - other.sum * one.role.count || one.place - other.place);

  const found: (Assignment & { place: number })[] = [];
  for (const { role, place, setting } of settings) {
    const matching = new RoleMatching(setting);
    for (const number of order) {
      const position = String(targets[number]!.position);
      const held = [...teams[number]!.values()].filter((name) => name === role.name).length;
      for (let empty = 1; empty <= role.count - held; empty++) {
        matching.assign(number, integerOf(F(seed, "P", position, role.name, String(empty))));
      }
    }
    matching.repair();
    for (const [number, holders] of matching.holders) {
      for (const each of holders) {
        teams[number]!.set(each, role.name);
        found.push({ position: targets[number]!.position, role: role.name, inspector: inspectors[each]!.id, place });
      }
    }
  }
  found.sort((one, other) => one.position - other.position || one.place - other.place || byText(one.inspector, other.inspector));
  return found.map(({ position, role, inspector }) => ({ position, role, inspector }));
}

function inOrder<Item>(items: readonly Item[], digest: (item: Item) => Uint8Array): Item[] {
  const keyed = items.map((item) => ({ item, key: digest(item) }));
  return keyed.sort((one, other) => compare(one.key, other.key)).map(({ item }) => item);
}

function grouped(inspectors: readonly Inspector[], names: (each: Inspector) => readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  inspectors.forEach((each, number) => {
    for (const name of new Set(names(each))) {
      const numbers = found.get(name);
      if (numbers === undefined) found.set(name, [number]);
      else numbers.push(number);
    }
  });
  return found;
}
