"""What is kept of a grade: its reasons in a short form that time alone does not change, and the digest of a run. Pure.

The kept form is canonical JSON: `values`, what each indicator of the model measured, in the order of the indicators;
`rules`, the places of the model's rules that fired; where there are any, `judgements` [effect, grade, reason, legal
basis, expires] and `outside` [system, grade, date]. Instead of the days or years since a day it holds the day's number
(1 January of year 1 is day 1), so that a grade changes only when something happens. The model's text tells the rest.

A run's digest is SHA-256("qian/grades/v2" ‖ leaf …), in the order of codes and then of departments; a leaf is
SHA-256("qian/grade/v1" ‖ canonical [enterprise, department, model's digest, stage, grade, score, kept reasons]). It is
the same for the same facts, models and day, whatever computed it, all at once or only what had changed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import getitem
from typing import Any, NamedTuple

import orjson

from ledger.canonical import JSON, canonical
from scoring.facts import EnterpriseFacts, Judgement
from scoring.grader import GradeResult, indicator_points, judgement_reason, level_of, overridden, rule_reason
from scoring.measures import Aggregate, Measure
from scoring.scorecard import Effect, Indicator, Model, Rule

LEAF_TAG = b"qian/grade/v1"
DIGEST_TAG = b"qian/grades/v2"


def keep(model: Model, facts: EnterpriseFacts, result: GradeResult, as_of: date) -> str:
    """Return the kept form of what the model said of these facts on a day."""
    told: Any = result.reasons
    places = {rule.id: place for place, rule in enumerate(model.rules)}
    kept: dict[str, JSON] = {
        "values": [
            _untimed(indicator.measure, entry["value"], facts, as_of)
            for indicator, entry in zip(model.indicators, told["indicators"], strict=True)
        ],
        "rules": [places[rule["id"]] for rule in told["rules"] if rule["expires"] is None],
    }
    if judgements := [rule for rule in told["rules"] if rule["expires"] is not None]:
        kept["judgements"] = [[rule[name] for name in _JUDGED] for rule in judgements]
    if told["outside"]:
        kept["outside"] = [[each["system"], each["grade"], each["date"]] for each in told["outside"]]
    return canonical(kept).decode()


def kept_judgements(judgements: Iterable[Judgement]) -> list[list[str]]:
    """Return the kept form of the judgements in force that a model knows the grades of, in their order."""
    return sorted(
        [each.effect.value, each.grade, each.reason, each.legal_basis, str(each.expires)] for each in judgements
    )


def parsed(text: str) -> JSON:
    """Return the kept form of its text."""
    value: JSON = orjson.loads(text)
    return value


def told(model: Model, stage: str, score: int, kept: JSON, as_of: date) -> dict[str, JSON]:
    """Return the reasons of a grade, as `grader.grade` tells them, of their kept form."""
    held: Any = kept
    values = _values(model, held, as_of)
    return {
        "model": {"name": model.name, "version": model.version},
        "stage": stage,
        "score": score,
        "score_grade": model.labels[level_of(model, score)],
        "indicators": [
            indicator_points(indicator, value)[1] for indicator, value in zip(model.indicators, values, strict=True)
        ],
        "rules": [
            *(rule_reason(model.rules[place]) for place in held["rules"]),
            *map(judgement_reason, map(_judgement, held.get("judgements", ()))),
        ],
        "outside": [{"system": system, "grade": grade, "date": day} for system, grade, day in held.get("outside", ())],
    }


class Graded(NamedTuple):
    """What a stored grade says; earlier versions stored neither model nor stage."""

    model: str | None
    stage: str | None
    grade: str
    score: int
    reasons: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Graded":
        """Return what a row of table `grade` says."""
        return cls(row.get("model"), row.get("stage"), row["grade"], row["score"], row["reasons"])


class Follows:
    """Tells of many grades of one model and day whether they follow from their kept reasons.

    What an indicator's value gives, and what a score and rules give, is looked up once.
    """

    def __init__(self, model: Model, as_of: date) -> None:
        """Begin with nothing looked up."""
        self._model = model
        self._points = [_Points(indicator, as_of) for indicator in model.indicators]
        self._grades: dict[tuple[int, tuple[int, ...]], str] = {}

    def __call__(
        self,
        grade: str,
        score: int,
        values: Sequence[int | None],
        rules: Sequence[int],
        judgements: Iterable[Sequence[str]] | None = None,
    ) -> bool:
        """Tell whether score and grade are those that the kept reasons give."""
        if len(values) != len(self._points):
            raise ValueError("reasons with another number of values than the model has indicators")
        if score != sum(map(getitem, self._points, values)):
            return False
        if judgements is not None:
            return grade == self._graded(score, [*self._rules(rules), *map(_judgement, judgements)])
        by_rules = score, tuple(rules)
        if by_rules not in self._grades:
            self._grades[by_rules] = self._graded(score, self._rules(rules))
        return grade == self._grades[by_rules]

    def _rules(self, places: Iterable[int]) -> list[Rule | Judgement]:
        return [self._model.rules[place] for place in places]

    def _graded(self, score: int, fired: list[Rule | Judgement]) -> str:
        return self._model.labels[overridden(self._model, level_of(self._model, score), fired)]


class _Points(dict[int | None, int]):
    """An indicator's points by the kept value."""

    def __init__(self, indicator: Indicator, as_of: date) -> None:
        self._indicator = indicator
        self._as_of = as_of

    def __missing__(self, kept: int | None) -> int:
        value = _timed(self._indicator.measure, kept, self._as_of)
        points = self[kept] = indicator_points(self._indicator, value)[0]
        return points


def measured(model: Model, kept: JSON, as_of: date) -> dict[str, int | None]:
    """Return what each indicator measured, by its id, as of a day."""
    return {each.id: value for each, value in zip(model.indicators, _values(model, kept, as_of), strict=True)}


def leaf(enterprise: str, department: str, model: str, stage: str | None, grade: str, score: int, kept: str) -> bytes:
    """Return the leaf of a grade; `model` is the model's digest, `kept` the canonical text of the reasons."""
    head = orjson.dumps([enterprise, department, model, stage, grade, score])[:-1]
    return hashlib.sha256(LEAF_TAG + head + b"," + kept.encode() + b"]").digest()


def digest(leaves: Iterable[bytes | memoryview]) -> str:
    """Return a run's digest in hex, of its leaves in their order, in pieces of one or several."""
    hashed = hashlib.sha256(DIGEST_TAG)
    for piece in leaves:
        hashed.update(piece)
    return hashed.hexdigest()


_JUDGED = ("effect", "grade", "reason", "legal_basis", "expires")


def _values(model: Model, held: Any, as_of: date) -> list[int | None]:
    return [_timed(each.measure, value, as_of) for each, value in zip(model.indicators, held["values"], strict=True)]


def _judgement(kept: Sequence[str]) -> Judgement:
    effect, grade, reason, basis, expires = kept
    return Judgement("", Effect(effect), grade, reason, basis, date.fromisoformat(expires))


def _untimed(measure: Measure, value: int | None, facts: EnterpriseFacts, as_of: date) -> int | None:
    if value is None:
        return None
    if measure.aggregate is Aggregate.DAYS_SINCE:
        return as_of.toordinal() - value
    if measure.aggregate is Aggregate.YEARS_SINCE:
        return date.fromisoformat(str(facts.registration[measure.field or ""])).toordinal()
    return value


def _timed(measure: Measure, value: int | None, as_of: date) -> int | None:
    if value is None:
        return None
    if measure.aggregate is Aggregate.DAYS_SINCE:
        return as_of.toordinal() - value
    if measure.aggregate is Aggregate.YEARS_SINCE:
        since = date.fromordinal(value)
        return as_of.year - since.year - ((as_of.month, as_of.day) < (since.month, since.day))
    return value
