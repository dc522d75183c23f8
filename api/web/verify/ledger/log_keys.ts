/** The keys of a log, each named by the one before (docs/ledger.md, Keys, checkpoints, tiles, data files). */
import { unbase64 } from "./bytes.ts";
import { type Entry } from "./entry.ts";
import { Fault, require } from "./fault.ts";
import { textAt } from "./json.ts";
import { CREATED, ROTATED } from "./kinds.ts";
import { ED25519, parseVkey, rotationStatement, type Verifier, verified } from "./note.ts";

export interface LogKey {
  readonly verifier: Verifier;
  /** The smallest number of entries whose checkpoint it signs. */
  readonly since: number;
}

/** All keys that the entries name, in order; other entries are passed over. */
export function logKeys(entries: readonly Entry[]): readonly LogKey[] {
  const [created] = entries;
  require(created !== undefined && created.seq === 0 && created.kind === CREATED, "entry 0 does not begin a log");
  const keys: LogKey[] = [{ verifier: keyOf(created), since: 1 }];
  for (const entry of entries) {
    if (entry.kind !== ROTATED) continue;
    const old = keys[keys.length - 1]!.verifier;
    const verifier = keyOf(entry);
    require(verifier.name === old.name, `entry ${entry.seq} rotates another log's key`);
    const signature = unbase64(textAt(entry.body, "signature"));
    require(
      verified(signature, rotationStatement(old.name, verifier.vkey), old.key),
      `entry ${entry.seq} names a key that the one before did not sign`,
    );
    require(keys.every((key) => key.verifier.vkey !== verifier.vkey), `entry ${entry.seq} brings back a key`);
    keys.push({ verifier, since: entry.seq + 2 });
  }
  return keys;
}

function keyOf(entry: Entry): Verifier {
  const verifier = parseVkey(textAt(entry.body, "vkey"));
  require(verifier.type === ED25519 && verifier.name === entry.subject, `entry ${entry.seq} names a key of another type or name`);
  return verifier;
}

/** The key that signs the checkpoint of so many entries. */
export function keyDue(keys: readonly LogKey[], size: number): Verifier {
  const due = keys.filter((key) => key.since <= size).pop();
  require(due !== undefined, "a checkpoint of no entry");
  return due.verifier;
}

/** The key that signs the checkpoint of so many entries, if it is pinned or came after one that is. */
export function trustedKey(keys: readonly LogKey[], size: number, pinned: readonly Verifier[]): Verifier {
  const due = keyDue(keys, size);
  for (const key of keys) {
    if (pinned.some((each) => each.vkey === key.verifier.vkey)) return due;
    if (key.verifier === due) break;
  }
  throw new Fault(`no pinned key leads to the key ${due.vkey}, which signs here`);
}
