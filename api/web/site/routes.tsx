// Which module makes which page; each comes with its page and not before.
import type { LazyRouteFunction, RouteObject } from "react-router";

import { Fault, Loading } from "../shared/parts/page";
import { PATHS } from "./paths";
import { loader, Shell, ShellFault, shouldRevalidate } from "./shell";

const MODULES: Record<string, LazyRouteFunction<RouteObject>> = {
  [PATHS.home]: () => import("./pages/home"),
};

export const routes: RouteObject[] = [
  {
    loader,
    shouldRevalidate,
    Component: Shell,
    ErrorBoundary: ShellFault,
    HydrateFallback: Loading,
    children: [
      ...Object.entries(MODULES).map(([path, lazy]): RouteObject => ({ path, lazy, ErrorBoundary: Fault })),
      { path: "*", Component: Missing, ErrorBoundary: Fault },
    ],
  },
];

function Missing(): never {
  throw new Response(null, { status: 404 });
}
