/** The keys that a verifier pins, read from TOML or JSON (docs/draw.md, Beacons; docs/witnesses.md, Verifying). */
import { type Chain, chainOf, QUICKNET } from "./draw/drand.ts";
import { Fault, require, saying } from "./ledger/fault.ts";
import { isObject, type Json, list, object, text } from "./ledger/json.ts";
import { parseVkey, type Verifier } from "./ledger/note.ts";
import { parseToml, type Toml, TomlDate } from "./ledger/toml.ts";

export interface Trust {
  readonly log: readonly Verifier[];
  /** Undefined where no key at all is pinned: then a policy's own keys are taken. */
  readonly witnesses: readonly Verifier[] | undefined;
  readonly auditors: readonly Verifier[];
  readonly chains: readonly Chain[];
}

export const NO_TRUST: Trust = { log: [], witnesses: undefined, auditors: [], chains: [QUICKNET] };

export function parseTrust(document: string): Trust {
  const value = object(document.trimStart().startsWith("{") ? (JSON.parse(document) as Json) : json(parseToml(document)));
  for (const key of Object.keys(value)) {
    require(["log", "witnesses", "auditors", "drand"].includes(key), "trust_key", { key });
  }
  const keys = (name: string): Verifier[] => list(value[name] ?? []).map((vkey) => parseVkey(text(vkey)));
  const chains = value["drand"] ?? {};
  if (!isObject(chains)) throw new Fault(saying("trust_drand"));
  const log = keys("log");
  require(log.length > 0, "trust_log");
  return {
    log,
    witnesses: keys("witnesses"),
    auditors: keys("auditors"),
    chains: [QUICKNET, ...Object.values(chains).map(chainOf)],
  };
}

function json(value: Toml): Json {
  if (value instanceof TomlDate) return value.text;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, json(each)]));
  return Array.isArray(value) ? value.map(json) : value;
}
