/** Work on a bundle in threads of their own: workers of Node or of a browser, which load this same module. */
import { Fault, type Saying, sayingOf } from "./fault.ts";

/** By which a worker knows what it is for. */
const NAME = "qian-share";
/** More threads have nothing to do: what the campaign's own thread does takes as long. */
const MOST_THREADS = 4;
/** So many bytes at most are copied for all threads of a browser together, which share no memory. */
const MOST_COPIED = 1 << 30;

const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const system = globalThis.process?.getBuiltinModule?.("node:os");

type Work<Share, Result> = (data: Uint8Array, share: Share) => Result;
type Answer<Result> = { readonly result: Result } | { readonly fault: Saying };
interface Asked<Share> {
  readonly name: string;
  readonly data: Uint8Array;
  readonly share: Share;
}

function answered<Share, Result>(work: Work<Share, Result>, { data, share }: Asked<Share>): Answer<Result> {
  try {
    return { result: work(data, share) };
  } catch (error) {
    return { fault: sayingOf(error) };
  }
}

/** How many threads beside this one are worth having for so many bytes. */
export function threadsBeside(bytes: number): number {
  if (threads) return Math.min(system!.availableParallelism(), MOST_THREADS) - 1;
  const cores = typeof Worker === "undefined" ? 1 : (globalThis.navigator?.hardwareConcurrency ?? 2);
  const most = Math.max(1, Math.floor(MOST_COPIED / bytes));
  return Math.min(cores - 1, MOST_THREADS - 1, most);
}

/** Answer, where this is such a worker; tells whether it is one. */
export function answerIfWorker<Share, Result>(work: Work<Share, Result>): boolean {
  if (threads) {
    const asked = threads.workerData as Asked<Share> | null;
    if (threads.isMainThread || asked?.name !== NAME) return false;
    threads.parentPort!.postMessage(answered(work, asked));
    return true;
  }
  const scope = globalThis as unknown as { name?: string; onmessage: unknown; postMessage(answer: Answer<Result>): void };
  if (!("WorkerGlobalScope" in globalThis) || scope.name !== NAME) return false;
  scope.onmessage = (asked: MessageEvent<Asked<Share>>) => scope.postMessage(answered(work, asked.data));
  return true;
}

/** Begin a share of the work, and give what waits for its result; it throws Fault. */
export function doneBeside<Share, Result>(module: string, data: Uint8Array, share: Share): Promise<Result> {
  const asked: Asked<Share> = { name: NAME, data, share };
  const answer = new Promise<Answer<Result>>((resolve, reject) => {
    if (threads) {
      const worker = new threads.Worker(new URL(module), { workerData: asked });
      worker.once("message", resolve).once("error", reject);
      return;
    }
    const worker = new Worker(module, { type: "module", name: NAME });
    const end = (settle: () => void): void => {
      worker.terminate();
      settle();
    };
    worker.onmessage = (told: MessageEvent<Answer<Result>>) => end(() => resolve(told.data));
    worker.onerror = (event) => end(() => reject(new Error(event.message)));
    worker.postMessage(asked);
  });
  return answer.then((said) => {
    if ("fault" in said) throw new Fault(said.fault);
    return said.result;
  });
}
