// A job as a page shows it while it goes on: it can be left, and goes on.
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";

import { useReadingAnew } from "../shared/reading_anew";
import { Table } from "../shared/parts/tables";
import { Badge, Notice, Told, type Tone, When } from "../shared/parts/texts";
import { AnswerError } from "../shared/ask";
import { CancelJobDocument, JobStandingDocument, type JobKind, type JobStandingFragment, type JobState } from "../generated/desk/graphql";
import { ask } from "./ask";
import { useDoing } from "./doing";
import { Action, Refusal } from "./parts";
import { isPutOff } from "./signing_in_again";
import { useWords } from "./words";

const EVERY = 1000;
const TONES: Record<JobState, Tone> = { WAITING: "warning", RUNNING: "strong", DONE: "good", FAILED: "bad", CANCELLED: "plain" };

export const hasEnded = ({ state }: { state: JobState }): boolean => state !== "WAITING" && state !== "RUNNING";

/** Follow a job until it has ended. */
export function useJob(begun: JobStandingFragment | null, onEnd?: (job: JobStandingFragment) => void): JobStandingFragment | null {
  const [job, setJob] = useState(begun);
  const told = useRef(onEnd);
  told.current = onEnd;
  useEffect(() => setJob(begun), [begun]);
  const id = begun?.id;
  const isOver = !begun || hasEnded(begun);
  useEffect(() => {
    if (id === undefined || isOver) return;
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      timer = setTimeout(() => void look(), EVERY);
    };
    const look = async () => {
      try {
        if (isPutOff()) return wait();
        const found = (await ask(JobStandingDocument, { id }, { signal: left.signal })).job;
        if (left.signal.aborted || !found) return;
        setJob(found);
        if (hasEnded(found)) return told.current?.(found);
      } catch (error) {
        if (left.signal.aborted) return;
        if (!(error instanceof AnswerError && error.isLost)) throw error;
      }
      wait();
    };
    void look();
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [id, isOver]);
  return job;
}

/** A job's page is an address, `?job=`, so that it is found again; a loader asks for it by this. */
export async function jobIn(request: Request): Promise<JobStandingFragment | null> {
  const id = new URL(request.url).searchParams.get("job");
  return id === null ? null : ((await ask(JobStandingDocument, { id }, { signal: request.signal })).job ?? null);
}

/** Follow the job that the address names, if it is of a kind; `open` goes to another one. The page is read anew when it ends. */
export function useJobHere(named: JobStandingFragment | null, kind?: JobKind) {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const again = useReadingAnew();
  const begun = kind === undefined || named?.kind === kind ? named : null;
  const job = useJob(begun, again);
  const opened = useRef<string | null>(null);
  useEffect(() => {
    if (!begun || begun.id !== opened.current) return;
    opened.current = null;
    // It was over before the page had read what it made.
    if (hasEnded(begun)) void again();
  }, [begun, again]);
  const open = ({ id }: { id: string }) => {
    opened.current = id;
    void navigate(jobAddress(pathname, search, id), { preventScrollReset: true });
  };
  return { job, open };
}

function jobAddress(pathname: string, search: string, id: string): string {
  const asked = new URLSearchParams(search);
  asked.set("job", id);
  return `${pathname}?${asked.toString()}`;
}

export function JobStateBadge({ state }: { state: JobState }) {
  const words = useWords().job;
  const said: Record<JobState, string> = { WAITING: words.waiting, RUNNING: words.running, DONE: words.done, FAILED: words.failed, CANCELLED: words.cancelled };
  return <Badge tone={TONES[state]}>{said[state]}</Badge>;
}

export const FileLinks = ({ files, label }: { files: JobStandingFragment["files"]; label?: string }) => (
  <ul className="plain" aria-label={label}>
    {files.map(({ name, path }) => (
      <li key={path}>
        <a href={path} download>
          {name}
        </a>
      </li>
    ))}
  </ul>
);

/** How far a job has come, with what it left for whom may fetch it, and a way to cancel it. */
export function JobProgress({ job, mayFetch = true }: { job: JobStandingFragment; mayFetch?: boolean }) {
  const words = useWords().job;
  const cancelling = useDoing({ revalidates: false });
  const isOver = hasEnded(job);
  return (
    <div className="job">
      <p role="status">
        <JobStateBadge state={job.state} /> {job.step?.text}
      </p>
      {!isOver && (
        <>
          <progress aria-label={words.progress} {...(job.total !== "0" && { value: Number(job.done), max: Number(job.total) })} />
          {job.total !== "0" && <p className="help">{words.of(job.done, job.total)}</p>}
          <p className="help">{words.leave}</p>
          {job.cancelRequested ? (
            <p>{words.cancelling}</p>
          ) : (
            <Action doing={cancelling} onPress={() => void cancelling.run(CancelJobDocument, { id: job.id })}>
              {words.cancel}
            </Action>
          )}
          <Refusal refused={cancelling.refused} />
        </>
      )}
      {job.refusal && (
        <Notice tone="bad" title={job.refusal.message}>
          <p>{job.refusal.remedy}</p>
        </Notice>
      )}
      {job.files.length > 0 && (mayFetch ? <FileLinks files={job.files} label={words.files} /> : <p className="help">{words.filesOfOthers(job.files.length)}</p>)}
    </div>
  );
}

interface ListedJob {
  id: string;
  state: JobState;
  askedBy: string;
  createdAt: string;
}

/** The newest jobs of one kind, each with its address. */
export function JobList({ jobs, caption }: { jobs: readonly ListedJob[]; caption: string }) {
  const words = useWords().job;
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
        { name: words.state, cell: (each) => <JobStateBadge state={each.state} /> },
      ]}
    />
  );
}
