// Handing in what was written down: at once where there is a network, later where there was none.
import { useCallback, useEffect, useState } from "react";

import { AnswerError, UNREACHED } from "../../shared/ask";
import { VisitsKeepDocument, VisitsRecordDocument } from "../../generated/desk/graphql";
import { ask } from "../ask";
import type { Refused } from "../../shared/refused";
import { labelled } from "../../shared/marks";
import { asVariables } from "./account";
import { type Draft, draftsOf, dropPhoto, followStore, forgetVisit, keepDraft, photosAt, told } from "./store";

const LOCK = "qian.handing_in";

/** What became of what waited: `left` is how many still wait, `refused` why the service would take nothing at all. */
export interface HandedIn {
  left: number;
  refused: Refused | null;
}

/** Hand in what waits of one person, one visit after another; what cannot go now waits on. */
export async function handInAll(subject: string): Promise<HandedIn> {
  const work = async (): Promise<HandedIn> => {
    const waiting = (await draftsOf(subject)).filter(({ state }) => state === "waiting");
    for (const [index, draft] of waiting.entries()) {
      try {
        await handIn(draft);
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        const isAway = error.codes.includes(UNREACHED);
        return { left: waiting.length - index, refused: isAway ? null : { message: error.message, remedy: error.remedy ?? "" } };
      }
    }
    return { left: 0, refused: null };
  };
  // Two tabs would hand in the same twice: it would be one, but its photographs would travel twice.
  return "locks" in navigator ? navigator.locks.request(LOCK, work) : work();
}

async function handIn(draft: Draft): Promise<void> {
  const { campaign, enterprise } = draft;
  for (const { id, file, name, note } of await photosAt(draft)) {
    const kept = (await ask(VisitsKeepDocument, { campaign, enterprise, file: new File([file], name, { type: file.type }), note })).keepEvidence;
    if (kept.refusal) return refuse(draft, { ...kept.refusal, message: labelled(name, kept.refusal.message) });
    await dropPhoto(id);
  }
  const { id, enteredAt } = draft.handIn!;
  const variables = { campaign, enterprise, ...asVariables(draft.account), handIn: { id, enteredAt, basedOn: draft.basedOn } };
  const { refusal } = (await ask(VisitsRecordDocument, variables, { key: id })).recordFinding;
  if (refusal) return refuse(draft, refusal);
  await forgetVisit(draft);
}

async function refuse(draft: Draft, refused: Refused): Promise<void> {
  await keepDraft({ ...draft, state: "refused", handIn: null, refused, savedAt: new Date().toISOString() });
  told();
}

export interface HandingIn extends HandedIn {
  busy: boolean;
  /** Try now. */
  run: () => Promise<void>;
}

/** Hand in what waits while a page is open: now, and whenever the network comes back; `onChange` where something changed. */
export function useHandingIn(subject: string, onChange: () => void): HandingIn {
  const [state, setState] = useState<HandedIn & { busy: boolean }>({ busy: false, left: 0, refused: null });
  const run = useCallback(async () => {
    setState((before) => ({ ...before, busy: true }));
    setState({ ...(await handInAll(subject)), busy: false });
  }, [subject]);
  useEffect(() => {
    void run();
    const again = () => void run().then(onChange);
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [run, onChange]);
  useEffect(() => followStore(onChange), [onChange]);
  return { ...state, run };
}
