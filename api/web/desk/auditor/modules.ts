// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { AUDITOR_PATHS } from "./paths";

export const MODULES: Modules<typeof AUDITOR_PATHS> = {
  draws: () => import("./pages/draws"),
  draw: () => import("./pages/draw"),
  log: () => import("./pages/log"),
  readings: () => import("./pages/readings"),
  deviations: () => import("./pages/deviations"),
};
