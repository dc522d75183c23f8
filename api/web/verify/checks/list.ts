/** All checks of a campaign after those of its file, in the order in which one rests on the other. */
import { attestations } from "./attestations.ts";
import { beacon } from "./beacon.ts";
import { design, draw, reserves, seed } from "./draw.ts";
import type { Evidence } from "./evidence.ts";
import { closing, findings } from "./findings.ts";
import { exclusions, inference, quotas } from "./design.ts";
import { frame, otherDraws, publicPlan, register, ticketKeys } from "./frame.ts";
import { grades, gradesFollow } from "./grades.ts";
import { items } from "./items.ts";
import { everybody, publicList } from "./listing.ts";
import { matching, pool, rematches } from "./matching.ts";
import { replacements } from "./replacements.ts";
import { earlierTries, voided } from "./tries.ts";
import { witnesses } from "./witnesses.ts";

/** A check tells what it compared; some have a part that may be made by another thread, after the rest of it where it has one. */
export type NamedCheck = readonly [name: string, check: ((evidence: Evidence) => string) | null, apart?: (evidence: Evidence) => string | void];
type Checks = readonly NamedCheck[];

/** Of a campaign that is no draw. */
export const LIST_CHECKS: Checks = [
  ["list", publicList],
  ["register", register],
  ["items", items],
  ["everybody", everybody],
  ["frame", null, frame],
  ["beacon", beacon],
  ["void", voided],
  ["witnesses", witnesses],
  ["pool", pool],
  ["matching", matching],
  ["re-matches", rematches],
  ["findings", findings],
  ["closing", closing],
];

export const CHECKS: Checks = [
  ["plan", publicPlan],
  ["other draws", otherDraws],
  ["earlier tries", earlierTries],
  ["register", register],
  ["items", items],
  ["exclusions", exclusions],
  ["grades", grades, gradesFollow],
  ["quotas", quotas],
  ["inference", inference],
  ["ticket keys", ticketKeys],
  ["frame", null, frame],
  ["beacon", beacon],
  ["void", voided],
  ["witnesses", witnesses],
  ["seed", seed],
  ["draw", draw],
  ["reserves", reserves],
  ["design", design],
  ["pool", pool],
  ["matching", matching],
  ["replacements", replacements],
  ["re-matches", rematches],
  ["findings", findings],
  ["closing", closing],
  ["attestations", attestations],
];
