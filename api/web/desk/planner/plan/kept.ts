// What is typed of a plan is kept in this tab until the plan is, for the one who types it alone.
import { useEffect, useState } from "react";

import { keep, kept } from "../../../shared/storage";
import type { PlanDraft } from "./draft";

const key = (subject: string, name: string): string => `qian.plan.${subject}.${name}`;

function read(subject: string, name: string): PlanDraft | null {
  const text = kept("sessionStorage", key(subject, name));
  return text === null ? null : (JSON.parse(text) as PlanDraft);
}

/** Return the draft under a name, how it is changed, whether it was found again, and how it is dropped. */
export function useDraft(subject: string, name: string, begin: PlanDraft) {
  const [found] = useState(() => read(subject, name));
  const [draft, setDraft] = useState<PlanDraft>({ ...begin, ...found });
  const [isDirty, setDirty] = useState(found !== null);
  useEffect(() => {
    if (isDirty) keep("sessionStorage", key(subject, name), JSON.stringify(draft));
  }, [subject, name, draft, isDirty]);
  const set = (changes: Partial<PlanDraft>) => {
    setDirty(true);
    setDraft((before) => ({ ...before, ...changes }));
  };
  const drop = () => {
    setDirty(false);
    keep("sessionStorage", key(subject, name), null);
  };
  const restart = () => {
    drop();
    setDraft(begin);
  };
  return { draft, set, drop, restart, isFound: found !== null && isDirty };
}

export type Setting = (changes: Partial<PlanDraft>) => void;
