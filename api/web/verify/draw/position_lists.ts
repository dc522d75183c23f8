/** Lists of positions in entries: as they are, or where they are long, as a file that the entry names (docs/ledger.md). */
import { hex } from "../ledger/bytes.ts";
import { canonical, parseCanonical } from "../ledger/canonical.ts";
import { require } from "../ledger/fault.ts";
import { integer, type Json, type JsonObject, list, textAt } from "../ledger/json.ts";
import { H } from "../ledger/sha256.ts";
import { positionsRoot } from "./tickets.ts";

const MOST_INLINE = 2000;

/** What an entry says of a file of ascending positions. */
export const namedFile = (positions: readonly number[]): JsonObject => ({
  count: positions.length,
  root: hex(positionsRoot(positions)),
  file: hex(H(canonical(positions))),
});

/** How an entry tells ascending positions. */
export const told = (positions: readonly number[]): Json => (positions.length <= MOST_INLINE ? positions : namedFile(positions));

/** The ascending positions that an entry tells; files by their names. */
export function positionsOf(value: Json, files: ReadonlyMap<string, Uint8Array>): number[] {
  const listed = Array.isArray(value) ? value : list(fileOf(value, files));
  const positions = listed.map(integer);
  require(positions.every((each, at) => each > (positions[at - 1] ?? -1)), "positions_order");
  const due = Array.isArray(value) ? positions : namedFile(positions);
  require(canonical(due) === canonical(value), "positions_differ");
  return positions;
}

function fileOf(value: Json, files: ReadonlyMap<string, Uint8Array>): Json {
  const file = files.get(textAt(value, "file"));
  require(file !== undefined, "positions_missing", { file: textAt(value, "file") });
  return parseCanonical(file);
}
