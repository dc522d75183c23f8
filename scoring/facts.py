"""What is known of an enterprise when it is graded: values only, from wherever they were kept.

Dates inside `registration` and `content` are ISO text (YYYY-MM-DD), amounts integers, several values a list of texts; a
field that is not known is absent, None or an empty text.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ledger.canonical import JSON
from scoring.scorecard import Effect


@dataclass(frozen=True)
class Record:
    """One record of one of the seven kinds, or a complaint (without its complainant)."""

    kind: str
    date: date
    body: str
    number: str
    content: Mapping[str, JSON]


@dataclass(frozen=True)
class Relation:
    """A tie of the enterprise; `party` is a person's pseudonym, a company's code or an address."""

    kind: str
    party: str
    since: date | None = None


@dataclass(frozen=True)
class RelatedEnterprise:
    """Another enterprise that has the same party in a relation of the same kind, since when, and its records."""

    enterprise: str
    via: str
    since: date | None
    records: tuple[Record, ...]


@dataclass(frozen=True)
class OutsideGrade:
    """What another system said of the enterprise, its newest word: as secret as our own grades."""

    system: str
    grade: str
    date: date


@dataclass(frozen=True)
class Judgement:
    """A manual judgement (定性判定) in force: it acts like a rule that fires, up to and on the day `expires`."""

    enterprise: str
    effect: Effect
    grade: str
    reason: str
    legal_basis: str
    expires: date


@dataclass(frozen=True)
class EnterpriseFacts:
    """All that a model may ask about one enterprise, and what was judged of it."""

    enterprise: str
    registration: Mapping[str, JSON]
    records: tuple[Record, ...] = ()
    relations: tuple[Relation, ...] = ()
    related: tuple[RelatedEnterprise, ...] = ()
    outside: tuple[OutsideGrade, ...] = ()
    judgements: tuple[Judgement, ...] = ()


def with_related(all_facts: Iterable[EnterpriseFacts]) -> list[EnterpriseFacts]:
    """Return the facts, each with the enterprises that share a party with it, in the order of their codes."""
    ordered = sorted(all_facts, key=lambda facts: facts.enterprise)
    tied: dict[tuple[str, str], list[tuple[EnterpriseFacts, date | None]]] = defaultdict(list)
    for facts in ordered:
        for relation in facts.relations:
            tied[relation.kind, relation.party].append((facts, relation.since))
    return [
        replace(
            facts,
            related=tuple(
                RelatedEnterprise(other.enterprise, relation.kind, _later(relation.since, since), other.records)
                for relation in facts.relations
                for other, since in tied[relation.kind, relation.party]
                if other.enterprise != facts.enterprise
            ),
        )
        for facts in ordered
    ]


def _later(first: date | None, second: date | None) -> date | None:
    return max((day for day in (first, second) if day is not None), default=None)
