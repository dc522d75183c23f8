/** JSON values and strict readers of their parts: what is missing or of another type is a fault. */
import { Fault, saying } from "./fault.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Fault(saying("object_expected"));
  return value;
}

export function list(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw new Fault(saying("list_expected"));
  return value as readonly Json[];
}

export function text(value: Json | undefined): string {
  if (typeof value !== "string") throw new Fault(saying("text_expected"));
  return value;
}

const UNPRINTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A text of one line: without controls, marks of direction and the like, and of `most` characters at most. */
export function line(value: Json | undefined, most = Infinity): string {
  const found = text(value);
  if (UNPRINTED.test(found) || [...found].length > most) throw new Fault(saying("line_expected", { most }));
  return found;
}

export function integer(value: Json | undefined): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new Fault(saying("integer_expected"));
  return value;
}

export function truth(value: Json | undefined): boolean {
  if (typeof value !== "boolean") throw new Fault(saying("truth_expected"));
  return value;
}

export const has = (value: JsonObject, key: string): boolean => Object.hasOwn(value, key);

/** The value of a key that must be there. */
export function member(value: Json | undefined, key: string): Json {
  const found = object(value);
  if (!has(found, key)) throw new Fault(saying("key_missing", { key }));
  return found[key]!;
}

export const textAt = (value: Json | undefined, key: string): string => text(member(value, key));
export const integerAt = (value: Json | undefined, key: string): number => integer(member(value, key));
export const truthAt = (value: Json | undefined, key: string): boolean => truth(member(value, key));
export const listAt = (value: Json | undefined, key: string): readonly Json[] => list(member(value, key));
export const objectAt = (value: Json | undefined, key: string): JsonObject => object(member(value, key));
export const textsAt = (value: Json | undefined, key: string): string[] => listAt(value, key).map(text);
export const integersAt = (value: Json | undefined, key: string): number[] => listAt(value, key).map(integer);

/** An object with exactly these keys. */
export function exactly(value: Json | undefined, ...keys: readonly string[]): JsonObject {
  const found = object(value);
  const names = Object.keys(found);
  if (names.length !== keys.length || !keys.every((key) => has(found, key))) {
    throw new Fault(saying("keys_differ", { names: names.join(", "), keys: keys.join(", ") }));
  }
  return found;
}
