/** Beacons as an entry names them (docs/draw.md, Beacons). */
import { unhex } from "../ledger/bytes.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { exactly, has, integerAt, type Json, listAt, member, object, text, textAt } from "../ledger/json.ts";
import { instantOf, seconds } from "../ledger/time.ts";
import { type Chain, chainOf, dueAt } from "./drand.ts";
import { outcomesOf } from "./numbers.ts";

/** Times are Unix seconds. `knownFrom` is when all of a beacon may be known. */
interface Named {
  readonly notBefore: number;
  readonly knownFrom: number;
  readonly leastMargin: number;
  readonly entropyBits: number;
}

export interface Local extends Named {
  readonly kind: "local";
}
export interface Drand extends Named {
  readonly kind: "drand";
  readonly chain: Chain;
  readonly round: number;
}
export interface Sources extends Named {
  readonly kind: "sources";
  readonly sources: readonly string[];
  /** When each is published, by the JSON of its kind and issue. */
  readonly issues: ReadonlyMap<string, number>;
  /** Earlier freezes named none: their numbers are waited for. */
  readonly ending: { readonly deadline: number; readonly fallback: Local | Drand } | null;
}
export interface Throw {
  readonly what: string;
  readonly count: number;
  readonly of: number;
  readonly before: readonly string[];
  readonly deadline: number;
}
export interface Ceremony extends Named {
  readonly kind: "ceremony";
  /** Commitments in hex by name, in the parties' order. */
  readonly parties: ReadonlyMap<string, string>;
  readonly deadline: number;
  readonly fallback: Single;
  readonly throw: Throw | null;
}
export type Single = Local | Drand | Sources;
export type Beacon = Single | Ceremony;

const LEAST_BITS = 32;
const PUBLIC_MARGIN = 60;
const LAST = 253402300799; // 9999-12-31T23:59:59Z

/** A text without control characters that is not empty. */
export function plain(value: Json | undefined): string {
  const found = text(value);
  require(found !== "" && !/[\0-\x1f\x7f]/.test(found), "text_unusable");
  return found;
}

export function parseBeacon(value: Json): Beacon {
  return textAt(value, "kind") === "ceremony" ? parseCeremony(value) : parseSingle(value);
}

function parseSingle(value: Json): Single {
  const kind = textAt(value, "kind");
  if (kind === "local") {
    const notBefore = seconds(textAt(exactly(value, "kind", "not_before"), "not_before"));
    return { kind, notBefore, knownFrom: notBefore, leastMargin: 0, entropyBits: 256 };
  }
  if (kind === "drand") {
    const given = exactly(value, "kind", "chain", "round", "not_before");
    const chain = chainOf(member(given, "chain"));
    const round = integerAt(given, "round");
    require(round >= 1 && dueAt(chain, round + 1) <= LAST, "drand_round_impossible");
    const notBefore = dueAt(chain, round);
    require(instantOf(notBefore) === textAt(given, "not_before"), "drand_round_time");
    return { kind, chain, round, notBefore, knownFrom: notBefore, leastMargin: PUBLIC_MARGIN, entropyBits: 256 };
  }
  if (kind === "sources") return parseSources(value);
  throw new Fault(saying("beacon_kind", { kind }));
}

function parseSources(value: Json): Sources {
  const ends = has(object(value), "deadline");
  const given = exactly(value, "kind", "sources", "not_before", ...(ends ? ["deadline", "fallback"] : []));
  const issues = listAt(given, "sources").map((each) => exactly(each, "source", "issue", "at"));
  const sources = issues.map((each) => plain(each["source"]));
  const times = issues.map((each) => seconds(textAt(each, "at")));
  const named = new Map(issues.map((each, at) => [JSON.stringify([each["source"]!, plain(each["issue"])]), times[at]!] as const));
  require(named.size === issues.length, "issue_twice");
  const outcomes = sources.reduce((product, source) => product * outcomesOf(source), 1n);
  const entropyBits = outcomes.toString(2).length - 1;
  require(entropyBits >= LEAST_BITS, "beacon_bits", { bits: entropyBits });
  const notBefore = Math.min(...times);
  require(instantOf(notBefore) === textAt(given, "not_before"), "public_numbers_time");
  const knownFrom = Math.max(...times);
  const ending = ends ? parseEnding(given, knownFrom) : null;
  return { kind: "sources", sources, issues: named, ending, notBefore, knownFrom, leastMargin: PUBLIC_MARGIN, entropyBits };
}

function parseEnding(given: Json, knownFrom: number): NonNullable<Sources["ending"]> {
  const deadline = seconds(textAt(given, "deadline"));
  const fallback = parseSingle(member(given, "fallback"));
  require(fallback.kind !== "sources", "public_numbers_fallback");
  require(knownFrom < deadline && deadline + fallback.leastMargin <= fallback.notBefore, "public_numbers_times");
  return { deadline, fallback };
}

function parseCeremony(value: Json): Ceremony {
  const optional = has(object(value), "throw") ? ["throw"] : [];
  const given = exactly(value, "kind", "parties", "not_before", "deadline", "fallback", ...optional);
  const listed = listAt(given, "parties").map((each) => exactly(each, "name", "commitment"));
  const parties = new Map(listed.map((each) => [plain(each["name"]), textAt(each, "commitment")] as const));
  for (const commitment of parties.values()) unhex(commitment, 32);
  require(listed.length >= 2 && parties.size === listed.length, "ceremony_parties");
  const notBefore = seconds(textAt(given, "not_before"));
  const deadline = seconds(textAt(given, "deadline"));
  const thrown = optional.length ? parseThrow(member(given, "throw")) : null;
  const fallback = parseSingle(member(given, "fallback"));
  const last = thrown?.deadline ?? deadline;
  require(
    notBefore < deadline && (thrown === null || deadline < thrown.deadline) && last + fallback.leastMargin <= fallback.notBefore,
    "ceremony_times",
  );
  return {
    kind: "ceremony",
    parties,
    notBefore,
    deadline,
    fallback,
    throw: thrown,
    knownFrom: notBefore,
    leastMargin: 0,
    entropyBits: 256,
  };
}

function parseThrow(value: Json): Throw {
  const given = exactly(value, "what", "count", "of", "before", "deadline");
  const before = listAt(given, "before").map(plain);
  const [what, count, of] = [textAt(given, "what"), integerAt(given, "count"), integerAt(given, "of")];
  const possible = what === "dice" || (what === "lots" && count <= of);
  const persons = before.length === 2 && before[0] !== before[1];
  require(possible && persons && count >= 1 && count <= 100 && of >= 2 && of <= 100, "throw_impossible");
  return { what, count, of, before, deadline: seconds(textAt(given, "deadline")) };
}
