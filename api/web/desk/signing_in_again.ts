// Questions that wait until somebody has signed in again.
let isOff = false;
let waiting: { promise: Promise<void>; signed: () => void; gaveUp: (reason: unknown) => void } | null = null;
const listeners = new Set<() => void>();

/** Wait until somebody has signed in again over the page; throws SIGNED_OUT where he does not want to. */
export function signedInAgain(): Promise<void> {
  isOff = false;
  if (waiting === null) {
    let signed!: () => void;
    let gaveUp!: (reason: unknown) => void;
    const promise = new Promise<void>((resolve, reject) => {
      signed = resolve;
      gaveUp = reject;
    });
    waiting = { promise, signed, gaveUp };
    tell();
  }
  return waiting.promise;
}

export const isAsked = (): boolean => waiting !== null;

/** Whether somebody does not want to sign in now: what a page asks by itself waits until he does something that needs it. */
export const isPutOff = (): boolean => isOff;

export function signed(): void {
  const asked = waiting;
  waiting = null;
  isOff = false;
  tell();
  asked?.signed();
}

export function gaveUp(reason: unknown): void {
  const asked = waiting;
  waiting = null;
  isOff = true;
  tell();
  asked?.gaveUp(reason);
}

export function followAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = (): void => listeners.forEach((listener) => listener());
