/** A table of a model's TOML; reading a key takes it out, and `finish` refuses what nobody read. */
import { Fault, require } from "../ledger/fault.ts";
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
    if (value === undefined) throw new Fault(`a model lacks ${key}`);
    this.left.delete(key);
    return value;
  }

  text(key: string): string {
    const value = this.take(key);
    require(typeof value === "string" && value.trim() !== "", `a model's ${key} is no text`);
    return value;
  }

  integer(key: string): number {
    const value = this.take(key);
    require(typeof value === "number" && Math.abs(value) <= LARGEST, `a model's ${key} is no integer`);
    return value;
  }

  truth(key: string): boolean {
    const value = this.take(key);
    require(typeof value === "boolean", `a model's ${key} is not true or false`);
    return value;
  }

  date(key: string): string {
    const value = this.take(key);
    require(value instanceof TomlDate, `a model's ${key} is no date`);
    return value.text;
  }

  /** A list of different texts, in its order. */
  texts(key: string): string[] {
    const value = this.take(key);
    require(Array.isArray(value) && value.length > 0 && new Set(value).size === value.length, `a model's ${key} is no list of texts`);
    return value.map((each) => {
      require(typeof each === "string" && each !== "", `a model's ${key} is no list of texts`);
      return each;
    });
  }

  table(key: string): ModelTable {
    const value = this.has(key) ? this.take(key) : new Map();
    require(value instanceof Map, `a model's ${key} is no table`);
    return new ModelTable(value);
  }

  tables(key: string): ModelTable[] {
    const value = this.has(key) ? this.take(key) : [];
    require(Array.isArray(value), `a model's ${key} is no list of tables`);
    return value.map((each) => {
      require(each instanceof Map, `a model's ${key} is no list of tables`);
      return new ModelTable(each);
    });
  }

  finish(): void {
    for (const key of this.left.keys()) throw new Fault(`a model has a key that is unknown: ${key}`);
  }
}
