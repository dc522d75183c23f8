export const PLANNER_PATHS = {
  campaigns: "/desk/campaigns",
  newCampaign: "/desk/campaigns/new",
  campaign: "/desk/campaigns/:code",
  campaignPlan: "/desk/campaigns/:code/plan",
  campaignVisits: "/desk/campaigns/:code/visits",
  campaignFindings: "/desk/campaigns/:code/findings",
  reports: "/desk/reports",
  plans: "/desk/plans",
  questions: "/desk/questions",
  question: "/desk/questions/:id",
  objections: "/desk/objections",
  objection: "/desk/objections/:id",
} as const;
