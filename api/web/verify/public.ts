/** Verifying a campaign from the public side alone: its log, its list of drawn positions, its published names. */
import { attestations } from "./checks/attestations.ts";
import { beacon } from "./checks/beacon.ts";
import { Evidence } from "./checks/evidence.ts";
import { ALGORITHM, otherDraws } from "./checks/frame.ts";
import { toldList } from "./checks/listing.ts";
import { checkOpening, openingOf } from "./checks/opening.ts";
import { earlierTries, voided } from "./checks/tries.ts";
import { witnesses } from "./checks/witnesses.ts";
import { positionsOf } from "./draw/position_lists.ts";
import { logKeysOf } from "./ledger/bundle.ts";
import type { Entry } from "./ledger/entry.ts";
import { require } from "./ledger/fault.ts";
import { has, integerAt, type Json, member, objectAt, textAt } from "./ledger/json.ts";
import { CLOSED, DRAWN, MATCHED, PUBLISHED, REPLACED } from "./ledger/kinds.ts";
import { trustedKey } from "./ledger/log_keys.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint, unsigned } from "./ledger/note.ts";
import { dayOf } from "./ledger/time.ts";
import { NO_TRUST, type Trust } from "./trust.ts";
import { type Check, logSteps, runAll, type Step, type Teller } from "./verification.ts";

/** What the public side cannot show, and auditors can. */
export const NOT_CHECKED: readonly string[] = ["frame", "tickets", "persons", "results"];

export interface PublishedName {
  readonly enterprise: string;
  readonly position: number;
  /** An instant as entries write it. */
  readonly publishedAt: string;
  /** The opening as docs/ledger.md has it. */
  readonly opening: Json;
}

export interface PublicSide {
  readonly campaign: string;
  /** A signed checkpoint. */
  readonly checkpoint: string;
  /** All entries that it covers. */
  readonly entries: readonly string[];
  /** The files that the campaign's entries name, as lists of positions, by their names. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly names: readonly PublishedName[];
}

/** Verify the public side of a campaign; the last check is the failed one, if any. */
export function verifyPublic(side: PublicSide, trust: Trust = NO_TRUST, tell?: Teller): Check[] {
  return runAll(steps(side, trust), tell);
}

function* steps(side: PublicSide, trust: Trust): Iterable<Step> {
  const bundle = { ...side, documents: new Map() };
  let checkpoint: Checkpoint;
  let entries: readonly Entry[];
  let evidence: Evidence;
  yield [
    "signature",
    () => {
      const { size } = parseCheckpoint(unsigned(side.checkpoint));
      const keys = logKeysOf(bundle);
      const due = trustedKey(keys, size, trust.log.length ? trust.log : [keys[0]!.verifier]);
      checkpoint = openCheckpoint(side.checkpoint, due, []).checkpoint;
      const known = trust.log.length ? "pinned, or after a pinned one" : "keys unverified: taken from the log";
      return `checkpoint of ${size} entries signed by ${checkpoint.origin} (${known})`;
    },
  ];
  yield* logSteps(bundle, () => checkpoint, (read) => (entries = read));
  yield [
    "campaign",
    () => {
      evidence = new Evidence(side.campaign, entries, bundle.documents, trust);
      const { frozen, ofCampaign } = evidence;
      require(isDecided(evidence) || !side.names.length, "findings_of_no_draw");
      const latest = ofCampaign[ofCampaign.length - 1]!;
      return `${evidence.isList ? "listed" : "frozen"} once, by entry ${frozen.seq}; its newest entry is ${latest.seq}, ${latest.kind}`;
    },
  ];
  yield* campaignSteps(evidence!, side);
}

function* campaignSteps(evidence: Evidence, side: PublicSide): Iterable<Step> {
  const { isList } = evidence;
  if (isList) yield ["list", () => publicList(evidence)];
  else yield* [["other draws", () => otherDraws(evidence)] as const, ["earlier tries", () => earlierTries(evidence)] as const];
  if (isDecided(evidence)) yield ["beacon", () => beacon(evidence)];
  yield ["void", () => voided(evidence)];
  if (!isDecided(evidence)) return;
  yield ["witnesses", () => witnesses(evidence)];
  const positions = new Positions(evidence, side);
  if (!isList) yield ["drawn list", () => drawnList(evidence, positions)];
  yield ["names", () => names(evidence, side.names, positions)];
  yield ["closing", () => closing(evidence, side.names, positions)];
  if (!isList) yield ["attestations", () => attestations(evidence)];
}

const isDecided = (evidence: Evidence): boolean => evidence.of(evidence.isList ? MATCHED : DRAWN).length > 0;
const slotsOf = (evidence: Evidence): number => integerAt(objectAt(evidence.frozen.body, "slots"), "count");

function publicList({ frozen }: Evidence): string {
  const undrawn = frozen.body["algorithm"] === ALGORITHM && frozen.body["to_draw"] === 0;
  require(undrawn, "list_drawn");
  return toldList(member(frozen.body, "listing"));
}

/** The positions that entries tell; before the close it is not told who was replaced, nor by whom. */
class Positions {
  /** Those that were to be visited first. */
  readonly chosen: () => ReadonlySet<number>;
  readonly overdue: () => ReadonlySet<number>;
  readonly replaced: () => ReadonlySet<number>;
  readonly substitutes: () => ReadonlySet<number>;

  constructor(evidence: Evidence, side: PublicSide) {
    const read = (value: Json): Set<number> => new Set(positionsOf(value, side.files));
    const all = (): Set<number> => new Set(Array.from({ length: slotsOf(evidence) }, (_, position) => position));
    const [closed] = evidence.of(CLOSED);
    const atClose = (name: string): Set<number> => read(closed !== undefined && has(closed.body, name) ? closed.body[name]! : []);
    this.chosen = once(() => (evidence.isList ? all() : read(member(evidence.drawn.body, "drawn"))));
    this.overdue = once(() => atClose("overdue"));
    this.replaced = once(() => atClose("replaced"));
    this.substitutes = once(() => atClose("substitutes"));
  }

  readonly visited = once(() => {
    const [due, replaced] = [new Set([...this.chosen(), ...this.substitutes()]), this.replaced()];
    return new Set([...due].filter((position) => !replaced.has(position)));
  });
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function drawnList(evidence: Evidence, positions: Positions): string {
  const [drawn, slots] = [positions.chosen(), slotsOf(evidence)];
  for (const position of drawn) require(position < slots, "drawn_position", { position, slots });
  require(drawn.size === evidence.frozen.body["to_draw"], "drawn_count");
  return `${drawn.size} of ${slots} positions`;
}

const counted = (evidence: Evidence): number =>
  evidence.of(PUBLISHED).reduce((sum, entry) => sum + integerAt(entry.body, "count"), 0);

function names(evidence: Evidence, shown: readonly PublishedName[], positions: Positions): string {
  const published = new Set(evidence.of(PUBLISHED).map((entry) => entry.time));
  const root = textAt(objectAt(evidence.frozen.body, "slots"), "root");
  const seen = new Set<number>();
  for (const { enterprise, position, publishedAt, opening } of shown) {
    require(positions.visited().has(position), "name_not_drawn", { enterprise, position });
    require(!seen.has(position), "name_twice", { position });
    require(published.has(publishedAt), "name_time", { enterprise, publishedAt });
    const parsed = openingOf(opening);
    require(parsed.position === position, "opening_of_another_slot", { position });
    checkOpening(enterprise, parsed, slotsOf(evidence), root);
    seen.add(position);
  }
  const count = counted(evidence);
  require(seen.size <= count, "names_count", { size: seen.size, count });
  return `${seen.size} names open drawn positions; ${count - seen.size} that were published are not shown`;
}

function closing(evidence: Evidence, shown: readonly PublishedName[], positions: Positions): string {
  if (!evidence.of(CLOSED).length) return "not closed yet";
  const closed = evidence.one(CLOSED);
  const [visited, overdue] = [positions.visited(), positions.overdue()];
  const published = integerAt(closed.body, "published");
  require(has(closed.body, "overdue"), "closing_overdue_missing");
  require(published === counted(evidence) && published + overdue.size === visited.size, "closing_counts");
  const apart = shown.every((each) => !overdue.has(each.position)) && [...overdue].every((position) => visited.has(position));
  require(apart, "closing_overdue");
  checkReplaced(evidence, positions);
  return `closed on ${dayOf(closed.time)}: ${published} published, ${overdue.size} overdue, ${positions.replaced().size} replaced`;
}

function checkReplaced(evidence: Evidence, positions: Positions): void {
  const [drawn, replaced, substitutes] = [positions.chosen(), positions.replaced(), positions.substitutes()];
  const agree = replaced.size === substitutes.size && replaced.size > 0 === evidence.of(REPLACED).length > 0;
  require(agree, "closing_replacements");
  const known = [...replaced].every((each) => drawn.has(each) || substitutes.has(each));
  const reserves = [...substitutes].every((each) => !drawn.has(each) && each < slotsOf(evidence));
  require(known && reserves, "closing_replaced_position");
}
