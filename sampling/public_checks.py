"""Verifying a campaign from the public side alone: its log, its list of drawn positions, its published names. Pure.

Whose positions the tickets gave, and from which strata, only auditors can show; `NOT_CHECKED` says so to everybody.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.canonical import parse_canonical
from ledger.chain import verify_checkpoint
from ledger.entries import Entry
from ledger.note import Checkpoint, parse_checkpoint
from sampling.bundle_format import Bundle, Mismatch, check_chain, check_inclusion, log_keys
from sampling.drand import QUICKNET
from sampling.draw import positions_root
from sampling.entry_kinds import CLOSED, DRAWN, PUBLISHED
from sampling.openings import check_opening
from sampling.verification import Check, Trust, run_checks
from sampling.verified import Evidence
from sampling.verified_attestations import attested
from sampling.verified_beacon import beacon
from sampling.verified_frame import other_draws
from sampling.verified_witnesses import witnesses

NOT_CHECKED = ("frame", "tickets", "persons", "results")
"""What the public side cannot show: that the frame is the register's, that the tickets gave these positions, that two
persons entered a beacon's values, and that what was published is what was found."""


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

    `drawn_file` is the public file that the drawn entry names, None where there is none.
    """

    campaign: str
    checkpoint: str
    entries: Sequence[bytes]
    drawn_file: bytes | None
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
    yield "other draws", lambda: other_draws(evidence)
    if not state.is_drawn:
        return
    yield "beacon", lambda: beacon(evidence)
    yield "witnesses", lambda: witnesses(evidence)
    yield "drawn list", state.drawn_list
    yield "names", state.names
    yield "closing", state.closing
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
    def is_drawn(self) -> bool:
        return bool(self.evidence.of_kind(DRAWN))

    def stage(self) -> str:
        frozen, latest = self.evidence.frozen, self.evidence.of_campaign[-1]
        if not self.is_drawn and self._side.names:
            raise Mismatch("findings are published of a campaign that was not drawn")
        return f"frozen once, by entry {frozen.seq}; its newest entry is {latest.seq}, {latest.kind}"

    @cached_property
    def positions(self) -> list[int]:
        if self._side.drawn_file is None:
            raise Mismatch("the list of drawn positions is not there")
        positions: Any = parse_canonical(self._side.drawn_file)
        return list(positions)

    def drawn_list(self) -> str:
        positions, told = self.positions, self.evidence.drawn.body["drawn"]
        given = {
            "count": len(positions),
            "root": positions_root(positions).hex(),
            "file": hashlib.sha256(self._side.drawn_file or b"").hexdigest(),
        }
        if told != given:
            raise Mismatch("the list of drawn positions is not the one that the drawn entry names")
        slots = self.evidence.frozen.body["slots"]["count"]
        if positions and positions[-1] >= slots:
            raise Mismatch(f"position {positions[-1]} is drawn from a frame of {slots}")
        if len(positions) != self.evidence.frozen.body["to_draw"]:
            raise Mismatch("more or fewer positions are drawn than the freeze said")
        return f"{len(positions)} of {slots} positions"

    def names(self) -> str:
        drawn = set(self.positions)
        published = {entry.time for entry in self.evidence.of_kind(PUBLISHED)}
        seen: set[int] = set()
        for each in self._side.names:
            if each.position not in drawn:
                raise Mismatch(f"{each.enterprise} is published for position {each.position}, which was not drawn")
            if each.position in seen:
                raise Mismatch(f"position {each.position} is published twice")
            if each.published_at not in published:
                raise Mismatch(f"{each.enterprise} is said to be published at {each.published_at}: no entry says so")
            check_opening(self.evidence.frozen, each.enterprise, each.position, each.opening)
            seen.add(each.position)
        counted = sum(entry.body["count"] for entry in self.evidence.of_kind(PUBLISHED))
        if len(seen) > counted:
            raise Mismatch(f"{len(seen)} names are shown, the log has published {counted}")
        return f"{len(seen)} names open drawn positions; {counted - len(seen)} that were published are not shown"

    def closing(self) -> str:
        if not self.evidence.of_kind(CLOSED):
            return "not closed yet"
        closed = self.evidence.one(CLOSED)
        published, overdue = closed.body["published"], closed.body["overdue"]
        counted = sum(entry.body["count"] for entry in self.evidence.of_kind(PUBLISHED))
        shown = {each.position for each in self._side.names}
        if published != counted or published + len(overdue) != len(self.positions):
            raise Mismatch("the closing entry counts otherwise")
        if shown & set(overdue) or not set(overdue) <= set(self.positions):
            raise Mismatch("a position is said to be overdue that was published, or not drawn")
        return f"closed on {civil_date(parse_instant(closed.time))}: {published} published, {len(overdue)} overdue"
