"""The engine grades as the definition does, one enterprise at a time: every value, rule and reason."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import engine, kept
from scoring.facts import EnterpriseFacts
from scoring.grader import grade_all
from scoring.measure_sql import Compiled
from scoring.scorecard import Model
from tests.scoring import definition
from tests.scoring.definition import Graded
from tests.scoring.random_facts import DAY, as_facts, models, registers


def by_engine(
    held: Sequence[Model], register: Sequence[EnterpriseFacts], day: date, threads: int = 1
) -> tuple[list[Graded], dict[tuple[str, str], int]]:
    """The same as the engine gives it, and when each can change."""
    compiled, (recorded, outside, judgements) = Compiled(tuple(held), day), as_facts(register)
    rows, due = [], {}
    with engine.opened(threads=threads) as opened:
        engine.aggregate(opened, compiled, recorded, {})
        for batch in engine.score(opened, compiled, outside, judgements):
            for row in batch.to_pylist():
                if row["model"] is None:
                    continue
                model = held[row["model"]]
                label = model.labels[row["grade"]]
                rows.append((row["enterprise"], row["department"], row["stage"], label, row["score"], row["reasons"]))
                due[row["enterprise"], row["department"]] = row["due"]
    return rows, due


held_together = st.tuples(models("a"), models("b"), models("c", departments=True)).filter(
    lambda held: not any(one.scope.ties(other.scope) for one in held for other in held if one is not other)
)


@settings(max_examples=50)
@given(held_together, registers)
def test_the_engine_grades_as_the_definition_does(held: Sequence[Model], register: Sequence[EnterpriseFacts]) -> None:
    assert by_engine(held, register, DAY)[0] == definition.graded(held, register, DAY)


@settings(max_examples=20)
@given(held_together, registers, st.integers(1, 500))
def test_nothing_changes_before_it_is_due(
    held: Sequence[Model], register: Sequence[EnterpriseFacts], later: int
) -> None:
    before, due = by_engine(held, register, DAY)
    day = DAY + timedelta(later)
    after = {row[:2]: row for row in by_engine(held, register, day)[0]}
    for row in before:
        if due[row[:2]] > day.toordinal():
            assert after[row[:2]] == row


@settings(max_examples=20)
@given(held_together, registers)
def test_what_is_kept_tells_the_reasons(held: Sequence[Model], register: Sequence[EnterpriseFacts]) -> None:
    facts = {each.enterprise: each for each in register}
    of_name = {model.name: model for model in held}
    for each in grade_all(held, register, DAY):
        told: Any = each.reasons
        model = of_name[told["model"]["name"]]
        text = kept.keep(model, facts[each.enterprise], each, DAY)
        assert kept.told(model, told["stage"], each.score, kept.parsed(text), DAY) == told
