// A long text that somebody writes is kept in this tab until it is handed in: a reload or the back button loses nothing.
import { useState } from "react";

/** Return a text under a name, how it is changed, and how it is forgotten, back to what it began as. */
export function useDraft(name: string, begun = ""): readonly [string, (text: string) => void, () => void] {
  const key = `qian.draft.${name}`;
  const [text, setText] = useState(() => kept(key) ?? begun);
  const change = (changed: string) => {
    setText(changed);
    keep(key, changed === begun ? null : changed);
  };
  const forget = () => {
    setText(begun);
    keep(key, null);
  };
  return [text, change, forget];
}

function kept(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // A browser that keeps nothing keeps the text on the page alone.
  }
}
