/** Work on a bundle's rows in a thread of its own: a worker of Node or of a browser, which loads this same module. */
import { parseBundle, rowRoots, type RowRoots } from "./bundle.ts";
import { Fault } from "./fault.ts";

/** By which a worker knows what it is for. */
const NAME = "qian-rows";

type Told = { readonly roots: RowRoots } | { readonly fault: string };

const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");

function told(data: Uint8Array): Told {
  try {
    return { roots: rowRoots(parseBundle(data)) };
  } catch (error) {
    return { fault: error instanceof Fault ? error.message : `unreadable: ${String(error)}` };
  }
}

/** Answer, where this is such a worker; tells whether it is one. */
export function answerIfWorker(): boolean {
  if (threads) {
    if (threads.isMainThread || threads.workerData?.name !== NAME) return false;
    threads.parentPort!.postMessage(told(threads.workerData.data));
    return true;
  }
  const scope = globalThis as unknown as { name?: string; onmessage: unknown; postMessage(answer: Told): void };
  if (!("WorkerGlobalScope" in globalThis) || scope.name !== NAME) return false;
  scope.onmessage = (asked: MessageEvent<Uint8Array>) => scope.postMessage(told(asked.data));
  return true;
}

/** Begin to compute the roots over the rows of a bundle, and give what waits for them; it throws Fault. */
export function rowRootsBeside(data: Uint8Array, module: string): Promise<RowRoots> {
  const answer = new Promise<Told>((resolve, reject) => {
    if (threads) {
      const worker = new threads.Worker(new URL(module), { workerData: { name: NAME, data } });
      worker.once("message", resolve).once("error", reject);
      return;
    }
    const worker = new Worker(module, { type: "module", name: NAME });
    const end = (settle: () => void): void => {
      worker.terminate();
      settle();
    };
    worker.onmessage = (answered: MessageEvent<Told>) => end(() => resolve(answered.data));
    worker.onerror = (event) => end(() => reject(new Error(event.message)));
    worker.postMessage(data);
  });
  return answer.then((said) => {
    if ("fault" in said) throw new Fault(said.fault);
    return said.roots;
  });
}
