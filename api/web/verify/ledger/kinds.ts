/** The kinds of entries that a verification reads (docs/ledger.md, Kinds of entries). */
export const CREATED = "ledger.created";
export const ROTATED = "key.rotated";
export const IMPORTED = "records.imported";
export const RUN = "grades.run";
export const FROZEN = "campaign.frozen";
export const REVEALED = "beacon.revealed";
export const ENTERED = "beacon.entered";
export const CONFIRMED = "beacon.confirmed";
export const SIGNED = "beacon.signed";
export const DRAWN = "campaign.drawn";
export const MATCHED = "campaign.matched";
export const REOPENED = "match.reopened";
export const REMATCHED = "campaign.rematched";
export const RECORDED = "finding.recorded";
export const REVIEWED = "finding.reviewed";
export const PUBLISHED = "finding.published";
export const CLOSED = "campaign.closed";
export const VOIDED = "campaign.voided";
export const ATTESTED = "campaign.attested";
export const EXPIRED = "document.expired";
export const REGISTERED = "auditor.registered";
export const WITHDRAWN = "auditor.withdrawn";

/** What tells of a beacon. */
export const BEACON: readonly string[] = [REVEALED, ENTERED, CONFIRMED, SIGNED];
/** What matches inspectors. */
export const MATCHINGS: readonly string[] = [MATCHED, REOPENED, REMATCHED];
