// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { ADMINISTRATOR_PATHS } from "./paths";

export const MODULES: Modules<typeof ADMINISTRATOR_PATHS> = {
  jobs: () => import("./pages/jobs"),
  job: () => import("./pages/job"),
};
