/** The cells of a table's rows under some names, read one row after the other where it stands in its bytes, or parsed. */
import { Alike } from "./alike.ts";
import { textOf, unhexed, utf8 } from "./bytes.ts";
import { Fault, saying } from "./fault.ts";
import { has, type Json, type JsonObject, text } from "./json.ts";
import { Numbers } from "./numbers.ts";

export class Cells {
  private alike: Alike | null = null;
  private places: readonly number[];
  /** The row that is not alike to the one before. */
  private row: JsonObject | null = null;
  private readonly data: Uint8Array;
  private readonly names: readonly string[];
  /** Of each cell the texts that stand in many rows. */
  private readonly known: readonly { readonly numbers: Numbers; readonly texts: string[] }[];

  constructor(data: Uint8Array, names: readonly string[]) {
    [this.data, this.names] = [data, names];
    this.places = names.map(() => -1);
    this.known = names.map(() => ({ numbers: new Numbers(), texts: [] }));
  }

  /** Read the row that begins here, of a table; returns where the next one begins, given where that is at the latest. */
  read(table: string, from: number, next: () => number): number {
    const to = this.alike === null ? -1 : this.alike.read(this.data, from);
    if (to >= 0) {
      this.row = null;
      return to;
    }
    const end = next();
    const [, row] = JSON.parse(textOf(this.data.subarray(from, end))) as [string, JsonObject];
    this.alike = Alike.to(row, ["document"], `["${table}",`, "]\n");
    this.places = this.names.map((name) => this.alike?.place(name) ?? -1);
    this.row = row;
    return end;
  }

  has(cell: number): boolean {
    return this.row ? has(this.row, this.names[cell]!) : this.places[cell]! >= 0;
  }

  value(cell: number): Json | undefined {
    if (this.row) return has(this.row, this.names[cell]!) ? this.row[this.names[cell]!] : undefined;
    return this.places[cell]! < 0 ? undefined : this.alike!.value(this.data, this.places[cell]!);
  }

  /** The text of a cell; throws Fault where none is there. */
  text(cell: number): string {
    const value = this.value(cell);
    if (value === undefined) throw new Fault(saying("key_missing", { key: this.names[cell] }));
    return text(value);
  }

  textOr(cell: number, absent: string): string {
    return this.has(cell) ? this.text(cell) : absent;
  }

  /** The number of a cell's text among others; throws Fault where none is there. */
  numberOf(cell: number, numbers: Numbers): number {
    const place = this.row ? -1 : this.places[cell]!;
    if (place >= 0 && this.alike!.isTextAt(place)) return this.alike!.numberOf(this.data, place, numbers);
    const bytes = utf8(this.text(cell));
    return numbers.of(bytes, 0, bytes.length);
  }

  /** Tell whether a cell holds a text that has this number among others. */
  isNumbered(cell: number, numbers: Numbers, number: number): boolean {
    const place = this.row ? -1 : this.places[cell]!;
    if (place >= 0 && this.alike!.isPlainAt(place)) return this.alike!.isNumbered(this.data, place, numbers, number);
    return this.value(cell) === numbers.text(number);
  }

  /** How many values the row has, `document` and `line` included. */
  get width(): number {
    return this.row ? Object.keys(this.row).length : this.alike!.width + 1;
  }

  /** The same of a cell that says the same in many rows: one text for all of them. */
  shared(cell: number): string {
    const place = this.row ? -1 : this.places[cell]!;
    if (place < 0 || !this.alike!.isTextAt(place)) return this.text(cell);
    const { numbers, texts } = this.known[cell]!;
    const number = this.alike!.numberOf(this.data, place, numbers);
    return (texts[number] ??= numbers.text(number));
  }

  /** The same, or the value that is no text, or none. */
  same(cell: number): Json | undefined {
    const place = this.row ? -1 : this.places[cell]!;
    return place >= 0 && this.alike!.isTextAt(place) ? this.shared(cell) : this.value(cell);
  }

  /** Write the bytes of a cell's hex, of exactly so many; throws Fault for anything else. */
  hex(cell: number, length: number, into: Uint8Array, at: number): void {
    const place = this.row ? -1 : this.places[cell]!;
    const written = place >= 0 && this.alike!.isTextAt(place) && this.alike!.writeHex(this.data, place, length, into, at);
    if (!written) unhexed(this.text(cell), length, into, at);
  }

  /** How many bytes `write` needs at most. */
  room(cell: number): number {
    const place = this.row ? -1 : this.places[cell]!;
    return place >= 0 && this.alike!.isTextAt(place) ? this.alike!.length(place) : 3 * this.text(cell).length;
  }

  /** Write the UTF-8 of a cell's text; returns where it ends. */
  write(cell: number, into: Uint8Array, at: number): number {
    const place = this.row ? -1 : this.places[cell]!;
    if (place >= 0 && this.alike!.isTextAt(place)) return this.alike!.write(this.data, place, into, at);
    const bytes = utf8(this.text(cell));
    into.set(bytes, at);
    return at + bytes.length;
  }
}
