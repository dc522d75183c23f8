"""Verifying a campaign from its bundle and pinned keys alone: every step of the draw is computed anew. Pure.

The checks run in the order in which one rests on the other and end with the first that fails, which names what is
wrong. Keys come from the verifier (`Trust`), and from a pinned key of the log its rotations lead to those that came
after it; without any the log's own first key is used, and the answer says so.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from ledger import note
from ledger.entries import Entry
from ledger.errors import Invalid, Refusal
from ledger.long_work import beside, uncollected
from sampling import verified_campaign, verified_frame, verified_listing
from sampling.bundle_format import (
    Bundle,
    Mismatch,
    check_chain,
    check_documents,
    check_inclusion,
    check_signature,
    parse_bundle,
    row_roots,
)
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

UNREADABLE = (
    *(LookupError, TypeError, ValueError, AttributeError),
    *(ArithmeticError, RecursionError, StopIteration),
)
"""What a check raises that stumbles over what it reads."""


@uncollected()
def verify_bundle(
    data: bytes, trust: Trust | None, together: bool = False, report: Callable[[int], None] = lambda done: None
) -> list[Check]:
    """Verify a bundle; the last check is the failed one, if any. All bytes of the file are covered.

    The campaign is computed anew from rows that are what the log binds. With `together` a process of its own does the
    one while this one still looks at the other, and its word counts only once the rows are known to be bound. `report`
    is told between checks how many are done.
    """
    state = _State(data, trust)
    with beside(partial(_campaign_checks, state, report), together and len(data) >= LARGE) as computed_anew:
        checks = run_checks(_binding_checks(state), report)
        return [*checks, *computed_anew()] if checks[-1].passed else checks


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


def _binding_checks(state: "_State") -> Iterator[tuple[str, Callable[[], str]]]:
    """Give the checks that the file is what the log binds."""
    yield "file", state.file
    yield "signature", state.signature
    yield "chain", state.chain
    yield "inclusion", state.inclusion
    yield "documents", state.documents


def _campaign_checks(state: "_State", report: Callable[[int], None]) -> list[Check]:
    """Compute the campaign anew from what the file holds."""
    evidence = state.evidence()
    of_draw = (*verified_frame.CHECKS, *verified_campaign.CHECKS)
    checks = verified_listing.CHECKS if evidence.is_list else of_draw
    before = len(list(_binding_checks(state)))
    return run_checks(((name, partial(check, evidence)) for name, check in checks), lambda done: report(before + done))


class _State:
    """What one check leaves for the next."""

    def __init__(self, data: bytes, trust: Trust | None) -> None:
        self._data = data
        self._trust = trust

    @cached_property
    def bundle(self) -> Bundle:
        """The file, read."""
        return parse_bundle(self._data)

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries of the log, each of which follows the one before."""
        return check_chain(self.bundle)

    def file(self) -> str:
        self._roots = row_roots(self.bundle)
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

    def evidence(self) -> Evidence:
        trust = self._trust
        pinned = None if trust is None else trust.witnesses
        chains = (QUICKNET, *(trust.drand if trust else ()))
        auditors = trust.auditors if trust else ()
        return Evidence(self.bundle.campaign, self.entries, self.bundle.documents, pinned, chains, auditors)
