"""Verifying a campaign from its bundle and pinned keys alone: every step of the draw is computed anew. Pure.

The checks run in the order in which one rests on the other and end with the first that fails, which names what is
wrong. Keys come from the verifier (`Trust`), and from a pinned key of the log its rotations lead to those that came
after it; without any the log's own first key is used, and the answer says so.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple, TypeAlias

from ledger import note
from ledger.entries import Entry
from ledger.errors import Invalid, Refusal
from ledger.long_work import Pile, WholeFile, beside, uncollected
from sampling import verified_campaign, verified_frame, verified_listing
from sampling.bundle_format import (
    Bundle,
    Mismatch,
    RowRoots,
    check_chain,
    check_documents,
    check_inclusion,
    check_lines,
    check_signature,
    parse_bundle,
    row_roots,
)
from sampling.bundle_rows import BundleRows
from sampling.drand import QUICKNET, Chain, parse_chains
from sampling.needed import frozen_entry, needed_documents
from sampling.verified import Evidence


@dataclass(frozen=True)
class Trust:
    """The keys that a verifier pins, and the chains of drand beside quicknet, which every verifier has."""

    log: tuple[note.Verifier, ...]
    witnesses: tuple[note.Verifier, ...] = ()
    auditors: tuple[note.Verifier, ...] = ()
    drand: tuple[Chain, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Trust":
        """Read a TOML document with the lists `log`, `witnesses` and `auditors` of verifier keys (vkeys).

        Tables `[drand.NAME]` pin chains (`sampling.drand.parse_chain`). Raises Invalid("trust_malformed").
        """
        try:
            value = tomllib.loads(text)
            names = ("log", "witnesses", "auditors")
            lists = {name: tuple(map(note.Verifier.from_vkey, value.pop(name, ()))) for name in names}
            chains = tuple(parse_chains(value.pop("drand", {}), "drand").values())
        except (ValueError, TypeError, AttributeError, Invalid) as error:
            raise Invalid("trust_malformed", reason=str(error)) from None
        if value or not lists["log"]:
            raise Invalid("trust_malformed", reason='log = ["…"]')
        return cls(lists["log"], lists["witnesses"], lists["auditors"], chains)


@dataclass(frozen=True)
class Check:
    """One check: its name, what it compared, and the fault if it found one."""

    name: str
    compared: str
    fault: str | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return self.fault is None


LARGE = 1 << 24
"""From so many bytes of a bundle on, two processes are sooner done than one."""

LARGE_TABLE = 1 << 20
"""From so many bytes on a table is a piece of work by itself."""

UNREADABLE = (
    *(LookupError, TypeError, ValueError, AttributeError),
    *(ArithmeticError, RecursionError, StopIteration),
)
"""What a check raises that stumbles over what it reads."""


@uncollected()
def verify_bundle(
    data: WholeFile, trust: Trust | None, together: bool = False, report: Callable[[int], None] = lambda done: None
) -> list[Check]:
    """Verify a bundle; the last check is the failed one, if any. All bytes of the file are covered.

    The campaign is computed anew from rows that are what the log binds. With `together` two processes do all of it at
    the same time, in no order, and what they computed counts only once the rows are known to be bound. One alone tells
    `report` between checks how many are done.
    """
    state = _State(data, trust)
    pieces = _pieces(state) if together and len(data) >= LARGE else []
    if pieces:
        return _verified_together(state, pieces)
    checks = run_checks(_binding_checks(state, lambda: row_roots(state.bundle)), report)
    return [*checks, *_campaign_checks(state, report)] if checks[-1].passed else checks


def _verified_together(state: "_State", pieces: Sequence["_Piece"]) -> list[Check]:
    """Verify by two processes, each of which takes the next piece of work from a pile."""
    with (
        closing(Pile(min(len(pieces), Pile.MOST))) as pile,
        beside(partial(_taken, state, pile, pieces), wanted=True) as others,
    ):
        here, there = _taken(state, pile, pieces), others()
    made = _Made(here.checked | there.checked, here.roots | there.roots, here.parts | there.parts)
    checks = run_checks(_binding_checks(state, partial(_roots, state, made)))
    if not checks[-1].passed:
        return checks
    return [*checks, *_joined({name: made.parts.get(name) or part(state) for name, part in _PARTS.items()})]


_Rows: TypeAlias = tuple[str, str]
"""The rows of a table, by their document's commitment and the table's name."""


class _Piece(NamedTuple):
    """What one of two processes does: a part of the campaign, or a look at lines of rows, or roots over shares."""

    part: str = ""
    lines: Sequence[_Rows] = ()
    roots: Sequence[tuple[_Rows, range]] = ()


class _Made(NamedTuple):
    """What came of pieces: rows whose lines are sound, roots over shares, and parts of the campaign."""

    checked: set[_Rows]
    roots: dict[tuple[_Rows, range], bytes]
    parts: dict[str, list[Check]]


def _pieces(state: "_State") -> list[_Piece]:
    """Return all pieces, the longest work first; none where the file cannot be read, which the first check tells."""
    try:
        sizes = {place: len(rows.lines) for place, rows in state.rows.items()}
    except Mismatch:
        return []
    large = sorted((place for place in sizes if sizes[place] >= LARGE_TABLE), key=sizes.__getitem__, reverse=True)
    small = [place for place in sizes if sizes[place] < LARGE_TABLE]
    return [
        *(_Piece(part=name) for name in _PARTS),
        *(_Piece(lines=[place]) for place in large if place not in _read_anyway(state)),
        *(_Piece(roots=[(place, share)]) for place in large for share in state.rows[place].shares()),
        _Piece(lines=small, roots=[(place, share) for place in small for share in state.rows[place].shares()]),
    ]


def _read_anyway(state: "_State") -> set[_Rows]:
    """Return the rows that a part of the campaign reads from first to last, which looks at their lines."""
    read: set[_Rows] = set()
    with suppress(Mismatch, *UNREADABLE):  # which is seen where its turn comes
        evidence = state.evidence()
        read |= {(evidence.entries[seq].documents["batch"], "record") for seq in evidence.sealed["register"]}
        read |= {(evidence.frozen.documents["plan"], "slot")}
        if not evidence.is_list:
            read |= {(evidence.drawn.documents["design"], "design_member")}
            read |= {(evidence.entries[evidence.sealed["grade_run"]].documents["grades"], "grade")}
    return read


def _taken(state: "_State", pile: Pile, pieces: Sequence[_Piece]) -> _Made:
    made = _Made(set(), {}, {})
    for part, lines, roots in (piece for number in pile for piece in pieces[number :: Pile.MOST]):
        if part:
            with suppress(Exception):  # which is seen where it is computed again
                made.parts[part] = _PARTS[part](state)
        for place in lines:
            with suppress(Mismatch):  # which is seen where its turn comes
                check_lines(state.rows[place])
        made.roots.update(((place, share), state.rows[place].share_root(share)) for place, share in roots)
    made.checked.update(place for place, rows in state.rows.items() if rows.are_checked)
    return made


def _roots(state: "_State", made: _Made) -> RowRoots:
    """Return the roots over all rows; raises Mismatch for the first table whose lines are not sound."""
    roots: dict[str, dict[str, str]] = {commitment: {} for commitment in state.bundle.documents}
    for place, rows in state.rows.items():
        if place not in made.checked:
            check_lines(rows)
        commitment, table = place
        roots[commitment][table] = rows.root([made.roots.get((place, share), b"") for share in rows.shares()])
    return roots


def _members(state: "_State") -> list[Check]:
    """Check who is in the frame, and in which stratum."""
    evidence = state.evidence(names_only=True)
    return run_checks(_steps(evidence, _divided(evidence)[0]))


def _slots(state: "_State") -> list[Check]:
    """Check how the frame was sealed and all that came of it."""
    evidence = state.evidence()
    return run_checks(_steps(evidence, _divided(evidence)[1]))


def _apart(state: "_State") -> list[Check]:
    """Make the parts of checks that may be made apart."""
    evidence = state.evidence()
    due = [name for name, _ in _checks_of(evidence) if name in verified_frame.APART]
    return run_checks((name, partial(_told_nothing, verified_frame.APART[name], evidence)) for name in due)


def _told_nothing(check: Callable[[Evidence], None], evidence: Evidence) -> str:
    check(evidence)
    return ""


_PARTS: Mapping[str, Callable[["_State"], list[Check]]] = {"members": _members, "slots": _slots, "apart": _apart}
"""The parts of a campaign's checks, each of which asks little of the others, the longest first."""


def _joined(parts: Mapping[str, Sequence[Check]]) -> list[Check]:
    """Put the parts' checks together as one process would have made them, up to the first fault."""
    apart = {check.name: check for check in parts["apart"]}
    checks: list[Check] = []
    for check in (*parts["members"], *parts["slots"]):
        check = check if not check.passed or apart.get(check.name, check).passed else apart[check.name]
        checks.append(check)
        if not check.passed:
            break
    return checks


def run_checks(
    steps: Iterable[tuple[str, Callable[[], str]]], report: Callable[[int], None] = lambda done: None
) -> list[Check]:
    """Run checks until one fails, which is the last one that is returned; `report` is told how many are done."""
    checks: list[Check] = []
    for name, run in steps:
        report(len(checks))
        try:
            checks.append(Check(name, run()))
        except (Mismatch, Refusal) as error:
            return [*checks, Check(name, "", str(error))]
        except UNREADABLE as error:
            return [*checks, Check(name, "", f"unreadable: {type(error).__name__} {error}")]
    return checks


def _binding_checks(state: "_State", roots: Callable[[], RowRoots]) -> Iterator[tuple[str, Callable[[], str]]]:
    """Give the checks that the file is what the log binds; `roots` looks at its rows."""
    yield "file", partial(state.file, roots)
    yield "signature", state.signature
    yield "chain", state.chain
    yield "inclusion", state.inclusion
    yield "documents", state.documents


def _campaign_checks(state: "_State", report: Callable[[int], None]) -> list[Check]:
    """Compute the campaign anew from what the file holds."""
    evidence = state.evidence()
    before = len(list(_binding_checks(state, dict)))
    steps = ((name, partial(_whole, evidence, name, check)) for name, check in _checks_of(evidence))
    return run_checks(steps, lambda done: report(before + done))


_Checks: TypeAlias = Sequence[tuple[str, Callable[[Evidence], str]]]


def _checks_of(evidence: Evidence) -> _Checks:
    return verified_listing.CHECKS if evidence.is_list else (*verified_frame.CHECKS, *verified_campaign.CHECKS)


def _divided(evidence: Evidence) -> tuple[_Checks, _Checks]:
    """Divide the checks before the first that asks how the frame was sealed."""
    checks = _checks_of(evidence)
    sealing = next(place for place, (name, _) in enumerate(checks) if name in verified_frame.SEALING)
    return checks[:sealing], checks[sealing:]


def _steps(evidence: Evidence, checks: _Checks) -> Iterator[tuple[str, Callable[[], str]]]:
    return ((name, partial(check, evidence)) for name, check in checks)


def _whole(evidence: Evidence, name: str, check: Callable[[Evidence], str]) -> str:
    compared = check(evidence)
    if name in verified_frame.APART:
        verified_frame.APART[name](evidence)
    return compared


class _State:
    """What one check leaves for the next."""

    def __init__(self, data: WholeFile, trust: Trust | None) -> None:
        self._data = data
        self._trust = trust

    @cached_property
    def bundle(self) -> Bundle:
        """The file, read."""
        return parse_bundle(self._data)

    @cached_property
    def rows(self) -> dict[tuple[str, str], BundleRows]:
        """The rows of all documents by commitment and table; raises Mismatch where the file cannot be read."""
        documents = self.bundle.documents.items()
        return {(commitment, table): rows for commitment, each in documents for table, rows in each.rows.items()}

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries of the log, each of which follows the one before."""
        return check_chain(self.bundle)

    def file(self, roots: Callable[[], RowRoots]) -> str:
        self._roots = roots()
        return f"{len(self._data)} bytes are canonical and complete; campaign {self.bundle.campaign}"

    def signature(self) -> str:
        trust = self._trust or Trust(())
        self.checkpoint, key = check_signature(self.bundle, trust.log, trust.witnesses)
        if not trust.log:
            known = "keys unverified: the log's own key, taken from the bundle"
        else:
            known = "a pinned key" if key in trust.log else "a key that came after a pinned one"
        return f"checkpoint of {self.checkpoint.size} entries signed by {key.name} ({known})"

    def chain(self) -> str:
        return f"{len(self.entries)} entries, each naming the hash of the one before"

    def inclusion(self) -> str:
        check_inclusion(self.checkpoint, self.entries)
        return f"the root over the entries is the signed {self.checkpoint.root.hex()}"

    def documents(self) -> str:
        frozen = frozen_entry(self.entries, self.bundle.campaign)
        plan = self.bundle.documents[frozen.documents["plan"]]
        needed = needed_documents(self.entries, self.bundle.campaign, plan.value["content"])
        check_documents(self.bundle, needed, self._roots)
        rows = sum(len(each) for document in self.bundle.documents.values() for each in document.rows.values())
        return f"{len(needed)} documents open their commitments, {rows} rows match their digests"

    def evidence(self, names_only: bool = False) -> Evidence:
        trust = self._trust
        pinned = None if trust is None else trust.witnesses
        chains = (QUICKNET, *(trust.drand if trust else ()))
        auditors = trust.auditors if trust else ()
        documents = self.bundle.documents
        return Evidence(self.bundle.campaign, self.entries, documents, pinned, chains, auditors, names_only)
