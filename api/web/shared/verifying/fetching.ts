// Fetching for a verification: a service that falls silent half-way ends it, one that is slow does not.
import { Fault, saying } from "../../verify/ledger/fault.ts";

/** Seconds that may go by without a byte. */
const PATIENCE = 60;

/** Fetch an answer with all its bytes. */
export async function fetchAll(url: string, request: RequestInit): Promise<Response> {
  const silent = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), PATIENCE * 1000);
  };
  heard();
  try {
    const answer = await fetch(url, { ...request, signal: silent.signal });
    const reader = answer.body?.getReader();
    const parts: BlobPart[] = [];
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      heard();
      parts.push(part.value);
    }
    return new Response(parts.length ? new Blob(parts) : null, { status: answer.status, headers: answer.headers });
  } catch (error) {
    throw silent.signal.aborted ? new Fault(saying("service_silent", { seconds: PATIENCE })) : error;
  } finally {
    clearTimeout(timer);
  }
}
