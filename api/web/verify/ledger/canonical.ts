/**
 * Canonical JSON (docs/ledger.md, An entry): a writer, and a reader that refuses all bytes but those of the writer. The
 * reader goes over bytes, since a bundle may be longer than any text in JavaScript.
 */
import { textOf, utf8 } from "./bytes.ts";
import { Fault, saying } from "./fault.ts";
import type { Json, JsonObject } from "./json.ts";

const DEEPEST = 100;
const SHORT = /^\\(?:["\\bfnrt]|u00[01][0-9a-f])/;
const buffers = globalThis.Buffer;

/** The canonical text of a value. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(",")}]`;
  const members = value as JsonObject;
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name]!)}`).join(",")}}`;
}

/** The value of canonical bytes; throws Fault for any others. */
export function parseCanonical(data: Uint8Array): Json {
  return new Reader(data).whole();
}

/** The value of a text that is canonical, sooner than by the reader below where what it holds is plain. */
export function parseQuickly(text: string): Json {
  if (!text.includes("\\u")) {
    const value = parsed(text);
    if (value !== undefined && isPlain(value) && JSON.stringify(value) === text) return value;
  }
  return parseText(text);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const goodKeys = new Set<string>();

/** Tell whether what was parsed is canonical if its text is what JavaScript writes of it. */
function isPlain(value: Json): boolean {
  if (typeof value === "string") return true;
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (value === null || typeof value === "boolean") return true;
  if (Array.isArray(value)) {
    for (const each of value as readonly Json[]) if (Array.isArray(each) || !isPlain(each)) return false;
    return true;
  }
  let before: string | undefined;
  for (const key in value as JsonObject) {
    if (before !== undefined && key <= before) return false;
    if (!goodKeys.has(key)) {
      if (/[\ud800-\udfff]/.test(key)) return false;
      goodKeys.add(key);
    }
    const each = (value as JsonObject)[key]!;
    if (typeof each !== "string" && ((typeof each === "object" && each !== null && !Array.isArray(each)) || !isPlain(each))) return false;
    before = key;
  }
  return true;
}

/** The value of a text that is canonical. */
export const parseText = (text: string): Json => parseCanonical(utf8(text));

class Reader {
  private at = 0;
  private readonly data: Uint8Array;
  private readonly slice: (from: number, to: number, ascii: boolean) => string;

  constructor(data: Uint8Array) {
    this.data = data;
    const shared = buffers?.from(data.buffer, data.byteOffset, data.byteLength);
    this.slice = (from, to, ascii) =>
      shared && ascii ? shared.toString("latin1", from, to) : textOf(data.subarray(from, to));
  }

  whole(): Json {
    const value = this.value(0);
    if (this.at !== this.data.length) this.refuse();
    return value;
  }

  private refuse(): never {
    throw new Fault(saying("json_canonical", { at: this.at }));
  }

  private expect(byte: number): void {
    if (this.data[this.at] !== byte) this.refuse();
    this.at++;
  }

  private value(depth: number): Json {
    const byte = this.data[this.at];
    if (byte === 0x22) return this.string();
    if (byte === 0x7b) return this.object(depth);
    if (byte === 0x5b) return this.array(depth);
    if (byte === 0x74) return this.word("true", true);
    if (byte === 0x66) return this.word("false", false);
    if (byte === 0x6e) return this.word("null", null);
    return this.number();
  }

  private word(word: string, value: Json): Json {
    for (let i = 0; i < word.length; i++) this.expect(word.charCodeAt(i));
    return value;
  }

  private number(): number {
    const from = this.at;
    if (this.data[this.at] === 0x2d) this.at++;
    const digits = this.at;
    let value = 0;
    for (let byte = this.data[this.at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = this.data[this.at]) {
      value = 10 * value + (byte - 0x30);
      this.at++;
    }
    const length = this.at - digits;
    const leadingZero = this.data[digits] === 0x30;
    if (!length || (leadingZero && (length > 1 || from !== digits)) || length > 16 || value > Number.MAX_SAFE_INTEGER) {
      this.refuse();
    }
    return from === digits ? value : -value;
  }

  private string(): string {
    const from = ++this.at;
    let bits = 0;
    let escaped = false;
    for (;;) {
      const byte = this.data[this.at];
      if (byte === undefined || byte < 0x20) this.refuse();
      if (byte === 0x22) break;
      if (byte === 0x5c) {
        escaped = true;
        this.at++;
      }
      bits |= byte;
      this.at++;
    }
    const raw = this.slice(from, this.at, bits < 0x80);
    this.at++;
    return escaped ? unescaped(raw) : raw;
  }

  private array(depth: number): Json {
    if (depth >= DEEPEST) this.refuse();
    this.at++;
    const values: Json[] = [];
    if (this.data[this.at] === 0x5d) {
      this.at++;
      return values;
    }
    for (;;) {
      values.push(this.value(depth + 1));
      if (this.data[this.at] === 0x5d) break;
      this.expect(0x2c);
    }
    this.at++;
    return values;
  }

  private object(depth: number): Json {
    if (depth >= DEEPEST) this.refuse();
    this.at++;
    const value: Record<string, Json> = {};
    if (this.data[this.at] === 0x7d) {
      this.at++;
      return value;
    }
    let before: string | undefined;
    for (;;) {
      if (this.data[this.at] !== 0x22) this.refuse();
      const key = this.string();
      if ((before !== undefined && key <= before) || /[\ud800-\udfff]/.test(key)) this.refuse();
      before = key;
      this.expect(0x3a);
      const item = this.value(depth + 1);
      if (key === "__proto__") Object.defineProperty(value, key, { value: item, enumerable: true });
      else value[key] = item;
      if (this.data[this.at] === 0x7d) break;
      this.expect(0x2c);
    }
    this.at++;
    return value;
  }
}

/** The text of a string's inner part with escapes; throws Fault for escapes that a writer does not write. */
function unescaped(raw: string): string {
  const value = JSON.parse(`"${raw}"`) as string;
  for (let at = raw.indexOf("\\"); at >= 0; at = raw.indexOf("\\", at + 1)) {
    const escape = SHORT.exec(raw.slice(at, at + 6));
    if (escape === null) throw new Fault(saying("json_escape"));
    at += escape[0].length - 1;
  }
  if (JSON.stringify(value) !== `"${raw}"`) throw new Fault(saying("json_escape"));
  return value;
}
