// A job that a page began and that it finds again after it was left: this tab keeps the job's id.
import { useCallback, useEffect, useState } from "react";

import { AnswerError } from "../../shared/ask";
import { keep, kept } from "../../shared/storage";
import { JobStandingDocument, type JobStandingFragment } from "../../generated/desk/graphql";
import { ask } from "../ask";
import { useJob } from "../jobs";

/** Return the job that was begun last under a name, as it stands, and how one is begun. */
export function useKeptJob(name: string, onEnd?: (job: JobStandingFragment) => void) {
  const key = `qian.job.${name}`;
  const [begun, setBegun] = useState<JobStandingFragment | null>(null);
  useEffect(() => {
    setBegun(null);
    const id = kept("sessionStorage", key);
    if (id === null) return;
    const left = new AbortController();
    ask(JobStandingDocument, { id }, { signal: left.signal })
      .then(({ job }) => !left.signal.aborted && setBegun(job ?? null))
      .catch((error: unknown) => {
        if (!left.signal.aborted && !(error instanceof AnswerError)) throw error;
      });
    return () => left.abort();
  }, [key]);
  const begin = useCallback(
    (job: JobStandingFragment) => {
      keep("sessionStorage", key, job.id);
      setBegun(job);
    },
    [key],
  );
  return [useJob(begun, onEnd), begin] as const;
}
