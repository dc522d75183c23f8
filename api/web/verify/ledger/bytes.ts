/** Bytes and the texts that stand for them: hex in lower case, base64 with padding, UTF-8. */
import { Fault, saying } from "./fault.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

const node = globalThis.process?.getBuiltinModule?.("node:buffer");

/** Throws TypeError for bytes that are not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  if (node && node.isUtf8(bytes)) return node.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return decoder.decode(bytes);
}

/** Throws TypeError for bytes that are not UTF-8; sooner than `textOf`. */
export function checkUtf8(bytes: Uint8Array): void {
  if (!node?.isUtf8(bytes)) decoder.decode(bytes);
}

const [latin1, wide] = [node?.Buffer.prototype.latin1Slice, node?.Buffer.prototype.utf8Slice];

/** The text of some bytes, which are known to be UTF-8 or looked at elsewhere. */
export const wideText = (data: Uint8Array, from: number, to: number): string =>
  wide ? wide.call(data, from, to) : decoder.decode(data.subarray(from, to));

/** The text of some bytes that are below 0x80. */
export function asciiText(data: Uint8Array, from: number, to: number): string {
  if (latin1) return latin1.call(data, from, to);
  return to - from < 64 ? String.fromCharCode(...data.subarray(from, to)) : decoder.decode(data.subarray(from, to));
}

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** What each character is worth as a digit; -1 for all others. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => "0123456789abcdef".indexOf(String.fromCharCode(code)));

/** The bytes of hex; of exactly `length` where it is given. */
export function unhex(text: string, length = text.length / 2): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length));
  unhexed(text, length, bytes, 0);
  return bytes;
}

/** Write the bytes of hex, of exactly `length`, into an array. */
export function unhexed(text: string, length: number, into: Uint8Array, at: number): void {
  if (text.length !== 2 * length || text.length % 2) throw new Fault(saying("hex_length"));
  for (let i = 0; i < length; i++) {
    const high = DIGITS[text.charCodeAt(2 * i)] ?? -1;
    const low = DIGITS[text.charCodeAt(2 * i + 1)] ?? -1;
    if (high < 0 || low < 0) throw new Fault(saying("hex_case"));
    into[at + i] = 16 * high + low;
  }
}

/** The bytes of a text that has a character for each, such as a hash. */
export function rawBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Such a text in hex. */
export function rawHex(text: string): string {
  let written = "";
  for (let i = 0; i < text.length; i++) written += HEX[text.charCodeAt(i)];
  return written;
}

/** Bytes as such a text. */
export function rawText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The bytes of base64 that is written in no other way than `base64` does. */
export function unbase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Fault(saying("base64"));
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (base64(bytes) !== text) throw new Fault(saying("base64_form"));
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Below 0, 0 or above 0, as bytes are ordered. */
export function compare(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let i = 0; i < shorter; i++) {
    const difference = left[i]! - right[i]!;
    if (difference) return difference;
  }
  return left.length - right.length;
}

export const same = (left: Uint8Array, right: Uint8Array): boolean => compare(left, right) === 0;

/** 8 bytes, big-endian. */
export function eight(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** Bytes as an unsigned integer, big-endian. */
export const integerOf = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes) || "0"}`);
