// Which pages each role is led to; what one may see and do is the service's to say.
import type { PATHS } from "./paths";
import type { RoleName } from "./session";
import type { Words } from "./words/zh";

type Name = keyof typeof PATHS & keyof Words["menu"];

export const MENU: Record<RoleName, readonly Name[]> = {
  planner: ["home", "campaigns", "reports"],
  inspector: ["home"],
  analyst: ["home"],
  auditor: ["home"],
  administrator: ["home"],
  peer: ["home"],
};
