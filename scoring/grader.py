"""Grade enterprises by models: integers in, integers and reasons out, the same whatever the order of the facts.

It is the definition of a grade, and what every faster way of grading is compared with.

The score is the sum of all indicators' points; its grade is the last one whose lowest score it reaches. Then the rules
whose clauses all hold: of those that say "exactly" the one of highest risk decides; else no grade is above the lowest
"at most", and then none below the highest "at least", which so outweighs it. The order of rules means nothing. A manual
judgement in force counts as one more rule that fired, if its grade is one of the model's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ledger.canonical import JSON, LARGEST_INTEGER
from scoring.decay import ONE, weight
from scoring.facts import EnterpriseFacts, Judgement, OutsideGrade, Record, with_related
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scopes import GENERAL, holding
from scoring.scorecard import Clause, Effect, Indicator, Model, Rule
from scoring.stages import Stage, stage_of

JUDGEMENT = "judgement"
"""In place of a rule's id, in the reasons of a grade that a manual judgement changed or confirmed."""

JUDGEMENT_TITLE = "定性判定"


@dataclass(frozen=True)
class GradeResult:
    """What a model says of one enterprise; `reasons` is canonical JSON and as confidential as the grade.

    `department` is the code of the one whose model it is, or `scopes.GENERAL`.
    """

    enterprise: str
    grade: str
    score: int
    reasons: dict[str, JSON]
    department: str = GENERAL


def grade_all(models: Iterable[Model], all_facts: Iterable[EnterpriseFacts], as_of: date) -> list[GradeResult]:
    """Grade all enterprises, related to each other through their relations, each by the models that hold for it.

    The results are in the order of codes and then of departments, the general grade first; an enterprise for which no
    model holds has none.
    """
    candidates = [(model.scope, model) for model in models]
    results = []
    for facts in with_related(all_facts):
        stage = stage_of(facts, as_of)
        sector, region = (str(facts.registration.get(name) or "") for name in ("sector", "region"))
        for department, model in holding(candidates, sector, region, stage).items():
            results.append(replace(grade(model, facts, as_of, stage), department=department))
    return results


def grade(model: Model, facts: EnterpriseFacts, as_of: date, stage: Stage | None = None) -> GradeResult:
    """Grade one enterprise whose `related` is filled in, as of the end of a day, whether the scope is met or not."""
    values = {indicator.id: measured(indicator.measure, facts, as_of) for indicator in model.indicators}
    entries = [indicator_points(indicator, values[indicator.id]) for indicator in model.indicators]
    score = sum(points for points, _ in entries)
    fired = [rule for rule in model.rules if all(_holds(clause, values, facts, as_of) for clause in rule.when)]
    judged = sorted(
        (each for each in facts.judgements if each.grade in model.labels and as_of <= each.expires),
        key=lambda each: (each.effect, each.grade, each.reason, each.legal_basis, each.expires),
    )
    by_score = level_of(model, score)
    label = model.labels[overridden(model, by_score, [*fired, *judged])]
    reasons: dict[str, JSON] = {
        "model": {"name": model.name, "version": model.version},
        "stage": (stage or stage_of(facts, as_of)).value,
        "score": score,
        "score_grade": model.labels[by_score],
        "indicators": [entry for _, entry in entries],
        "rules": [*map(rule_reason, fired), *map(judgement_reason, judged)],
        "outside": [
            {"system": each.system, "grade": each.grade, "date": each.date.isoformat()}
            for each in _asked_outside(model, facts, as_of)
        ],
    }
    return GradeResult(facts.enterprise, label, score, reasons)


def measured(measure: Measure, facts: EnterpriseFacts, as_of: date) -> int | None:
    """Return what a measure says of an enterprise; `scoring.measures` defines each aggregate."""
    if measure.source is Source.RECORDS:
        return _of_records(measure, facts.records, as_of)
    if measure.source is Source.REGISTRATION:
        return _of_registration(measure, facts.registration, as_of)
    if measure.source is Source.OUTSIDE:
        said = _newest(measure.system, facts.outside, as_of)
        return measure.levels.index(said.grade) if said is not None and said.grade in measure.levels else None
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
        return sum(_weight(measure, row, as_of) for row in rows) // ONE
    if measure.aggregate is Aggregate.EXISTS:
        return 1 if rows else 0
    if measure.aggregate is Aggregate.DAYS_SINCE:
        return (as_of - max(row.date for row in rows)).days if rows else None
    if measure.aggregate is Aggregate.PER_MILLE:
        return len(rows) * 1000 // len(inside) if inside else None
    if measure.aggregate is Aggregate.DISTINCT:
        return len({value for row in rows for value in _values(_field(row, measure.field))})
    amounts = ((row, row.content.get(measure.field or "")) for row in rows)
    total = sum(value * _weight(measure, row, as_of) for row, value in amounts if isinstance(value, int))
    return min(total // ONE, LARGEST_INTEGER)


def _weight(measure: Measure, record: Record, as_of: date) -> int:
    return ONE if measure.half_life_days is None else weight((as_of - record.date).days, measure.half_life_days)


def _newest(system: str | None, said: Iterable[OutsideGrade], as_of: date) -> OutsideGrade | None:
    """Return the last word of a system; of two of one day, the one that the facts give later."""
    newest = None
    for each in said:
        if each.system == system and each.date <= as_of and (newest is None or newest.date <= each.date):
            newest = each
    return newest


def _asked_outside(model: Model, facts: EnterpriseFacts, as_of: date) -> list[OutsideGrade]:
    """Return the grades of other systems that the model asks for, by system."""
    systems = sorted({measure.system for measure in model.measures if measure.system is not None})
    found = (_newest(system, facts.outside, as_of) for system in systems)
    return [each for each in found if each is not None]


def rule_reason(rule: Rule) -> JSON:
    told = ("id", "title", "effect", "grade", "reason", "legal_basis")
    return {**{name: str(getattr(rule, name)) for name in told}, "expires": None}


def judgement_reason(judgement: Judgement) -> JSON:
    told = ("effect", "grade", "reason", "legal_basis", "expires")
    return {"id": JUDGEMENT, "title": JUDGEMENT_TITLE, **{name: str(getattr(judgement, name)) for name in told}}


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


def indicator_points(indicator: Indicator, value: int | None) -> tuple[int, dict[str, JSON]]:
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


def level_of(model: Model, score: int) -> int:
    """Return the position of the last grade whose lowest score is reached."""
    reached = (level.lowest_score is None or score >= level.lowest_score for level in model.grades)
    return sum(reached) - 1


def overridden(model: Model, by_score: int, fired: Iterable[Rule | Judgement]) -> int:
    """Return the place of the grade that the score's grade becomes by what fired."""
    said: dict[Effect, list[int]] = {effect: [] for effect in Effect}
    for rule in fired:
        said[rule.effect].append(model.labels.index(rule.grade))
    if said[Effect.EXACTLY]:
        return max(said[Effect.EXACTLY])
    capped = min([by_score, *said[Effect.AT_MOST]])
    return max([capped, *said[Effect.AT_LEAST]])
