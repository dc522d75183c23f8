/** Verifier keys, signed notes, checkpoints and cosignatures (docs/ledger.md, Keys, checkpoints, tiles, data files). */
import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, hex, same, unbase64, unhex, utf8 } from "./bytes.ts";
import { require } from "./fault.ts";
import { H } from "./sha256.ts";

export interface Verifier {
  readonly name: string;
  readonly type: number;
  readonly key: Uint8Array;
  readonly id: Uint8Array;
  readonly vkey: string;
}

export const ED25519 = 1;
export const COSIGNATURE = 4;
const NAME = /^[^\s+\p{Cc}]+$/u;

/** Read a vkey: its name, hex of its id, base64 of its type and key. */
export function parseVkey(vkey: string): Verifier {
  const [name, id, coded, ...more] = splitVkey(vkey);
  require(name !== undefined && id !== undefined && coded !== undefined && !more.length, "vkey_form", { vkey });
  require(NAME.test(name), "vkey_form", { vkey });
  const typed = unbase64(coded);
  const type = typed[0] ?? 0;
  require((type === ED25519 || type === COSIGNATURE) && typed.length === 33, "vkey_type", { vkey });
  const due = H(name, "\n", typed).slice(0, 4);
  require(same(unhex(id, 4), due), "vkey_id", { vkey });
  return { name, type, key: typed.slice(1), id: due, vkey };
}

/** Base64 may hold `+` itself, so only the first two are separators. */
function splitVkey(vkey: string): string[] {
  const first = vkey.indexOf("+");
  const second = vkey.indexOf("+", first + 1);
  return first < 0 || second < 0 ? [] : [vkey.slice(0, first), vkey.slice(first + 1, second), vkey.slice(second + 1)];
}

export function verified(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

export interface Signature {
  readonly verifier: Verifier;
  /** Of a cosignature: Unix seconds. */
  readonly time: number | null;
}

export interface SignedNote {
  /** The text with its last line feed. */
  readonly text: string;
  /** The signatures by known keys; all of them hold. */
  readonly signatures: readonly Signature[];
  /** How many lines of signatures there are. */
  readonly lines: number;
}

const MOST_LINES = 100;

/** Open a note: signatures by unknown keys say nothing, a bad one by a known key refuses it. */
export function openNote(note: string, known: readonly Verifier[]): SignedNote {
  const end = note.lastIndexOf("\n\n");
  require(end >= 0 && note.endsWith("\n") && !/[\0-\x09\x0b-\x1f]/.test(note), "note_form");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split("\n");
  require(lines.length <= MOST_LINES, "note_signatures");
  const signatures: Signature[] = [];
  for (const line of lines) {
    const parts = /^— (\S+) (\S+)$/.exec(line);
    require(parts !== null, "note_line");
    const [, name, coded] = parts as unknown as [string, string, string];
    const bytes = unbase64(coded);
    require(bytes.length > 4, "signature_short");
    const id = bytes.subarray(0, 4);
    const verifier = known.find((each) => each.name === name && same(each.id, id));
    if (verifier === undefined) continue;
    signatures.push({ verifier, time: opened(verifier, text, bytes.subarray(4)) });
  }
  require(signatures.length > 0, "signature_missing");
  return { text, signatures, lines: lines.length };
}

function opened(verifier: Verifier, text: string, signature: Uint8Array): number | null {
  if (verifier.type === ED25519) {
    require(verified(signature, utf8(text), verifier.key), "signature_bad", { name: verifier.name });
    return null;
  }
  require(signature.length === 72, "cosignature_bad", { name: verifier.name });
  const time = Number(new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0));
  const message = concat([utf8(`cosignature/v1\ntime ${time}\n`), utf8(text)]);
  require(verified(signature.subarray(8), message, verifier.key), "cosignature_bad", { name: verifier.name });
  return time;
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Read a checkpoint's three lines. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n");
  const [origin, size, root, end] = lines as [string, string, string, string];
  require(lines.length === 4 && end === "" && origin !== "", "checkpoint_lines");
  require(/^(0|[1-9][0-9]{0,15})$/.test(size) && Number.isSafeInteger(Number(size)), "checkpoint_size_form");
  const bytes = unbase64(root);
  require(bytes.length === 32, "checkpoint_root_form");
  return { origin, size: Number(size), root: bytes };
}

/** The text of a note before its signatures, unchecked. */
export const unsigned = (note: string): string => `${note.split("\n\n", 1)[0]}\n`;

/** Open a signed checkpoint, whose origin is the name of the log's key. */
export function openCheckpoint(note: string, log: Verifier, others: readonly Verifier[]): { checkpoint: Checkpoint; note: SignedNote } {
  const opened = openNote(note, [log, ...others]);
  const checkpoint = parseCheckpoint(opened.text);
  require(checkpoint.origin === log.name, "checkpoint_origin");
  require(opened.signatures.some((each) => each.verifier.vkey === log.vkey), "checkpoint_unsigned", { key: hex(log.id) });
  return { checkpoint, note: opened };
}

export const rotationStatement = (origin: string, vkey: string): Uint8Array => utf8(`qian/rotate/v1\n${origin}\n${vkey}\n`);
