// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { ANALYST_PATHS } from "./paths";

export const MODULES: Modules<typeof ANALYST_PATHS> = {};
