/** Verifying a campaign from its bundle and pinned keys alone; the checks end with the first that fails. */
import { Evidence, frozenEntry } from "./checks/evidence.ts";
import { neededDocuments } from "./checks/needed.ts";
import { doneBeside, threadsBeside } from "./ledger/beside.ts";
import { type Bundle, checkChain, checkDocuments, checkSignature, checkTree, parseBundle, type RowRoots, rowRoots } from "./ledger/bundle.ts";
import { hex } from "./ledger/bytes.ts";
import { commitment, type Entry } from "./ledger/entry.ts";
import { require, said, type Saying, sayingOf } from "./ledger/fault.ts";
import { objectAt } from "./ledger/json.ts";
import type { Checkpoint } from "./ledger/note.ts";
import { attempted, checksOf, type Outcome, outcomesIn, rootsIn, type Share, sharesOf } from "./shares.ts";
import { NO_TRUST, type Trust } from "./trust.ts";

export interface Check {
  readonly name: string;
  /** What was compared; empty where the check failed. */
  readonly compared: string;
  /** What is wrong, by its code, in English and in Chinese; null where the check holds. */
  readonly code: string | null;
  readonly fault: string | null;
  readonly zh: string | null;
}

export const held = (name: string, compared: string): Check => ({ name, compared, code: null, fault: null, zh: null });
export const failed = (name: string, by: Saying): Check => ({ name, compared: "", code: by.code, fault: said(by, "en"), zh: said(by, "zh") });

export type Step = readonly [name: string, run: () => string];

/** Is told each check as soon as it is made. */
export type Teller = (check: Check) => void;

/** From so many bytes of a bundle on, several threads are sooner done than one. */
export const LARGE = 1 << 22;

/** Verify a bundle; the last check is the failed one, if any. Without trust the log's own first key is taken. */
export function verifyBundle(data: Uint8Array, trust: Trust = NO_TRUST, tell?: Teller): Check[] {
  const state = new State(data, trust);
  return whole(runAll(state.binding(() => rowRoots(state.bundle)), tell), () => runAll(state.campaign(true), tell));
}

/**
 * The same by several threads, which is sooner done where a bundle is large: others look whether the rows are what the log binds, and make parts of
 * checks, while this one computes the rest of the campaign anew, whose word counts only then, and does what is left. All checks are told at the end.
 * `module` is the address of this script, which the others load; it is not read here, since a page's worker is no module in every browser.
 */
export async function verifyBundleBeside(data: Uint8Array, trust: Trust, module: string, tell?: Teller): Promise<Check[]> {
  const threads = threadsBeside(data.length);
  if (threads < 1) return verifyBundle(data, trust, tell);
  const state = new State(data, trust);
  const shares = attempted(() => sharesOf(state.bundle, threads));
  const coming = begun(data, () => shares().others, module).then(
    (outcomes) => () => outcomes,
    (error: unknown) => () => {
      throw error;
    },
  );
  const computed = attempted(() => runAll(state.campaign(false)));
  const own = attempted(() => outcomesIn(state.bundle, shares().own));
  const others = await coming;
  const outcomes = (): Outcome[] => [...own(), ...others()];
  const checks = whole(runAll(state.binding(() => rootsIn(state.bundle, outcomes()))), () => [...joined(computed(), outcomes())]);
  checks.forEach((check) => tell?.(check));
  return checks;
}

/** Begin all shares, and wait for what comes of them. */
async function begun(data: Uint8Array, shares: () => readonly Share[], module: string): Promise<Outcome[]> {
  return (await Promise.all(shares().map((share) => doneBeside<Share, Outcome[]>(module, data, share)))).flat();
}

/** Put to checks the parts that were made apart, up to the first fault. */
function* joined(checks: readonly Check[], outcomes: readonly Outcome[]): Iterable<Check> {
  const apart = new Map(outcomes.flatMap((each) => ("check" in each.piece ? [[each.piece.check, each] as const] : [])));
  for (const check of checks) {
    const other = check.fault === null ? apart.get(check.name) : undefined;
    if (other?.fault != null) return yield failed(check.name, other.fault);
    yield other?.given != null ? { ...check, compared: other.given } : check;
  }
}

function whole(binding: Check[], campaign: () => Check[]): Check[] {
  return binding.every((check) => check.fault === null) ? [...binding, ...campaign()] : binding;
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
    return held(name, run());
  } catch (error) {
    return failed(name, sayingOf(error));
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

/** What one check leaves for the next. */
class State {
  private readonly data: Uint8Array;
  private readonly trust: Trust;
  private parsed: Bundle | undefined;
  private chained: readonly Entry[] | undefined;

  constructor(data: Uint8Array, trust: Trust) {
    [this.data, this.trust] = [data, trust];
  }

  get bundle(): Bundle {
    return (this.parsed ??= parseBundle(this.data));
  }
  private get entries(): readonly Entry[] {
    return (this.chained ??= checkChain(this.bundle));
  }

  /** The checks that the file is what the log binds. */
  *binding(rootsOf: () => RowRoots): Iterable<Step> {
    const { trust } = this;
    let roots: RowRoots;
    let checkpoint: Checkpoint;
    yield [
      "file",
      () => {
        const { campaign } = this.bundle;
        roots = rootsOf();
        return `${this.data.length} bytes are canonical and complete; campaign ${campaign}`;
      },
    ];
    yield [
      "signature",
      () => {
        const signed = checkSignature(this.bundle, trust.log, trust.witnesses ?? []);
        checkpoint = signed.checkpoint;
        const pinned = trust.log.some((each) => each.vkey === signed.key.vkey);
        const known = pinned ? "a pinned key" : "a key that came after a pinned one";
        const how = trust.log.length ? known : "keys unverified: the log's own key, taken from the bundle";
        return `checkpoint of ${checkpoint.size} entries signed by ${signed.key.name} (${how})`;
      },
    ];
    yield* logSteps(this.bundle, () => checkpoint, (read) => (this.chained = read));
    yield [
      "documents",
      () => {
        const { bundle, entries } = this;
        const plan = bundle.documents.get(commitment(frozenEntry(entries, bundle.campaign), "plan"));
        require(plan !== undefined, "plan_missing");
        const needed = neededDocuments(entries, bundle.campaign, objectAt(plan.value, "content"));
        checkDocuments(bundle, needed, roots);
        let rows = 0;
        for (const document of bundle.documents.values()) for (const each of document.rows.values()) rows += each.length;
        return `${needed.size} documents open their commitments, ${rows} rows match their digests`;
      },
    ];
  }

  /** The checks that compute the campaign anew from what the file holds, with or without the parts that are made apart. */
  *campaign(whole: boolean): Iterable<Step> {
    const { bundle } = this;
    const evidence = new Evidence(bundle.campaign, this.entries, bundle.documents, this.trust);
    for (const [name, check, apart] of checksOf(evidence)) {
      yield [
        name,
        () => {
          const compared = check?.(evidence) ?? "";
          return (whole ? apart?.(evidence) : undefined) ?? compared;
        },
      ];
    }
  }
}
