// Verifies by api/web/verify, which shares nothing with the service; the page only shows what is told here.
import { hex, utf8 } from "../../verify/ledger/bytes.ts";
import { type Entry, parseEntry } from "../../verify/ledger/entry.ts";
import { Fault, said, saying, sayingOf } from "../../verify/ledger/fault.ts";
import { textAt } from "../../verify/ledger/json.ts";
import { type Checkpoint, parseCheckpoint, unsigned } from "../../verify/ledger/note.ts";
import { leafHash, rootOf } from "../../verify/ledger/tree.ts";
import { type PublicSide, verifyPublic } from "../../verify/public.ts";
import { readPublic } from "../../verify/public_reading.ts";
import { NO_TRUST, parseTrust, type Trust } from "../../verify/trust.ts";
import { answerIfWorker } from "../../verify/ledger/beside.ts";
import { outcomesOf } from "../../verify/shares.ts";
import { type Check, failed, held, LARGE, verifyBundle, verifyBundleBeside } from "../../verify/verification.ts";
import { fetchAll } from "./fetching";
import type { Bytes, Seen, Task, Told } from "./telling";

const tell = (told: Told): void => postMessage(told);
const check = (made: Check): void => tell({ kind: "check", check: made });

const answer = async ({ data: task }: MessageEvent<Task>): Promise<void> => {
  try {
    const trust = task.trust.trim() ? parseTrust(task.trust) : NO_TRUST;
    if (task.kind === "public") await verifyOnline(task, trust);
    else await verifyFile(task, trust);
  } catch (error) {
    const fault = error instanceof TypeError ? saying("service_unreached") : sayingOf(error);
    tell({ kind: "failed", fault: said(fault, "en"), zh: said(fault, "zh") });
  }
};

// The same script is also what works beside it on a large bundle.
if (!answerIfWorker(outcomesOf)) self.onmessage = answer;

async function verifyFile({ data: file }: Task & { kind: "bundle" }, trust: Trust): Promise<void> {
  const data = await file.arrayBuffer();
  const bytes = new Uint8Array(data);
  if (bytes.length < LARGE) verifyBundle(bytes, trust, check);
  else await verifyBundleBeside(bytes, trust, self.location.href, check);
  tell({ kind: "done", seen: null, ...namedBy(data) });
}

/** The campaign and the log that a bundle says it is of, for the eye. */
function namedBy(data: ArrayBuffer): { campaign: string; log: string } {
  const head = new TextDecoder().decode(data.slice(0, 400));
  return { campaign: /"campaign":"(\d{4}-\d{4,})"/.exec(head)?.[1] ?? "", log: /"checkpoint":"([^"\\]+)\\n/.exec(head)?.[1] ?? "" };
}

async function verifyOnline(task: Task & { kind: "public" }, trust: Trust): Promise<void> {
  const side = await readPublic(task.address, task.campaign, (url, init) => fetchAll(url, { ...init, headers: { ...init?.headers, "Accept-Language": task.language } }));
  check(held("read", `${side.entries.length} entries, ${side.names.length} published names`));
  tell({ kind: "bytes", bytes: bytesOf(side) });
  const checks = verifyPublic(side, trust, check);
  const named = { campaign: task.campaign, log: side.checkpoint.split("\n", 1)[0]! };
  if (checks.at(-1)?.fault !== null) return tell({ kind: "done", seen: null, ...named });
  const now = seenOf(side);
  const remembered = remember(side, task.seen, now);
  check(remembered);
  tell({ kind: "done", seen: remembered.fault === null ? now : null, ...named });
}

function seenOf(side: PublicSide): Seen {
  const { origin, size, root }: Checkpoint = parseCheckpoint(unsigned(side.checkpoint));
  const vkey = textAt(parseEntry(side.entries[0]!).body, "vkey");
  return { origin, size, root: hex(root), vkey, at: new Date().toISOString() };
}

/** Compare with what this browser saw before: the log may only have grown since, under the same first key. */
function remember(side: PublicSide, seen: Seen | null, now: Seen): Check {
  const name = "consistency";
  if (seen === null) return held(name, "this browser saw no checkpoint of this log before; it keeps this one");
  if (seen.origin !== now.origin) return failed(name, saying("log_is_another", { before: seen.origin, at: seen.at, now: now.origin }));
  if (seen.vkey !== now.vkey) return failed(name, saying("log_began_otherwise", { at: seen.at }));
  if (seen.size > now.size) return failed(name, saying("log_shrank", { before: seen.size, at: seen.at, now: now.size }));
  const root = hex(rootOf(side.entries.slice(0, seen.size).map((entry) => leafHash(utf8(entry)))));
  if (root !== seen.root) return failed(name, saying("log_rewritten", { size: seen.size, at: seen.at }));
  return held(name, `the first ${seen.size} entries are those that this browser saw on ${seen.at}`);
}

/** What the checks read, as text: to be looked at, and compared by other means. */
function bytesOf(side: PublicSide): Bytes {
  const own: Entry[] = [];
  for (const text of side.entries.filter((each) => each.includes(`"${side.campaign}"`))) {
    try {
      const entry = parseEntry(text);
      if (entry.subject === side.campaign) own.push(entry);
    } catch (error) {
      if (!(error instanceof Fault)) throw error; // the check of the chain says what is wrong with it
    }
  }
  const of = (...kinds: string[]): string[] =>
    side.entries.filter((text) => own.some((entry) => kinds.includes(entry.kind) && text.includes(`"seq":${entry.seq},`)));
  const files = [...side.files].map(([name, content]) => `${name}\n${new TextDecoder().decode(content)}`);
  const frozen = of("campaign.frozen", "campaign.listed");
  return {
    signature: [side.checkpoint],
    chain: side.entries,
    campaign: frozen,
    list: frozen,
    "earlier tries": frozen,
    beacon: of("campaign.frozen", "beacon.revealed", "beacon.entered", "beacon.confirmed", "beacon.signed", "campaign.drawn"),
    void: of("void.proposed", "void.confirmed", "campaign.voided"),
    witnesses: of("campaign.frozen", "campaign.drawn"),
    "drawn list": files,
    names: side.names.map((each) => JSON.stringify(each, null, 1)),
    closing: of("campaign.closed"),
    attestations: of("campaign.attested"),
  };
}
