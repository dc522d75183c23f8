// The language of the pages: Chinese until somebody chooses English, which this browser keeps.
import { useSyncExternalStore } from "react";

import { keep, kept } from "./storage";

export type Language = "zh-CN" | "en";

const KEPT = "qian.language";
const listeners = new Set<() => void>();
let language: Language = read();

export const currentLanguage = (): Language => language;

export function chooseLanguage(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
  keep("localStorage", KEPT, chosen);
  listeners.forEach((tell) => tell());
}

export function useLanguage(): Language {
  return useSyncExternalStore(followLanguage, currentLanguage);
}

export function followLanguage(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Return the hook that gives an application's words in the language of the moment. */
export function wordsIn<Words>(catalogues: Record<Language, Words>): () => Words {
  return () => catalogues[useLanguage()];
}

function read(): Language {
  const found = kept("localStorage", KEPT) === "en" ? "en" : "zh-CN";
  document.documentElement.lang = found;
  return found;
}
