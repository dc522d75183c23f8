// What several of the analyst's pages show.
import { useState } from "react";
import { Link, useLocation, useNavigate, useRevalidator } from "react-router";

import { Table } from "../../shared/parts/tables";
import { Badge, Told, type Tone, When } from "../../shared/parts/texts";
import {
  AnalystJobResultDocument,
  type AnalystImportedFragment,
  type AnalystJobFragment,
  type AnalystJobResultQuery,
  JobStandingDocument,
  type JobStandingFragment,
  type ModelState,
} from "../../generated/desk/graphql";
import { ask } from "../ask";
import { JobStateBadge, useJob } from "../jobs";
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

/** A job's page is an address, `?job=`, so that it is found again; a loader asks for it by this. */
export async function jobIn(request: Request): Promise<JobStandingFragment | null> {
  const id = new URL(request.url).searchParams.get("job");
  return id === null ? null : ((await ask(JobStandingDocument, { id }, { signal: request.signal })).job ?? null);
}

/** Follow the job that the address names; `open` goes to another one. The page is read anew when it ends. */
export function useJobHere(begun: JobStandingFragment | null) {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const { revalidate } = useRevalidator();
  const job = useJob(begun, () => void revalidate());
  const open = ({ id }: { id: string }) => void navigate(jobAddress(pathname, search, id), { preventScrollReset: true });
  return { job, open };
}

function jobAddress(pathname: string, search: string, id: string): string {
  const asked = new URLSearchParams(search);
  asked.set("job", id);
  return `${pathname}?${asked.toString()}`;
}

export type JobResult = NonNullable<NonNullable<AnalystJobResultQuery["job"]>["result"]>;

/** What a job gave, once it is done. */
export function useJobResult(job: JobStandingFragment | null): { kind: string | null; result: JobResult | null } {
  const read: Reading<AnalystJobResultQuery> = useReading(AnalystJobResultDocument, job?.state === "DONE" ? { id: job.id } : null);
  return { kind: read.data?.job?.kind ?? null, result: read.data?.job?.result ?? null };
}

/** The newest jobs of one kind, each with its address. */
export function JobList({ jobs, caption }: { jobs: readonly AnalystJobFragment[]; caption: string }) {
  const words = useWords().reconciliation;
  const { pathname, search } = useLocation();
  return (
    <Table
      caption={caption}
      rows={jobs}
      keyOf={(each) => each.id}
      columns={[
        {
          name: words.askedAt,
          heads: true,
          cell: (each) => (
            <Link to={jobAddress(pathname, search, each.id)} preventScrollReset>
              <When at={each.createdAt} />
            </Link>
          ),
        },
        { name: words.askedBy, cell: (each) => <Told text={each.askedBy} /> },
        { name: useWords().state, cell: (each) => <JobStateBadge state={each.state} /> },
      ]}
    />
  );
}

/** What an import did to each file. */
export function ImportedFiles({ files }: { files: readonly AnalystImportedFragment[] }) {
  const words = useWords();
  const own = words.reconciliation;
  const numbers = ["read", "new", "same", "superseding", "revoking", "keptApart", "refused"] as const;
  return (
    <Table
      caption={own.counts}
      rows={files}
      keyOf={(each) => each.name}
      columns={[
        { name: own.imported, heads: true, cell: (each) => <Told text={each.name} /> },
        { name: words.kind, cell: (each) => words.kinds[each.kind] },
        ...numbers.map((name) => ({ name: own[name], numeric: true, cell: (each: AnalystImportedFragment) => each[name] })),
      ]}
    />
  );
}

/** The purpose of a visit to a page, which is gone with it. */
export const usePurpose = () => useState<string | null>(null);
