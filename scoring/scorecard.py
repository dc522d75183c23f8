"""What a model is, once its document is read: a scorecard of integer points with qualitative rules.

The higher the score, the higher the risk. `scoring.model` reads the document, `scoring.grader` grades by it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.canonical import JSON, canonical
from scoring.measures import Measure
from scoring.origins import Origin
from scoring.scopes import Scope


class Dimension(StrEnum):
    """The five dimensions of the national general indicator system."""

    ATTRIBUTES = "attributes"
    ACTIVITY = "activity"
    SUPERVISION = "supervision"
    RELATIONS = "relations"
    REPUTATION = "reputation"

    @property
    def text(self) -> str:
        return _DIMENSION_TEXTS[self]


_DIMENSION_TEXTS = {
    Dimension.ATTRIBUTES: "基础属性",
    Dimension.ACTIVITY: "动态",
    Dimension.SUPERVISION: "监管",
    Dimension.RELATIONS: "关联关系",
    Dimension.REPUTATION: "社会评价",
}


class Effect(StrEnum):
    """What a rule does to the grade; "at least" means at least that risk."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EXACTLY = "exactly"


@dataclass(frozen=True)
class GradeLevel:
    """One grade of the scale and the lowest score that gives it."""

    label: str
    name: str
    meaning: str
    lowest_score: int | None


@dataclass(frozen=True)
class Bin:
    """Points for the values of [lower, upper); None is without bound."""

    lower: int | None
    upper: int | None
    points: int

    def holds(self, value: int) -> bool:
        return (self.lower is None or self.lower <= value) and (self.upper is None or value < self.upper)


@dataclass(frozen=True)
class Indicator:
    """A measure and the points for its values."""

    id: str
    title: str
    dimension: Dimension
    measure: Measure
    bins: tuple[Bin, ...]
    missing: int | None


@dataclass(frozen=True)
class Clause:
    """One condition of a rule: on an indicator's value or on a measure of its own; all that are given must hold."""

    indicator: str | None
    measure: Measure | None
    at_least: int | None
    below: int | None
    missing: bool | None


@dataclass(frozen=True)
class Rule:
    """A qualitative rule: where all its clauses hold, it overrides the score's grade."""

    id: str
    title: str
    effect: Effect
    grade: str
    reason: str
    legal_basis: str
    when: tuple[Clause, ...]


@dataclass(frozen=True)
class Model:
    """A validated model; indicators and rules are in the order of their ids, `origin` is None of a bureau's own."""

    name: str
    version: str
    title: str
    author: str
    valid_from: date
    valid_to: date | None
    notice: str
    scope: Scope
    grades: tuple[GradeLevel, ...]
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    origin: Origin | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All that the model asks: of its indicators, then of its rules' own clauses."""
        own = (clause.measure for rule in self.rules for clause in rule.when)
        return (*(each.measure for each in self.indicators), *(measure for measure in own if measure is not None))

    @property
    def labels(self) -> tuple[str, ...]:
        """The grades' labels, risk rising."""
        return tuple(level.label for level in self.grades)

    def digest(self) -> str:
        """Return the SHA-256, in hex, of the canonical form, which no comment and no order in the text changes."""
        return hashlib.sha256(canonical(self.document())).hexdigest()

    def document(self) -> JSON:
        """Return all that the model says as canonical JSON, but for its origin, which states the digest."""
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "author": self.author,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": None if self.valid_to is None else self.valid_to.isoformat(),
            "notice": self.notice,
            "scope": self.scope.document(),
            "grades": [vars(level) for level in self.grades],
            "indicators": [_indicator_document(indicator) for indicator in self.indicators],
            "rules": [_rule_document(rule) for rule in self.rules],
        }


def _indicator_document(indicator: Indicator) -> JSON:
    return {
        "id": indicator.id,
        "title": indicator.title,
        "dimension": indicator.dimension.value,
        "measure": indicator.measure.document(),
        "bins": [vars(bin_) for bin_ in indicator.bins],
        "missing": indicator.missing,
    }


def _rule_document(rule: Rule) -> JSON:
    return {
        "id": rule.id,
        "title": rule.title,
        "effect": rule.effect.value,
        "grade": rule.grade,
        "reason": rule.reason,
        "legal_basis": rule.legal_basis,
        "when": [
            vars(clause) | {"measure": None if clause.measure is None else clause.measure.document()}
            for clause in rule.when
        ],
    }
