"""What one model says otherwise than another, part by part."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.canonical import JSON
from scoring.measures import Condition, Measure
from scoring.model_check import SIGNS, bin_text
from scoring.remarks import Remark
from scoring.scorecard import Bin, Clause, Indicator, Model, Rule

NOTHING = "—"
_ORIGIN = ("issuer", "issued_on", "data", "distribution", "finding_rates")
_HEAD = ("name", "version", "title", "author", "valid_from", "valid_to", "notice")


def differences(old: Model, new: Model) -> list[Remark]:
    """Return all that the new model says otherwise: head, scope, origin, scale, indicators, rules."""
    return [
        *_changed("changed", "model", vars(old), vars(new), _HEAD, {}),
        *_changed("changed", "scope", vars(old.scope), vars(new.scope), tuple(vars(old.scope)), {}),
        *_changed("changed", "origin", _origin(old), _origin(new), _ORIGIN, {}),
        *_of_grades(old, new),
        *_of_indicators(old, new),
        *_of_rules(old, new),
    ]


def _changed(
    code: str,
    place: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    keys: Sequence[str],
    named: Mapping[str, JSON],
) -> Iterator[Remark]:
    for key in keys:
        if old[key] != new[key]:
            yield Remark(code, place, {**named, "key": key, "old": _told(old[key]), "new": _told(new[key])})


def _origin(model: Model) -> Mapping[str, Any]:
    said = model.origin
    if said is None:
        return dict.fromkeys(_ORIGIN)
    shares = tuple(f"{each} {' '.join(map(str, said.distribution[each]))}" for each in sorted(said.distribution))
    rates = tuple(f"{each} {said.finding_rates[each]}" for each in sorted(said.finding_rates))
    return {**vars(said), "distribution": shares, "finding_rates": rates}


def _of_grades(old: Model, new: Model) -> Iterator[Remark]:
    before, after = ({level.label: level for level in model.grades} for model in (old, new))
    for label in [*before, *(label for label in after if label not in before)]:
        place, named = f"grades.{label}", {"grade": label}
        if label not in after:
            yield Remark("grade_removed", place, named)
        elif label not in before:
            yield Remark("grade_added", place, {**named, "threshold": _told(after[label].lowest_score)})
        else:
            pair = vars(before[label]), vars(after[label])
            yield from _changed("threshold_changed", place, *pair, ("lowest_score",), named)
            yield from _changed("changed", place, *pair, ("name", "meaning"), named)
    kept = [[label for label in model.labels if label in before and label in after] for model in (old, new)]
    if kept[0] != kept[1]:
        yield Remark("grades_reordered", "grades", {"old": _told(kept[0]), "new": _told(kept[1])})


def _of_indicators(old: Model, new: Model) -> Iterator[Remark]:
    before, after = ({each.id: each for each in model.indicators} for model in (old, new))
    for identifier in sorted({*before, *after}):
        place = f"indicators.{identifier}"
        if identifier not in after:
            yield Remark("indicator_removed", place, {"title": before[identifier].title})
        elif identifier not in before:
            added = after[identifier]
            told: dict[str, JSON] = {"title": added.title, "measure": measure_text(added.measure)}
            yield Remark("indicator_added", place, {**told, "bins": _bins_text(added.bins)})
        else:
            yield from _of_indicator(place, before[identifier], after[identifier])


def _of_indicator(place: str, old: Indicator, new: Indicator) -> Iterator[Remark]:
    named: dict[str, JSON] = {"title": new.title}
    yield from _changed("changed", place, vars(old), vars(new), ("title", "dimension"), named)
    if old.measure != new.measure:
        said = {"old": measure_text(old.measure), "new": measure_text(new.measure)}
        yield Remark("measure_changed", place, {**named, **said})
    edges = [[(each.lower, each.upper) for each in indicator.bins] for indicator in (old, new)]
    if edges[0] != edges[1]:
        yield Remark("bins_changed", place, {**named, "old": _bins_text(old.bins), "new": _bins_text(new.bins)})
    else:
        for one, other in zip(old.bins, new.bins, strict=True):
            if one.points != other.points:
                moved: dict[str, JSON] = {"bin": bin_text(one.lower, one.upper), "old": one.points, "new": other.points}
                yield Remark("points_changed", place, {**named, **moved})
    yield from _changed("missing_changed", place, vars(old), vars(new), ("missing",), named)


def _of_rules(old: Model, new: Model) -> Iterator[Remark]:
    before, after = ({each.id: each for each in model.rules} for model in (old, new))
    for identifier in sorted({*before, *after}):
        place = f"rules.{identifier}"
        if identifier not in after:
            yield Remark("rule_removed", place, _rule_said(before[identifier]))
        elif identifier not in before:
            yield Remark("rule_added", place, _rule_said(after[identifier]))
        else:
            one, other = before[identifier], after[identifier]
            keys = ("title", "reason", "legal_basis")
            yield from _changed("changed", place, vars(one), vars(other), keys, {"title": other.title})
            said = _rule_said(one), _rule_said(other)
            if said[0]["said"] != said[1]["said"]:
                told = {"title": other.title, "old": said[0]["said"], "new": said[1]["said"]}
                yield Remark("rule_changed", place, told)


def _rule_said(rule: Rule) -> dict[str, JSON]:
    when = "; ".join(_clause_text(clause) for clause in rule.when)
    return {"title": rule.title, "said": f"{SIGNS[rule.effect]} {rule.grade}: {when}"}


def measure_text(measure: Measure) -> str:
    """Return a measure in the words of its document, in one line."""
    parts: list[str] = [f"{measure.source} {measure.aggregate}"]
    for name in ("kinds", "via", "field", "window_days", "half_life_days", "system", "levels"):
        value = getattr(measure, name)
        if value:
            parts.append(f"{name} {_told(value)}")
    parts += [_condition_text(condition) for condition in measure.where]
    return ", ".join(parts)


def _condition_text(condition: Condition) -> str:
    return f"{condition.field} {condition.operator} {_told(condition.value)}"


def _clause_text(clause: Clause) -> str:
    asked = clause.indicator if clause.measure is None else f"({measure_text(clause.measure)})"
    bounds = [f"{name} {_told(getattr(clause, name))}" for name in ("at_least", "below", "missing")]
    return " ".join([str(asked), *(bound for bound in bounds if not bound.endswith(NOTHING))])


def _bins_text(bins: Sequence[Bin]) -> str:
    return ", ".join(f"{bin_text(each.lower, each.upper)} {each.points}" for each in bins)


def _told(value: object) -> str:
    if value is None or value == ():
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "、".join(f"“{each}”" if "、" in str(each) else str(each) for each in value)
    return str(value)
