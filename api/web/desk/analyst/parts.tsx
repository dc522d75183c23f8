// What several of the analyst's pages show.
import { useState } from "react";

import { Table } from "../../shared/parts/tables";
import { Badge, Told, type Tone } from "../../shared/parts/texts";
import {
  AnalystJobResultDocument,
  type AnalystImportedFragment,
  type AnalystJobResultQuery,
  type JobStandingFragment,
  type ModelState,
} from "../../generated/desk/graphql";
import { type Reading, useReading } from "./reading";
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

/** The purpose of a visit to a page, which is gone with it. */
export const usePurpose = () => useState<string | null>(null);
