// The pages of the public site, in what stands around them.
import type { RouteObject } from "react-router";

import { Loading } from "../shared/parts/page";
import { routesOf } from "../shared/routes";
import { MODULES } from "./modules";
import { PATHS } from "./paths";
import { loader, Shell, ShellFault, shouldRevalidate } from "./shell";

export const routes: RouteObject[] = [
  { loader, shouldRevalidate, Component: Shell, ErrorBoundary: ShellFault, HydrateFallback: Loading, children: routesOf(PATHS, MODULES) },
];
