// What a page reads after it is open, since its purpose, or its job, comes only then.
import { useCallback, useEffect, useState } from "react";

import { AnswerError, type Document } from "../shared/ask";
import { useSharedWords } from "../shared/words";
import type { JobStandingFragment } from "../generated/desk/graphql";
import { ask, askFile } from "./ask";
import { type Refused, refusalOf } from "../shared/refused";

export interface Reading<Result> {
  data: Result | null;
  busy: boolean;
  refused: Refused | null;
  again: () => void;
}

/** Read something whenever what is wanted changes; nothing is read while it is null. */
function useWanted<Wanted, Result>(wanted: Wanted | null, read: (wanted: Wanted, signal: AbortSignal) => Promise<Result>): Reading<Result> {
  const words = useSharedWords().faults;
  const [state, setState] = useState<Omit<Reading<Result>, "again">>({ data: null, busy: false, refused: null });
  const [round, setRound] = useState(0);
  const asked = JSON.stringify(wanted);
  useEffect(() => {
    if (wanted === null) {
      setState({ data: null, busy: false, refused: null });
      return;
    }
    const left = new AbortController();
    setState((before) => ({ ...before, busy: true, refused: null }));
    read(wanted, left.signal).then(
      (data) => left.signal.aborted || setState({ data, busy: false, refused: null }),
      (error: unknown) => {
        if (left.signal.aborted) return;
        if (!(error instanceof AnswerError)) throw error;
        setState({ data: null, busy: false, refused: refusalOf(error, words) });
      },
    );
    return () => left.abort();
    // What is wanted is compared by what it says.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [asked, round]);
  const again = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, again };
}

/** Ask a document once its variables are there; each asking of it is recorded where it reads grades. */
export const useReading = <Result, Variables>(document: Document<Result, Variables>, variables: Variables | null): Reading<Result> =>
  useWanted(variables, (wanted, signal) => ask(document, wanted, { signal }));

/** Fetch a JSON file that a job left, once it is done. */
export function useJobFile<Content>(job: JobStandingFragment | null, name: string): Reading<Content> {
  const path = (job?.state === "DONE" && job.files.find((each) => each.name === name)?.path) || null;
  return useWanted(path, async (wanted, signal) => (await (await askFile(wanted, { signal })).json()) as Content);
}

/** Fetch a file that a job left as text, also where the job failed; nothing where there is no such file. */
export function useJobText(job: JobStandingFragment, name: string): Reading<string> {
  const path = job.files.find((each) => each.name === name)?.path ?? null;
  return useWanted(path, async (wanted, signal) => (await askFile(wanted, { signal })).text());
}
