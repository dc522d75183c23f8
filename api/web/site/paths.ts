import { addressOf, type Parameters } from "../shared/paths.ts";

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

type Paths = typeof PATHS;

/** Return the address of a page. */
export function to<Name extends keyof Paths>(name: Name, ...[parameters, query]: Rest<Paths[Name]>): string {
  return addressOf(PATHS[name], parameters, query);
}

type Query = Record<string, string | undefined>;
type Rest<Path extends string> = [Parameters<Path>] extends [never]
  ? [parameters?: Record<string, never>, query?: Query]
  : [parameters: Record<Parameters<Path>, string | number>, query?: Query];
