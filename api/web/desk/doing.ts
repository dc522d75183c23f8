// Doing something: a mutation, its refusal shown where it was asked for, and the page read anew once it is done.
import { useCallback, useState } from "react";

import { useReadingAnew } from "../shared/reading_anew";
import { AnswerError, type AskOptions, type Document, UNREACHED } from "../shared/ask";
import { useKeys } from "../shared/keys";
import { type Refused, refusalOf } from "../shared/refused";
import { useSharedWords } from "../shared/words";
import { ask } from "./ask";

interface Payload {
  refusal?: Refused | null;
}

/** What a mutation gives: its one field's payload. */
type PayloadOf<Result> = Exclude<Result[keyof Result], string | null | undefined>;

export interface Doing {
  busy: boolean;
  refused: Refused | null;
  /** Do it, and give the payload; null where it was refused or could not be asked, which `refused` tells. */
  run: <Result, Variables>(document: Document<Result, Variables>, variables: Variables) => Promise<PayloadOf<Result> | null>;
  forget: () => void;
}

/** Return how a page does one thing at a time. Asked again after a lost answer, it goes under the same key and is done once. */
export function useDoing({ revalidates = true } = {}): Doing {
  const words = useSharedWords().faults;
  const again = useReadingAnew();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const { keyOf, answered } = useKeys();
  const run = useCallback(
    async <Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<PayloadOf<Result> | null> => {
      const asked = JSON.stringify([document.__meta__?.["hash"], variables], (_, value: unknown) => (value instanceof File ? [value.name, value.size, value.lastModified] : value));
      const options: AskOptions = { key: keyOf(asked) };
      setBusy(true);
      setRefused(null);
      try {
        const answer = await ask(document, variables, options);
        answered();
        const [payload] = Object.entries(answer as object).flatMap(([name, each]) => (name === "__typename" ? [] : [each as Payload]));
        if (payload?.refusal) {
          setRefused(payload.refusal);
          return null;
        }
        if (revalidates) void again();
        return payload as PayloadOf<Result>;
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        if (!error.codes.includes(UNREACHED)) answered();
        setRefused(refusalOf(error, words));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [revalidates, again, words, keyOf, answered],
  );
  return { busy, refused, run, forget: () => setRefused(null) };
}
