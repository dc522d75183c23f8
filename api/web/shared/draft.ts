// A long text that somebody types, kept in this tab's storage until it is handed in: a reload or the back button loses nothing.
import { useCallback, useState } from "react";

import { keep, kept as stored } from "./storage";

/** Return somebody's text, how it is changed, and how it is forgotten; `kept` says whether an earlier one was found. */
export function useDraft(subject: string, name: string, initial = "") {
  const key = `qian.draft.${subject}.${name}`;
  const [found] = useState(() => stored("sessionStorage", key));
  const [text, setText] = useState(found ?? initial);
  const change = useCallback(
    (next: string) => {
      setText(next);
      keep("sessionStorage", key, next === initial ? null : next);
    },
    [key, initial],
  );
  const forget = useCallback(
    (next = initial) => {
      setText(next);
      keep("sessionStorage", key, null);
    },
    [key, initial],
  );
  return { text, change, forget, kept: found !== null && found !== initial };
}
