/** The checks of seed, draw, reserves and design (docs/draw.md, Tickets). */
import { hex } from "../ledger/bytes.ts";
import { canonical } from "../ledger/canonical.ts";
import { Fault, type Saying, require, saying } from "../ledger/fault.ts";
import { integersAt, type JsonObject, member, objectAt } from "../ledger/json.ts";
import { sorted } from "../ledger/order.ts";
import type { Rows } from "../ledger/rows.ts";
import { namedFile } from "../draw/position_lists.ts";
import type { Evidence } from "./evidence.ts";

export function seed(evidence: Evidence): string {
  const found = hex(evidence.seed);
  require(found === evidence.content(evidence.drawn, "draw")["seed"], "seed_differs");
  return `seed ${found}`;
}

export function draw(evidence: Evidence): string {
  checkDesign(evidence);
  const { drawn } = evidence.drawing;
  const due = drawn.map(({ position, stratum, rank, uniform }) => ({
    campaign: evidence.campaign,
    position,
    stratum,
    rank,
    uniform: Number(uniform),
  }));
  same(evidence.rows(evidence.drawn, "draw", "drawn"), due, due.length, saying("drawn_position"));
  const positions = drawn.map((each) => each.position);
  require(canonical(member(evidence.drawn.body, "drawn")) === canonical(namedFile(positions)), "drawn_list_differs");
  return `${positions.length} positions, ${drawn.filter((each) => each.uniform).length} of them the uniform slice`;
}

/** Each stratum has the size that it was sealed with. */
function checkDesign(evidence: Evidence): void {
  const sizes = new Map<unknown, number>();
  for (const label of evidence.frame.labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const known = evidence.strata.every((stratum) => sizes.get(stratum.label) === stratum.size);
  require(known && sizes.size === evidence.strata.length, "frame_not_as_designed");
}

export function reserves(evidence: Evidence): string {
  const { reserves: expected } = evidence.drawing;
  const sealed = objectAt(evidence.content(evidence.drawn, "draw"), "reserves");
  let count = 0;
  for (const label of sorted(new Set([...expected.keys(), ...Object.keys(sealed)]))) {
    const due = expected.get(label);
    const found = due && integersAt(sealed, label);
    const agree = due !== undefined && due.length === found?.length && due.every((position, at) => position === found[at]);
    require(agree, "reserves_differ", { label });
    count += due.length;
  }
  return `${count} reserves in the order of their tickets`;
}

export function design(evidence: Evidence): string {
  const uniform = new Map(evidence.drawing.drawn.map((each) => [each.position, each.uniform] as const));
  const strata = evidence.strata.map(({ label, size, quota, uniform: slice }) => ({
    campaign: evidence.campaign,
    stratum: label,
    size,
    quota,
    uniform: slice,
  }));
  same(evidence.rows(evidence.drawn, "design", "design_stratum"), strata, strata.length, saying("stratum_of_design"));
  sameMembers(evidence, uniform);
  return `${strata.length} strata, ${evidence.frame.codes.length} members`;
}

const MEMBER = ["campaign", "enterprise", "stratum", "drawn", "uniform"];

/** The same of the members of the design, read where they stand; of those drawn it is given who is of the uniform slice. */
function sameMembers(evidence: Evidence, uniform: ReadonlyMap<number, boolean>): void {
  const { campaign, codes: numbers } = evidence;
  const { codes, labels } = evidence.frame;
  const [ofCampaign, enterprise, stratum, drawn, slice] = [0, 1, 2, 3, 4];
  let count = 0;
  evidence.rows(evidence.drawn, "design", "design_member").read(MEMBER, (cells, position) => {
    count++;
    if (position >= codes.length) return;
    const isUniform = uniform.get(position);
    const agree =
      cells.width === MEMBER.length + 2 &&
      cells.isNumbered(enterprise, numbers, codes[position]!) &&
      cells.same(ofCampaign) === campaign &&
      cells.same(stratum) === labels[position] &&
      cells.value(drawn) === Number(isUniform !== undefined) &&
      cells.value(slice) === Number(isUniform ?? false);
    if (!agree) throw new Fault(saying("design_member_differs", { position }));
  });
  require(count === codes.length, "design_member_count", { count, length: codes.length });
}

/** Check that rows say, beside document and line, just what is due. */
export function same(rows: Rows, expected: Iterable<JsonObject>, count: number, what: Saying): void {
  const due = expected[Symbol.iterator]();
  let line = 0;
  for (const row of rows) {
    const next = due.next();
    if (!next.done) require(says(row, next.value), "row_differs", { what, line });
    line++;
  }
  require(line === count, "row_count", { line, what, count });
}

function says(row: JsonObject, due: JsonObject): boolean {
  let [names, others] = [0, 0];
  for (const name in due) {
    if (row[name] !== due[name]) return false;
    names++;
  }
  for (const name in row) if (name !== "document" && name !== "line") others++;
  return names === others;
}
