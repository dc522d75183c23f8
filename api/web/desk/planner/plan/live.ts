// What follows what is typed: asked once nothing was typed for a while.
import { useEffect, useRef, useState } from "react";

import { AnswerError } from "../../../shared/ask";
import { type Refused, refusalOf } from "../../../shared/refused";
import { useSharedWords } from "../../../shared/words";

const PATIENCE = 600;

interface Live<Found> {
  found: Found | null;
  refused: Refused | null;
  busy: boolean;
}

/** Ask again once nothing was typed for a while; what was found before stays until there is something else. */
export function useLive<Asked, Found>(asked: Asked | null, question: (asked: Asked, signal: AbortSignal) => Promise<Found>): Live<Found> {
  const words = useSharedWords().faults;
  const [live, setLive] = useState<Live<Found>>({ found: null, refused: null, busy: false });
  const key = asked === null ? null : JSON.stringify(asked);
  const current = useRef(question);
  current.current = question;
  useEffect(() => {
    if (key === null) return;
    const left = new AbortController();
    const look = async () => {
      setLive((before) => ({ ...before, busy: true }));
      try {
        const found = await current.current(JSON.parse(key) as Asked, left.signal);
        if (!left.signal.aborted) setLive({ found, refused: null, busy: false });
      } catch (error) {
        if (left.signal.aborted) return;
        if (!(error instanceof AnswerError)) throw error;
        setLive((before) => ({ ...before, refused: refusalOf(error, words), busy: false }));
      }
    };
    const timer = setTimeout(() => void look(), PATIENCE);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [key, words]);
  return live;
}
