// How an application begins: its routes in the page's one element, in the reader's language.
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { createBrowserRouter, type RouteObject } from "react-router";
import { RouterProvider } from "react-router/dom";

import { followLanguage, useLanguage } from "./language";

type Router = ReturnType<typeof createBrowserRouter>;

export function begin(routes: RouteObject[]): Router {
  const router = createBrowserRouter(routes);
  followLanguage(() => void router.revalidate());
  createRoot(document.getElementById("page")!).render(<Application router={router} />);
  return router;
}

const Application = ({ router }: { router: Router }) => (
  <I18nProvider locale={useLanguage()}>
    <RouterProvider router={router} />
  </I18nProvider>
);
