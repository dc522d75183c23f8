"""What a ceremony's parties reveal and what its throw gives, checked against what was named at the freeze. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from sampling.beacons import Ceremony, Throw, ceremony_commitment
from sampling.json_shapes import hash_bytes, instant, items, members, text, wrong_shape


@dataclass(frozen=True)
class Reveal:
    """What a party handed in at an instant: the salt and the value of its commitment, 32 bytes each."""

    name: str
    salt: bytes
    value: bytes
    at: datetime

    def to_json(self) -> dict[str, JSON]:
        """Return the reveal as it stands in the evidence."""
        return {"name": self.name, "salt": self.salt.hex(), "value": self.value.hex(), "at": instant_text(self.at)}


@dataclass(frozen=True)
class Fell:
    """What fell in a throw, in canonical form, and when the second person confirmed it."""

    values: str
    at: datetime

    def to_json(self) -> dict[str, JSON]:
        """Return it as it stands in the evidence."""
        return {"values": self.values, "at": instant_text(self.at)}


def check_reveal(ceremony: Ceremony, reveal: Reveal) -> None:
    """Check one reveal when it is handed in.

    Raises Invalid("party_unknown"), Conflict("reveal_out_of_time") or Invalid("reveal_opens_nothing") with its name.
    """
    commitments = {party.name: party.commitment for party in ceremony.parties}
    if reveal.name not in commitments:
        raise Invalid("party_unknown", party=reveal.name)
    if not ceremony.not_before <= reveal.at <= ceremony.deadline:
        raise Conflict(
            "reveal_out_of_time",
            party=reveal.name,
            not_before=instant_text(ceremony.not_before),
            deadline=instant_text(ceremony.deadline),
        )
    if ceremony_commitment(reveal.name, reveal.salt, reveal.value) != commitments[reveal.name]:
        raise Invalid("reveal_opens_nothing", party=reveal.name)


def missing_parties(ceremony: Ceremony, revealed: Sequence[Reveal]) -> list[str]:
    """Return the names of the parties that have not revealed, in their order."""
    names = {reveal.name for reveal in revealed}
    return [party.name for party in ceremony.parties if party.name not in names]


def parse_reveals(ceremony: Ceremony, value: JSON, drawn_at: datetime) -> list[Reveal]:
    """Read and check the reveals of a draw's evidence; raises as `sampling.beacon_evidence.verify_evidence`."""
    listed = items(value, "evidence.reveals")
    reveals = [_parse_reveal(each, f"evidence.reveals[{index}]") for index, each in enumerate(listed)]
    for reveal in reveals:
        check_reveal(ceremony, reveal)
        if reveal.at > drawn_at:
            raise Conflict("beacon_too_early", not_before=instant_text(reveal.at))
    if len({reveal.name for reveal in reveals}) < len(reveals):
        raise Invalid("duplicate_reveal", field="evidence.reveals")
    return reveals


def _parse_reveal(value: JSON, path: str) -> Reveal:
    given = members(value, path, "name", "salt", "value", "at")
    return Reveal(
        text(given["name"], f"{path}.name"),
        hash_bytes(given["salt"], f"{path}.salt"),
        hash_bytes(given["value"], f"{path}.value"),
        instant(given["at"], f"{path}.at"),
    )


def parse_fell(throw: Throw, value: JSON, drawn_at: datetime) -> Fell | None:
    """Read and check what fell by a draw's evidence; raises as `sampling.beacon_evidence.verify_evidence`."""
    if value is None:
        return None
    given = members(value, "evidence.throw", "values", "at")
    fell = Fell(text(given["values"], "evidence.throw.values"), instant(given["at"], "evidence.throw.at"))
    check_throw_in_time(throw, fell.at)
    if fell.at > drawn_at:
        raise Conflict("beacon_too_early", not_before=instant_text(fell.at))
    if throw.canonical(fell.values) != fell.values:
        raise wrong_shape("evidence.throw.values", "RFC 3797")
    return fell


def check_throw_in_time(throw: Throw, at: datetime) -> None:
    """Refuse what fell, as one person or the other hands it in, after the deadline; raises Conflict."""
    if at > throw.deadline:
        raise Conflict("throw_out_of_time", deadline=instant_text(throw.deadline))
