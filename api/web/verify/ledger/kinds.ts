/** The kinds of entries that a verification reads (docs/ledger.md, Kinds of entries). */
export const CREATED = "ledger.created";
export const ROTATED = "key.rotated";
export const IMPORTED = "records.imported";
export const RUN = "grades.run";
export const FROZEN = "campaign.frozen";
export const LISTED = "campaign.listed";
export const REVEALED = "beacon.revealed";
export const ENTERED = "beacon.entered";
export const CONFIRMED = "beacon.confirmed";
export const SIGNED = "beacon.signed";
export const DRAWN = "campaign.drawn";
export const MATCHED = "campaign.matched";
export const REOPENED = "match.reopened";
export const REMATCHED = "campaign.rematched";
export const REPLACEMENT_PROPOSED = "replacement.proposed";
export const REPLACED = "replacement.confirmed";
export const RECORDED = "finding.recorded";
export const TEAM_CONFIRMED = "finding.confirmed";
export const REVIEWED = "finding.reviewed";
export const PUBLISHED = "finding.published";
export const CLOSED = "campaign.closed";
export const VOIDED = "campaign.voided";
export const VOID_PROPOSED = "void.proposed";
export const VOID_CONFIRMED = "void.confirmed";
export const ATTESTED = "campaign.attested";
export const EXPIRED = "document.expired";
export const REGISTERED = "auditor.registered";
export const WITHDRAWN = "auditor.withdrawn";

/** What tells of a beacon. */
export const BEACON: readonly string[] = [REVEALED, ENTERED, CONFIRMED, SIGNED];
/** What names a beacon. */
export const NAMING: readonly string[] = [FROZEN, LISTED, REOPENED, REPLACED];
/** What matches inspectors. */
export const MATCHINGS: readonly string[] = [MATCHED, REOPENED, REPLACED, REMATCHED];
/** What ends a campaign as void: by rule, or by two persons. */
export const VOIDS: readonly string[] = [VOIDED, VOID_CONFIRMED];
/** What fixes who may be visited, of a draw or of a list that is none. */
export const FIXING: readonly string[] = [FROZEN, LISTED];
