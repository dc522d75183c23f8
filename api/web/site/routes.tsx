// Which module makes which page; each comes with its page and not before.
import type { LazyRouteFunction, RouteObject } from "react-router";

import { Fault, Loading } from "../shared/parts/page";
import { PATHS } from "./paths";
import { loader, Shell, ShellFault, shouldRevalidate } from "./shell";

type Name = keyof typeof PATHS;

const MODULES: Record<Name, LazyRouteFunction<RouteObject>> = {
  home: () => import("./pages/home"),
  findings: () => import("./pages/findings"),
  finding: () => import("./pages/finding"),
  object: () => import("./pages/object"),
  enterprise: () => import("./pages/enterprise"),
  campaigns: () => import("./pages/campaigns"),
  campaign: () => import("./pages/campaign"),
  verifyCampaign: () => import("./pages/verify_campaign"),
  verify: () => import("./pages/verify"),
  figures: () => import("./pages/figures"),
  plans: () => import("./pages/plans"),
  items: () => import("./pages/items"),
  item: () => import("./pages/item"),
  notices: () => import("./pages/notices"),
  notice: () => import("./pages/notice"),
  answers: () => import("./pages/answers"),
  ask: () => import("./pages/ask"),
  receipt: () => import("./pages/receipt"),
  ledger: () => import("./pages/ledger"),
  entry: () => import("./pages/entry"),
  data: () => import("./pages/data"),
};

export const routes: RouteObject[] = [
  {
    loader,
    shouldRevalidate,
    Component: Shell,
    ErrorBoundary: ShellFault,
    HydrateFallback: Loading,
    children: [
      ...Object.entries(MODULES).map(([name, lazy]): RouteObject => ({ path: PATHS[name as Name], lazy, ErrorBoundary: Fault })),
      { path: "*", Component: Missing, ErrorBoundary: Fault },
    ],
  },
];

function Missing(): never {
  throw new Response(null, { status: 404 });
}
