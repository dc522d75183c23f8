// How a campaign stands, as far as its page can know it.
import { serviceNow } from "../../../shared/clock";
import type { PlannerCampaignQuery } from "../../../generated/desk/graphql";

export type Campaign = NonNullable<PlannerCampaignQuery["campaign"]>;
export type Published = NonNullable<Campaign["published"]>;

/** Whether an instant is yet to come, by the service's clock. */
export const isAhead = (instant: string): boolean => Date.parse(instant) > serviceNow();

/** Whether something stands between a freeze and its draw, as far as this page can know it. */
export const isAwaited = ({ waitingFor }: Campaign, { beacon, witnesses }: Published): boolean =>
  isAhead(beacon.notBefore) || Boolean(waitingFor?.length) || lacksValues(beacon) || Boolean(witnesses && !witnesses.isMet);

/** Whether two persons have yet to read what was thrown or published. */
export const lacksValues = ({ sources, throw: fallen }: Published["beacon"]): boolean => sources.some(({ values }) => !values) || Boolean(fallen && !fallen.values);
