// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { ADMINISTRATOR_PATHS } from "./paths";

export const MODULES: Modules<typeof ADMINISTRATOR_PATHS> = {
  jobs: () => import("./pages/jobs"),
  job: () => import("./pages/job"),
  departments: () => import("./pages/departments"),
  people: () => import("./pages/people"),
  person: () => import("./pages/person"),
  me: () => import("./pages/me"),
  sources: () => import("./pages/sources"),
  source: () => import("./pages/source"),
  platforms: () => import("./pages/platforms"),
  system: () => import("./pages/system"),
  workingDays: () => import("./pages/working_days"),
  documents: () => import("./pages/documents"),
};
