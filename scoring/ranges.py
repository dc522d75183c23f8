"""Which values a measure can have at all, whatever the records say."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.fields import results
from scoring.formats import FORMATS
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scorecard import Bin

LARGEST_RATE = 1000
_LISTS = frozenset(column.field for form in FORMATS.values() for column in form.columns if column.parse is results)


@dataclass(frozen=True)
class Range:
    """The integers from `lowest` to `highest` (None: without bound); none at all where `lowest` is the greater.

    `may_lack` tells whether there may be no value.
    """

    lowest: int
    highest: int | None
    may_lack: bool

    @property
    def is_empty(self) -> bool:
        return self.highest is not None and self.highest < self.lowest

    def meets(self, held: Bin) -> bool:
        """Tell whether a value can fall into a bin."""
        return not self.within(held.lower, held.upper).is_empty

    def within(self, at_least: int | None, below: int | None) -> "Range":
        """Return what is left of the range between two bounds."""
        lowest = self.lowest if at_least is None else max(self.lowest, at_least)
        highest = self.highest
        if below is not None:
            highest = below - 1 if highest is None else min(highest, below - 1)
        return Range(lowest, highest, self.may_lack)


def range_of(measure: Measure) -> Range:
    """Return the values that a measure can have."""
    return Range(0, _highest(measure), measure.may_lack_value)


def _highest(measure: Measure) -> int | None:
    nothing = _contradictory(measure.where)
    if measure.source is Source.OUTSIDE:
        return len(measure.levels) - 1
    if measure.aggregate is Aggregate.DAYS_SINCE:
        if nothing:
            return -1
        return None if measure.window_days is None else measure.window_days - 1
    if nothing:
        return 0
    if measure.aggregate is Aggregate.EXISTS:
        return 1
    return LARGEST_RATE if measure.aggregate is Aggregate.PER_MILLE else None


def _contradictory(where: Sequence[Condition]) -> bool:
    """Tell whether no row can meet all conditions."""
    by_field: dict[str, list[Condition]] = defaultdict(list)
    for condition in where:
        by_field[condition.field].append(condition)
    return any(_excluding(field, conditions) for field, conditions in by_field.items())


def _excluding(field: str, conditions: Sequence[Condition]) -> bool:
    values: dict[Operator, list[tuple[str, ...] | int]] = defaultdict(list)
    for condition in conditions:
        values[condition.operator].append(condition.value)
    if len(set(values[Operator.IN_FORCE])) > 1:
        return True
    lower = [value for value in values[Operator.AT_LEAST] if isinstance(value, int)]
    upper = [value for value in values[Operator.BELOW] if isinstance(value, int)]
    if lower and upper and min(upper) <= max(lower):
        return True
    wanted = [set(value) for value in values[Operator.IS] if isinstance(value, tuple)]
    refused = {text for value in values[Operator.IS_NOT] if isinstance(value, tuple) for text in value}
    if not wanted:
        return False
    if field in _LISTS:  # a list may hold one of each
        return any(texts <= refused for texts in wanted)
    return not set.intersection(*wanted) - refused
