/** The checks of seed, draw, reserves and design (docs/draw.md, Tickets). */
import { hex } from "../ledger/bytes.ts";
import type { Rows } from "../ledger/bundle.ts";
import { canonical } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { integersAt, type JsonObject, member, objectAt } from "../ledger/json.ts";
import { sorted } from "../ledger/order.ts";
import { namedFile } from "../draw/position_lists.ts";
import type { Evidence } from "./evidence.ts";

export function seed(evidence: Evidence): string {
  const found = hex(evidence.seed);
  require(found === evidence.content(evidence.drawn, "draw")["seed"], "the seed is not that of the frozen entry and the beacon's output");
  return `seed ${found}`;
}

export function draw(evidence: Evidence): string {
  checkDesign(evidence);
  const { drawn } = evidence.drawing;
  const expected = drawn.map(({ position, stratum, rank, uniform }) => ({
    campaign: evidence.campaign,
    position,
    stratum,
    rank,
    uniform: Number(uniform),
  }));
  same(evidence.rows(evidence.drawn, "draw", "drawn"), expected, "drawn position");
  const positions = drawn.map((each) => each.position);
  require(canonical(member(evidence.drawn.body, "drawn")) === canonical(namedFile(positions)), "the published list of drawn positions is another one");
  return `${positions.length} positions, ${drawn.filter((each) => each.uniform).length} of them the uniform slice`;
}

/** Each stratum has the size that it was sealed with. */
function checkDesign(evidence: Evidence): void {
  const sizes = new Map<unknown, number>();
  for (const row of evidence.slotRows) sizes.set(row["stratum"], (sizes.get(row["stratum"]) ?? 0) + 1);
  const known = evidence.strata.every((stratum) => sizes.get(stratum.label) === stratum.size);
  require(known && sizes.size === evidence.strata.length, "the frame is not as designed");
}

export function reserves(evidence: Evidence): string {
  const { reserves: expected } = evidence.drawing;
  const sealed = objectAt(evidence.content(evidence.drawn, "draw"), "reserves");
  let count = 0;
  for (const label of sorted(new Set([...expected.keys(), ...Object.keys(sealed)]))) {
    const due = expected.get(label);
    const agree = due !== undefined && canonical([...due]) === canonical(integersAt(sealed, label));
    require(agree, `the reserves of stratum ${label} are not those that the tickets give`);
    count += due.length;
  }
  return `${count} reserves in the order of their tickets`;
}

export function design(evidence: Evidence): string {
  const uniform = new Map(evidence.drawing.drawn.map((each) => [each.position, each.uniform] as const));
  const members = evidence.slotRows.map((row, position) => ({
    campaign: evidence.campaign,
    enterprise: row["enterprise"]!,
    stratum: row["stratum"]!,
    drawn: Number(uniform.has(position)),
    uniform: Number(uniform.get(position) ?? false),
  }));
  const strata = evidence.strata.map(({ label, size, quota, uniform: slice }) => ({
    campaign: evidence.campaign,
    stratum: label,
    size,
    quota,
    uniform: slice,
  }));
  same(evidence.rows(evidence.drawn, "design", "design_stratum"), strata, "stratum of the design");
  same(evidence.rows(evidence.drawn, "design", "design_member"), members, "member of the design");
  return `${strata.length} strata, ${members.length} members`;
}

function same(rows: Rows, expected: readonly JsonObject[], what: string): void {
  rows.forEach((row, line) => {
    const due = expected[line];
    if (due !== undefined) require(canonical(row) === canonical(due), `${what} ${line} is not what the draw gives`);
  });
  require(rows.length === expected.length, `there are ${rows.length} of: ${what}; the draw gives ${expected.length}`);
}
