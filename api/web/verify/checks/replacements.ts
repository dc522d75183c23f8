/** The check of replacements, and whom they have visited (docs/draw.md, Replacements). */
import { canonical } from "../ledger/canonical.ts";
import type { Rows } from "../ledger/rows.ts";
import type { Entry } from "../ledger/entry.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { integerAt, integersAt, type JsonObject, objectAt, textAt } from "../ledger/json.ts";
import { RECORDED, REPLACED, REPLACEMENT_PROPOSED } from "../ledger/kinds.ts";
import type { Evidence } from "./evidence.ts";

export interface Replacement {
  readonly position: number;
  readonly reserve: number;
}

const CAUSES = ["not_of_the_frame", "same_as_another"];

export function replacements(evidence: Evidence): string {
  const reserves = objectAt(evidence.content(evidence.drawn, "draw"), "reserves");
  const made: Replacement[] = [];
  let proposed: Entry | null = null;
  for (const entry of evidence.ofCampaign) {
    if (entry.kind === REPLACEMENT_PROPOSED) proposed = entry;
    if (entry.kind !== REPLACED) continue;
    require(proposed !== null, "replacement_not_proposed", { seq: entry.seq });
    checkProposal(evidence, entry, evidence.content(proposed, "proposal"));
    const pairs = replacedBy(evidence, entry);
    const [due, recorded] = [visited(evidence.chosenPositions, made), recordedBefore(evidence, entry.seq)];
    for (const { position } of pairs) {
      require(due.has(position), "replacement_position", { seq: entry.seq });
      require(!recorded.has(position), "replacement_after_finding", { seq: entry.seq });
    }
    const used = new Set(made.map((each) => each.reserve));
    const positions = [...new Set(pairs.map((each) => each.position))].sort((one, other) => one - other);
    const next = positions.map((position): Replacement => {
      const stratum = evidence.frame.labels[position] ?? "";
      const reserve = integersAt(reserves, stratum).find((each) => !used.has(each));
      if (reserve === undefined) throw new Fault(saying("replacement_reserves_lacking", { seq: entry.seq, stratum }));
      used.add(reserve);
      return { position, reserve };
    });
    require(JSON.stringify(next) === JSON.stringify(pairs), "replacement_reserves", { seq: entry.seq });
    made.push(...pairs);
    proposed = null;
  }
  return `${made.length} positions replaced by the next reserves of their strata, each by two persons`;
}

function checkProposal(evidence: Evidence, entry: Entry, proposal: JsonObject): void {
  const rows = [...replacementRows(evidence, entry)];
  const positions = canonical(rows.map((row) => row["position"]!));
  require(rows.length > 0 && canonical(integersAt(proposal, "positions")) === positions, "replacement_differs", { seq: entry.seq });
  const by = textAt(evidence.content(entry, "replacement"), "by");
  require(textAt(proposal, "by") !== by, "replacement_by_one_person", { seq: entry.seq });
  const [cause, explanation] = [textAt(proposal, "cause"), textAt(proposal, "explanation")];
  const told = rows.every((row) => row["campaign"] === evidence.campaign && row["cause"] === cause && row["explanation"] === explanation);
  require(told, "replacement_cause_differs", { seq: entry.seq });
  require(CAUSES.includes(cause) && explanation.trim() !== "", "replacement_cause", { seq: entry.seq });
}

/** The positions to be visited after replacements. */
export function visited(chosen: Iterable<number>, made: readonly Replacement[]): Set<number> {
  const due = new Set([...chosen, ...made.map((each) => each.reserve)]);
  for (const { position } of made) due.delete(position);
  return due;
}

/** The rows of a replacement, of whatever campaign. */
export const replacementRows = (evidence: Evidence, entry: Entry): Rows => evidence.rows(entry, "replacement", "replacement");

const replacedBy = (evidence: Evidence, entry: Entry): Replacement[] =>
  replacementRows(evidence, entry).map((row) => ({ position: integerAt(row, "position"), reserve: integerAt(row, "reserve") }));

/** The replacements of the campaign before an entry. */
export const replacedUntil = (evidence: Evidence, seq: number): Replacement[] =>
  evidence.of(REPLACED).flatMap((entry) => (entry.seq < seq ? replacedBy(evidence, entry) : []));

/** The positions of which a finding is recorded before an entry. */
export function recordedBefore(evidence: Evidence, seq: number): Set<number> {
  const recorded = evidence.of(RECORDED).filter((entry) => entry.seq < seq);
  return new Set(recorded.flatMap((entry) => evidence.rows(entry, "finding", "finding").map((row) => integerAt(row, "position"))));
}
