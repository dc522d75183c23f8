// Where what a message of the inbox tells of is seen and done.
import { to } from "./paths";
import type { RoleName } from "./session";

const CAMPAIGN = /^\d{4}-\d{4,}$/;

/** Return the address that a message leads its reader to; nothing where there is no such page for him. */
export function placeOf(role: RoleName, code: string, about: string): string | undefined {
  if (code === "warnings_raised") return to("warnings");
  if (code === "notice_drafted") return to("notice", { id: about });
  if (code === "question_received" || code === "answer_proposed") return to("question", { id: about });
  if (code.startsWith("objection_") || code === "decision_proposed") return to("objection", { id: about });
  if (!CAMPAIGN.test(about)) return undefined;
  if (code.startsWith("beacon_") && code !== "beacon_reveals_due") return to("throw", { code: about });
  if (role === "inspector") return code.startsWith("visits_") || code.startsWith("finding_") || code.startsWith("correction_") ? to("visits") : undefined;
  if (role !== "planner") return undefined;
  if (code === "finding_to_review") return to("campaignFindings", { code: about }, { state: "CONFIRMED" });
  if (code.startsWith("finding_") || code.startsWith("publication_")) return to("campaignFindings", { code: about });
  if (code.startsWith("transfer_") || code.startsWith("punishment_")) return to("proceedings");
  return to("campaign", { code: about });
}
