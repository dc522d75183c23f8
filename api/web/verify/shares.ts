/** How the verification of a large bundle is divided among threads: tables of rows, and parts of checks that need little else. */
import { Evidence } from "./checks/evidence.ts";
import { CHECKS, LIST_CHECKS, type NamedCheck } from "./checks/list.ts";
import { type Bundle, checkChain, parseBundle, type RowRoots } from "./ledger/bundle.ts";
import { Fault, type Saying, sayingOf } from "./ledger/fault.ts";
import { NO_TRUST } from "./trust.ts";

/** The rows of a table whose root is to be computed, by commitment and name; or the check whose part is to be made. */
type Piece = { readonly commitment: string; readonly table: string } | { readonly check: string };
export type Share = readonly Piece[];

/** What came of a piece: what it gave, or its fault. */
export interface Outcome {
  readonly piece: Piece;
  readonly given: string | null;
  readonly fault: Saying | null;
}

/** What parts of checks take as long as, as parts of the rows of a table that are checked. */
const WEIGHTS: readonly (readonly [check: string, table: string, weight: number])[] = [
  ["frame", "slot", 1.4],
  ["grades", "grade", 3],
];
/** The same of all other checks of a campaign. */
const REST: readonly (readonly [table: string, weight: number])[] = [
  ["record", 0.9],
  ["grade", 0.5],
  ["slot", 1.4],
  ["design_member", 0.8],
];

export interface Shares {
  /** Of the thread that makes the rest of the checks, before its share. */
  readonly own: Share;
  readonly others: readonly Share[];
}

/** Divide the work among one thread that makes the rest of the checks and so many others, each piece to whoever has least. */
export function sharesOf(bundle: Bundle, threads: number): Shares {
  const pieces: (readonly [weight: number, piece: Piece])[] = [];
  const bytes = new Map<string, number>();
  for (const [commitment, document] of bundle.documents) {
    for (const [table, rows] of document.rows) {
      bytes.set(table, (bytes.get(table) ?? 0) + rows.bytes);
      pieces.push([rows.bytes, { commitment, table }]);
    }
  }
  const weighed = (table: string, weight: number): number => weight * (bytes.get(table) ?? 0);
  for (const [check, table, weight] of WEIGHTS) pieces.push([weighed(table, weight), { check }]);
  const shares = Array.from({ length: threads + 1 }, () => ({ weight: 0, pieces: [] as Piece[] }));
  shares[0]!.weight = REST.reduce((sum, [table, weight]) => sum + weighed(table, weight), 0);
  for (const [weight, piece] of pieces.sort(([one], [other]) => other - one)) {
    const share = shares.reduce((least, each) => (each.weight < least.weight ? each : least));
    share.weight += weight;
    share.pieces.push(piece);
  }
  const [own, ...others] = shares.map((share) => share.pieces);
  return { own: own!, others };
}

/** Do a share. */
export const outcomesOf = (data: Uint8Array, share: Share): Outcome[] => outcomesIn(parseBundle(data), share);

/** The same of a bundle that was read. */
export function outcomesIn(bundle: Bundle, share: Share): Outcome[] {
  const evidence = attempted(() => new Evidence(bundle.campaign, checkChain(bundle), bundle.documents, NO_TRUST));
  return share.map((piece) => {
    const make = (): string | void =>
      "table" in piece
        ? bundle.documents.get(piece.commitment)!.rows.get(piece.table)!.check()
        : checksOf(evidence()).find(([name]) => name === piece.check)?.[2]?.(evidence());
    try {
      return { piece, given: make() ?? null, fault: null };
    } catch (error) {
      return { piece, given: null, fault: sayingOf(error) };
    }
  });
}

export const checksOf = (evidence: Evidence): readonly NamedCheck[] => (evidence.isList ? LIST_CHECKS : CHECKS);

/** The roots over all rows, of which the first fault is thrown in the order of the tables. */
export function rootsIn(bundle: Bundle, outcomes: readonly Outcome[]): RowRoots {
  const found = new Map<string, Outcome>();
  for (const each of outcomes) if ("table" in each.piece) found.set(`${each.piece.commitment}\0${each.piece.table}`, each);
  const rootOf = (commitment: string, table: string): string => {
    const { given, fault } = found.get(`${commitment}\0${table}`)!;
    if (fault !== null) throw new Fault(fault);
    return given!;
  };
  return new Map(
    [...bundle.documents].map(([commitment, { rows }]) => [
      commitment,
      new Map([...rows.keys()].map((table) => [table, rootOf(commitment, table)] as const)),
    ]),
  );
}

/** Do it now, and give what gives its value or throws its error. */
export function attempted<Value>(make: () => Value): () => Value {
  try {
    const made = make();
    return () => made;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
