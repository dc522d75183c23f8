"""Grade enterprises by a model: integers in, integers and reasons out, the same whatever the order of the facts.

The score is the sum of all indicators' points; its grade is the last one whose lowest score it reaches. Then the rules
whose clauses all hold: of those that say "exactly" the one of highest risk decides; else no grade is above the lowest
"at most", and then none below the highest "at least", which so outweighs it. The order of rules means nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ledger.canonical import JSON, LARGEST_INTEGER, canonical
from scoring.facts import EnterpriseFacts, Record, with_related
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scorecard import Clause, Effect, Indicator, Model, Rule


@dataclass(frozen=True)
class GradeResult:
    """What a model says of one enterprise; `reasons` is canonical JSON and as confidential as the grade."""

    enterprise: str
    grade: str
    score: int
    reasons: dict[str, JSON]


def grade_all(model: Model, all_facts: Iterable[EnterpriseFacts], as_of: date) -> list[GradeResult]:
    """Grade all enterprises, related to each other through their relations; the results are in the order of codes."""
    return [grade(model, facts, as_of) for facts in with_related(all_facts)]


def results_digest(results: list[GradeResult]) -> str:
    """Return what two runs compare: SHA-256 over the canonical results in the order of codes, in hex; confidential."""
    digest = hashlib.sha256(b"qian/grades/v1")
    for each in results:
        digest.update(canonical([each.enterprise, each.grade, each.score, each.reasons]))
    return digest.hexdigest()


def grade(model: Model, facts: EnterpriseFacts, as_of: date) -> GradeResult:
    """Grade one enterprise whose `related` is filled in, as of the end of a day."""
    values = {indicator.id: measured(indicator.measure, facts, as_of) for indicator in model.indicators}
    entries = [_points(indicator, values[indicator.id]) for indicator in model.indicators]
    score = sum(points for points, _ in entries)
    fired = [rule for rule in model.rules if all(_holds(clause, values, facts, as_of) for clause in rule.when)]
    by_score = _level_of(model, score)
    label = model.labels[_overridden(model, by_score, fired)]
    reasons: dict[str, JSON] = {
        "score": score,
        "score_grade": model.labels[by_score],
        "indicators": [entry for _, entry in entries],
        "rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "effect": rule.effect.value,
                "grade": rule.grade,
                "reason": rule.reason,
            }
            for rule in fired
        ],
    }
    return GradeResult(facts.enterprise, label, score, reasons)


def measured(measure: Measure, facts: EnterpriseFacts, as_of: date) -> int | None:
    """Return what a measure says of an enterprise; `scoring.measures` defines each aggregate."""
    if measure.source is Source.RECORDS:
        return _of_records(measure, facts.records, as_of)
    if measure.source is Source.REGISTRATION:
        return _of_registration(measure, facts.registration, as_of)
    if measure.source is Source.RELATIONS:
        parties = {
            (relation.kind, relation.party)
            for relation in facts.relations
            if relation.kind in measure.kinds and _begun(relation.since, as_of)
        }
        return min(len(parties), 1) if measure.aggregate is Aggregate.EXISTS else len(parties)
    return len(
        {
            other.enterprise
            for other in facts.related
            if other.via in measure.via
            and _begun(other.since, as_of)
            and (not measure.kinds or any(_matching(measure, other.records, as_of)))
        }
    )


def _of_records(measure: Measure, records: Iterable[Record], as_of: date) -> int | None:
    inside = list(_inside(measure, records, as_of))
    rows = list(_matching(measure, inside, as_of))
    if measure.aggregate is Aggregate.COUNT:
        return len(rows)
    if measure.aggregate is Aggregate.EXISTS:
        return 1 if rows else 0
    if measure.aggregate is Aggregate.DAYS_SINCE:
        return (as_of - max(row.date for row in rows)).days if rows else None
    if measure.aggregate is Aggregate.PER_MILLE:
        return len(rows) * 1000 // len(inside) if inside else None
    values = [value for row in rows for value in _values(_field(row, measure.field))]
    if measure.aggregate is Aggregate.DISTINCT:
        return len(set(values))
    return min(sum(value for value in values if isinstance(value, int)), LARGEST_INTEGER)


def _of_registration(measure: Measure, registration: Mapping[str, JSON], as_of: date) -> int | None:
    if measure.aggregate is Aggregate.EXISTS:
        return (
            1 if all(_meets(condition, registration.get(condition.field), as_of) for condition in measure.where) else 0
        )
    value = registration.get(measure.field or "")
    if measure.aggregate is Aggregate.VALUE:
        return value if isinstance(value, int) else None
    if not isinstance(value, str) or not value or value > as_of.isoformat():
        return None
    since = date.fromisoformat(value)
    return as_of.year - since.year - ((as_of.month, as_of.day) < (since.month, since.day))


def _inside(measure: Measure, records: Iterable[Record], as_of: date) -> Iterator[Record]:
    """Give the records of the measure's kinds and window."""
    for record in records:
        age = (as_of - record.date).days
        if record.kind in measure.kinds and age >= 0 and (measure.window_days is None or age < measure.window_days):
            yield record


def _matching(measure: Measure, records: Iterable[Record], as_of: date) -> Iterator[Record]:
    for record in _inside(measure, records, as_of):
        if all(_meets(condition, _field(record, condition.field), as_of) for condition in measure.where):
            yield record


def _field(record: Record, field: str | None) -> JSON:
    if field == "body":
        return record.body
    return record.number if field == "number" else record.content.get(field or "")


def _values(value: JSON) -> list[str | int]:
    if value is None or value == "":
        return []
    values = value if isinstance(value, list | tuple) else [value]
    return [item for item in values if isinstance(item, str | int)]


def _meets(condition: Condition, value: JSON, as_of: date) -> bool:
    wanted = condition.value
    if isinstance(wanted, tuple):
        among = any(item in wanted for item in _values(value))
        return among if condition.operator is Operator.IS else not among
    if condition.operator is Operator.IN_FORCE:
        ended = isinstance(value, str) and value != "" and value < as_of.isoformat()
        return ended is not wanted
    if not isinstance(value, int):
        return False
    return value >= wanted if condition.operator is Operator.AT_LEAST else value < wanted


def _begun(since: date | None, as_of: date) -> bool:
    return since is None or since <= as_of


def _points(indicator: Indicator, value: int | None) -> tuple[int, dict[str, JSON]]:
    """Return an indicator's points and its entry in the reasons."""
    held = None if value is None else next(bin_ for bin_ in indicator.bins if bin_.holds(value))
    points = held.points if held is not None else indicator.missing or 0
    return points, {
        "id": indicator.id,
        "title": indicator.title,
        "dimension": indicator.dimension.value,
        "value": value,
        "bin": None if held is None else {"from": held.lower, "below": held.upper},
        "points": points,
    }


def _holds(clause: Clause, values: Mapping[str, int | None], facts: EnterpriseFacts, as_of: date) -> bool:
    value = values[clause.indicator or ""] if clause.measure is None else measured(clause.measure, facts, as_of)
    if clause.missing is not None and clause.missing is not (value is None):
        return False
    if clause.at_least is not None and (value is None or value < clause.at_least):
        return False
    return clause.below is None or (value is not None and value < clause.below)


def _level_of(model: Model, score: int) -> int:
    """Return the position of the last grade whose lowest score is reached."""
    reached = (level.lowest_score is None or score >= level.lowest_score for level in model.grades)
    return sum(reached) - 1


def _overridden(model: Model, by_score: int, fired: Iterable[Rule]) -> int:
    said: dict[Effect, list[int]] = {effect: [] for effect in Effect}
    for rule in fired:
        said[rule.effect].append(model.labels.index(rule.grade))
    if said[Effect.EXACTLY]:
        return max(said[Effect.EXACTLY])
    capped = min([by_score, *said[Effect.AT_MOST]])
    return max([capped, *said[Effect.AT_LEAST]])
