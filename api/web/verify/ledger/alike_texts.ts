/** Canonical objects that stand in cells as texts and are mostly alike, read where they stand. */
import { Alike } from "./alike.ts";
import { textOf, utf8 } from "./bytes.ts";
import { parseQuickly } from "./canonical.ts";
import type { Cells } from "./cells.ts";
import { has, type JsonObject, object, textAt } from "./json.ts";
import type { Numbers } from "./numbers.ts";

/** Reads one after the other; what it tells of one holds until the next. */
export class AlikeTexts {
  private alike: Alike | null = null;
  private places: readonly number[];
  /** The object that is not alike to the one before. */
  private object: JsonObject | null = null;
  private room = new Uint8Array(1024);
  private readonly names: readonly string[];

  constructor(...names: readonly string[]) {
    this.names = names;
    this.places = names.map(() => -1);
  }

  /** Read the object of a cell; throws Fault where the text is not canonical or holds none. */
  read(cells: Cells, cell: number): void {
    const most = cells.room(cell);
    if (most > this.room.length) this.room = new Uint8Array(2 * most);
    const length = cells.write(cell, this.room, 0);
    this.object = null;
    if (this.alike?.read(this.room, 0) === length) return;
    const found = object(parseQuickly(textOf(this.room.subarray(0, length))));
    this.alike = Alike.to(found);
    this.places = this.names.map((name) => this.alike?.place(name) ?? -1);
    this.object = found;
  }

  has(name: number): boolean {
    return this.object ? has(this.object, this.names[name]!) : this.places[name]! >= 0;
  }

  /** The number of the text under a name; throws Fault where none is there. */
  numberOf(name: number, numbers: Numbers): number {
    const place = this.places[name]!;
    if (!this.object && this.alike!.isTextAt(place)) return this.alike!.numberOf(this.room, place, numbers);
    const bytes = utf8(textAt(this.object ?? this.told(), this.names[name]!));
    return numbers.of(bytes, 0, bytes.length);
  }

  private told(): JsonObject {
    const held = this.names.flatMap((name, at) => (this.places[at]! >= 0 ? [[name, this.alike!.value(this.room, this.places[at]!)] as const] : []));
    return Object.fromEntries(held);
  }
}
