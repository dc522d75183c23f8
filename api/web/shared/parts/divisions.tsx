// Names of administrative divisions beside their codes. What a page shows at once is asked for at once, and kept.
import { useCallback, useEffect, useSyncExternalStore } from "react";

import { shown } from "./texts";

interface Division {
  code: string;
  name: string;
}

const CODE = /^[1-9]\d{5}(\d{3})?$/;
/** As many as are looked up in one question. */
const MOST = 100;

/** Return what names divisions, given how an audience asks for them. A code without a name, and any other text, stays as it is. */
export function namingDivisions(ask: (codes: string[]) => Promise<readonly Division[]>) {
  const names = new Map<string, string>();
  const asked = new Set<string>();
  const watching = new Set<() => void>();
  let waiting: string[] = [];

  async function lookUp(codes: string[]) {
    try {
      for (const { code, name } of await ask(codes)) names.set(code, name);
      for (const tell of watching) tell();
    } catch {
      for (const code of codes) asked.delete(code); // the codes stand alone, and the next page asks again
    }
  }

  function lookUpAll() {
    const codes = waiting;
    waiting = [];
    for (let at = 0; at < codes.length; at += MOST) void lookUp(codes.slice(at, at + MOST));
  }

  function want(texts: readonly string[]) {
    for (const text of texts) {
      if (!CODE.test(text) || asked.has(text)) continue;
      asked.add(text);
      if (!waiting.length) queueMicrotask(lookUpAll);
      waiting.push(text);
    }
  }

  const watch = (tell: () => void) => {
    watching.add(tell);
    return () => void watching.delete(tell);
  };
  const named = (text: string) => (names.has(text) ? `${text} ${names.get(text)}` : text);

  /** Return what says a text with the division's name, once that is known, if it is a division's code. */
  function useDivisions(texts: readonly string[]): (text: string) => string {
    const said = useSyncExternalStore(watch, () => texts.map(named).join("\n"));
    useEffect(() => want(texts));
    return useCallback((text: string) => named(text), [said]); // another one once it says more
  }

  function Region({ text }: { text: string }) {
    const say = useDivisions([text]);
    return <bdi>{shown(say(text))}</bdi>;
  }

  return { Region, useDivisions };
}
