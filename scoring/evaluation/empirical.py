"""Empirical analysis of a model's indicators (实证分析): what their values before visits say of what was found. Pure.

Visits with a design count with their weight; where none has one, or observational ones are asked for, each counts 1 and
no rate is a prevalence. Both kinds are never mixed: they are of different populations. Values are those strictly before
each visit (`scoring.evaluation.histories`); visits for which the model does not hold are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scoring.evaluation.calibration import Band, calibration
from scoring.evaluation.capture import Capture, capture
from scoring.evaluation.correlations import Correlation, correlations
from scoring.evaluation.designed import Designed
from scoring.evaluation.discrimination import Discrimination, discrimination
from scoring.evaluation.indicators import Association, Bin, association
from scoring.evaluation.observed import Scored
from scoring.evaluation.stability import Stability, stability
from scoring.evaluation.visits import Sample
from scoring.model_check import bin_text
from scoring.scorecard import Indicator, Model

MISSING = "—"
"""The label of the bin of missing values."""


@dataclass(frozen=True)
class IndicatorEvidence:
    """What visits say of an indicator, and whether the register is distributed over its bins as it was."""

    id: str
    title: str
    dimension: str
    association: Association
    stability: Stability


@dataclass(frozen=True)
class Evidence:
    """What visits from a day to another one say of a model; `observational`: nobody drew them."""

    model: str
    version: str
    first: date
    last: date
    target: tuple[str, ...]
    observational: bool
    visits: int
    found: int
    out_of_scope: int
    left_out: Mapping[str, int]
    indicators: tuple[IndicatorEvidence, ...]
    correlations: tuple[Correlation, ...]
    discrimination: Discrimination
    calibration: tuple[Band, ...]
    capture: Capture


@dataclass(frozen=True)
class Spread:
    """How many enterprises of the register are in each bin of each indicator, the missing last, on two days."""

    earlier: Mapping[str, Sequence[int]]
    later: Mapping[str, Sequence[int]]

    def stability(self, indicator: str) -> Stability:
        """Return the stability of an indicator."""
        return stability(self.earlier[indicator], self.later[indicator])


def evidence(
    model: Model,
    sample: Sample,
    values: Mapping[str, Sequence[int | None]],
    in_scope: Sequence[bool],
    spread: Spread,
    period: tuple[date, date],
    target: Sequence[str] = (),
) -> Evidence:
    """Return what the inspectable visits of a sample of one kind say of a model.

    `values` are by indicator, and `in_scope` whether the model holds, in the order of all visits of the sample: those
    that were not inspectable say how many of a stratum were visited.
    """
    designed = Designed(sample)
    inspectable = [place for place, visit in enumerate(sample.visits) if visit.inspectable]
    held = [place for place in inspectable if in_scope[place]]
    visits = [sample.visits[place] for place in held]
    weights = [designed.weight(visit) for visit in visits]
    outcomes = [visit.found(target) for visit in visits]
    indicators, points = [], {}
    for indicator in model.indicators:
        bins = bins_of(indicator)
        places = [place_of(indicator, values[indicator.id][place]) for place in held]
        points[indicator.id] = [bins[place].points for place in places]
        told = association(bins, zip(places, outcomes, weights, strict=True))
        title, dimension = indicator.title, indicator.dimension.value
        indicators.append(IndicatorEvidence(indicator.id, title, dimension, told, spread.stability(indicator.id)))
    totals = [sum(each) for each in zip(*points.values(), strict=True)] if points else [0] * len(visits)
    scored = [Scored(*each) for each in zip(totals, outcomes, weights, strict=True)]
    return Evidence(
        model.name,
        model.version,
        *period,
        tuple(target),
        bool(visits) and all(visit.observational for visit in visits),
        len(visits),
        sum(outcomes),
        len(inspectable) - len(visits),
        sample.left_out,
        tuple(indicators),
        tuple(correlations(points, weights)),
        discrimination(scored),
        tuple(calibration(scored)),
        capture(scored),
    )


def bins_of(indicator: Indicator) -> list[Bin]:
    """Return an indicator's bins as they are held against findings, that of missing values last."""
    bins = [Bin(bin_text(each.lower, each.upper), each.points) for each in indicator.bins]
    return [*bins, Bin(MISSING, indicator.missing or 0)]


def place_of(indicator: Indicator, value: int | None) -> int:
    """Return the place of a value's bin among `bins_of`."""
    if value is None:
        return len(indicator.bins)
    return next(place for place, bin_ in enumerate(indicator.bins) if bin_.holds(value))
