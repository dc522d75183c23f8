/** What a beacon's evidence gives: 32 bytes (docs/draw.md, Beacons). */
import { concat, hex, unhex } from "../ledger/bytes.ts";
import { Fault, require, saying } from "../ledger/fault.ts";
import { exactly, integerAt, type Json, listAt, textAt, textsAt } from "../ledger/json.ts";
import { H } from "../ledger/sha256.ts";
import { seconds } from "../ledger/time.ts";
import type { Beacon, Ceremony, Single, Sources, Throw } from "./beacon.ts";
import { isSigned } from "./drand.ts";
import { checkFell, checkPublished } from "./numbers.ts";

export const partyCommitment = (salt: Uint8Array, name: string, value: Uint8Array): Uint8Array =>
  H("qian/ceremony/v1", salt, name, Uint8Array.of(0), value);
export const ceremonyOutput = (values: readonly Uint8Array[], fell: string): Uint8Array =>
  H("qian/beacon/ceremony/v1", concat(values), fell);
export const sourcesOutput = (values: readonly string[]): Uint8Array => H("qian/beacon/sources/v1", values.join(""));
export const localOutput = (value: Uint8Array): Uint8Array => H("qian/beacon/local/v1", value);
export const roundOutput = (signature: Uint8Array): Uint8Array => H(signature);

/** The output that evidence gives for a draw at an instant (Unix seconds). */
export function outputOf(beacon: Beacon, evidence: Json, at: number): Uint8Array {
  require(textAt(evidence, "kind") === beacon.kind, "evidence_kind");
  return beacon.kind === "ceremony" ? outputOfCeremony(beacon, evidence, at) : outputOfSingle(beacon, evidence, at);
}

function outputOfSingle(beacon: Single, evidence: Json, at: number): Uint8Array {
  require(textAt(evidence, "kind") === beacon.kind, "evidence_kind");
  if (beacon.kind === "sources") return outputOfSources(beacon, evidence, at);
  require(at >= beacon.knownFrom, "draw_before_beacon");
  if (beacon.kind === "local") return localOutput(unhex(textAt(exactly(evidence, "kind", "value"), "value"), 32));
  const given = exactly(evidence, "kind", "round", "signature", "previous");
  const round = integerAt(given, "round");
  require(round === beacon.round, "evidence_round");
  const previous = given["previous"] === null ? null : textAt(given, "previous");
  const signature = textAt(given, "signature");
  require(isSigned(beacon.chain, { round, signature, previous }), "round_signature", { round });
  return roundOutput(unhex(signature));
}

function outputOfSources(beacon: Sources, evidence: Json, at: number): Uint8Array {
  const { ending } = beacon;
  const given = exactly(evidence, "kind", "values", ...(ending === null ? [] : ["fallback"]));
  const values = textsAt(given, "values");
  if (ending !== null && given["fallback"] !== null) {
    require(!values.length && at > ending.deadline, "fallback_of_numbers");
    return outputOfSingle(ending.fallback, given["fallback"]!, at);
  }
  require(at >= beacon.knownFrom, "draw_before_beacon");
  require(values.length === beacon.sources.length, "values_count");
  values.forEach((value, i) => checkPublished(beacon.sources[i]!, value));
  return sourcesOutput(values);
}

function outputOfCeremony(beacon: Ceremony, evidence: Json, at: number): Uint8Array {
  const given = exactly(evidence, "kind", "reveals", "fallback", ...(beacon.throw === null ? [] : ["throw"]));
  const revealed = reveals(beacon, listAt(given, "reveals"), at);
  const fell = beacon.throw === null ? "" : what(beacon.throw, given["throw"]!, at);
  const complete = revealed.size === beacon.parties.size;
  if (complete && fell !== null) {
    require(given["fallback"] === null, "fallback_of_ceremony");
    return ceremonyOutput([...beacon.parties.keys()].map((name) => revealed.get(name)!), fell);
  }
  const missed = complete ? beacon.throw!.deadline : beacon.deadline;
  require(at > missed, "draw_before_deadline");
  if (given["fallback"] === null) throw new Fault(saying("fallback_missing"));
  return outputOfSingle(beacon.fallback, given["fallback"]!, at);
}

function reveals(beacon: Ceremony, listed: readonly Json[], drawn: number): Map<string, Uint8Array> {
  const revealed = new Map<string, Uint8Array>();
  for (const each of listed) {
    const given = exactly(each, "name", "salt", "value", "at");
    const [name, at] = [textAt(given, "name"), seconds(textAt(given, "at"))];
    const value = unhex(textAt(given, "value"), 32);
    const commitment = beacon.parties.get(name);
    require(commitment !== undefined, "no_party", { name });
    require(at >= beacon.notBefore && at <= beacon.deadline && at <= drawn, "reveal_time", { name });
    require(hex(partyCommitment(unhex(textAt(given, "salt"), 32), name, value)) === commitment, "reveal_opens_nothing", { name });
    require(!revealed.has(name), "reveal_twice", { name });
    revealed.set(name, value);
  }
  return revealed;
}

function what(thrown: Throw, value: Json, drawn: number): string | null {
  if (value === null) return null;
  const given = exactly(value, "values", "at");
  const [values, at] = [textAt(given, "values"), seconds(textAt(given, "at"))];
  require(at <= thrown.deadline && at <= drawn, "throw_time");
  checkFell(thrown.what, thrown.count, thrown.of, values);
  return values;
}
