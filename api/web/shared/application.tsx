// How an application begins: its routes in the page's one element.
import { type ComponentType, Fragment, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, matchRoutes, type RouteObject } from "react-router";
import { RouterProvider } from "react-router/dom";

import { followLanguage } from "./language";
import { readAnew } from "./reading_anew";

type Router = ReturnType<typeof createBrowserRouter>;

/** Begin an application, within what has to stand around all of it. */
export function begin(routes: RouteObject[], Around: ComponentType<{ children: ReactNode }> = Fragment): Router {
  const router = createBrowserRouter(routes);
  followLanguage(() => void readAnew(() => router.revalidate()));
  const application = (
    <Around>
      <RouterProvider router={router} />
    </Around>
  );
  void moduleOf(routes).then(() => createRoot(document.getElementById("page")!).render(application));
  return router;
}

/** Wait for the module of the page that is opened, whether it comes or not: rendering before would keep its question waiting. */
async function moduleOf(routes: RouteObject[]): Promise<void> {
  const lazy = matchRoutes(routes, location)?.at(-1)?.route.lazy;
  if (typeof lazy === "function") await lazy().catch(() => null);
}
