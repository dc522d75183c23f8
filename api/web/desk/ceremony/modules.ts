// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { CEREMONY_PATHS } from "./paths";

export const MODULES: Modules<typeof CEREMONY_PATHS> = {
  ceremony: () => import("./pages/ceremony"),
  throw: () => import("./pages/throw"),
};
