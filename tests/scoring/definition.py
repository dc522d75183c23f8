"""A run by the definition of grading alone, one enterprise at a time: what every faster way is compared with."""

from collections.abc import Sequence
from datetime import date

from scoring import kept
from scoring.facts import EnterpriseFacts
from scoring.grader import grade_all
from scoring.scorecard import Model

Graded = tuple[str, str, str, str, int, str]
"""Enterprise, department, stage, grade, score, kept reasons."""


def graded(models: Sequence[Model], register: Sequence[EnterpriseFacts], day: date) -> list[Graded]:
    """Return the grades by code and department."""
    return [row[1:] for row in _graded(models, register, day)]


def digest(models: Sequence[Model], register: Sequence[EnterpriseFacts], day: date) -> str:
    """Return the digest of a run."""
    leaves = (
        kept.leaf(code, department, model.digest(), stage, grade, score, reasons)
        for model, code, department, stage, grade, score, reasons in _graded(models, register, day)
    )
    return kept.digest(leaves)


def _graded(
    models: Sequence[Model], register: Sequence[EnterpriseFacts], day: date
) -> list[tuple[Model, str, str, str, str, int, str]]:
    facts = {each.enterprise: each for each in register}
    named = {(model.name, model.version): model for model in models}
    rows = []
    for each in grade_all(models, register, day):
        told = each.reasons["model"]
        model = named[told["name"], told["version"]]  # type: ignore[index, call-overload]
        text = kept.keep(model, facts[each.enterprise], each, day)
        rows.append((model, each.enterprise, each.department, str(each.reasons["stage"]), each.grade, each.score, text))
    return rows
