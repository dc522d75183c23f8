// Which module makes which page.
import type { RouteObject } from "react-router";

import { Loading } from "../shared/parts/page";
import { routesOf } from "../shared/routes";
import { MODULES as administrator } from "./administrator/modules";
import { MODULES as analyst } from "./analyst/modules";
import { MODULES as auditor } from "./auditor/modules";
import { MODULES as ceremony } from "./ceremony/modules";
import { MODULES as inspector } from "./inspector/modules";
import { PATHS } from "./paths";
import { MODULES as planner } from "./planner/modules";
import { MODULES as proceedings } from "./proceedings/modules";
import { loader, Shell, ShellFault } from "./shell";

const MODULES = {
  home: () => import("./pages/home"),
  welcome: () => import("./pages/welcome"),
  welcomeBack: () => import("./pages/welcome_back"),
  ...planner,
  ...proceedings,
  ...inspector,
  ...ceremony,
  ...analyst,
  ...auditor,
  ...administrator,
};

export const routes: RouteObject[] = [
  { loader, Component: Shell, ErrorBoundary: ShellFault, HydrateFallback: Loading, children: routesOf(PATHS, MODULES) },
];
