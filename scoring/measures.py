"""What a model can ask of an enterprise's facts: one integer, or none where there is no value.

A measure takes the rows of a source, keeps those of its kinds, window and conditions, and aggregates them. What is
dated after the day of grading does not exist. The window of n days before day d holds the days d − n + 1 … d.

Aggregates of records:
- count: number of rows; exists: 1 if there is a row, else 0.
- distinct: number of different values of the text `field`; each value of a list counts.
- sum: sum of the integer `field` over the rows that have it, at most 2^53 - 1.
- days_since: days from the latest row to the day of grading; none without a row.
- per_mille: rows x 1000 / rows of the kinds and window before the conditions, rounded down; none without such rows.

Under a half-life of h days, count and sum take each row by its weight w of `scoring.decay`: count is ⌊Σw / 2^20⌋, sum
⌊Σ(field · w) / 2^20⌋.

Of relations: count: number of different parties; exists: 1 if there is one, else 0.

Of the registration: exists: 1 if it meets the conditions, else 0; value: the integer `field`, none if absent;
years_since: whole years from the date `field` to the day of grading, none if absent or later.

Of related enterprises: enterprises: number of different other enterprises that have the same party in a relation of a
kind in `via` and, if `kinds` are given, a row of records.

Of the grades that another system gave: value: the place of its newest grade among `levels`, from 0; none if it gave
none, or one that is not among them.

Kinds and fields are those of `scoring.formats`, texts are written as files write them, amounts are fen.
"""

from dataclasses import dataclass
from enum import StrEnum

from ledger.canonical import JSON


class Source(StrEnum):
    RECORDS = "records"
    RELATIONS = "relations"
    REGISTRATION = "registration"
    RELATED = "related"
    OUTSIDE = "outside"


class Aggregate(StrEnum):
    COUNT = "count"
    EXISTS = "exists"
    DISTINCT = "distinct"
    SUM = "sum"
    DAYS_SINCE = "days_since"
    PER_MILLE = "per_mille"
    VALUE = "value"
    YEARS_SINCE = "years_since"
    ENTERPRISES = "enterprises"


class Operator(StrEnum):
    """What a condition asks of a field.

    `is`: a value, or one of a list of values, is among these; `is_not`: none is, or there is no value;
    `at_least`, `below`: there is a value and it is; `in_force`: true holds if there is no date or it is not before the
    day of grading, false if it is before.
    """

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    BELOW = "below"
    IN_FORCE = "in_force"


@dataclass(frozen=True)
class Condition:
    """One condition on a field of a row."""

    field: str
    operator: Operator
    value: tuple[str, ...] | int

    def document(self) -> JSON:
        return {
            "field": self.field,
            self.operator.value: list(self.value) if isinstance(self.value, tuple) else self.value,
        }


@dataclass(frozen=True)
class Measure:
    """One question to the facts: `kinds` of records or relations, `via` of relations; all of `where` must hold.

    `system` names whose grades are asked for, `levels` its grades, risk rising.
    """

    source: Source
    aggregate: Aggregate
    kinds: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    field: str | None = None
    window_days: int | None = None
    half_life_days: int | None = None
    system: str | None = None
    levels: tuple[str, ...] = ()

    @property
    def may_lack_value(self) -> bool:
        return self.aggregate in _MAY_LACK_VALUE

    def document(self) -> dict[str, JSON]:
        return {
            "source": self.source.value,
            "aggregate": self.aggregate.value,
            "kinds": list(self.kinds),
            "via": list(self.via),
            "where": [condition.document() for condition in self.where],
            "field": self.field,
            "window_days": self.window_days,
            "half_life_days": self.half_life_days,
            "system": self.system,
            "levels": list(self.levels),
        }


_MAY_LACK_VALUE = (Aggregate.DAYS_SINCE, Aggregate.PER_MILLE, Aggregate.VALUE, Aggregate.YEARS_SINCE)
