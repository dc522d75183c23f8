/** Verifying a campaign from the public side alone: its log, its list of drawn positions, its published names. */
import { attestations } from "./checks/attestations.ts";
import { beacon } from "./checks/beacon.ts";
import { Evidence } from "./checks/evidence.ts";
import { otherDraws } from "./checks/frame.ts";
import { checkOpening, openingOf } from "./checks/opening.ts";
import { witnesses } from "./checks/witnesses.ts";
import { positionsRoot } from "./draw/tickets.ts";
import { logKeysOf } from "./ledger/bundle.ts";
import { hex } from "./ledger/bytes.ts";
import { canonical, parseCanonical } from "./ledger/canonical.ts";
import type { Entry } from "./ledger/entry.ts";
import { require } from "./ledger/fault.ts";
import { integer, integerAt, integersAt, type Json, list, member, objectAt } from "./ledger/json.ts";
import { CLOSED, DRAWN, PUBLISHED } from "./ledger/kinds.ts";
import { trustedKey } from "./ledger/log_keys.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint, unsigned } from "./ledger/note.ts";
import { H } from "./ledger/sha256.ts";
import { dayOf } from "./ledger/time.ts";
import { NO_TRUST, type Trust } from "./trust.ts";
import { type Check, logSteps, runAll, type Step } from "./verification.ts";

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
  /** The file that the drawn entry names. */
  readonly drawnFile: Uint8Array | null;
  readonly names: readonly PublishedName[];
}

/** Verify the public side of a campaign; the last check is the failed one, if any. */
export function verifyPublic(side: PublicSide, trust: Trust = NO_TRUST): Check[] {
  return runAll(steps(side, trust));
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
      require(evidence.of(DRAWN).length > 0 || !side.names.length, "findings are published of a campaign that was not drawn");
      const latest = ofCampaign[ofCampaign.length - 1]!;
      return `frozen once, by entry ${frozen.seq}; its newest entry is ${latest.seq}, ${latest.kind}`;
    },
  ];
  yield ["other draws", () => otherDraws(evidence)];
  if (!evidence!.of(DRAWN).length) return;
  yield ["beacon", () => beacon(evidence)];
  yield ["witnesses", () => witnesses(evidence)];
  let drawn: readonly number[] = [];
  yield ["drawn list", () => drawnList(evidence, side.drawnFile, (positions) => (drawn = positions))];
  yield ["names", () => names(evidence, side.names, new Set(drawn))];
  yield ["closing", () => closing(evidence, side.names, new Set(drawn))];
  yield ["attestations", () => attestations(evidence)];
}

function drawnList(evidence: Evidence, file: Uint8Array | null, keep: (positions: number[]) => void): string {
  require(file !== null, "the list of drawn positions is not there");
  const positions = list(parseCanonical(file)).map(integer);
  const ascending = positions.every((position, at) => position > (positions[at - 1] ?? -1));
  const given = { count: positions.length, root: hex(positionsRoot(positions)), file: hex(H(file)) };
  const told = ascending && canonical(member(evidence.drawn.body, "drawn")) === canonical(given);
  require(told, "the list of drawn positions is not the one that the drawn entry names");
  const slots = integerAt(objectAt(evidence.frozen.body, "slots"), "count");
  const last = positions[positions.length - 1] ?? -1;
  require(last < slots, `position ${last} is drawn from a frame of ${slots}`);
  require(positions.length === evidence.frozen.body["to_draw"], "more or fewer positions are drawn than the freeze said");
  keep(positions);
  return `${positions.length} of ${slots} positions`;
}

const counted = (evidence: Evidence): number =>
  evidence.of(PUBLISHED).reduce((sum, entry) => sum + integerAt(entry.body, "count"), 0);

function names(evidence: Evidence, shown: readonly PublishedName[], drawn: ReadonlySet<number>): string {
  const published = new Set(evidence.of(PUBLISHED).map((entry) => entry.time));
  const slots = objectAt(evidence.frozen.body, "slots");
  const seen = new Set<number>();
  for (const { enterprise, position, publishedAt, opening } of shown) {
    require(drawn.has(position), `${enterprise} is published for position ${position}, which was not drawn`);
    require(!seen.has(position), `position ${position} is published twice`);
    require(published.has(publishedAt), `${enterprise} is said to be published at ${publishedAt}: no entry says so`);
    const parsed = openingOf(opening);
    require(parsed.position === position, `the opening of position ${position} is another slot's`);
    checkOpening(enterprise, parsed, integerAt(slots, "count"), String(slots["root"]));
    seen.add(position);
  }
  const count = counted(evidence);
  require(seen.size <= count, `${seen.size} names are shown, the log has published ${count}`);
  return `${seen.size} names open drawn positions; ${count - seen.size} that were published are not shown`;
}

function closing(evidence: Evidence, shown: readonly PublishedName[], drawn: ReadonlySet<number>): string {
  if (!evidence.of(CLOSED).length) return "not closed yet";
  const closed = evidence.one(CLOSED);
  const overdue = new Set(integersAt(closed.body, "overdue"));
  const published = integerAt(closed.body, "published");
  require(published === counted(evidence) && published + overdue.size === drawn.size, "the closing entry counts otherwise");
  const apart = shown.every((each) => !overdue.has(each.position)) && [...overdue].every((position) => drawn.has(position));
  require(apart, "a position is said to be overdue that was published, or not drawn");
  return `closed on ${dayOf(closed.time)}: ${published} published, ${overdue.size} overdue`;
}
