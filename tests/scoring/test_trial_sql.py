"""What a trial counts is what counting the grades of the definition gives, whatever the models and the register."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb
from hypothesis import given, settings

from scoring import engine, trial_sql
from scoring.facts import EnterpriseFacts
from scoring.grader import GradeResult, grade_all
from scoring.measure_sql import Compiled
from scoring.scorecard import Model
from tests.scoring.random_facts import DAY, as_facts, models, registers

NEITHER = "-"


@contextmanager
def asked(compiled: Compiled, register: Sequence[EnterpriseFacts]) -> Iterator[duckdb.DuckDBPyConnection]:
    rows, outside, judgements = as_facts(register)
    with engine.opened(threads=1) as opened:
        engine.aggregate(opened, compiled, rows, {})
        engine.ask(opened, compiled, outside, judgements)
        yield opened


def counted(model: Model, results: Sequence[GradeResult]) -> dict[str, int]:
    """Return the counts of the grades that a model gave, by the names of `trial_sql.tally`."""
    counts: Counter[str] = Counter(graded=len(results))
    for result in results:
        told: Any = result.reasons
        counts[f"g{model.labels.index(result.grade)}"] += 1
        for number, (indicator, said) in enumerate(zip(model.indicators, told["indicators"], strict=True)):
            value = said["value"]
            counts[f"lacking{number}"] += value is None
            counts[f"told{number}"] += value is not None and (value != 0 or indicator.measure.may_lack_value)
            for place, bin_ in enumerate(indicator.bins):
                counts[f"b{number}_{place}"] += value is not None and bin_.holds(value)
        for number, rule in enumerate(model.rules):
            counts[f"r{number}"] += any(fired["id"] == rule.id for fired in told["rules"])
    return dict(counts)


@settings(max_examples=40)
@given(models("a"), registers)
def test_a_tally_counts_what_the_definition_tells(model: Model, register: Sequence[EnterpriseFacts]) -> None:
    compiled = Compiled((model,), DAY)
    with asked(compiled, register) as opened:
        (found,) = opened.sql(trial_sql.tally(compiled, 0)).to_arrow_table().to_pylist()
    expected = counted(model, grade_all([model], register, DAY))
    assert found == {name: expected.get(name, 0) for name in found}
    assert expected.keys() <= found.keys()


@settings(max_examples=40)
@given(models("a"), models("b"), registers)
def test_pairs_are_what_either_model_gives(old: Model, new: Model, register: Sequence[EnterpriseFacts]) -> None:
    two = [replace(model, scope=replace(model.scope, departments=(name,))) for model, name in ((old, "o"), (new, "n"))]
    compiled = Compiled(tuple(two), DAY)
    with asked(compiled, register) as opened:
        found = opened.sql(trial_sql.pairs(compiled, NEITHER)).fetchall()
    before, after = (
        {each.enterprise: each.grade for each in grade_all([model], register, DAY)} for model in (old, new)
    )
    expected = {(code, before.get(code, NEITHER), after.get(code, NEITHER)) for code in {*before, *after}}
    assert (set(found), len(found)) == (expected, len(expected))
