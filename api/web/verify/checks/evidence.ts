/** What the checks of a campaign read: the log's entries, and the documents that its entries open. */
import type { OpenedDocument } from "../ledger/bundle.ts";
import { commitment, type Entry } from "../ledger/entry.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { integerAt, type JsonObject, listAt, member, objectAt, textAt, textsAt } from "../ledger/json.ts";
import { DRAWN, LISTED, MATCHED } from "../ledger/kinds.ts";
import { Numbers } from "../ledger/numbers.ts";
import type { Rows } from "../ledger/rows.ts";
import type { Trust } from "../trust.ts";
import { TicketKeys } from "../draw/slots.ts";
import { type Stratum, stratumOf } from "../draw/strata.ts";
import { seedOf, type Drawing, drawFrom, type Lots } from "../draw/tickets.ts";
import { unhex } from "../ledger/bytes.ts";
import { type Plan, planOf } from "./plan.ts";
import { frozenEntry } from "./past.ts";

export { frozenEntry };

/** The frame as its rows have it, by position. */
export interface Frame {
  /** The numbers of the codes. */
  readonly codes: Int32Array;
  /** The labels of the strata. */
  readonly labels: readonly string[];
  readonly sectors: readonly string[];
  readonly keys: TicketKeys;
}

export class Evidence {
  readonly ofCampaign: readonly Entry[];
  readonly campaign: string;
  readonly entries: readonly Entry[];
  readonly documents: ReadonlyMap<string, OpenedDocument>;
  readonly trust: Trust;
  /** All codes that were read, by number. */
  readonly codes = new Numbers();
  private readonly made = new Map<string, unknown>();

  constructor(campaign: string, entries: readonly Entry[], documents: ReadonlyMap<string, OpenedDocument>, trust: Trust) {
    this.campaign = campaign;
    this.entries = entries;
    this.documents = documents;
    this.trust = trust;
    this.ofCampaign = entries.filter((entry) => entry.subject === campaign);
  }

  /** What is made under a name, made once. */
  once<Value>(name: string, make: () => Value): Value {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name) as Value;
  }

  get frozen(): Entry {
    return this.once("frozen", () => frozenEntry(this.entries, this.campaign));
  }
  get drawn(): Entry {
    return this.once("drawn", () => this.one(DRAWN));
  }
  /** Whether the campaign is no draw, and its entry fixed a list. */
  get isList(): boolean {
    return this.frozen.kind === LISTED;
  }
  /** The entry that the named beacon decided: the draw, or the matching of a list. */
  get decided(): Entry {
    return this.isList ? this.one(MATCHED) : this.drawn;
  }
  /** The entry since which it is known whom to visit. */
  get chosenAt(): Entry {
    return this.isList ? this.frozen : this.drawn;
  }
  /** The rows by which all of a list are visited. */
  get listedRows(): Rows {
    return this.rows(this.frozen, "plan", "drawn");
  }
  /** The content of the sealed plan. */
  get sealed(): JsonObject {
    return this.content(this.frozen, "plan");
  }
  get plan(): Plan {
    return this.once("plan", () => planOf(member(this.sealed, "plan")));
  }
  /** The grades of the run, low risk first. */
  get scale(): readonly string[] {
    return this.once("scale", () => textsAt(this.sealed, "scale"));
  }
  get strata(): readonly Stratum[] {
    return this.once("strata", () => listAt(this.sealed, "strata").map(stratumOf));
  }
  get slotRows(): Rows {
    return this.rows(this.frozen, "plan", "slot");
  }
  get frame(): Frame {
    return this.once("frame", () => this.readFrame());
  }
  private readFrame(): Frame {
    const rows = this.slotRows;
    const codes = new Int32Array(rows.most);
    const labels: string[] = [];
    const sectors: string[] = [];
    const [code, label, sector, key] = [0, 1, 2, 3];
    const keys = new TicketKeys(rows.most);
    rows.read(["enterprise", "stratum", "sector", "ticket_key"], (cells, line) => {
      codes[line] = cells.numberOf(code, this.codes);
      labels.push(cells.shared(label));
      sectors.push(cells.shared(sector));
      keys.read(cells, key, line);
    });
    return { codes: codes.subarray(0, labels.length), labels, sectors, keys };
  }
  /** The code at a position of the frame. */
  code(position: number): string | undefined {
    const number = this.frame.codes[position];
    return number === undefined ? undefined : this.codes.text(number);
  }
  /** The frame's ticket keys, 32 bytes each, one after the other. */
  get keys(): Uint8Array {
    return this.frame.keys.all;
  }
  get seed(): Uint8Array {
    return this.once("seed", () => seedOf(this.frozen.leaf, unhex(textAt(this.decided.body, "output"), 32)));
  }
  get drawing(): Drawing {
    const lots = (): Lots => ({ strata: this.frame.labels, keys: this.keys });
    return this.once("drawing", () => drawFrom(this.seed, lots(), this.strata));
  }
  /** The positions that are visited but for replacements: those drawn, or all of a list. */
  get chosenPositions(): ReadonlySet<number> {
    const rows = (): Rows => (this.isList ? this.listedRows : this.rows(this.drawn, "draw", "drawn"));
    return this.once("positions", () => new Set(rows().map((row) => integerAt(row, "position"))));
  }

  before(entry: Entry): readonly Entry[] {
    return this.entries.slice(0, entry.seq);
  }
  of(kind: string): readonly Entry[] {
    return this.ofCampaign.filter((entry) => entry.kind === kind);
  }
  one(kind: string): Entry {
    const [found, ...more] = this.of(kind);
    if (found === undefined || more.length) {
      throw new Fault(saying("entry_count", { number: found ? more.length + 1 : 0, kind, campaign: this.campaign }));
    }
    return found;
  }
  private document(entry: Entry, name: string): OpenedDocument {
    const found = this.documents.get(commitment(entry, name));
    require(found !== undefined, "document_of_entry_missing", { name, seq: entry.seq });
    return found;
  }
  content(entry: Entry, name: string): JsonObject {
    return objectAt(this.document(entry, name).value, "content");
  }
  /** Whether a document of an entry binds a table. */
  binds(entry: Entry, name: string, table: string): boolean {
    return this.document(entry, name).rows.has(table);
  }
  rows(entry: Entry, name: string, table: string): Rows {
    const found = this.document(entry, name).rows.get(table);
    require(found !== undefined, "table_of_document_missing", { name, seq: entry.seq, table });
    return found;
  }
}
