/** TOML 1.0, as far as models and files of keys need it: without floats and without times of the day. */
import { Fault, saying } from "./fault.ts";

/** A date keeps its text. */
export class TomlDate {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Toml = string | number | boolean | TomlDate | Toml[] | TomlTable;
export type TomlTable = Map<string, Toml>;

export function parseToml(text: string): TomlTable {
  return new Reader(text.replaceAll("\r\n", "\n")).document();
}

const BARE = /[A-Za-z0-9_-]/;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", '"': '"', "\\": "\\" };

class Reader {
  private at = 0;
  private readonly text: string;
  /** Tables that no header may name or extend again: defined by a header, inline or as a value. */
  private readonly closed = new Set<Toml>();
  private readonly dotted = new Set<Toml>();

  constructor(text: string) {
    this.text = text;
  }

  document(): TomlTable {
    const root: TomlTable = new Map();
    let table = root;
    for (;;) {
      this.blank(true);
      if (this.at >= this.text.length) return root;
      if (this.peek() === "[") table = this.header(root);
      else this.pair(table);
      this.blank(false);
      if (this.at < this.text.length && this.peek() !== "\n") this.refuse();
    }
  }

  private refuse(): never {
    const line = this.text.slice(0, this.at).split("\n").length;
    throw new Fault(saying("toml", { line }));
  }

  private peek(length = 1): string {
    return this.text.substr(this.at, length);
  }

  private take(expected: string): void {
    if (this.peek(expected.length) !== expected) this.refuse();
    this.at += expected.length;
  }

  /** Pass by spaces and a comment, and by line feeds too. */
  private blank(lines: boolean): void {
    for (;;) {
      const next = this.peek();
      if (next === " " || next === "\t" || (lines && next === "\n")) this.at++;
      else if (next === "#") {
        while (this.at < this.text.length && this.peek() !== "\n") {
          if (/[\0-\x08\x0b-\x1f\x7f]/.test(this.peek())) this.refuse();
          this.at++;
        }
      } else return;
    }
  }

  private header(root: TomlTable): TomlTable {
    const isList = this.peek(2) === "[[";
    this.take(isList ? "[[" : "[");
    const keys = this.keys();
    this.take(isList ? "]]" : "]");
    let table = root;
    for (const key of keys.slice(0, -1)) table = this.inner(table, key);
    const last = keys[keys.length - 1]!;
    const held = table.get(last);
    const fresh: TomlTable = new Map();
    if (isList) {
      if (held === undefined) table.set(last, [fresh]);
      else if (Array.isArray(held) && !this.closed.has(held)) held.push(fresh);
      else this.refuse();
      return fresh;
    }
    if (held === undefined) {
      table.set(last, fresh);
      this.closed.add(fresh);
      return fresh;
    }
    if (!(held instanceof Map) || this.closed.has(held) || this.dotted.has(held)) this.refuse();
    this.closed.add(held);
    return held;
  }

  /** The table under a key on a header's way, made where it is not there yet; of a list of tables the last. */
  private inner(table: TomlTable, key: string): TomlTable {
    const held = table.get(key);
    if (held === undefined) {
      const fresh: TomlTable = new Map();
      table.set(key, fresh);
      return fresh;
    }
    const last = Array.isArray(held) && !this.closed.has(held) ? held[held.length - 1] : held;
    if (!(last instanceof Map) || this.inline.has(last)) this.refuse();
    return last;
  }

  private readonly inline = new Set<Toml>();

  private pair(table: TomlTable): void {
    const keys = this.keys();
    this.take("=");
    this.blank(false);
    let target = table;
    for (const key of keys.slice(0, -1)) {
      const held = target.get(key);
      if (held !== undefined && !(held instanceof Map && this.dotted.has(held))) this.refuse();
      const next: TomlTable = held instanceof Map ? held : new Map();
      this.dotted.add(next);
      target.set(key, next);
      target = next;
    }
    const last = keys[keys.length - 1]!;
    if (target.has(last)) this.refuse();
    target.set(last, this.value());
  }

  private keys(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.blank(false);
      if (this.peek() === '"') keys.push(this.basic());
      else if (this.peek() === "'") keys.push(this.literal());
      else {
        const from = this.at;
        while (BARE.test(this.peek())) this.at++;
        if (this.at === from) this.refuse();
        keys.push(this.text.slice(from, this.at));
      }
      this.blank(false);
      if (this.peek() !== ".") return keys;
      this.at++;
    }
  }

  private value(): Toml {
    const next = this.peek();
    if (next === '"') return this.peek(3) === '"""' ? this.longText('"""') : this.basic();
    if (next === "'") return this.peek(3) === "'''" ? this.longText("'''") : this.literal();
    if (next === "[") return this.array();
    if (next === "{") return this.table();
    const found = /^[A-Za-z0-9_+:.-]+/.exec(this.text.slice(this.at, this.at + 100));
    if (found === null) this.refuse();
    this.at += found[0].length;
    return this.scalar(found[0]);
  }

  private scalar(word: string): Toml {
    if (word === "true" || word === "false") return word === "true";
    if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(word)) return new TomlDate(word);
    const plain = word.replaceAll("_", "");
    if (/^[+-]?(0|[1-9](_?[0-9])*)$/.test(word)) return this.safe(Number(plain));
    if (/^0x[0-9A-Fa-f](_?[0-9A-Fa-f])*$|^0o[0-7](_?[0-7])*$|^0b[01](_?[01])*$/.test(word)) return this.safe(Number(plain));
    return this.refuse();
  }

  private safe(value: number): number {
    if (!Number.isSafeInteger(value)) this.refuse();
    return value === 0 ? 0 : value;
  }

  private array(): Toml[] {
    this.take("[");
    const values: Toml[] = [];
    this.closed.add(values);
    for (;;) {
      this.blank(true);
      if (this.peek() === "]") break;
      values.push(this.value());
      this.blank(true);
      if (this.peek() !== ",") break;
      this.at++;
    }
    this.take("]");
    return values;
  }

  private table(): TomlTable {
    this.take("{");
    const table: TomlTable = new Map();
    this.closed.add(table);
    this.inline.add(table);
    this.blank(false);
    if (this.peek() === "}") {
      this.at++;
      return table;
    }
    for (;;) {
      this.pair(table);
      this.blank(false);
      if (this.peek() !== ",") break;
      this.at++;
    }
    this.take("}");
    return table;
  }

  private literal(): string {
    const end = this.text.indexOf("'", this.at + 1);
    const found = this.text.slice(this.at + 1, end);
    if (end < 0 || /[\0-\x08\x0a-\x1f\x7f]/.test(found)) this.refuse();
    this.at = end + 1;
    return found;
  }

  private basic(): string {
    this.take('"');
    let found = "";
    while (this.peek() !== '"') found += this.character(false);
    this.at++;
    return found;
  }

  private longText(quotes: string): string {
    this.take(quotes);
    if (this.peek() === "\n") this.at++;
    let found = "";
    while (this.peek(3) !== quotes) found += quotes === '"""' ? this.character(true) : this.raw(true);
    this.at += 3;
    for (let more = 0; more < 2 && this.peek() === quotes[0]; more++, this.at++) found += quotes[0];
    return found;
  }

  private raw(lines: boolean): string {
    const next = String.fromCodePoint(this.text.codePointAt(this.at) ?? this.refuse());
    if (/[\0-\x08\x0b-\x1f\x7f]/.test(next) || (next === "\n" && !lines)) this.refuse();
    this.at += next.length;
    return next;
  }

  private character(lines: boolean): string {
    if (this.peek() !== "\\") return this.raw(lines);
    const folded = lines ? /^\\[ \t]*\n[ \t\n]*/.exec(this.text.slice(this.at)) : null;
    if (folded !== null) {
      this.at += folded[0].length;
      return "";
    }
    const kind = this.text[this.at + 1] ?? "";
    this.at += 2;
    if (Object.hasOwn(ESCAPES, kind)) return ESCAPES[kind]!;
    const digits = kind === "u" ? this.peek(4) : kind === "U" ? this.peek(8) : this.refuse();
    if (!/^([0-9A-Fa-f]{4}|[0-9A-Fa-f]{8})$/.test(digits)) this.refuse();
    const point = parseInt(digits, 16);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) this.refuse();
    this.at += digits.length;
    return String.fromCodePoint(point);
  }
}
