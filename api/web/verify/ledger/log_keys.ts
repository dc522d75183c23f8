/** The keys of a log, each named by the one before (docs/ledger.md, Keys, checkpoints, tiles, data files). */
import { unbase64 } from "./bytes.ts";
import { type Entry } from "./entry.ts";
import { Fault, require, saying } from "./fault.ts";
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
  require(created !== undefined && created.seq === 0 && created.kind === CREATED, "log_beginning");
  const keys: LogKey[] = [{ verifier: keyOf(created), since: 1 }];
  for (const entry of entries) {
    if (entry.kind !== ROTATED) continue;
    const old = keys[keys.length - 1]!.verifier;
    const verifier = keyOf(entry);
    require(verifier.name === old.name, "rotation_of_another_log", { seq: entry.seq });
    const signature = unbase64(textAt(entry.body, "signature"));
    require(
      verified(signature, rotationStatement(old.name, verifier.vkey), old.key),
      "rotation_unsigned", { seq: entry.seq },
    );
    require(keys.every((key) => key.verifier.vkey !== verifier.vkey), "rotation_key_again", { seq: entry.seq });
    keys.push({ verifier, since: entry.seq + 2 });
  }
  return keys;
}

function keyOf(entry: Entry): Verifier {
  const verifier = parseVkey(textAt(entry.body, "vkey"));
  require(verifier.type === ED25519 && verifier.name === entry.subject, "rotation_key", { seq: entry.seq });
  return verifier;
}

/** The key that signs the checkpoint of so many entries. */
export function keyDue(keys: readonly LogKey[], size: number): Verifier {
  const due = keys.filter((key) => key.since <= size).pop();
  require(due !== undefined, "checkpoint_empty");
  return due.verifier;
}

/** The key that signs the checkpoint of so many entries, if it is pinned or came after one that is. */
export function trustedKey(keys: readonly LogKey[], size: number, pinned: readonly Verifier[]): Verifier {
  const due = keyDue(keys, size);
  for (const key of keys) {
    if (pinned.some((each) => each.vkey === key.verifier.vkey)) return due;
    if (key.verifier === due) break;
  }
  throw new Fault(saying("key_not_pinned", { vkey: due.vkey }));
}
