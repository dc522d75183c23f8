/** An entry of the log (docs/ledger.md, An entry). */
import { utf8 } from "./bytes.ts";
import { parseCanonical } from "./canonical.ts";
import { require } from "./fault.ts";
import { exactly, has, integerAt, type JsonObject, objectAt, text, textAt } from "./json.ts";
import { seconds } from "./time.ts";
import { leafHash } from "./tree.ts";

export interface Entry {
  readonly seq: number;
  readonly prev: string;
  readonly time: string;
  readonly kind: string;
  readonly subject: string;
  readonly body: JsonObject;
  /** Commitments in hex, by name. */
  readonly documents: ReadonlyMap<string, string>;
  readonly leaf: Uint8Array;
}

const LONGEST = 65_535;

export function parseEntry(data: string): Entry {
  const bytes = utf8(data);
  require(bytes.length <= LONGEST, "entry_length");
  const value = exactly(parseCanonical(bytes), "v", "seq", "prev", "time", "kind", "body");
  require(value["v"] === 1, "entry_version");
  const body = objectAt(value, "body");
  const documents = has(body, "documents") ? Object.entries(objectAt(body, "documents")) : [];
  seconds(textAt(value, "time"));
  return {
    seq: integerAt(value, "seq"),
    prev: textAt(value, "prev"),
    time: textAt(value, "time"),
    kind: textAt(value, "kind"),
    subject: textAt(body, "subject"),
    body,
    documents: new Map(documents.map(([name, commitment]) => [name, text(commitment)])),
    leaf: leafHash(bytes),
  };
}

/** The commitment of an entry's document. */
export function commitment(entry: Entry, name: string): string {
  const found = entry.documents.get(name);
  require(found !== undefined, "entry_document", { seq: entry.seq, name });
  return found;
}
