// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { PROCEEDINGS_PATHS } from "./paths";

export const MODULES: Modules<typeof PROCEEDINGS_PATHS> = {
  proceedings: () => import("./pages/proceedings"),
  proceedingsOf: () => import("./pages/proceedings_of"),
  proceeding: () => import("./pages/proceeding"),
};
