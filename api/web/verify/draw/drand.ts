/** Rounds of drand (docs/draw.md, Beacons: A round of drand). */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { eight, unhex } from "../ledger/bytes.ts";
import { canonical } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { exactly, integerAt, type Json, textAt } from "../ledger/json.ts";
import { H } from "../ledger/sha256.ts";

const UNCHAINED = "bls-unchained-g1-rfc9380";
const CHAINED = "pedersen-bls-chained";
const G1 = 48;
const G2 = 96;
const INFINITY = 0x40;

export interface Chain {
  readonly scheme: string;
  readonly publicKey: Uint8Array;
  readonly genesis: number;
  readonly period: number;
  /** All five members as one text, by which chains are compared. */
  readonly text: string;
}

export function chainOf(value: Json): Chain {
  const given = exactly(value, "hash", "scheme", "public_key", "genesis", "period");
  const scheme = textAt(given, "scheme");
  require(scheme === UNCHAINED || scheme === CHAINED, "drand_scheme", { scheme });
  unhex(textAt(given, "hash"), 32);
  const publicKey = unhex(textAt(given, "public_key"), scheme === UNCHAINED ? G2 : G1);
  require((publicKey[0]! & INFINITY) === 0, "drand_key");
  const [genesis, period] = [integerAt(given, "genesis"), integerAt(given, "period")];
  require(genesis >= 0 && genesis < 2 ** 33 && period > 0 && period <= 86400, "drand_times");
  return { scheme, publicKey, genesis, period, text: canonical(given) };
}

export const QUICKNET: Chain = chainOf({
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  scheme: UNCHAINED,
  public_key:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  genesis: 1692803367,
  period: 3,
});

/** When a round is due, in Unix seconds. */
export const dueAt = (chain: Chain, round: number): number => chain.genesis + (round - 1) * chain.period;

export interface Round {
  readonly round: number;
  readonly signature: string;
  readonly previous: string | null;
}

/** What a round's signature signs, before it is hashed to the curve. */
export function roundMessage(round: number, previous: string | null): Uint8Array {
  return previous === null ? H(eight(round)) : H(unhex(previous, G2), eight(round));
}

/** Tell whether the network signed a round. */
export function isSigned(chain: Chain, signed: Round): boolean {
  const unchained = chain.scheme === UNCHAINED;
  if (unchained !== (signed.previous === null)) return false;
  const signature = unhex(signed.signature, unchained ? G1 : G2);
  const message = roundMessage(signed.round, signed.previous);
  try {
    if (unchained) {
      const scheme = bls12_381.shortSignatures;
      const hashed = scheme.hash(message, "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");
      return scheme.verify(signature, hashed, chain.publicKey);
    }
    const scheme = bls12_381.longSignatures;
    const hashed = scheme.hash(message, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_");
    return scheme.verify(signature, hashed, chain.publicKey);
  } catch {
    return false; // no point of the group
  }
}
