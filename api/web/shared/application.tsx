// How an application begins: its routes in the page's one element, in the reader's language.
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { createBrowserRouter, matchRoutes, type RouteObject } from "react-router";
import { RouterProvider } from "react-router/dom";

import { followLanguage, useLanguage } from "./language";

type Router = ReturnType<typeof createBrowserRouter>;

export function begin(routes: RouteObject[]): Router {
  const router = createBrowserRouter(routes);
  followLanguage(() => void router.revalidate());
  void moduleOf(routes).then(() => createRoot(document.getElementById("page")!).render(<Application router={router} />));
  return router;
}

/** Wait for the module of the page that is opened, whether it comes or not: rendering before would keep its question waiting. */
async function moduleOf(routes: RouteObject[]): Promise<void> {
  const lazy = matchRoutes(routes, location)?.at(-1)?.route.lazy;
  if (typeof lazy === "function") await lazy().catch(() => null);
}

const Application = ({ router }: { router: Router }) => (
  <I18nProvider locale={useLanguage()}>
    <RouterProvider router={router} />
  </I18nProvider>
);
