// What this phone holds for an inspector: visits taken along, drafts and photographs. Everything is kept by its subject,
// so that nobody else who signs in here sees it or hands it in.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { Refused } from "../../shared/refused";
import type { VisitsChecklistFragment, VisitsOneFragment } from "../../generated/desk/graphql";
import type { Account } from "./account";

/** Whose visit it is, and which. */
export interface Place {
  subject: string;
  campaign: string;
  enterprise: string;
}

/** A visit as it was when it was taken along. */
export interface Taken extends Place {
  visit: VisitsOneFragment;
  checklist: readonly VisitsChecklistFragment[];
  takenAt: string;
}

/** What is written down of a visit and not yet handed in. */
export interface Draft extends Place {
  account: Account;
  /** The version of the finding that was seen when it was begun; 0: none. */
  basedOn: number;
  /** Being written, waiting to be handed in, or refused as it was handed in. */
  state: "open" | "waiting" | "refused";
  /** How it is known to the service once it waits: handed in twice it is one. */
  handIn: { id: string; enteredAt: string } | null;
  refused: Refused | null;
  savedAt: string;
}

/** A photograph, or a signature that was drawn, until it is handed in as evidence. */
export interface Photo extends Place {
  id: string;
  /** Of signatures there is one each. */
  shows: "photo" | "enterprise_signature" | "inspector_signature";
  note: string;
  name: string;
  file: Blob;
  takenAt: string;
}

type Key = [subject: string, campaign: string, enterprise: string];

interface Held extends DBSchema {
  taken: { key: Key; value: Taken; indexes: { subject: string } };
  drafts: { key: Key; value: Draft; indexes: { subject: string } };
  photos: { key: string; value: Photo; indexes: { subject: string; place: Key } };
}

const NAME = "qian.visits";
const KEY = ["subject", "campaign", "enterprise"];
let opened: Promise<IDBPDatabase<Held>> | null = null;
const listeners = new Set<() => void>();

function open(): Promise<IDBPDatabase<Held>> {
  opened ??= openDB<Held>(NAME, 1, {
    // A phone may end it while the pages sleep; then it is opened anew.
    terminated: () => {
      opened = null;
    },
    upgrade(database) {
      database.createObjectStore("taken", { keyPath: KEY }).createIndex("subject", "subject");
      database.createObjectStore("drafts", { keyPath: KEY }).createIndex("subject", "subject");
      const photos = database.createObjectStore("photos", { keyPath: "id" });
      photos.createIndex("subject", "subject");
      photos.createIndex("place", KEY);
    },
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

/** Look into what is held. A browser that lets pages keep nothing, by its settings or for want of room, holds nothing, and is served all the same. */
async function held<Found>(nothing: Found, look: (database: IDBPDatabase<Held>) => Promise<Found>): Promise<Found> {
  let database: IDBPDatabase<Held>;
  try {
    database = await open();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return nothing;
  }
  return look(database);
}

const keyOf = ({ subject, campaign, enterprise }: Place): Key => [subject, campaign, enterprise];

/** Take visits along in the place of those that were taken before; those of which something is written stay. */
export async function takeAlong(subject: string, taken: readonly Taken[]): Promise<void> {
  const writing = (await open()).transaction(["taken", "drafts"], "readwrite");
  const kept = writing.objectStore("taken");
  for (const each of await kept.index("subject").getAllKeys(subject)) {
    if ((await writing.objectStore("drafts").getKey(each)) === undefined) await kept.delete(each);
  }
  for (const each of taken) await kept.put(each);
  await writing.done;
}

export const takenOf = (subject: string): Promise<Taken[]> => held([], (database) => database.getAllFromIndex("taken", "subject", subject));
export const takenAt = (place: Place): Promise<Taken | undefined> => held(undefined, (database) => database.get("taken", keyOf(place)));
export const keepTaken = async (taken: Taken): Promise<void> => void (await (await open()).put("taken", taken));

export const draftsOf = (subject: string): Promise<Draft[]> => held([], (database) => database.getAllFromIndex("drafts", "subject", subject));
export const draftAt = (place: Place): Promise<Draft | undefined> => held(undefined, (database) => database.get("drafts", keyOf(place)));
export const keepDraft = async (draft: Draft): Promise<void> => void (await (await open()).put("drafts", draft));

export const photosAt = async (place: Place): Promise<Photo[]> =>
  (await held([], (database) => database.getAllFromIndex("photos", "place", keyOf(place)))).sort((one, other) => one.takenAt.localeCompare(other.takenAt));
export const keepPhoto = async (photo: Photo): Promise<void> => void (await (await open()).put("photos", photo));
export const dropPhoto = (id: string): Promise<void> => held(undefined, (database) => database.delete("photos", id));

/** Forget what is held of a visit: it was handed in, or is not wanted any more. */
export async function forgetVisit(place: Place): Promise<void> {
  await held(undefined, async (database) => {
    const writing = database.transaction(["taken", "drafts", "photos"], "readwrite");
    await writing.objectStore("taken").delete(keyOf(place));
    await writing.objectStore("drafts").delete(keyOf(place));
    for (const each of await writing.objectStore("photos").index("place").getAllKeys(keyOf(place))) await writing.objectStore("photos").delete(each);
    await writing.done;
  });
  told();
}

/** Forget all that is held for somebody. */
export const forgetAll = (subject: string): Promise<void> =>
  held(undefined, async (database) => {
    const writing = database.transaction(["taken", "drafts", "photos"], "readwrite");
    for (const name of ["taken", "drafts", "photos"] as const) {
      const store = writing.objectStore(name);
      for (const each of await store.index("subject").getAllKeys(subject)) await store.delete(each);
    }
    await writing.done;
  });

/** Be told when something was handed in or refused; returns what ends it. */
export function followStore(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const told = (): void => listeners.forEach((tell) => tell());
