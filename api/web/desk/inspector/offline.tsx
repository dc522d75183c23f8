// Pages that open without a network: the worker that holds their files, and what is said where there can be none.
import { useEffect } from "react";

import { Notice } from "../../shared/parts/texts";
import { useInspectorWords } from "./words";

const WORKER = "/desk/worker.js";
/** Also the desk's first page, which stands at no folder: the service allows it. */
const SCOPE = "/desk";

/** Browsers allow a worker only over HTTPS, or on the machine itself. */
export const canBeOffline = (): boolean => isSecureContext && "serviceWorker" in navigator;

/** Have this browser hold the pages' files from now on; says so where it cannot. */
export function Offline() {
  const words = useInspectorWords().visits;
  useEffect(() => {
    if (canBeOffline()) void navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  }, []);
  if (canBeOffline()) return null;
  return (
    <Notice tone="warning" title={words.insecure}>
      <p>{words.insecureText}</p>
    </Notice>
  );
}
