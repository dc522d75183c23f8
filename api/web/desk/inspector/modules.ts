// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { INSPECTOR_PATHS } from "./paths";

export const MODULES: Modules<typeof INSPECTOR_PATHS> = {
  visits: () => import("./pages/visits"),
  visit: () => import("./pages/visit"),
};
