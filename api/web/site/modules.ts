// Which module makes which page.
import type { Modules } from "../shared/routes";
import type { PATHS } from "./paths";

export const MODULES: Modules<typeof PATHS> = {
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
