// A draft on this phone: what is typed is kept at every pause, whatever becomes of page, network or session.
import { useCallback, useEffect, useRef, useState } from "react";

import { AnswerError, newKey } from "../../shared/ask";
import { type Refused, refusalOf } from "../../shared/refused";
import { useSharedWords } from "../../shared/words";
import type { VisitsChecklistFragment, VisitsOneFragment } from "../../generated/desk/graphql";
import type { SignedIn } from "../session";
import { type Account, begun } from "./account";
import { handInUnkept, instantNow } from "./handing_in";
import { type Draft, draftAt, dropPhoto, followStore, forgetVisit, keepDraft, keepPhoto, keepTaken, type Photo, photosAt, type Place, told } from "./store";

const PAUSE = 300;

export interface Drafting {
  account: Account;
  photos: readonly Photo[];
  state: Draft["state"];
  /** Why it was not taken as it was handed in. */
  refused: Refused | null;
  /** Whether what is shown is kept; nothing: nothing was typed yet. */
  kept: "saved" | "saving" | "failed" | null;
  change: (changes: Partial<Account>) => void;
  /** Add a photograph, or put one in the place of another that shows the same. */
  add: (photo: Pick<Photo, "shows" | "note" | "name" | "file">) => void;
  note: (id: string, note: string) => void;
  remove: (id: string) => void;
  /** Have it wait to be handed in from now on; where this phone does not keep it, hand it in at once, and return false. */
  finish: () => Promise<boolean>;
  takeBack: () => void;
  discard: () => Promise<void>;
}

interface DraftingParts {
  user: SignedIn;
  place: Place;
  visit: VisitsOneFragment;
  checklist: readonly VisitsChecklistFragment[];
  draft: Draft | undefined;
  photos: readonly Photo[];
}

export function useDrafting({ user, place, visit, checklist, draft, photos: held }: DraftingParts): Drafting {
  const [account, setAccount] = useState(() => draft?.account ?? begun(checklist, visit.finding));
  const [photos, setPhotos] = useState(held);
  const [state, setState] = useState<Draft["state"]>(draft?.state ?? "open");
  const [refused, setRefused] = useState(draft?.refused ?? null);
  const [kept, setKept] = useState<Drafting["kept"]>(draft ? "saved" : null);
  const now = useRef({ account, photos });
  now.current = { account, photos };
  const savedAt = useRef(draft?.savedAt);
  const basedOn = draft?.basedOn ?? visit.finding?.version ?? 0;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const unsaved = useRef(new Set<string>());
  const unkept = useRef<Draft["handIn"]>(null);
  const { faults } = useSharedWords();

  const save = useCallback(
    async (handIn: Draft["handIn"] = null): Promise<boolean> => {
      clearTimeout(timer.current);
      timer.current = undefined;
      const first = savedAt.current === undefined;
      const at = new Date().toISOString();
      savedAt.current = at;
      const changed = now.current.photos.filter(({ id }) => unsaved.current.has(id));
      unsaved.current.clear();
      try {
        if (first) await keepTaken({ ...place, visit, checklist, takenAt: at });
        await Promise.all(changed.map(keepPhoto));
        await keepDraft({ ...place, account: now.current.account, basedOn, state: handIn ? "waiting" : "open", handIn, refused: null, savedAt: at });
        setKept("saved");
        return true;
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        for (const { id } of changed) unsaved.current.add(id);
        setKept("failed");
        return false;
      }
    },
    [place, visit, checklist, basedOn],
  );

  const soon = () => {
    setKept("saving");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(), PAUSE);
  };

  useEffect(() => {
    const leave = () => {
      if (timer.current !== undefined) void save();
    };
    // Another tab may have written on, or the service refused it: what was kept last is what is shown.
    const comeBack = async () => {
      const found = await draftAt(place);
      if (!found || found.savedAt === savedAt.current || timer.current !== undefined) return;
      savedAt.current = found.savedAt;
      setAccount(found.account);
      setState(found.state);
      setRefused(found.refused);
      setPhotos(await photosAt(place));
    };
    const seen = () => (document.visibilityState === "hidden" ? leave() : void comeBack());
    document.addEventListener("visibilitychange", seen);
    addEventListener("pagehide", leave);
    const unfollow = followStore(() => void comeBack());
    return () => {
      unfollow();
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [place, save]);

  return {
    account,
    photos,
    state,
    refused,
    kept,
    change: (changes) => {
      unkept.current = null;
      setAccount((before) => ({ ...before, ...changes }));
      soon();
    },
    add: (photo) => {
      const made: Photo = { ...place, ...photo, id: newKey(), takenAt: new Date().toISOString() };
      const replaced = photo.shows === "photo" ? [] : photos.filter(({ shows }) => shows === photo.shows);
      for (const { id } of replaced) void dropPhoto(id);
      setPhotos((before) => [...before.filter((each) => !replaced.includes(each)), made]);
      unsaved.current.add(made.id);
      soon();
    },
    note: (id, note) => {
      setPhotos((before) => before.map((each) => (each.id === id ? { ...each, note } : each)));
      unsaved.current.add(id);
      soon();
    },
    remove: (id) => {
      void dropPhoto(id);
      setPhotos((before) => before.filter((each) => each.id !== id));
    },
    finish: async () => {
      const handIn = unkept.current ?? { id: newKey(), enteredAt: instantNow() };
      if (await save(handIn)) {
        setState("waiting");
        told();
        return true;
      }
      // After a lost answer it is handed in once more as the same.
      unkept.current = handIn;
      try {
        setRefused(await handInUnkept(user, { ...place, account, basedOn, handIn }, photos));
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        setRefused(refusalOf(error, faults));
        return false;
      }
      unkept.current = null;
      return false;
    },
    takeBack: () => void save().then((isKept) => isKept && setState("open")),
    discard: async () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      savedAt.current = undefined;
      unsaved.current.clear();
      await forgetVisit(place);
      setAccount(begun(checklist, visit.finding));
      setPhotos([]);
      setState("open");
      setRefused(null);
      setKept(null);
    },
  };
}
