import { linking } from "../shared/paths.ts";

/** The pages of the public site by their addresses: for the router, for links, and told to the service by the build. */
export const PATHS = {
  home: "/",
  findings: "/findings",
  finding: "/findings/:campaign/:position",
  object: "/findings/:campaign/:position/object",
  enterprise: "/enterprises/:code",
  campaigns: "/campaigns",
  campaign: "/campaigns/:code",
  verifyCampaign: "/campaigns/:code/verify",
  plans: "/plans",
  items: "/items",
  item: "/items/:code",
  notices: "/notices",
  notice: "/notices/:number",
  answers: "/answers",
  ask: "/ask",
  receipt: "/receipt",
  figures: "/figures",
  ledger: "/ledger",
  entry: "/ledger/:seq",
  verify: "/verify",
  data: "/data",
} as const;

/** Return the address of a page. */
export const to = linking(PATHS);
