// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { ANALYST_PATHS } from "./paths";

export const MODULES: Modules<typeof ANALYST_PATHS> = {
  enterprises: () => import("./pages/enterprises"),
  enterprise: () => import("./pages/enterprise"),
  reconciliation: () => import("./pages/reconciliation"),
  models: () => import("./pages/models"),
  newModel: () => import("./pages/new_model"),
  model: () => import("./pages/model"),
  grades: () => import("./pages/grades"),
  evaluation: () => import("./pages/evaluation"),
  provincial: () => import("./pages/provincial"),
  warnings: () => import("./pages/warnings"),
};
