/** A table of a model's TOML; reading a key takes it out, and `finish` refuses what nobody read. */
import { Fault, require, saying } from "../ledger/fault.ts";
import { type Toml, TomlDate, type TomlTable } from "../ledger/toml.ts";

const LARGEST = 10 ** 12;

export class ModelTable {
  private readonly left: TomlTable;

  constructor(values: TomlTable) {
    this.left = new Map(values);
  }

  has(key: string): boolean {
    return this.left.has(key);
  }

  private take(key: string): Toml {
    const value = this.left.get(key);
    if (value === undefined) throw new Fault(saying("model_key_missing", { key }));
    this.left.delete(key);
    return value;
  }

  text(key: string): string {
    const value = this.take(key);
    require(typeof value === "string" && value.trim() !== "", "model_text", { key });
    return value;
  }

  integer(key: string): number {
    const value = this.take(key);
    require(typeof value === "number" && Math.abs(value) <= LARGEST, "model_integer", { key });
    return value;
  }

  truth(key: string): boolean {
    const value = this.take(key);
    require(typeof value === "boolean", "model_truth", { key });
    return value;
  }

  date(key: string): string {
    const value = this.take(key);
    require(value instanceof TomlDate, "model_date", { key });
    return value.text;
  }

  /** A list of different texts, in its order. */
  texts(key: string): string[] {
    const value = this.take(key);
    require(Array.isArray(value) && value.length > 0 && new Set(value).size === value.length, "model_texts", { key });
    return value.map((each) => {
      require(typeof each === "string" && each !== "", "model_texts", { key });
      return each;
    });
  }

  table(key: string): ModelTable {
    const value = this.has(key) ? this.take(key) : new Map();
    require(value instanceof Map, "model_table", { key });
    return new ModelTable(value);
  }

  tables(key: string): ModelTable[] {
    const value = this.has(key) ? this.take(key) : [];
    require(Array.isArray(value), "model_tables", { key });
    return value.map((each) => {
      require(each instanceof Map, "model_tables", { key });
      return new ModelTable(each);
    });
  }

  finish(): void {
    for (const key of this.left.keys()) throw new Fault(saying("model_key", { key }));
  }
}
