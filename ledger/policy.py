"""Trust policies of transparency logs (c2sp.org/tlog-policy): which witnesses must have cosigned a checkpoint. Pure.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none

A file is read strictly: whatever the specification does not allow is refused with the number of its line, from 1. The
limits are ours: UTF-8, at most 32 KiB, and at most 64 lines of a kind, so that all cosignatures fit into one note.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ledger.errors import Invalid
from ledger.note import COSIGNATURE, NoteError, Signature, Verifier

LARGEST_POLICY = 32 * 1024
MOST_OF_A_KIND = 64
NONE = "none"

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"[ \t]+")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class PolicyLog:
    """A log whose checkpoints are accepted; `url` means what those who use the policy agree on."""

    verifier: Verifier
    url: str | None


@dataclass(frozen=True)
class PolicyWitness:
    """A witness by the name that the policy gives it; `url` is its submission prefix (c2sp.org/tlog-witness)."""

    name: str
    verifier: Verifier
    url: str | None


@dataclass(frozen=True)
class Group:
    """Witnesses and groups of which at least `threshold` must have witnessed a checkpoint."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A policy as read from `text`; each group stands after what it names."""

    text: str = field(repr=False)
    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @property
    def needs_witnesses(self) -> bool:
        """Whether any cosignature is needed: the quorum is not `none`."""
        return self.quorum != NONE

    @property
    def least_cosigners(self) -> int:
        """How many witnesses are a quorum at the least."""
        if self.quorum == NONE:
            return 0
        least = {each.name: 1 for each in self.witnesses}
        for group in self.groups:
            least[group.name] = sum(sorted(least[name] for name in group.members)[: group.threshold])
        return least[self.quorum]

    def accepts(self, log: Verifier) -> bool:
        """Tell whether a log with this key is meant: it is named, or none is."""
        return not self.logs or any(each.verifier == log for each in self.logs)

    def is_met(self, cosigners: Collection[Verifier]) -> bool:
        """Tell whether these keys, each of which has cosigned one and the same checkpoint, are a quorum."""
        if self.quorum == NONE:
            return True
        return self._witnessed(cosigners)[self.quorum]

    def awaited(self, cosigners: Collection[Verifier]) -> list[str]:
        """Return the names of the witnesses that could still help to a quorum; none where it is met."""
        if self.is_met(cosigners):
            return []
        witnessed = self._witnessed(cosigners)
        members = {group.name: group.members for group in self.groups}
        helping = {self.quorum}
        for group in reversed(self.groups):  # a group stands after its members
            if group.name in helping and not witnessed[group.name]:
                helping.update(members[group.name])
        return [each.name for each in self.witnesses if each.name in helping and not witnessed[each.name]]

    def cosigners(self, signatures: Iterable[Signature], latest: int | None = None) -> set[Verifier]:
        """Return the witnesses among verified signatures, those whose cosignature is dated `latest` or before.

        `latest` is in Unix seconds. A key counts once, however often it signed.
        """
        known = {each.verifier for each in self.witnesses}
        return {
            each.verifier
            for each in signatures
            if each.verifier in known and each.time is not None and (latest is None or each.time <= latest)
        }

    def _witnessed(self, cosigners: Collection[Verifier]) -> Mapping[str, bool]:
        witnessed = {each.name: each.verifier in cosigners for each in self.witnesses}
        for group in self.groups:
            witnessed[group.name] = sum(witnessed[name] for name in group.members) >= group.threshold
        return witnessed


def parse_policy(data: bytes) -> Policy:
    """Read a policy file.

    Raises Invalid: policy_too_large, policy_not_text, policy_line_unfinished, policy_line_malformed,
    policy_vkey_malformed, policy_key_of_no_witness, policy_key_repeated, policy_name_taken, policy_name_unknown,
    policy_member_repeated, policy_threshold_out_of_range, policy_quorum_missing, policy_quorum_repeated.
    """
    if len(data) > LARGEST_POLICY:
        raise Invalid("policy_too_large", limit=LARGEST_POLICY, lines=MOST_OF_A_KIND)
    reader = _Reader()
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        reader.take(number, _text(number, line))
    if lines[-1]:  # the rest of a file that was cut short may well be a weaker policy
        raise Invalid("policy_line_unfinished", line=len(lines))
    if reader.quorum is None:
        raise Invalid("policy_quorum_missing")
    if max(len(reader.logs), len(reader.witnesses), len(reader.groups)) > MOST_OF_A_KIND:
        raise Invalid("policy_too_large", limit=LARGEST_POLICY, lines=MOST_OF_A_KIND)
    return Policy(data.decode(), tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum)


class _Reader:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: list[PolicyWitness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()

    def take(self, number: int, line: str) -> None:
        items = [item for item in _SPACE.split(line) if item]
        match items:
            case []:
                pass
            case [first, *_] if first.startswith("#"):
                pass
            case ["log", vkey] | ["log", vkey, _]:
                verifier = _verifier(number, vkey)
                self._refuse_twin(number, verifier, [each.verifier for each in self.logs])
                self.logs.append(PolicyLog(verifier, items[2] if len(items) > 2 else None))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                verifier = _verifier(number, vkey)
                if verifier.key_type != COSIGNATURE:
                    raise Invalid("policy_key_of_no_witness", line=number, name=name)
                self._refuse_twin(number, verifier, [each.verifier for each in self.witnesses])
                self._define(number, name)
                self.witnesses.append(PolicyWitness(name, verifier, items[3] if len(items) > 3 else None))
            case ["group", name, threshold, *members] if members:
                for member in members:
                    self._join(number, member)
                self._define(number, name)
                self.groups.append(Group(name, _threshold(number, threshold, len(members)), tuple(members)))
            case ["quorum", name]:
                if self.quorum is not None:
                    raise Invalid("policy_quorum_repeated", line=number)
                if name != NONE:
                    self._require(number, name)
                self.quorum = name
            case _:
                raise Invalid("policy_line_malformed", line=number)

    def _define(self, number: int, name: str) -> None:
        if name == NONE or name in self._names:
            raise Invalid("policy_name_taken", line=number, name=name)
        self._names.add(name)

    def _join(self, number: int, member: str) -> None:
        self._require(number, member)
        if member in self._members:
            raise Invalid("policy_member_repeated", line=number, name=member)
        self._members.add(member)

    def _require(self, number: int, name: str) -> None:
        if name not in self._names:
            raise Invalid("policy_name_unknown", line=number, name=name)

    @staticmethod
    def _refuse_twin(number: int, verifier: Verifier, others: Iterable[Verifier]) -> None:
        if any(verifier.public_key == other.public_key for other in others):
            raise Invalid("policy_key_repeated", line=number, name=verifier.name)


def _text(number: int, line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Invalid("policy_not_text", line=number) from None
    if _FORBIDDEN.search(text):
        raise Invalid("policy_not_text", line=number)
    return text


def _verifier(number: int, vkey: str) -> Verifier:
    try:
        return Verifier.from_vkey(vkey)
    except NoteError as error:
        raise Invalid("policy_vkey_malformed", line=number, reason=str(error)) from None


def _threshold(number: int, text: str, members: int) -> int:
    if text == "all":
        return members
    threshold = 1 if text == "any" else int(text) if _THRESHOLD.fullmatch(text) else 0
    if not 1 <= threshold <= members:
        raise Invalid("policy_threshold_out_of_range", line=number, members=members)
    return threshold
