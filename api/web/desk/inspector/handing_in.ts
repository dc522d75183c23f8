// Handing in what was written down: at once where there is a network, later where there was none.
import { useCallback, useEffect, useState } from "react";

import { AnswerError, UNREACHED } from "../../shared/ask";
import { serviceNow } from "../../shared/clock";
import { VisitsKeepDocument, VisitsRecordDocument } from "../../generated/desk/graphql";
import { ask } from "../ask";
import { nameOf, session, type SignedIn } from "../session";
import type { Refused } from "../../shared/refused";
import { labelled } from "../../shared/marks";
import { asVariables } from "./account";
import { type Draft, draftAt, draftsOf, dropPhoto, followStore, forgetVisit, keepDraft, type Photo, photosAt, type Place, told } from "./store";

const LOCK = "qian.handing_in";

/** What became of what waited: `left` is how many still wait, `refused` why the service would take nothing at all. */
export interface HandedIn {
  left: number;
  refused: Refused | null;
}

/** All of an account that the service is told. */
type HandIn = Pick<Draft, keyof Place | "account" | "basedOn" | "handIn">;

/** Hand in what waits of one person, one visit after another; what cannot go now waits on. Nobody else can hand it in. */
export async function handInAll(user: SignedIn): Promise<HandedIn> {
  const work = async (): Promise<HandedIn> => {
    const waiting = (await draftsOf(user.subject)).filter(({ state }) => state === "waiting");
    // Tells the service's time, and leaves the page where somebody else signed in since.
    if (waiting.length) await session().catch(() => null);
    for (const [index, draft] of waiting.entries()) {
      try {
        await handIn(user, draft);
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

async function handIn(user: SignedIn, waiting: Draft): Promise<void> {
  for (const photo of await photosAt(waiting)) {
    const refused = await keepEvidence(user, photo);
    if (refused) return refuse(waiting, refused);
    await dropPhoto(photo.id);
  }
  // It may have been taken back meanwhile: pictures take long.
  const draft = await draftAt(waiting);
  if (draft?.handIn?.id !== waiting.handIn!.id) return;
  const dated = onTime(draft);
  if (dated !== draft) await keepDraft(dated);
  const refused = await record(user, dated);
  if ((await draftAt(draft))?.handIn?.id !== draft.handIn.id) return;
  await (refused ? refuse(dated, refused) : forgetVisit(dated));
}

/** By a clock that was ahead an account is of the future, which nothing can be: then it was written at the latest now. */
function onTime(draft: Draft): Draft {
  const { id, enteredAt } = draft.handIn!;
  return Date.parse(enteredAt) <= serviceNow() ? draft : { ...draft, handIn: { id, enteredAt: instantNow() } };
}

/** Return the present by the service's clock, as it takes an instant. */
export const instantNow = (): string => `${new Date(serviceNow()).toISOString().slice(0, 19)}Z`;

/** Hand in what this phone does not keep; returns why it was refused. */
export async function handInUnkept(user: SignedIn, draft: HandIn, photos: readonly Photo[]): Promise<Refused | null> {
  for (const photo of photos) {
    const refused = await keepEvidence(user, photo);
    if (refused) return refused;
  }
  const refused = await record(user, draft);
  if (!refused) await forgetVisit(draft);
  return refused;
}

async function keepEvidence(user: SignedIn, { campaign, enterprise, file, name, note }: Photo): Promise<Refused | null> {
  const variables = { campaign, enterprise, file: new File([file], name, { type: file.type }), note };
  const { refusal } = (await ask(VisitsKeepDocument, variables, { pageOf: nameOf(user) })).keepEvidence;
  return refusal ? { ...refusal, message: labelled(name, refusal.message) } : null;
}

async function record(user: SignedIn, { campaign, enterprise, account, basedOn, handIn }: HandIn): Promise<Refused | null> {
  const { id, enteredAt } = handIn!;
  const variables = { campaign, enterprise, ...asVariables(account), handIn: { id, enteredAt, basedOn } };
  return (await ask(VisitsRecordDocument, variables, { key: id, pageOf: nameOf(user) })).recordFinding.refusal ?? null;
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
export function useHandingIn(user: SignedIn, onChange: () => void): HandingIn {
  const [state, setState] = useState<HandedIn & { busy: boolean }>({ busy: false, left: 0, refused: null });
  const name = nameOf(user);
  const run = useCallback(async () => {
    setState((before) => ({ ...before, busy: true }));
    const done = await handInAll(user).catch((error: unknown) => {
      setState((before) => ({ ...before, busy: false }));
      throw error;
    });
    setState({ ...done, busy: false });
    // Whoever is read anew is another object, and the same person.
  }, [name]);
  useEffect(() => {
    void run();
    const again = () => void run().then(onChange);
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [run, onChange]);
  useEffect(() => followStore(onChange), [onChange]);
  return { ...state, run };
}
