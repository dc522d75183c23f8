// Taking visits along (带走任务): what is yet to be recorded is saved on this phone, with the points to check.
import { AnswerError, inTime, UNREACHED } from "../../shared/ask";
import { VisitsChecklistOfDocument, type VisitsChecklistFragment, VisitsMineDocument, type VisitsOneFragment } from "../../generated/desk/graphql";
import { ask } from "../ask";
import type { SignedIn } from "../session";
import { isToRecord } from "./states";
import { takeAlong } from "./store";

const PAGE = 100;

/** Whether there is no network, or no service behind it. */
export const isAway = (error: unknown): boolean => error instanceof AnswerError && error.codes.includes(UNREACHED);

/** Ask for what can be shown as it was taken along: not at all where the service was not even asked who is signed in. */
export function unlessAway<Found>(user: SignedIn, question: () => Promise<Found>): Promise<Found> {
  return user.isRemembered ? Promise.reject(new AnswerError("", [UNREACHED])) : inTime(question());
}

/** Save all visits of somebody that are to be recorded; returns how many. */
export async function takeAll(subject: string): Promise<number> {
  const visits: VisitsOneFragment[] = [];
  for (let after: string | null = null, isMore = true; isMore; ) {
    const page: NonNullable<Awaited<ReturnType<typeof pageOf>>> = (await pageOf(after))!;
    visits.push(...page.nodes.filter(isToRecord));
    after = page.pageInfo.endCursor ?? null;
    isMore = page.pageInfo.hasNextPage;
  }
  const checklists = new Map<string, readonly VisitsChecklistFragment[]>();
  for (const campaign of new Set(visits.map(({ campaignCode }) => campaignCode))) {
    checklists.set(campaign, (await ask(VisitsChecklistOfDocument, { campaign })).checklist ?? []);
  }
  const takenAt = new Date().toISOString();
  // A browser may clear what pages hold when room is short, unless it is asked not to.
  await navigator.storage?.persist?.();
  await takeAlong(
    subject,
    visits.map((visit) => ({
      subject,
      campaign: visit.campaignCode,
      enterprise: visit.enterpriseCode,
      visit,
      checklist: checklists.get(visit.campaignCode)!,
      takenAt,
    })),
  );
  return visits.length;
}

const pageOf = async (after: string | null) => (await ask(VisitsMineDocument, { first: PAGE, after })).visits;
