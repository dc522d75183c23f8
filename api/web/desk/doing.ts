// Doing something: a mutation, its refusal shown where it was asked for, and the page read anew once it is done.
import { useCallback, useRef, useState } from "react";
import { useRevalidator } from "react-router";

import { AnswerError, type AskOptions, type Document, newKey, UNREACHED } from "../shared/ask";
import { useSharedWords } from "../shared/words";
import { ask } from "./ask";

/** Why nothing was done; `path` tells where in the input, from the argument down. */
export interface Refused {
  message: string;
  remedy: string;
  code?: string;
  path?: readonly string[] | null;
}

/** What a page shows of a question that was not answered; `words` are those of the faults. */
export const refusalOf = (error: AnswerError, words: ReturnType<typeof useSharedWords>["faults"]): Refused =>
  error.codes.includes(UNREACHED)
    ? { message: words.unreached, remedy: words.unreachedText }
    : { message: error.message || words.unexpected, remedy: error.remedy ?? words.unexpectedText, code: error.codes[0] };

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
  const revalidator = useRevalidator();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const unanswered = useRef<{ asked: string; key: string } | null>(null);
  const run = useCallback(
    async <Result, Variables>(document: Document<Result, Variables>, variables: Variables): Promise<PayloadOf<Result> | null> => {
      const asked = JSON.stringify([document.__meta__?.["hash"], variables]);
      const key = unanswered.current?.asked === asked ? unanswered.current.key : newKey();
      unanswered.current = { asked, key };
      const options: AskOptions = { key };
      setBusy(true);
      setRefused(null);
      try {
        const answer = await ask(document, variables, options);
        unanswered.current = null;
        const [payload] = Object.entries(answer as object).flatMap(([name, each]) => (name === "__typename" ? [] : [each as Payload]));
        if (payload?.refusal) {
          setRefused(payload.refusal);
          return null;
        }
        if (revalidates) void revalidator.revalidate();
        return payload as PayloadOf<Result>;
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        if (!error.codes.includes(UNREACHED)) unanswered.current = null;
        setRefused(refusalOf(error, words));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [revalidates, revalidator, words],
  );
  return { busy, refused, run, forget: () => setRefused(null) };
}
