// Routes from the addresses of an application's pages and the modules that make them; each comes with its page and not before.
import type { LazyRouteFunction, RouteObject } from "react-router";

import { Fault } from "./parts/page";
import { staying } from "./reading_anew";

/** The module of each page. */
export type Modules<Paths> = Record<keyof Paths, LazyRouteFunction<RouteObject>>;

export const routesOf = <Paths extends Record<string, string>>(paths: Paths, modules: Modules<Paths>): RouteObject[] => [
  ...Object.entries(modules as Record<string, LazyRouteFunction<RouteObject>>).map(
    ([name, lazy]): RouteObject => ({ path: paths[name]!, lazy: staying(lazy), ErrorBoundary: Fault }),
  ),
  { path: "*", loader: missing, element: null, ErrorBoundary: Fault },
];

// A loader, since what is thrown where a page is drawn is no answer to React Router.
function missing(): never {
  throw new Response(null, { status: 404 });
}
