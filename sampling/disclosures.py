"""What anybody may read of campaigns and findings: the log's own entries, public files, and published findings.

Nothing here reads a plan, a frame, a draw or an assignment: what is not published is not looked at.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, func, select

from ledger import documents
from ledger.entries import Entry, parse_entry
from ledger.errors import Missing
from ledger.tables import log_entry
from ledger.windows import Key, Window, counted
from sampling.attestations import Attestation, attestations
from sampling.beacon_entries import KINDS as ANNOUNCED
from sampling.beacon_entries import Told, told
from sampling.campaign_filters import EVERY, CampaignFilter, CampaignOrder
from sampling.drawing import list_to_be_trusted, to_be_trusted
from sampling.entry_kinds import (
    ATTESTED,
    CLOSED,
    DRAWN,
    MATCHED,
    PUBLISHED,
    REPLACED,
    VOID_PROPOSED,
)
from sampling.listings import FIXING
from sampling.plans import Plan
from sampling.public_filters import ANY_FINDING, BY, FIXED, FindingFilter, FindingOrder, Fixed, fixed, numbers
from sampling.publication import publications
from sampling.publication.publications import Ended
from sampling.publication.tables import disclosure_version, publication
from sampling.published_figures import Figures, Shown, count
from sampling.tables import disclosure, recognition
from sampling.tables import finding as finding_table
from sampling.tries import VOIDS, named_by
from sampling.witnessing import witness_wait

KINDS = (*FIXING, *ANNOUNCED, DRAWN, MATCHED, CLOSED, REPLACED, VOID_PROPOSED, *VOIDS, ATTESTED)


@dataclass(frozen=True)
class PublicCampaign:
    """A campaign from its freeze on, as its entries tell it; `announced` is what came of its beacon.

    Of one that is no draw, `frozen` is the entry that fixed its list.
    """

    id: str
    frozen: Entry
    announced: tuple[Entry, ...] = ()
    drawn: Entry | None = None
    matched: Entry | None = None
    closed: Entry | None = None
    void_proposals: tuple[Entry, ...] = ()
    voided: Entry | None = None
    attested: tuple[Attestation, ...] = ()
    replacements: tuple[Entry, ...] = ()

    @property
    def state(self) -> str:
        """The last of "frozen" or "listed", "drawn", "matched", "closed" that has come, or "voided"."""
        if self.voided is not None:
            return "voided"
        entry = self.closed or self.matched or self.drawn or self.frozen
        return entry.kind.removeprefix("campaign.")

    @property
    def replaces(self) -> list[str]:
        """The voided campaigns that its freeze names as those that it replaces."""
        return named_by(self.frozen)

    @property
    def entries(self) -> list[Entry]:
        """All of these entries, in the order of the log."""
        single = (self.frozen, self.drawn, self.matched, self.closed, self.voided)
        several = (*self.announced, *self.void_proposals, *self.replacements)
        entries = [*filter(None, single), *several, *(each.entry for each in self.attested)]
        return sorted(entries, key=lambda entry: entry.seq)

    @property
    def told(self) -> Told:
        """What came of its beacon so far; what decided re-matches later is none of it."""
        decided = self.drawn or self.matched
        return told(entry for entry in self.announced if decided is None or entry.seq < decided.seq)

    @property
    def to_be_trusted(self) -> list[str]:
        """What the draw's fairness rests on, as codes (see `sampling.drawing.to_be_trusted`)."""
        if self.plan.listing is not None:
            return list_to_be_trusted(self.frozen, self.matched)
        return to_be_trusted(self.frozen, self.drawn, self.attested)

    @property
    def plan(self) -> Plan:
        """What the entry tells of its plan."""
        return Plan.public_part(self.frozen.body)


@dataclass(frozen=True)
class OpenedSlot:
    """What proves that an enterprise's code was fixed in the frozen frame (see `sampling.slots`).

    `salt` opens the commitment to the code; `sealed` are the slot's two other commitments, which stay closed; `proof`
    leads from the slot at `position` to the root over all `size` slots. All but the numbers are hex.
    """

    position: int
    size: int
    root: str
    slot: str
    salt: str
    sealed: tuple[str, str]
    proof: tuple[str, ...]


@dataclass(frozen=True)
class Recognised:
    """The earlier inspection by another department that a finding repeats: nobody went there a second time."""

    body: str
    inspected: date


@dataclass(frozen=True)
class Disclosure:
    """A published finding; `number` counts from 1 in the order of publication.

    A `version` above 1 was corrected, at `corrected_at`: there was another before. Where an inspection is `recognised`,
    `visited` is the day on which that was decided.
    """

    number: int
    campaign: str
    position: int
    enterprise: str
    name: str
    department: str
    items: tuple[str, ...]
    visited: date
    results: tuple[str, ...]
    follow_up: str
    published_at: datetime
    opening: OpenedSlot
    version: int = 1
    corrected_at: datetime | None = None
    recognised: Recognised | None = None

    @property
    def changed_at(self) -> datetime:
        """When it was published, or last corrected."""
        return self.corrected_at or self.published_at


def campaigns(
    tx: Connection, window: Window, chosen: CampaignFilter = EVERY, order: CampaignOrder | None = None
) -> list[PublicCampaign]:
    """Return campaigns, the last first: by the place of the entry that froze each, or by an order.

    Raises Invalid("search_too_long").
    """
    if chosen == EVERY and order is None:
        frozen = tx.execute(window.on(FIXED, log_entry.c.seq.desc())).scalars()
        identifiers = [parse_entry(data).subject for data in frozen]
    else:
        asked = window.of(fixed(tx, chosen), lambda each: _place(each, order), descending=True)
        identifiers = [each.entry.subject for each in asked]
    about = _about(tx, identifiers)
    return [_campaign(identifier, about[identifier]) for identifier in identifiers]


def _place(found: Fixed, order: CampaignOrder | None) -> Key:
    return (found.entry.seq,) if order is None else order.place(found.entry.subject, found.state, found.plan)


def count_campaigns(tx: Connection, chosen: CampaignFilter = EVERY) -> int:
    """Return how many campaigns were frozen, of those that are asked for."""
    return counted(tx, FIXED) if chosen == EVERY else len(fixed(tx, chosen))


def campaigns_of(tx: Connection, identifiers: Collection[str]) -> dict[str, PublicCampaign]:
    """Return those of the campaigns that have been frozen, by id."""
    about = _about(tx, identifiers)
    return {identifier: _campaign(identifier, entries) for identifier, entries in about.items()}


def campaign(tx: Connection, identifier: str) -> PublicCampaign:
    """Return a campaign that has been frozen; raises Missing for all others."""
    entries = _about(tx, [identifier])[identifier]
    if not entries:
        raise Missing("campaign_missing", campaign=identifier)
    return _campaign(identifier, entries)


def drawn_positions(tx: Connection, found: PublicCampaign) -> list[int]:
    """Return the drawn positions in ascending order, from the public file that the drawn entry names."""
    return drawn_positions_of(tx, [found])[found.id]


def drawn_positions_of(tx: Connection, several: Sequence[PublicCampaign]) -> dict[str, list[int]]:
    """Return the drawn positions of campaigns, by campaign."""
    named = {each.id: each.drawn.body["drawn"]["file"] for each in several if each.drawn is not None}
    files = documents.public_files(tx, set(named.values()))
    return {each.id: orjson.loads(files[named[each.id]]) if each.id in named else [] for each in several}


def closing_positions_of(tx: Connection, several: Sequence[PublicCampaign], name: str) -> dict[str, list[int]]:
    """Return the positions that campaigns tell as overdue, replaced or substitutes, by campaign; none before the close.

    The closing entry has them itself, or names a file that does.
    """
    told = {each.id: [] if each.closed is None else each.closed.body.get(name, []) for each in several}
    named = {identifier: each["file"] for identifier, each in told.items() if not isinstance(each, list)}
    files = documents.public_files(tx, set(named.values()))
    return {**told, **{identifier: orjson.loads(files[file]) for identifier, file in named.items()}}


def findings(
    tx: Connection,
    window: Window,
    chosen: FindingFilter = ANY_FINDING,
    order: FindingOrder = FindingOrder.PUBLISHED,
) -> list[Disclosure]:
    """Return published findings: the newest first, by number or by the day of the visit, or by enterprise and number.

    Raises Invalid("search_too_long").
    """
    # The page's numbers come from an index alone; joined at once, a planner may read everything for a page far down.
    found = tx.execute(window.on(numbers(tx, chosen, order), *BY[order])).scalars().all()
    shown = {row.number: row for row in tx.execute(_shown().where(publication.c.number.in_(found)))}
    return [_disclosure(shown[each]) for each in found]


def findings_of(
    tx: Connection,
    window: Window,
    identifiers: Collection[str],
    chosen: FindingFilter = ANY_FINDING,
    order: FindingOrder = FindingOrder.PUBLISHED,
) -> dict[str, list[Disclosure]]:
    """Return the rows of a window in the findings of each of the campaigns, by campaign, as `findings` orders them."""
    campaign = publication.c.campaign
    query = numbers(tx, chosen, order).add_columns(campaign).where(campaign.in_(identifiers))
    wanted: dict[str, list[int]] = {identifier: [] for identifier in identifiers}
    is_one = len(identifiers) == 1  # whose rows need no numbers, so that reading ends with the page
    for row in tx.execute(window.on(query, *BY[order]) if is_one else window.on_each(query, campaign, *BY[order])):
        wanted[row.campaign].append(row.number)
    found = [number for each in wanted.values() for number in each]
    shown = {row.number: row for row in tx.execute(_shown().where(publication.c.number.in_(found)))}
    return {identifier: [_disclosure(shown[number]) for number in each] for identifier, each in wanted.items()}


def count_findings_of(
    tx: Connection, identifiers: Collection[str], chosen: FindingFilter = ANY_FINDING
) -> dict[str, int]:
    """Return how many findings there are of which `findings_of` tells, by campaign."""
    campaign = publication.c.campaign
    query = numbers(tx, chosen, FindingOrder.PUBLISHED).where(campaign.in_(identifiers))
    counted_by = query.with_only_columns(campaign, func.count()).group_by(campaign)
    found: dict[str, int] = {row[0]: row[1] for row in tx.execute(counted_by)}
    return {identifier: found.get(identifier, 0) for identifier in identifiers}


def count_findings(tx: Connection, chosen: FindingFilter = ANY_FINDING) -> int:
    """Return how many published findings there are of which `findings` tells."""
    return counted(tx, numbers(tx, chosen, FindingOrder.PUBLISHED))


def figures(tx: Connection, chosen: FindingFilter = ANY_FINDING) -> Figures:
    """Count the published findings of which `findings` tells."""
    newest = disclosure_version.c
    corrected = (newest.number == publication.c.number) & (newest.version == publication.c.version)
    query = (
        select(
            disclosure.c.enterprise,
            disclosure.c["items"],
            func.coalesce(newest.visited, disclosure.c.visited, type_=disclosure.c.visited.type).label("visited"),
            func.coalesce(newest.results, disclosure.c.results, type_=disclosure.c.results.type).label("results"),
        )
        .select_from(publication)
        .join(disclosure, disclosure.c.number == publication.c.number)
        .outerjoin(disclosure_version, corrected)
        .where(publication.c.number.in_(numbers(tx, chosen, FindingOrder.PUBLISHED)))
    )
    rows = tx.execute(query)
    return count(Shown(row.enterprise, tuple(row[1]), row.visited, tuple(row.results)) for row in rows)


def findings_after(tx: Connection, number: int, limit: int, campaign: str | None = None) -> list[Disclosure]:
    """Return the published findings above a number, in the order of their publication: all, or of a campaign."""
    query = _shown().where(publication.c.number > number)
    if campaign is not None:
        query = query.where(publication.c.campaign == campaign)
    return [_disclosure(row) for row in tx.execute(query.order_by(publication.c.number).limit(limit))]


def last_number(tx: Connection) -> int:
    """Return the number of the last finding that was published, 0 before the first."""
    return tx.execute(select(func.max(publication.c.number))).scalar() or 0


def steps(tx: Connection, identifier: str) -> tuple[object, ...]:
    """Return what tells that a campaign made a step: its public entries so far, and whose cosignatures it waits for."""
    entries = _about(tx, [identifier])[identifier]
    frozen = next((entry for entry in entries if entry.kind in FIXING), None)
    wait = None if frozen is None else witness_wait(tx, frozen)
    awaited = None if wait is None else (wait.met, tuple(wait.awaited))
    return awaited, tuple(entry.seq for entry in entries)


def finding(tx: Connection, campaign: str, position: int) -> Disclosure:
    """Return the published finding of a drawn position; raises Missing, whatever the reason.

    Of one that was published and is shown no more it says so.
    """
    query = _shown().where(publication.c.campaign == campaign, publication.c.position == position)
    row = tx.execute(query).one_or_none()
    if row is None:
        if publications.of_position(tx, campaign, position) is not None:
            raise Missing("finding_expired", campaign=campaign, position=position)
        raise Missing("finding_not_published", campaign=campaign, position=position)
    return _disclosure(row)


def findings_at(
    tx: Connection,
    window: Window,
    codes: Collection[str] | None,
    since: date | None,
    until: date | None,
    order: FindingOrder = FindingOrder.PUBLISHED,
) -> list[Disclosure]:
    """Return published findings as `findings` does: all, or of enterprises by their codes, visited within some days."""
    found = tx.execute(window.on(_numbers_at(tx, codes, since, until, order), *BY[order])).scalars().all()
    shown = {row.number: row for row in tx.execute(_shown().where(publication.c.number.in_(found)))}
    return [_disclosure(shown[each]) for each in found]


def count_findings_at(tx: Connection, codes: Collection[str] | None, since: date | None, until: date | None) -> int:
    """Return how many findings there are of which `findings_at` tells."""
    return counted(tx, _numbers_at(tx, codes, since, until))


def _numbers_at(
    tx: Connection,
    codes: Collection[str] | None,
    since: date | None,
    until: date | None,
    order: FindingOrder = FindingOrder.PUBLISHED,
) -> Select[Any]:
    query = numbers(tx, FindingFilter(since=since, until=until), order)
    if codes is None:
        return query
    return query.where(publication.c.number.in_(select(disclosure.c.number).where(disclosure.c.enterprise.in_(codes))))


def ended(tx: Connection, window: Window, since: date | None = None, until: date | None = None) -> list[Ended]:
    """Return the numbers of findings that are shown no more, by the number of their end: of all, or within some days.

    Whoever mirrors findings drops these.
    """
    return publications.ended(tx, window, since, until)


def count_ended(tx: Connection, since: date | None = None, until: date | None = None) -> int:
    """Return how many findings there are of which `ended` tells."""
    return publications.count_ended(tx, since, until)


def count_published(tx: Connection, identifier: str) -> int:
    """Return how many findings of a campaign were published, those included that are shown no more."""
    return count_published_of(tx, [identifier])[identifier]


def count_published_of(tx: Connection, identifiers: Collection[str]) -> dict[str, int]:
    """Return how many findings of campaigns were published, by campaign."""
    query = select(log_entry.c.data).where(log_entry.c.subject.in_(identifiers), log_entry.c.kind == PUBLISHED)
    counts = dict.fromkeys(identifiers, 0)
    for entry in map(parse_entry, tx.execute(query).scalars()):
        counts[entry.subject] += entry.body["count"]
    return counts


def last_changed(tx: Connection) -> datetime | None:
    """Return when something that was published was last corrected or shown no more."""
    return publications.last_changed(tx)


def _shown() -> Select[Any]:
    """Return the query of what is shown, each in its newest version."""
    newest = disclosure_version.c
    columns = (newest.visited, newest.results, newest.follow_up, newest.corrected_at)
    mine = (newest.number == publication.c.number) & (newest.version == publication.c.version)
    last, told = select(func.max(finding_table.c.version)), recognition.c
    last = last.where(finding_table.c.campaign == told.campaign, finding_table.c.position == told.position)
    repeats = (told.campaign == publication.c.campaign) & (told.position == publication.c.position)
    repeats &= told.version == last.scalar_subquery()
    labelled = [*(column.label(f"new_{column.name}") for column in columns)]
    labelled += [told.body.label("recognised_body"), told.inspected.label("recognised_inspected")]
    return (
        select(disclosure, publication.c.version, *labelled)
        .select_from(publication)
        .join(disclosure, disclosure.c.number == publication.c.number)
        .outerjoin(disclosure_version, mine)
        .outerjoin(recognition, repeats)
        .where(publication.c.state == publications.PUBLISHED)
    )


def _about(tx: Connection, subjects: Collection[str]) -> Mapping[str, list[Entry]]:
    query = select(log_entry.c.data).where(log_entry.c.subject.in_(subjects), log_entry.c.kind.in_(KINDS))
    entries: dict[str, list[Entry]] = defaultdict(list)
    for data in tx.execute(query.order_by(log_entry.c.seq)).scalars():
        entry = parse_entry(data)
        entries[entry.subject].append(entry)
    return entries


def _campaign(identifier: str, entries: Sequence[Entry]) -> PublicCampaign:
    by_kind = {entry.kind: entry for entry in entries}
    return PublicCampaign(
        identifier,
        next(by_kind[kind] for kind in FIXING if kind in by_kind),
        tuple(entry for entry in entries if entry.kind in ANNOUNCED),
        by_kind.get(DRAWN),
        by_kind.get(MATCHED),
        by_kind.get(CLOSED),
        tuple(entry for entry in entries if entry.kind == VOID_PROPOSED),
        next((entry for entry in entries if entry.kind in VOIDS), None),
        tuple(attestations(entries)),
        tuple(entry for entry in entries if entry.kind == REPLACED),
    )


def _disclosure(row: Row[*tuple[Any, ...]]) -> Disclosure:
    opening, is_corrected = row.opening, row.version > 1
    return Disclosure(
        row.number,
        row.campaign,
        row.position,
        row.enterprise,
        row.name,
        row.department,
        tuple(row.items),
        row.new_visited if is_corrected else row.visited,
        tuple(row.new_results if is_corrected else row.results),
        row.new_follow_up if is_corrected else row.follow_up,
        row.published_at,
        OpenedSlot(
            opening["position"],
            opening["slots"],
            opening["root"],
            opening["slot"],
            opening["identity_salt"],
            (opening["stratum_commitment"], opening["key_commitment"]),
            tuple(opening["proof"]),
        ),
        row.version,
        row.new_corrected_at,
        None if row.recognised_body is None else Recognised(row.recognised_body, row.recognised_inspected),
    )
