"""What an export and a check read: visits, what a model says strictly before each, and of today's enterprises."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from scoring.evaluation.histories import facts_before
from scoring.evaluation.reading import read_period
from scoring.evaluation.visits import Sample, Visit
from scoring.facts import EnterpriseFacts
from scoring.grader import grade, measured
from scoring.provincial.local_findings import OUT_OF_SCOPE, Graded
from scoring.provincial.packing import Contents
from scoring.provincial.rows import Present, State, Today
from scoring.scorecard import Model
from scoring.stages import stage_of
from scoring.tables import enterprise
from scoring.trials import tried

DAY = timedelta(days=1)


def read_contents(
    tx: Connection, model: Model, since: date, until: date, as_of: date, with_enterprises: bool
) -> Contents:
    """Return what an export is made of."""
    sample = read_period(tx, since, until)
    before = list(_states(tx, model, sample.visits))
    present = _present(tx, model, as_of) if with_enterprises else None
    return Contents(model, since, until, sample, before, as_of, read_today(tx, model, as_of), present)


def read_graded(
    tx: Connection, model: Model, since: date, until: date, as_of: date, campaigns: Collection[str] | None
) -> tuple[Sample, Sequence[Graded], Today]:
    """Return visits, of all campaigns or some, what a model says strictly before each, and today's enterprises."""
    sample = read_period(tx, since, until, campaigns)
    facts = facts_before(tx, model, sample.visits)
    before = [_graded(model, known, visit.day - DAY) for visit, known in zip(sample.visits, facts, strict=True)]
    return sample, before, read_today(tx, model, as_of)


def read_today(tx: Connection, model: Model, as_of: date) -> Today:
    """Return how many enterprises in a model's scope have which grade and fall into which bin."""
    trial = tried(tx, model, as_of)
    by_bin = {
        indicator.id: (*(count for _, count in told.bins), *(() if indicator.missing is None else (told.lacking,)))
        for indicator, told in zip(model.indicators, trial.coverage, strict=True)
    }
    return Today(trial.registered, dict(trial.grades), by_bin)


def _present(tx: Connection, model: Model, as_of: date) -> list[Present]:
    codes = tx.execute(select(enterprise.c.code).order_by(enterprise.c.code)).scalars()
    todays = [Visit(code, as_of + DAY, ()) for code in codes]
    return [Present(each.enterprise, state) for each, state in zip(todays, _states(tx, model, todays), strict=True)]


def _states(tx: Connection, model: Model, visits: Sequence[Visit]) -> Iterator[State]:
    for visit, known in zip(visits, facts_before(tx, model, visits), strict=True):
        yield _state(model, known, visit.day - DAY)


def _state(model: Model, known: EnterpriseFacts, as_of: date) -> State:
    values = {each.id: measured(each.measure, known, as_of) for each in model.indicators}
    return State(stage_of(known, as_of).value, values)


def _graded(model: Model, known: EnterpriseFacts, as_of: date) -> Graded:
    stage = stage_of(known, as_of)
    sector, region = (str(known.registration.get(name) or "") for name in ("sector", "region"))
    said = grade(model, known, as_of, stage)
    told: Any = said.reasons["indicators"]
    inside = model.scope.meets(sector, region, stage)
    return Graded({each["id"]: each["value"] for each in told}, said.score, said.grade if inside else OUT_OF_SCOPE)
