// Which module makes which page of these.
import type { Modules } from "../../shared/routes";
import type { PLANNER_PATHS } from "./paths";

export const MODULES: Modules<typeof PLANNER_PATHS> = {
  campaigns: () => import("./pages/campaigns"),
  newCampaign: () => import("./pages/new_campaign"),
  campaign: () => import("./pages/campaign"),
  campaignPlan: () => import("./pages/campaign_plan"),
  campaignVisits: () => import("./pages/campaign_visits"),
  campaignFindings: () => import("./pages/campaign_findings"),
  reports: () => import("./pages/reports"),
  plans: () => import("./pages/plans"),
  questions: () => import("./pages/submissions"),
  question: () => import("./pages/submission"),
  objections: () => import("./pages/submissions"),
  objection: () => import("./pages/submission"),
  notices: () => import("./pages/notices"),
  notice: () => import("./pages/notice"),
};
