/** Verifying a campaign from its bundle and pinned keys alone; the checks end with the first that fails. */
import { CHECKS, LIST_CHECKS } from "./checks/list.ts";
import { Evidence, frozenEntry } from "./checks/evidence.ts";
import { neededDocuments } from "./checks/needed.ts";
import { type Bundle, checkChain, checkDocuments, checkSignature, checkTree, parseBundle } from "./ledger/bundle.ts";
import { hex } from "./ledger/bytes.ts";
import { commitment, type Entry } from "./ledger/entry.ts";
import { Fault, require } from "./ledger/fault.ts";
import { objectAt } from "./ledger/json.ts";
import type { Checkpoint } from "./ledger/note.ts";
import { NO_TRUST, type Trust } from "./trust.ts";

export interface Check {
  readonly name: string;
  /** What was compared; empty where the check failed. */
  readonly compared: string;
  readonly fault: string | null;
}

export type Step = readonly [name: string, run: () => string];

/** Is told each check as soon as it is made. */
export type Teller = (check: Check) => void;

/** Verify a bundle; the last check is the failed one, if any. Without trust the log's own first key is taken. */
export function verifyBundle(data: Uint8Array, trust: Trust = NO_TRUST, tell?: Teller): Check[] {
  return runAll(steps(data, trust), tell);
}

export function runAll(steps: Iterable<Step>, tell: Teller = () => undefined): Check[] {
  const checks: Check[] = [];
  for (const [name, run] of steps) {
    const check = made(name, run);
    checks.push(check);
    tell(check);
    if (check.fault !== null) break;
  }
  return checks;
}

function made(name: string, run: () => string): Check {
  try {
    return { name, compared: run(), fault: null };
  } catch (error) {
    return { name, compared: "", fault: error instanceof Fault ? error.message : `unreadable: ${String(error)}` };
  }
}

/** The checks of the log's entries under a checkpoint whose signature was checked. */
export function* logSteps(bundle: Bundle, checkpoint: () => Checkpoint, keep: (entries: readonly Entry[]) => void): Iterable<Step> {
  let entries: readonly Entry[];
  yield [
    "chain",
    () => {
      keep((entries = checkChain(bundle)));
      return `${entries.length} entries, each naming the hash of the one before`;
    },
  ];
  yield [
    "inclusion",
    () => {
      checkTree(checkpoint(), entries);
      return `the root over the entries is the signed ${hex(checkpoint().root)}`;
    },
  ];
}

function* steps(data: Uint8Array, trust: Trust): Iterable<Step> {
  let bundle: Bundle;
  let checkpoint: Checkpoint;
  let entries: readonly Entry[];
  yield [
    "file",
    () => {
      bundle = parseBundle(data);
      return `${data.length} bytes are canonical and complete; campaign ${bundle.campaign}`;
    },
  ];
  yield [
    "signature",
    () => {
      const signed = checkSignature(bundle, trust.log, trust.witnesses ?? []);
      checkpoint = signed.checkpoint;
      const pinned = trust.log.some((each) => each.vkey === signed.key.vkey);
      const known = pinned ? "a pinned key" : "a key that came after a pinned one";
      const how = trust.log.length ? known : "keys unverified: the log's own key, taken from the bundle";
      return `checkpoint of ${checkpoint.size} entries signed by ${signed.key.name} (${how})`;
    },
  ];
  yield* logSteps(bundle!, () => checkpoint, (read) => (entries = read));
  yield [
    "documents",
    () => {
      const plan = bundle.documents.get(commitment(frozenEntry(entries, bundle.campaign), "plan"));
      require(plan !== undefined, "the sealed plan is missing");
      const needed = neededDocuments(entries, bundle.campaign, objectAt(plan.value, "content"));
      checkDocuments(bundle, needed);
      let rows = 0;
      for (const document of bundle.documents.values()) for (const each of document.rows.values()) rows += each.length;
      return `${needed.size} documents open their commitments, ${rows} rows match their digests`;
    },
  ];
  const evidence = new Evidence(bundle!.campaign, entries!, bundle!.documents, trust);
  for (const [name, check] of evidence.isList ? LIST_CHECKS : CHECKS) yield [name, () => check(evidence)];
}
