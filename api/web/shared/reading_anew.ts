// A page that is read anew while the network is away, or nobody is signed in, stays as it is, and says so: nothing that is
// typed on it is lost.
import { useCallback, useSyncExternalStore } from "react";
import { type LazyRouteFunction, type LoaderFunction, type RouteObject, useRevalidator } from "react-router";

import { AnswerError } from "./ask";

let reading = 0;
let fault: AnswerError | null = null;
const listeners = new Set<() => void>();

/** Read the page that is shown anew. */
export async function readAnew(revalidate: () => Promise<void>): Promise<void> {
  reading += 1;
  try {
    await revalidate();
  } finally {
    reading -= 1;
  }
}

/** Return what reads the page that is shown anew, and waits until it is. */
export function useReadingAnew(): () => Promise<void> {
  const { revalidate } = useRevalidator();
  return useCallback(() => readAnew(revalidate), [revalidate]);
}

/** Why what is shown could not be read anew; null: it could. */
export const useStale = (): AnswerError | null => useSyncExternalStore(follow, () => fault);

/** Return a page's module whose loader gives once more what it gave where the page is read anew and nothing answers. */
export const staying =
  (lazy: LazyRouteFunction<RouteObject>): LazyRouteFunction<RouteObject> =>
  async () => {
    const module = await lazy();
    return typeof module.loader === "function" ? { ...module, loader: stayingWith(module.loader) } : module;
  };

function stayingWith(loader: LoaderFunction): LoaderFunction {
  let last: { url: string; data: unknown } | null = null;
  return async (given, ...more) => {
    const { url } = given.request;
    try {
      last = { url, data: await loader(given, ...more) };
    } catch (error) {
      if (!(error instanceof AnswerError && error.isLost && reading && last?.url === url)) throw error;
      tell(error);
      return last.data;
    }
    tell(null);
    return last.data;
  };
}

function tell(now: AnswerError | null): void {
  fault = now;
  listeners.forEach((each) => each());
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
