import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Told, When } from "../../../shared/parts/texts";
import { AdministratorJobsDocument, type JobKind, type JobState } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { hasEnded, JobStateBadge } from "../../jobs";
import { Filters } from "../../listing";
import { useFollowing } from "../../parts";
import { to } from "../../paths";
import { useWords } from "../../words";
import { useAdministratorWords } from "../words";

const SIZE = 20;
const UNFINISHED: JobState[] = ["WAITING", "RUNNING"];
const STATES: JobState[] = [...UNFINISHED, "DONE", "FAILED", "CANCELLED"];

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const kind = (asked.get("kind") || null) as JobKind | null;
  const state = asked.get("state") || null;
  const states = state === null ? null : state === "unfinished" ? UNFINISHED : [state as JobState];
  const data = await ask(AdministratorJobsDocument, { ...windowOf(request, SIZE), filter: { kind, states } }, { signal: request.signal });
  return { jobs: data.jobs, kind, state };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.jobs;
  const job = useWords().job;
  const { jobs, kind, state } = useLoaderData<typeof loader>();
  const rows = jobs?.nodes ?? [];
  useFollowing(rows.some((each) => !hasEnded(each)));
  const states: Record<JobState, string> = { WAITING: job.waiting, RUNNING: job.running, DONE: job.done, FAILED: job.failed, CANCELLED: job.cancelled };
  return (
    <Page title={told.title} lead={told.lead}>
      <Filters asked={[kind, state]} search={words.filter}>
        <Choice label={told.kind} name="kind" defaultValue={kind ?? ""} choices={[["", words.all], ...Object.entries(words.jobKinds)]} />
        <Choice
          label={told.state}
          name="state"
          defaultValue={state ?? ""}
          choices={[["", words.all], ["unfinished", told.unfinished], ...STATES.map((each) => [each, states[each]] as const)]}
        />
      </Filters>
      <section className="section">
        <Table
          caption={told.caption}
          rows={rows}
          keyOf={({ id }) => id}
          empty={told.empty}
          columns={[
            { name: told.kind, heads: true, cell: ({ id, kind }) => <Link to={to("job", { id })}>{words.jobKinds[kind]}</Link> },
            { name: told.state, cell: (each) => <JobStateBadge state={each.state} /> },
            {
              name: told.progress,
              cell: (each) =>
                hasEnded(each) ? (
                  (each.refusal?.message ?? (each.files.length ? told.files(each.files.length) : words.none))
                ) : (
                  <>
                    {each.step?.text} {each.total !== "0" && job.of(each.done, each.total)}
                  </>
                ),
            },
            { name: told.askedBy, cell: ({ askedBy }) => <Told text={askedBy} /> },
            { name: told.created, cell: ({ createdAt }) => <When at={createdAt} /> },
          ]}
        />
        {jobs && <Pager info={jobs.pageInfo} total={jobs.totalCount} />}
      </section>
    </Page>
  );
}
