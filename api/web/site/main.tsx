import "../shared/look/index.css";
import "./site.css";

import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";

import { followLanguage, useLanguage } from "../shared/language";
import { routes } from "./routes";

const router = createBrowserRouter(routes);
followLanguage(() => void router.revalidate());

const Site = () => (
  <I18nProvider locale={useLanguage()}>
    <RouterProvider router={router} />
  </I18nProvider>
);

createRoot(document.getElementById("page")!).render(<Site />);
