"""Who takes part in a joint campaign, and with what: items, places in every team, inspectors. Pure.

A drawn enterprise is visited once, by one team with the places of all participants, for all their matters. The first
participant leads. Participants of one department are its units (内部联合), of several departments these (跨部门联合).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import any_text, any_texts, members, signed
from sampling.matching_inputs import LEAST_TEAM, TeamRole
from sampling.matching_plans import MOST_PLACES
from scoring.fields import text_up_to

LEAD = "lead"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Participant:
    """A department, or a unit of it: its items, how many inspectors it sends to each visit, and which, if not any."""

    department: str
    items: tuple[str, ...]
    size: int
    unit: str = ""
    inspectors: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept, and sealed at freezing."""
        return {
            "department": self.department,
            "unit": self.unit,
            "items": list(self.items),
            "size": self.size,
            "inspectors": list(self.inspectors),
        }

    @classmethod
    def from_json(cls, value: JSON, path: str) -> "Participant":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        given = members(value, path, "department", "unit", "items", "size", "inspectors")
        return cls(
            department=any_text(given["department"], f"{path}.department"),
            items=any_texts(given["items"], f"{path}.items"),
            size=signed(given["size"], f"{path}.size"),
            unit=any_text(given["unit"], f"{path}.unit"),
            inspectors=any_texts(given["inspectors"], f"{path}.inspectors"),
        )


def check_participants(participants: Sequence[Participant]) -> None:
    """Check the participants of a plan.

    Raises Invalid: participant_unusable (its items, its places, its unit), participant_twice, team_too_small,
    inspector_named_twice, and what is wrong with a text.
    """
    seen: set[tuple[str, str]] = set()
    named: set[str] = set()
    for each in participants:
        text_up_to(LONGEST_NAME)(each.unit)
        if not each.items or len(set(each.items)) < len(each.items) or not 1 <= each.size <= MOST_PLACES:
            raise Invalid("participant_unusable", field="participants", department=each.department, most=MOST_PLACES)
        if each.inspectors and len(set(each.inspectors)) < each.size:
            raise Invalid("participant_unusable", field="participants", department=each.department, most=MOST_PLACES)
        if (each.department, each.unit) in seen:
            raise Invalid("participant_twice", field="participants", department=each.department, unit=each.unit or "—")
        seen.add((each.department, each.unit))
        for certificate in each.inspectors:
            if certificate in named:
                raise Invalid("inspector_named_twice", field="participants", inspector=certificate)
            named.add(certificate)
    if sum(each.size for each in participants) < LEAST_TEAM:
        raise Invalid("team_too_small", field="participants", least=LEAST_TEAM)


def departments_of(participants: Sequence[Participant]) -> tuple[str, ...]:
    """Return their departments, each once, the lead first."""
    return tuple(dict.fromkeys(each.department for each in participants))


def items_of(participants: Sequence[Participant]) -> tuple[str, ...]:
    """Return all their items, each once."""
    return tuple(dict.fromkeys(item for each in participants for item in each.items))


def roles_of(participants: Sequence[Participant]) -> tuple[TeamRole, ...]:
    """Return the roles of every team: a specialist who leads, of the first participant, and the places of all."""
    roles = []
    for number, each in enumerate(participants):
        shared = {"department": each.department, "unit": each.unit, "inspectors": each.inspectors}
        leads = number == 0
        if leads:
            roles.append(TeamRole(LEAD, specialist=True, **shared))  # type: ignore[arg-type]
        if each.size > leads:
            roles.append(TeamRole(f"member {number + 1}", specialist=False, count=each.size - leads, **shared))  # type: ignore[arg-type]
    return tuple(roles)
