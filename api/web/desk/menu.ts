// Which pages each role is led to; what one may see and do is the service's to say.
import type { PATHS } from "./paths";
import type { RoleName } from "./session";
import type { Words } from "./words/zh";

type Name = keyof typeof PATHS & keyof Words["menu"];

export const MENU: Record<RoleName, readonly Name[]> = {
  planner: ["home", "campaigns", "plans", "proceedings", "questions", "notices", "reports", "enterprises", "warnings", "platforms", "jobs"],
  inspector: ["home", "visits", "proceedings", "jobs"],
  analyst: ["home", "enterprises", "reconciliation", "models", "grades", "evaluation", "provincial", "warnings", "jobs"],
  auditor: ["home", "draws", "deviations", "readings", "log", "proceedings", "enterprises", "reconciliation", "models", "grades", "evaluation", "provincial", "warnings", "people", "system", "jobs"],
  administrator: ["home", "people", "departments", "sources", "platforms", "readings", "log", "system", "jobs"],
  peer: ["home", "jobs"],
};
