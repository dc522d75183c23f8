// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { PLANNER_PATHS } from "./paths";

export const MODULES: Modules<typeof PLANNER_PATHS> = {};
