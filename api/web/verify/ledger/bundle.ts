/** The auditor's bundle (docs/ledger.md, The auditor's bundle), its entries and its documents. */
import { hex, same, unhex } from "./bytes.ts";
import { canonical, parseCanonical, parseText } from "./canonical.ts";
import { type Entry, parseEntry } from "./entry.ts";
import { type Saying, require } from "./fault.ts";
import { exactly, integerAt, type Json, type JsonObject, listAt, object, objectAt, text, textAt } from "./json.ts";
import { CREATED, ROTATED } from "./kinds.ts";
import { type LogKey, logKeys, trustedKey } from "./log_keys.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint, unsigned, type Verifier } from "./note.ts";
import { Rows } from "./rows.ts";
import { H } from "./sha256.ts";
import { rootOf } from "./tree.ts";

export interface OpenedDocument {
  readonly id: string;
  readonly salt: string;
  /** Its committed text. */
  readonly text: string;
  readonly rows: ReadonlyMap<string, Rows>;
  /** What the text says: {"id", "kind", "content", "tables"}. */
  readonly value: JsonObject;
}

export interface Bundle {
  readonly campaign: string;
  readonly checkpoint: string;
  readonly entries: readonly string[];
  readonly documents: ReadonlyMap<string, OpenedDocument>;
}

/** By commitment and table the root over the rows, in hex. */
export type RowRoots = ReadonlyMap<string, ReadonlyMap<string, string>>;

const FORMAT = "qian/bundle/v2";
const LINE_FEED = 10;

/** Read a bundle; the lines of its rows are not looked at, `rowRoots` does that. */
export function parseBundle(data: Uint8Array): Bundle {
  const end = data.indexOf(LINE_FEED);
  require(end >= 0, "file_cut_short");
  const value = exactly(parseCanonical(data.subarray(0, end)), "format", "campaign", "checkpoint", "entries", "documents");
  require(value["format"] === FORMAT, "file_format", { format: FORMAT });
  let at = end + 1;
  const take = (bytes: number): Uint8Array => {
    require(bytes >= 0 && at + bytes <= data.length, "rows_cut_short");
    at += bytes;
    return data.subarray(at - bytes, at);
  };
  const documents = Object.entries(objectAt(value, "documents")).map(
    ([commitment, each]) => [commitment, openedDocument(each, take)] as const,
  );
  require(at === data.length, "file_holds_more", { format: FORMAT });
  return {
    campaign: textAt(value, "campaign"),
    checkpoint: textAt(value, "checkpoint"),
    entries: listAt(value, "entries").map(text),
    documents: new Map(documents),
  };
}

function openedDocument(value: Json, take: (bytes: number) => Uint8Array): OpenedDocument {
  const parts = exactly(value, "id", "salt", "content", "rows");
  const [id, content] = [textAt(parts, "id"), textAt(parts, "content")];
  const rows = Object.entries(objectAt(parts, "rows")).map(([table, each]) => {
    const told = exactly(each, "count", "bytes");
    return [table, new Rows(table, id, integerAt(told, "count"), take(integerAt(told, "bytes")))] as const;
  });
  let parsed: JsonObject | undefined;
  unhex(textAt(parts, "salt"));
  return {
    id,
    salt: textAt(parts, "salt"),
    text: content,
    rows: new Map(rows),
    get value() {
      return (parsed ??= object(parseText(content)));
    },
  };
}

/** Check the lines of all rows, and give the roots over them. */
export function rowRoots(bundle: Bundle): RowRoots {
  const rooted = ({ rows }: OpenedDocument) => new Map([...rows].map(([table, each]) => [table, each.check()] as const));
  return new Map([...bundle.documents].map(([commitment, document]) => [commitment, rooted(document)] as const));
}

/** The log's keys, from those of the entries that name them. */
export function logKeysOf(bundle: Bundle): readonly LogKey[] {
  const marks = [CREATED, ROTATED].map((kind) => `"kind":"${kind}"`);
  return logKeys(bundle.entries.filter((entry) => marks.some((mark) => entry.includes(mark))).map(parseEntry));
}

/** Check the checkpoint's signatures; without pinned keys the log's own first key is taken. */
export function checkSignature(
  bundle: Bundle,
  pinned: readonly Verifier[],
  witnesses: readonly Verifier[],
): { checkpoint: Checkpoint; key: Verifier } {
  const { size } = parseCheckpoint(unsigned(bundle.checkpoint));
  const keys = logKeysOf(bundle);
  const key = trustedKey(keys, size, pinned.length ? pinned : [keys[0]!.verifier]);
  const { checkpoint, note } = openCheckpoint(bundle.checkpoint, key, witnesses);
  const signers = new Set(note.signatures.map((each) => each.verifier.vkey));
  require(signers.size === note.lines, "checkpoint_signers");
  return { checkpoint, key };
}

/** Check that each entry counts on, names the one before and is not dated before it. */
export function checkChain(bundle: Bundle): Entry[] {
  let previous = "0".repeat(64);
  let time = "";
  return bundle.entries.map((data, seq) => {
    const entry = parseEntry(data);
    require(entry.seq === seq && entry.prev === previous, "entry_previous", { seq, before: seq - 1 });
    require(entry.time >= time, "entry_date", { seq, before: seq - 1 });
    previous = hex(entry.leaf);
    time = entry.time;
    return entry;
  });
}

export function checkTree(checkpoint: Checkpoint, entries: readonly Entry[]): void {
  require(checkpoint.size === entries.length, "checkpoint_size", { size: checkpoint.size, length: entries.length });
  require(same(rootOf(entries.map((entry) => entry.leaf)), checkpoint.root), "checkpoint_root");
}

/** Check that the bundle has exactly the needed documents (what each is, by commitment), each one opening it. */
export function checkDocuments(bundle: Bundle, needed: ReadonlyMap<string, Saying>, roots: RowRoots): void {
  for (const [commitment, what] of needed) require(bundle.documents.has(commitment), "document_missing", { what });
  for (const [commitment, document] of bundle.documents) {
    const what = needed.get(commitment);
    require(what !== undefined, "document_unneeded", { id: document.id });
    const opens = document.salt.length === 64 && hex(H("qian/document/v1", unhex(document.salt), document.text)) === commitment;
    require(opens, "document_commitment", { what, id: document.id });
    require(document.value["id"] === document.id, "document_id", { what, id: document.id });
    checkRows(document, roots.get(commitment)!, what);
  }
}

function checkRows(document: OpenedDocument, roots: ReadonlyMap<string, string>, what: Saying): void {
  const tables = objectAt(document.value, "tables");
  const names = Object.keys(tables);
  require(
    names.length === document.rows.size && names.every((name) => document.rows.has(name)),
    "document_tables", { what },
  );
  for (const name of names) {
    const bound = objectAt(tables, name);
    const agree = document.rows.get(name)!.length === integerAt(bound, "count") && roots.get(name) === textAt(bound, "root");
    require(agree, "row_altered", { name, what });
  }
}

/** The digest of a row with its `document` and `line`. */
export const rowDigest = (table: string, row: JsonObject): Uint8Array => H("qian/row/v1", canonical([table, row]));

export const documentCommitment = (salt: Uint8Array, document: Uint8Array): Uint8Array =>
  H("qian/document/v1", salt, document);
