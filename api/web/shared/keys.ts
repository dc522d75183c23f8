// The keys under which things are asked for, so that nothing is done twice.
import { useRef } from "react";

import { newKey } from "./ask";

/** Return the key for what is asked, and how to tell that it was answered: until then, the same goes under the same key. */
export function useKeys() {
  const unanswered = useRef<{ asked: string; key: string } | null>(null);
  const keyOf = (asked: string): string => {
    if (unanswered.current?.asked !== asked) unanswered.current = { asked, key: newKey() };
    return unanswered.current.key;
  };
  const answered = () => {
    unanswered.current = null;
  };
  return useRef({ keyOf, answered }).current;
}
