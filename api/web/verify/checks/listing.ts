/** The checks of a campaign that is no draw: what its entry says, and who is on its list (docs/draw.md, Lists). */
import { canonical } from "../ledger/canonical.ts";
import { require, saying } from "../ledger/fault.ts";
import { exactly, type Json, member, text } from "../ledger/json.ts";
import { same } from "./draw.ts";
import type { Evidence } from "./evidence.ts";
import { ALGORITHM } from "./frame.ts";

/** The stratum of all slots of a list. */
const LISTED_STRATUM = "listed";

export function publicList(evidence: Evidence): string {
  const { plan, frozen } = evidence;
  const { listing } = plan;
  require(evidence.sealed["campaign"] === evidence.campaign, "plan_of_another_campaign");
  const undrawn = listing !== null && frozen.body["algorithm"] === ALGORITHM && frozen.body["to_draw"] === 0;
  require(undrawn, "list_drawn");
  const { title, departments, items, starts, ends, conditions, annualLine } = plan;
  const line = annualLine === "" ? {} : { annual_line: annualLine };
  const listed = { title, departments, items, starts, ends, conditions, listing: listing.told, ...line };
  for (const [name, value] of Object.entries(listed)) {
    require(canonical(member(frozen.body, name)) === canonical(value), "list_field", { name });
  }
  return toldList(listing.told);
}

/** What a list is said to be in public: of which type, and why or from whom. */
export function toldList(value: Json): string {
  const { type, reason, origin } = exactly(value, "type", "reason", "origin");
  require(type === (origin === null ? "special" : "superior"), "list_type");
  if (origin === null) return `no draw: special, ${text(reason)}`;
  const { body, number, sha256 } = exactly(origin, "body", "number", "sha256");
  return `no draw: superior, ${text(body)} ${text(number)}, SHA-256 ${text(sha256)}`;
}

export function everybody(evidence: Evidence): string {
  const { campaign, frame } = evidence;
  require(frame.labels.every((label) => label === LISTED_STRATUM), "list_stratum");
  const expected = frame.labels.map((stratum, position) => ({ campaign, position, stratum, rank: position, uniform: 0 }));
  same(evidence.listedRows, expected, expected.length, saying("listed_position"));
  return `all ${expected.length} of the list are visited`;
}
