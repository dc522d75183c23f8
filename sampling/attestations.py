"""What the log says of auditors: whose keys the bureau registered, and how they attested a draw. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.entries import Entry
from ledger.note import Verifier
from sampling.entry_kinds import ATTESTED, REGISTERED, WITHDRAWN
from sampling.verdicts import SignedVerdict, Verdict, VerdictError, newest_of_each, open_verdict


@dataclass(frozen=True)
class Auditor:
    """An auditor's key, the entry that registered it and, if there is one, the entry that withdrew it."""

    verifier: Verifier
    registered: Entry
    withdrawn: Entry | None = None


@dataclass(frozen=True)
class Attestation:
    """A verdict as an entry holds it; it stands until the same auditor gives another one."""

    signed: SignedVerdict
    entry: Entry
    stands: bool

    @property
    def verdict(self) -> Verdict:
        """What the auditor said."""
        return self.signed.verdict


def auditors(entries: Iterable[Entry]) -> list[Auditor]:
    """Return all auditors of a log's entries in the order of their registration; raises NoteError for a bad key."""
    found: dict[str, Auditor] = {}
    for entry in entries:
        if entry.kind == REGISTERED:
            found[entry.body["vkey"]] = Auditor(Verifier.from_vkey(entry.body["vkey"]), entry)
        elif entry.kind == WITHDRAWN:
            known = found[entry.body["vkey"]]
            found[entry.body["vkey"]] = Auditor(known.verifier, known.registered, entry)
    return list(found.values())


def registered(known: Iterable[Auditor], before: int | None = None) -> list[Verifier]:
    """Return the keys that were registered and not withdrawn before an entry's place, by default at the end."""
    return [
        each.verifier
        for each in known
        if (before is None or each.registered.seq < before)
        and (each.withdrawn is None or (before is not None and each.withdrawn.seq > before))
    ]


def attestations(entries: Iterable[Entry]) -> list[Attestation]:
    """Return the attestations among a campaign's entries, in order, each opened by the key that it names.

    Intake let only registered keys in, which the audit and an auditor's verification check again.
    Raises VerdictError or NoteError.
    """
    attested = [entry for entry in entries if entry.kind == ATTESTED]
    opened = [open_verdict(entry.body["verdict"], [Verifier.from_vkey(entry.body["auditor"])]) for entry in attested]
    standing = newest_of_each(opened)
    return [
        Attestation(signed, entry, any(signed is each for each in standing))
        for signed, entry in zip(opened, attested, strict=True)
    ]


def check_verdict(verdict: Verdict, origin: str, frozen: Entry, drawn: Entry, root: bytes) -> None:
    """Check that a verdict is on this draw of this log, `root` being the log's at the verdict's size.

    Raises VerdictError.
    """
    named = (verdict.origin, verdict.campaign, verdict.frozen, verdict.drawn, verdict.root)
    if named != (origin, frozen.subject, frozen.leaf_hash, drawn.leaf_hash, root) or verdict.size <= drawn.seq:
        raise VerdictError("the verdict is on another log or another draw")
