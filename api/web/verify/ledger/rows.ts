/** The rows of a bundle: lines that are parsed whenever somebody reads them (docs/ledger.md, The auditor's bundle). */
import { rawHex, textOf } from "./bytes.ts";
import { parseQuickly } from "./canonical.ts";
import { require } from "./fault.ts";
import { type JsonObject, list, object } from "./json.ts";
import { Hashing } from "./sha256.ts";
import { GrowingRoot } from "./tree.ts";

/** So many bytes of lines are decoded together, and as many more as end the last one. */
const AT_ONCE = 1 << 16;
const LINE_FEED = 10;

/** The rows of a table that a document binds, in their order; each has `document` and `line` among its values. */
export class Rows implements Iterable<JsonObject> {
  readonly table: string;
  readonly document: string;
  readonly length: number;
  private readonly lines: Uint8Array;

  constructor(table: string, document: string, count: number, lines: Uint8Array) {
    this.table = table;
    this.document = document;
    this.length = count;
    this.lines = lines;
  }

  /** Check that the lines are canonical and each of its place; the root over the rows' digests in hex. */
  check(): string {
    const growing = new GrowingRoot();
    const hashing = new Hashing();
    let line = 0;
    for (const [start, end] of this.parts()) {
      let from = start;
      for (const text of textOf(this.lines.subarray(start, end - 1)).split("\n")) {
        const [table, values, ...more] = list(parseQuickly(text));
        const row = object(values);
        const placed = !more.length && table === this.table && row["document"] === this.document && row["line"] === line;
        require(placed, `line ${line} of table ${this.table} is another row's`);
        const to = this.lines.indexOf(LINE_FEED, from);
        growing.add(hashing.tag("qian/row/v1").bytes(this.lines.subarray(from, to)).done());
        from = to + 1;
        line++;
      }
    }
    require(line === this.length, `${line} rows of ${this.table} where ${this.length} are told`);
    return rawHex(growing.root());
  }

  *[Symbol.iterator](): Iterator<JsonObject> {
    for (const [start, end] of this.parts()) {
      const text = textOf(this.lines.subarray(start, end - 1)).replaceAll("\n", ",");
      for (const [, row] of JSON.parse(`[${text}]`) as [string, JsonObject][]) yield row;
    }
  }

  map<Value>(make: (row: JsonObject, line: number) => Value): Value[] {
    const made: Value[] = [];
    for (const row of this) made.push(make(row, made.length));
    return made;
  }

  get first(): JsonObject | undefined {
    for (const row of this) return row;
    return undefined;
  }

  /** Where parts begin and end, each a few whole lines. */
  private *parts(): Iterable<readonly [number, number]> {
    const { lines } = this;
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(LINE_FEED, Math.min(start + AT_ONCE, lines.length) - 1) + 1;
      require(end > 0, "the last line is cut short");
      yield [start, end];
      start = end;
    }
  }
}
