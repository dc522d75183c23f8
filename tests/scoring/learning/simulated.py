"""A small model and visits whose truth is known."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from scoring.learning.examples import Example
from scoring.model import parse_model
from tests.scoring.model_text import AGE, GRADES, HEAD, PENALTIES, RULE


def counting(identifier: str, kind: str, points: Sequence[int]) -> str:
    """Return an indicator that counts records, with one bin for each number of points."""
    last = len(points) - 1
    bins = ", ".join(
        "{ "
        + (f"from = {place}, " if place else "")
        + (f"below = {place + 1}, " if place < last else "")
        + f"points = {each} }}"
        for place, each in enumerate(points)
    )
    return f"""
[[indicators]]
id = "{identifier}"
title = "{identifier}"
dimension = "supervision"
source = "records"
kinds = ["{kind}"]
aggregate = "count"
bins = [{bins}]
"""


TEXT = (
    HEAD
    + GRADES.replace("900000000000", "30")
    + PENALTIES
    + AGE
    + counting("breaches", "breach", [0, 5, 10])
    + counting("complaints", "complaint", [0, 12])
    + counting("licences", "licence", [3, 3, 3])
    + RULE
)
MODEL = parse_model(TEXT)
"""Its indicators by id: age, breaches, complaints, licences (flat), penalties."""

TRUTH: Mapping[str, Sequence[float]] = {
    "age": [0.5, 0.0, 0.2],
    "breaches": [0.0, 0.5, 1.0],
    "complaints": [0.0, 0.0],
    "licences": [0.0, -0.5, -1.0],
    "penalties": [0.0, 0.9, 2.0],
}
"""Log-odds by bin, those of missing last: of complaints nothing, of licences the fewer the worse."""


def examples(
    count: int = 3000,
    seed: int = 1,
    truth: Mapping[str, Sequence[float]] = TRUTH,
    strictness: Sequence[float] = (),
    follow: float = 0.0,
) -> list[Example]:
    """Return visits of three years.

    `strictness` has each inspector's log-odds; the later half goes, as far as `follow` says, where complaints are.
    """
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        values: list[int | None] = []
        log_odds = -2.0
        for indicator in MODEL.indicators:
            place = int(chance.choice(len(indicator.bins), p=_shares(len(indicator.bins))))
            effects = truth[indicator.id]
            if indicator.missing is not None and chance.random() < 0.15:
                values.append(None)
                log_odds += effects[-1]
            else:
                held = indicator.bins[place]
                values.append(held.lower if held.lower is not None else (held.upper or 1) - 1)
                log_odds += effects[place]
        team: tuple[str, ...] = ()
        if strictness:
            half = len(strictness) // 2
            late = values[2] != 0 if chance.random() < follow else chance.random() < 0.5
            inspector = int(chance.integers(half)) + (half if late else 0)
            log_odds += strictness[inspector]
            team = (f"检{inspector:02}",)
        found.append(
            Example(
                day=date(2022, 1, 1) + timedelta(days=number * 1095 // count),
                values=tuple(values),
                found=bool(chance.random() < 1 / (1 + np.exp(-log_odds))),
                inspectors=team,
                enterprise=f"PDY{number % 99999 + 1:05}",
            )
        )
    return found


def drawn(pool: Sequence[Example], seed: int = 1, rates: Sequence[Fraction] = ()) -> list[Example]:
    """Return a draw of the pool by rates of the grades of the model in force, with its weights and a uniform slice."""
    from scoring.learning.encoding import scores_of
    from scoring.learning.examples import bins_of

    rates = rates or (Fraction(1, 10), Fraction(1, 5), Fraction(1, 2), Fraction(4, 5))
    chance = np.random.default_rng(seed)
    scores = scores_of(MODEL, bins_of(MODEL, [each.values for each in pool]))
    kept = []
    for example, score in zip(pool, scores, strict=True):
        grade = sum(score >= level.lowest_score for level in MODEL.grades if level.lowest_score is not None)
        if chance.random() < rates[grade]:
            kept.append(
                Example(
                    **{
                        **vars(example),
                        "weight": 1 / rates[grade],
                        "stratum": MODEL.labels[grade],
                        "uniform": bool(chance.random() < float(rates[0] / rates[grade])),
                    }
                )
            )
    return kept


def _shares(count: int) -> list[float]:
    rest = 0.4 / (count - 1) if count > 1 else 0.0
    return [1 - rest * (count - 1), *[rest] * (count - 1)]
