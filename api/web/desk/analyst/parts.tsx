// What several of the analyst's pages show.
import { useState } from "react";
import { Link } from "react-router";

import { Table } from "../../shared/parts/tables";
import { Badge, Told, type Tone } from "../../shared/parts/texts";
import {
  AnalystJobResultDocument,
  type AnalystImportedFragment,
  type AnalystJobResultQuery,
  type JobStandingFragment,
  type ModelState,
} from "../../generated/desk/graphql";
import { to } from "../paths";
import { type Reading, useReading } from "../reading";
import { useWords } from "./words";

const MODEL_TONES: Record<ModelState, Tone> = {
  DRAFT: "warning",
  RETURNED: "bad",
  REVIEWED: "strong",
  SCHEDULED: "strong",
  IN_FORCE: "good",
  RETIRED: "plain",
};

export const ModelStateBadge = ({ state }: { state: ModelState }) => <Badge tone={MODEL_TONES[state]}>{useWords().models.states[state]}</Badge>;

export type JobResult = NonNullable<NonNullable<AnalystJobResultQuery["job"]>["result"]>;

/** What a job gave, once it is done. */
export function useJobResult(job: JobStandingFragment | null): { kind: string | null; result: JobResult | null } {
  const read: Reading<AnalystJobResultQuery> = useReading(AnalystJobResultDocument, job?.state === "DONE" ? { id: job.id } : null);
  return { kind: read.data?.job?.kind ?? null, result: read.data?.job?.result ?? null };
}

interface ChannelParts {
  from: { source: string; campaignCode?: string | null };
  sources: readonly { name: string; title: string }[];
}

/** By which way records came: a campaign of this bureau, a source by its title, or what else their file was called by. */
export function Channel({ from: { source, campaignCode }, sources }: ChannelParts) {
  const words = useWords();
  if (campaignCode) return <Link to={to("campaign", { code: campaignCode })}>{words.campaignChannel(campaignCode)}</Link>;
  return <Told text={sources.find(({ name }) => name === source)?.title ?? source} />;
}

/** The purpose of a visit to a page, which is gone with it. */
export const usePurpose = () => useState<string | null>(null);
