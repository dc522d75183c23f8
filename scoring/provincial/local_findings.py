"""A model of others held against what was found here: its score, grades and bins, and what its origin says. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scoring.evaluation.calibration import Band, calibration
from scoring.evaluation.discrimination import Discrimination, discrimination
from scoring.evaluation.indicators import Association, association
from scoring.evaluation.indicators import Bin as PlacedBin
from scoring.evaluation.intervals import Estimate
from scoring.evaluation.notes import Note
from scoring.evaluation.observed import scored
from scoring.evaluation.prevalence import DOMAINS, Prevalence, prevalence_by
from scoring.evaluation.stability import Stability, stability
from scoring.evaluation.trends import Monotonicity, monotonicity
from scoring.evaluation.visits import Sample, Visit
from scoring.model_check import bin_text
from scoring.origins import MILLION, Origin
from scoring.provincial.counting import MISSING, Values
from scoring.provincial.rows import Today
from scoring.remarks import Remark
from scoring.scorecard import Indicator, Model

BANDS: Final = 5
OUT_OF_SCOPE: Final = ""
"""In place of a grade: the model does not hold for the enterprise."""


@dataclass(frozen=True)
class Graded:
    """What the model says of an enterprise on a day: its values, their score, and the grade, OUT_OF_SCOPE if none."""

    values: Values
    score: int
    grade: str


@dataclass(frozen=True)
class GradeFindings:
    """Of a grade: enterprises that have it today, the share found among its members, and the rate that was expected."""

    enterprises: int
    prevalence: Prevalence
    expected: float | None

    @property
    def as_expected(self) -> bool | None:
        """Whether the expected rate is within the interval; None where there is no rate or no interval."""
        interval = self.prevalence.share.interval
        if self.expected is None or interval is None:
            return None
        return interval.low <= self.expected <= interval.high


@dataclass(frozen=True)
class IndicatorFindings:
    """Of an indicator: today's enterprises by bin, visits by bin, and its distribution against the stated one.

    The bin of missing values, if there may be any, is the last.
    """

    indicator: Indicator
    enterprises: tuple[int, ...]
    association: Association
    stability: Stability | None

    @property
    def unused(self) -> Iterator[str]:
        """The bins into which neither an enterprise nor a visit falls."""
        for count, found in zip(self.enterprises, self.association.bins, strict=True):
            if not count and not found.visits:
                yield found.bin.label


@dataclass(frozen=True)
class LocalFindings:
    """How a model does here. Visits and enterprises out of its scope are counted and no more.

    Observational visits count where there are no others; then `grades` estimate nothing.
    """

    origin: Origin | None
    visits: int
    observational: int
    visits_out_of_scope: int
    enterprises: int
    enterprises_out_of_scope: int
    left_out: Mapping[str, int]
    score: Discrimination
    bands: tuple[Band, ...]
    grades: tuple[GradeFindings, ...]
    monotonicity: Monotonicity
    indicators: tuple[IndicatorFindings, ...]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What somebody who reviews the model should see first."""
        return tuple(_remarks(self))


def held_against(model: Model, sample: Sample, before: Sequence[Graded], today: Today) -> LocalFindings:
    """Return how a model does: `before` is what it says strictly before each visit."""
    visits = [replace(visit, grade=said.grade) for visit, said in zip(sample.visits, before, strict=True)]
    graded, by_visit = replace(sample, visits=tuple(visits)), dict(zip(visits, before, strict=True))

    drawn = any(not visit.observational for visit in visits)

    def counted_for(visit: Visit) -> Graded | None:
        """Return what the model says of a visit that counts; of those that nobody drew, only where none was drawn."""
        return None if visit.grade == OUT_OF_SCOPE or (drawn and visit.observational) else by_visit[visit]

    scored_visits = scored(graded, lambda visit: said.score if (said := counted_for(visit)) else None)
    expected = {} if model.origin is None else model.origin.finding_rates
    shares = prevalence_by(graded, DOMAINS["grade"], labels=model.labels)[: len(model.labels)]
    return LocalFindings(
        origin=model.origin,
        visits=len(visits),
        observational=sum(visit.observational for visit in visits),
        visits_out_of_scope=sum(each.grade == OUT_OF_SCOPE for each in before),
        enterprises=today.registered,
        enterprises_out_of_scope=today.registered - sum(today.by_grade.values()),
        left_out=sample.left_out,
        score=discrimination(scored_visits),
        bands=tuple(calibration(scored_visits, BANDS)),
        grades=tuple(
            GradeFindings(today.by_grade[label], share, expected[label] / MILLION if label in expected else None)
            for label, share in zip(model.labels, shares, strict=True)
        ),
        monotonicity=monotonicity(graded, model.labels),
        indicators=tuple(
            _of_indicator(indicator, model.origin, graded, counted_for, today.by_bin[indicator.id])
            for indicator in model.indicators
        ),
    )


def _of_indicator(
    indicator: Indicator,
    origin: Origin | None,
    sample: Sample,
    counted_for: Callable[[Visit], Graded | None],
    enterprises: Sequence[int],
) -> IndicatorFindings:
    bins = [PlacedBin(bin_text(each.lower, each.upper), each.points) for each in indicator.bins]
    if indicator.missing is not None:
        bins.append(PlacedBin(MISSING, indicator.missing))

    def place(values: Values) -> int:
        value, edges = values[indicator.id], indicator.bins
        return len(edges) if value is None else next(n for n, each in enumerate(edges) if each.holds(value))

    def placed(visit: Visit) -> int | None:
        said = counted_for(visit)
        return None if said is None else place(said.values)

    findings = association(bins, ((each.score, each.found, each.weight) for each in scored(sample, placed)))
    stated = None if origin is None else origin.distribution.get(indicator.id)
    shifted = None if stated is None else stability(stated, enterprises)
    return IndicatorFindings(indicator, tuple(enterprises), findings, shifted)


def _remarks(found: LocalFindings) -> Iterator[Remark]:
    if found.visits_out_of_scope:
        yield Remark("visits_out_of_scope", "scope", {"count": found.visits_out_of_scope, "visits": found.visits})
    if found.observational == found.visits > 0:
        yield Remark("visits_observational", "model", {"visits": found.visits})
    if Note.ONE_CLASS in found.score.notes:
        yield Remark("score_one_class", "model")
    if Note.NO_VISITS in found.score.notes:
        yield Remark("score_no_visits", "model")
    if found.score.auc is not None and found.score.auc <= 0.5:
        yield Remark("score_tells_nothing", "model", {"auc": f"{found.score.auc:.3f}"})
    for step in found.monotonicity.steps:
        if step.falls_beyond_chance:
            yield Remark("grade_reversed", f"grades.{step.higher}", {"lower": step.lower, "higher": step.higher})
    for grade in found.grades:
        if grade.as_expected is False:
            told = {"grade": grade.prevalence.domain, "expected": _percent(grade.expected)}
            yield Remark(
                "finding_rate_unexpected",
                f"grades.{grade.prevalence.domain}",
                {**told, **_interval(grade.prevalence.share)},
            )
    for each in found.indicators:
        yield from _of_bins(each)


def _of_bins(found: IndicatorFindings) -> Iterator[Remark]:
    place, title = f"indicators.{found.indicator.id}", found.indicator.title
    for label in found.unused:
        yield Remark("bin_never_occurs", place, {"title": title, "bin": label})
    if found.stability is not None and found.stability.psi is not None and found.stability.shifted:
        psi, limit = found.stability.psi, found.stability.limit
        yield Remark("distribution_shifted", place, {"title": title, "psi": f"{psi:.3f}", "limit": f"{limit:.3f}"})
    for each in found.association.reversals:
        bins = {"fewer": each.fewer_points.label, "more": each.more_points.label}
        rates = {"fewer_rate": _percent(each.fewer_rate), "more_rate": _percent(each.more_rate)}
        yield Remark("indicator_reversed", place, {"title": title, **bins, **rates})


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _interval(estimate: Estimate) -> dict[str, str]:
    interval = estimate.interval
    return {} if interval is None else {"low": _percent(interval.low), "high": _percent(interval.high)}
