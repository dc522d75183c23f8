"""What can be said of a model from its document alone: what of it can never happen, and what its scores can be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from ledger.canonical import JSON, canonical
from scoring.measures import Measure
from scoring.ranges import Range, range_of
from scoring.remarks import Remark
from scoring.scorecard import Clause, Effect, Indicator, Model, Rule

MOST_SCORES = 200_000
"""So many different scores are followed exactly; beyond that, all between the least and the greatest count as met."""


@dataclass(frozen=True)
class Scores:
    """The scores that a model's reachable bins can add up to, if its indicators were independent of each other."""

    least: int
    greatest: int
    exact: frozenset[int] | None

    def any_in(self, lowest: int | None, below: int | None) -> bool:
        """Tell whether a score from `lowest` on and below `below` can be reached."""
        if self.exact is not None:
            return any((lowest is None or lowest <= score) and (below is None or score < below) for score in self.exact)
        return (lowest is None or lowest <= self.greatest) and (below is None or self.least < below)


@dataclass(frozen=True)
class Outline:
    """A model at a glance: its scores, the grades that scores alone can give, those that rules can give, remarks."""

    scores: Scores
    by_score: tuple[str, ...]
    by_rule: tuple[str, ...]
    remarks: tuple[Remark, ...]


def outline(model: Model) -> Outline:
    """Return what a model's document says of itself."""
    scores = possible_scores(model)
    levels = [place for place, (lowest, below) in enumerate(_bounds(model)) if scores.any_in(lowest, below)]
    fires = {rule.id: _fires(rule, model) for rule in model.rules}
    able = [rule for rule in model.rules if fires[rule.id] != "never"]
    by_rule = {rule.grade for rule in able if _can_give(rule, model, levels)}
    remarks = [
        *chain.from_iterable(_of_indicator(indicator, model) for indicator in model.indicators),
        *_of_grades(model, scores, levels, by_rule),
        *chain.from_iterable(_of_rule(rule, fires[rule.id], model, levels, able) for rule in model.rules),
    ]
    labels = model.labels
    return Outline(
        scores,
        tuple(labels[place] for place in levels),
        tuple(label for label in labels if label in by_rule),
        tuple(remarks),
    )


def possible_scores(model: Model) -> Scores:
    """Return the scores that the model can give."""
    choices = [_points(indicator) for indicator in model.indicators]
    least, greatest = sum(map(min, choices)), sum(map(max, choices))
    exact = {0}
    for points in choices:
        exact = {score + each for score in exact for each in points}
        if len(exact) > MOST_SCORES:
            return Scores(least, greatest, None)
    return Scores(least, greatest, frozenset(exact))


def _points(indicator: Indicator) -> set[int]:
    values = range_of(indicator.measure)
    found = {each.points for each in indicator.bins if values.meets(each)}
    return found if indicator.missing is None else {*found, indicator.missing}


def _bounds(model: Model) -> list[tuple[int | None, int | None]]:
    lowest = [level.lowest_score for level in model.grades]
    return list(zip(lowest, [*lowest[1:], None], strict=True))


def _of_indicator(indicator: Indicator, model: Model) -> Iterable[Remark]:
    place, values = f"indicators.{indicator.id}", range_of(indicator.measure)
    named: dict[str, JSON] = {"title": indicator.title}
    for each in indicator.bins:
        if not values.meets(each):
            yield Remark("bin_unreachable", place, {**named, "bin": bin_text(each.lower, each.upper)})
    used = any(clause.indicator == indicator.id for rule in model.rules for clause in rule.when)
    if len(_points(indicator)) == 1 and not used:
        yield Remark("indicator_idle", place, {**named, "points": next(iter(_points(indicator)))})


def _of_grades(model: Model, scores: Scores, levels: list[int], by_rule: set[str]) -> Iterable[Remark]:
    for place, level in enumerate(model.grades):
        if place in levels:
            continue
        told: dict[str, JSON] = {"grade": level.label, "least": scores.least, "greatest": scores.greatest}
        code = "grade_by_rules_alone" if level.label in by_rule else "grade_unreachable"
        yield Remark(code, f"grades.{level.label}", {**told, "threshold": level.lowest_score})


def _of_rule(rule: Rule, fires: str, model: Model, levels: list[int], able: list[Rule]) -> Iterable[Remark]:
    place, named = f"rules.{rule.id}", {"title": rule.title}
    if fires == "never":
        yield Remark("rule_never_fires", place, named)
        return
    if fires == "always":
        yield Remark("rule_always_fires", place, named)
    if _is_idle(rule, model, levels, able):
        yield Remark("rule_changes_nothing", place, {**named, "said": f"{SIGNS[rule.effect]} {rule.grade}"})


SIGNS: Mapping[Effect, str] = {Effect.AT_LEAST: "≥", Effect.AT_MOST: "≤", Effect.EXACTLY: "="}
"""How an effect is written in a remark, in every language."""


def bin_text(lower: int | None, upper: int | None) -> str:
    """Return a bin as it is written in a remark."""
    return f"[{'' if lower is None else lower}, {'' if upper is None else upper})"


def _can_give(rule: Rule, model: Model, levels: list[int]) -> bool:
    """Tell whether a rule that fires can be what makes the grade the one that it names."""
    place = model.labels.index(rule.grade)
    if rule.effect is Effect.AT_LEAST:
        return min(levels) <= place
    return rule.effect is Effect.EXACTLY or max(levels) >= place


def _is_idle(rule: Rule, model: Model, levels: list[int], able: list[Rule]) -> bool:
    """Tell whether the grade is the same with and without a rule, whatever the score."""
    place = model.labels.index(rule.grade)
    if rule.effect is Effect.AT_MOST:
        return max(levels) <= place
    if rule.effect is Effect.EXACTLY:
        return False
    lowered = any(other.effect is Effect.AT_MOST and model.labels.index(other.grade) < place for other in able)
    return place == 0 or (min(levels) >= place and not lowered)


def _fires(rule: Rule, model: Model) -> str:
    """Return "never", "always" or "sometimes"."""
    measures = {indicator.id: indicator.measure for indicator in model.indicators}
    asked: dict[bytes, list[Clause]] = defaultdict(list)
    known: dict[bytes, Measure] = {}
    for clause in rule.when:
        measure = clause.measure or measures[clause.indicator or ""]
        key = canonical(measure.document())
        known[key] = measure
        asked[key].append(clause)
    holds = [_hold(range_of(known[key]), clauses) for key, clauses in asked.items()]
    if "never" in holds:
        return "never"
    return "always" if set(holds) == {"always"} else "sometimes"


def _hold(values: Range, clauses: list[Clause]) -> str:
    """Return whether conditions on one measure can hold together, never, always or sometimes."""
    needs_value = any(
        clause.missing is False or clause.at_least is not None or clause.below is not None for clause in clauses
    )
    needs_none = any(clause.missing for clause in clauses)
    if needs_none:
        if needs_value or not values.may_lack:
            return "never"
        return "always" if values.is_empty else "sometimes"
    left = values
    for clause in clauses:
        left = left.within(clause.at_least, clause.below)
    if left.is_empty:
        return "never"
    return "always" if left == values and not values.may_lack else "sometimes"
