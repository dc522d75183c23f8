/** The rows of a bundle: lines that are parsed whenever somebody reads them (docs/ledger.md, The auditor's bundle). */
import { Alike, picked, placesOf } from "./alike.ts";
import { rawHex, textOf } from "./bytes.ts";
import { parseQuickly } from "./canonical.ts";
import { require } from "./fault.ts";
import { has, type JsonObject, list, object } from "./json.ts";
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
    const { lines } = this;
    let line = 0;
    let alike: Alike | null = null;
    for (const [start, end] of this.parts()) {
      let wide = false;
      for (let from = start; from < end; line++) {
        let to = alike === null ? -1 : alike.read(lines, from);
        if (to >= 0) {
          require(alike!.value(lines, alike!.place("line")) === line, this.misplaced(line));
          wide ||= alike!.wide;
        } else {
          to = lines.indexOf(LINE_FEED, from);
          const row = this.parsed(textOf(lines.subarray(from, to)), line);
          alike = Alike.to(row, ["document"], `["${this.table}",`, "]\n");
          to++;
        }
        growing.add(hashing.tag("qian/row/v1").bytes(lines.subarray(from, to - 1)).done());
        from = to;
      }
      if (wide) textOf(lines.subarray(start, end)); // refuses what is not UTF-8
    }
    require(line === this.length, `${line} rows of ${this.table} where ${this.length} are told`);
    return rawHex(growing.root());
  }

  /** The row of a line, which is canonical and stands at its place. */
  private parsed(text: string, line: number): JsonObject {
    const [table, values, ...more] = list(parseQuickly(text));
    const row = object(values);
    require(!more.length && table === this.table && row["document"] === this.document && row["line"] === line, this.misplaced(line));
    return row;
  }

  private misplaced(line: number): string {
    return `line ${line} of table ${this.table} is another row's`;
  }

  *[Symbol.iterator](): Iterator<JsonObject> {
    for (const [start, end] of this.parts()) {
      const text = textOf(this.lines.subarray(start, end - 1)).replaceAll("\n", ",");
      for (const [, row] of JSON.parse(`[${text}]`) as [string, JsonObject][]) yield row;
    }
  }

  /** The rows with these names alone, where they have them; sooner than all of them. */
  *of(...names: readonly string[]): Iterable<JsonObject> {
    const { lines } = this;
    let alike: Alike | null = null;
    let places: readonly number[] = [];
    for (const [start, end] of this.parts()) {
      for (let from = start; from < end; ) {
        const to: number = alike === null ? -1 : alike.read(lines, from);
        if (to >= 0) {
          yield picked(alike!, lines, names, places);
          from = to;
        } else {
          const next = lines.indexOf(LINE_FEED, from) + 1;
          const [, row] = JSON.parse(textOf(lines.subarray(from, next))) as [string, JsonObject];
          alike = Alike.to(row, ["document"], `["${this.table}",`, "]\n");
          places = placesOf(alike, names);
          yield Object.fromEntries(names.filter((name) => has(row, name)).map((name) => [name, row[name]!]));
          from = next;
        }
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
      require(end > 0, "the last line is cut short");
      yield [start, end];
      start = end;
    }
  }
}
