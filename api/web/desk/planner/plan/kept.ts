// What is typed of a plan is kept in this tab until the plan is, for the one who types it alone.
import { useEffect, useState } from "react";

import type { PlanDraft } from "./draft";

const key = (subject: string, name: string): string => `qian.plan.${subject}.${name}`;

function read(subject: string, name: string): PlanDraft | null {
  try {
    const kept = sessionStorage.getItem(key(subject, name));
    return kept === null ? null : (JSON.parse(kept) as PlanDraft);
  } catch {
    return null;
  }
}

/** Return the draft under a name, how it is changed, whether it was found again, and how it is dropped. */
export function useDraft(subject: string, name: string, begin: PlanDraft) {
  const [kept] = useState(() => read(subject, name));
  const [draft, setDraft] = useState<PlanDraft>(kept ? { ...begin, ...kept } : begin);
  const [isDirty, setDirty] = useState(kept !== null);
  useEffect(() => {
    if (!isDirty) return;
    try {
      sessionStorage.setItem(key(subject, name), JSON.stringify(draft));
    } catch {
      // A browser that keeps nothing loses a draft with its page.
    }
  }, [subject, name, draft, isDirty]);
  const set = (changes: Partial<PlanDraft>) => {
    setDirty(true);
    setDraft((before) => ({ ...before, ...changes }));
  };
  const drop = () => {
    setDirty(false);
    sessionStorage.removeItem(key(subject, name));
  };
  const restart = () => {
    drop();
    setDraft(begin);
  };
  return { draft, set, drop, restart, isFound: kept !== null && isDirty };
}

export type Setting = (changes: Partial<PlanDraft>) => void;
