"""Verifying a campaign from the public side alone: its log, its list of drawn positions, its published names. Pure.

Whose positions the tickets gave, and from which strata, only auditors can show; `NOT_CHECKED` says so to everybody.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.chain import verify_checkpoint
from ledger.entries import Entry
from ledger.note import Checkpoint, parse_checkpoint
from sampling.bundle_format import Bundle, Mismatch, check_chain, check_inclusion, log_keys
from sampling.drand import QUICKNET
from sampling.draw import ALGORITHM
from sampling.entry_kinds import CLOSED, DRAWN, MATCHED, PUBLISHED, REPLACED
from sampling.listings import Listing
from sampling.openings import check_opening
from sampling.position_lists import positions_told
from sampling.verification import Check, Trust, run_checks
from sampling.verified import Evidence
from sampling.verified_attestations import attested
from sampling.verified_beacon import beacon
from sampling.verified_frame import other_draws
from sampling.verified_listing import told_list
from sampling.verified_tries import earlier_tries, void
from sampling.verified_witnesses import witnesses

NOT_CHECKED = ("frame", "tickets", "persons", "results")
"""What the public side cannot show: that the frame is the register's, that the tickets gave these positions, that two
persons entered a beacon's values, voided and replaced, and that what was published is what was found."""


@dataclass(frozen=True)
class PublishedName:
    """A published finding's code, drawn position, instant of publication as text, and opening (docs/ledger.md)."""

    enterprise: str
    position: int
    published_at: str
    opening: Mapping[str, Any]


@dataclass(frozen=True)
class PublicSide:
    """What anybody reads of a campaign: a signed checkpoint, all entries that it covers, all findings that are shown.

    `files` are the public files that the campaign's entries name, as lists of positions, by their names.
    """

    campaign: str
    checkpoint: str
    entries: Sequence[bytes]
    files: Mapping[str, bytes]
    names: Sequence[PublishedName]


def verify_public(side: PublicSide, trust: Trust | None) -> list[Check]:
    """Verify the public side of a campaign; the last check is the failed one, if any."""
    return run_checks(_checks(side, trust))


def _checks(side: PublicSide, trust: Trust | None) -> Iterator[tuple[str, Callable[[], str]]]:
    state = _State(side, trust)
    yield "signature", state.signature
    yield "chain", state.chain
    yield "inclusion", state.inclusion
    yield "campaign", state.stage
    evidence = state.evidence
    if evidence.is_list:
        yield "list", state.public_list
    else:
        yield "other draws", lambda: other_draws(evidence)
        yield "earlier tries", lambda: earlier_tries(evidence)
    if state.is_decided:
        yield "beacon", lambda: beacon(evidence)
    yield "void", lambda: void(evidence)
    if not state.is_decided:
        return
    yield "witnesses", lambda: witnesses(evidence)
    if not evidence.is_list:
        yield "drawn list", state.drawn_list
    yield "names", state.names
    yield "closing", state.closing
    if not evidence.is_list:
        yield "attestations", lambda: attested(evidence)


class _State:
    def __init__(self, side: PublicSide, trust: Trust | None) -> None:
        self._side = side
        self._trust = trust
        self._bundle = Bundle(side.campaign, side.checkpoint, side.entries, {})

    def signature(self) -> str:
        text = self._side.checkpoint
        self.checkpoint: Checkpoint = parse_checkpoint(text.partition("\n\n")[0] + "\n")
        keys = log_keys(self._bundle)
        pinned = self._trust.log if self._trust else [keys[0].verifier]
        verify_checkpoint(text, self.checkpoint.size, keys, pinned)
        known = "pinned, or after a pinned one" if self._trust else "keys unverified: taken from the log"
        return f"checkpoint of {self.checkpoint.size} entries signed by {self.checkpoint.origin} ({known})"

    def chain(self) -> str:
        self.entries: list[Entry] = check_chain(self._bundle)
        return f"{len(self.entries)} entries, each naming the hash of the one before"

    def inclusion(self) -> str:
        check_inclusion(self.checkpoint, self.entries)
        return f"the root over the entries is the signed {self.checkpoint.root.hex()}"

    @cached_property
    def evidence(self) -> Evidence:
        trust = self._trust
        return Evidence(
            self._side.campaign,
            self.entries,
            {},
            None if trust is None else trust.witnesses,
            (QUICKNET, *(trust.drand if trust else ())),
            trust.auditors if trust else (),
        )

    @property
    def is_decided(self) -> bool:
        return bool(self.evidence.of_kind(MATCHED if self.evidence.is_list else DRAWN))

    def stage(self) -> str:
        frozen, latest = self.evidence.frozen, self.evidence.of_campaign[-1]
        if not self.is_decided and self._side.names:
            raise Mismatch("findings are published of a campaign that was not drawn")
        fixed = "listed" if self.evidence.is_list else "frozen"
        return f"{fixed} once, by entry {frozen.seq}; its newest entry is {latest.seq}, {latest.kind}"

    def public_list(self) -> str:
        body = self.evidence.frozen.body
        if body["algorithm"] != ALGORITHM or body["to_draw"] != 0:
            raise Mismatch("the entry of a list says that something is drawn")
        return told_list(Listing.from_entry(body["listing"]))

    @property
    def slots(self) -> int:
        return int(self.evidence.frozen.body["slots"]["count"])

    @cached_property
    def positions(self) -> Sequence[int]:
        """The positions that were to be visited first: those drawn, or all of a list."""
        if self.evidence.is_list:
            return range(self.slots)
        return positions_told(self.evidence.drawn.body["drawn"], self._side.files)

    def drawn_list(self) -> str:
        positions = self.positions
        if positions and positions[-1] >= self.slots:
            raise Mismatch(f"position {positions[-1]} is drawn from a frame of {self.slots}")
        if len(positions) != self.evidence.frozen.body["to_draw"]:
            raise Mismatch("more or fewer positions are drawn than the freeze said")
        return f"{len(positions)} of {self.slots} positions"

    def at_close(self, name: str) -> set[int]:
        """Return the positions that the closing entry tells under a name, none before it."""
        closed = self.evidence.of_kind(CLOSED)
        return set(positions_told(closed[0].body.get(name, []), self._side.files)) if closed else set()

    @cached_property
    def visited(self) -> set[int]:
        """The positions to be visited; before the close it is not told who was replaced, nor by whom."""
        return {*self.positions, *self.at_close("substitutes")} - self.at_close("replaced")

    def names(self) -> str:
        published = {entry.time for entry in self.evidence.of_kind(PUBLISHED)}
        seen: set[int] = set()
        for each in self._side.names:
            if each.position not in self.visited:
                raise Mismatch(f"{each.enterprise} is published for position {each.position}, which was not drawn")
            if each.position in seen:
                raise Mismatch(f"position {each.position} is published twice")
            if each.published_at not in published:
                raise Mismatch(f"{each.enterprise} is said to be published at {each.published_at}: no entry says so")
            check_opening(self.evidence.frozen, each.enterprise, each.position, each.opening)
            seen.add(each.position)
        counted = self.counted
        if len(seen) > counted:
            raise Mismatch(f"{len(seen)} names are shown, the log has published {counted}")
        return f"{len(seen)} names open drawn positions; {counted - len(seen)} that were published are not shown"

    @property
    def counted(self) -> int:
        return sum(entry.body["count"] for entry in self.evidence.of_kind(PUBLISHED))

    def closing(self) -> str:
        if not self.evidence.of_kind(CLOSED):
            return "not closed yet"
        closed = self.evidence.one(CLOSED)
        published, overdue = closed.body["published"], self.at_close("overdue")
        shown = {each.position for each in self._side.names}
        if published != self.counted or published + len(overdue) != len(self.visited):
            raise Mismatch("the closing entry counts otherwise")
        if shown & overdue or not overdue <= self.visited:
            raise Mismatch("a position is said to be overdue that was published, or not drawn")
        self._check_replaced()
        told = f"{published} published, {len(overdue)} overdue, {len(self.at_close('replaced'))} replaced"
        return f"closed on {civil_date(parse_instant(closed.time))}: {told}"

    def _check_replaced(self) -> None:
        drawn, replaced, substitutes = set(self.positions), self.at_close("replaced"), self.at_close("substitutes")
        if len(replaced) != len(substitutes) or bool(replaced) != bool(self.evidence.of_kind(REPLACED)):
            raise Mismatch("the closing entry tells other replacements than there were")
        if not replaced <= drawn | substitutes or drawn & substitutes or max(substitutes, default=0) >= self.slots:
            raise Mismatch("a position is said to be replaced that was not drawn, or by one that is no reserve")
