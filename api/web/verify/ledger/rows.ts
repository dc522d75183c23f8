/** The rows of a bundle: lines that are parsed whenever somebody reads them (docs/ledger.md, The auditor's bundle). */
import { Alike } from "./alike.ts";
import { checkUtf8, rawHex, textOf, utf8 } from "./bytes.ts";
import { parseQuickly } from "./canonical.ts";
import { Cells } from "./cells.ts";
import { require } from "./fault.ts";
import { type JsonObject, list, object } from "./json.ts";
import { messages } from "./hash_batches.ts";
import { GrowingRootOfHashes } from "./tree.ts";

/** So many bytes of lines are decoded together, and as many more as end the last one. */
const AT_ONCE = 1 << 16;
const LINE_FEED = 10;
const ROW_TAG = utf8("qian/row/v1");

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
    const growing = new GrowingRootOfHashes();
    const finish = (): void => messages.finish();
    messages.start();
    const { lines } = this;
    let line = 0;
    let alike: Alike | null = null;
    for (const [start, end] of this.parts()) {
      let wide = false;
      for (let from = start; from < end; line++) {
        let to = alike === null ? -1 : alike.read(lines, from);
        if (to >= 0) {
          require(alike!.value(lines, alike!.place("line")) === line, "row_misplaced", { line, table: this.table });
          wide ||= alike!.wide;
        } else {
          to = lines.indexOf(LINE_FEED, from);
          const row = this.parsed(textOf(lines.subarray(from, to)), line);
          alike = Alike.to(row, ["document"], `["${this.table}",`, "]\n");
          to++;
        }
        messages.add(ROW_TAG, lines, from, to - 1, growing.place(finish));
        from = to;
      }
      if (wide) checkUtf8(lines.subarray(start, end));
    }
    require(line === this.length, "row_lines", { line, table: this.table, length: this.length });
    messages.finish();
    return rawHex(growing.root());
  }

  /** How long the lines are together. */
  get bytes(): number {
    return this.lines.length;
  }

  /** How many rows there are at most, whatever the file says. */
  get most(): number {
    return Math.min(this.length, this.lines.length);
  }

  /** The row of a line, which is canonical and stands at its place. */
  private parsed(text: string, line: number): JsonObject {
    const [table, values, ...more] = list(parseQuickly(text));
    const row = object(values);
    require(!more.length && table === this.table && row["document"] === this.document && row["line"] === line, "row_misplaced", { line, table: this.table });
    return row;
  }

  *[Symbol.iterator](): Iterator<JsonObject> {
    for (const [start, end] of this.parts()) {
      const text = textOf(this.lines.subarray(start, end - 1)).replaceAll("\n", ",");
      for (const [, row] of JSON.parse(`[${text}]`) as [string, JsonObject][]) yield row;
    }
  }

  /** Read the cells under these names row by row, sooner than all of them; what is given holds until the next row. */
  read(names: readonly string[], take: (cells: Cells, line: number) => void): void {
    const { lines } = this;
    const cells = new Cells(lines, names);
    let line = 0;
    for (const [start, end] of this.parts()) {
      for (let from = start; from < end; ) {
        from = cells.read(this.table, from, () => lines.indexOf(LINE_FEED, from) + 1);
        take(cells, line++);
      }
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
      require(end > 0, "line_cut_short");
      yield [start, end];
      start = end;
    }
  }
}
