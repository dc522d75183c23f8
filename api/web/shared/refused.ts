// Why something was not answered or not done, as a page shows it.
import { useState } from "react";

import { AnswerError, FILE_CHANGED, UNREACHED } from "./ask";
import { useSharedWords } from "./words";

/** `path` tells where in the input, from the argument down. */
export interface Refused {
  message: string;
  remedy: string;
  code?: string;
  path?: readonly string[] | null;
}

/** What a page shows of a question that was not answered; `words` are those of the faults. */
export function refusalOf(error: AnswerError, words: ReturnType<typeof useSharedWords>["faults"]): Refused {
  if (error.codes.includes(UNREACHED)) return { message: words.unreached, remedy: words.unreachedText };
  if (error.codes.includes(FILE_CHANGED)) return { message: words.fileChanged, remedy: words.fileChangedText };
  return { message: error.message || words.unexpected, remedy: error.remedy ?? words.unexpectedText, code: error.codes[0] };
}

interface Asking<Found> {
  found: Found | null;
  refused: Refused | null;
  busy: boolean;
}

/** Return how a page asks when a button is pressed, what was found by it last, and why nothing was this time. */
export function useAsking<Found>() {
  const words = useSharedWords().faults;
  const [state, setState] = useState<Asking<Found>>({ found: null, refused: null, busy: false });
  const look = async (question: () => Promise<Found>) => {
    setState((before) => ({ ...before, refused: null, busy: true }));
    try {
      const found = await question();
      setState({ found, refused: null, busy: false });
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      setState((before) => ({ ...before, refused: refusalOf(error, words), busy: false }));
    }
  };
  return { ...state, look };
}
