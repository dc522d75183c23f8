"""What is said of the visits of a campaign, or of a period: all that is told is computed here. Pure.

Prevalence and all totals are by design, of the visits that have one; a rate of hits is never told as prevalence.
Observational visits count in no estimate of the register; where a sample has no others, `overall` says so by its note.

The difference estimator predicts for each member of the frame the finding rate of its band of scores at the draw
(`calibration` of the same visits): Σ m over the members of the strata with visits + Σ (y − m)/π. That the bands come
from the same visits makes the intervals of small samples somewhat too short.

By matter a visit that found a problem and names no matter counts as none in it: those shares are at least so high.
`matters_unnamed` counts these visits.

Inspectors are held against what was to be expected where they went: the finding rate of each visit's stratum, which is
what randomly matched inspectors have in common.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scoring.codes import region_text
from scoring.evaluation.burden import Burden, burden
from scoring.evaluation.calibration import Band, calibration
from scoring.evaluation.capture import Capture, capture
from scoring.evaluation.designed import Coverage, Designed, Finding, uniform_part
from scoring.evaluation.discrimination import Discrimination, discrimination
from scoring.evaluation.intervals import Estimate
from scoring.evaluation.observed import scored
from scoring.evaluation.policies import PolicyComparison, against_uniform
from scoring.evaluation.prevalence import DOMAINS, Prevalence, in_matter, prevalence, prevalence_by
from scoring.evaluation.reordering import Dated, Reordering, reordering
from scoring.evaluation.stringency import Attended, Stringency, expected_by_cell, stringency
from scoring.evaluation.trends import Monotonicity, monotonicity
from scoring.evaluation.visits import Frame, Sample, Visit

SHARES = (0.1, 0.2, 0.5)
"""Of which shares of the visits the capture is told beside its curve."""


@dataclass(frozen=True)
class Domain:
    """A sector or region: its members of the frames (of the strata with visits), and what was found there.

    `difference` is the difference estimator of the number of members in which something would be found.
    """

    members: int
    prevalence: Prevalence
    difference: Estimate


@dataclass(frozen=True)
class Pending:
    """Of a campaign: how many places were sampled, and how many of them have a visit."""

    campaign: str
    sampled: int
    visited: int

    @property
    def pending(self) -> int:
        """How many were drawn and not yet visited."""
        return self.sampled - self.visited


@dataclass(frozen=True)
class Evaluation:
    """An evaluation of the visits from a day to another one; `target` are the results that count, all if empty.

    `divisions` are names of those regions that are codes of administrative divisions.
    """

    campaigns: tuple[str, ...]
    first: date
    last: date
    target: tuple[str, ...]
    grades: tuple[str, ...]
    left_out: Mapping[str, int]
    coverage: Coverage
    pending: tuple[Pending, ...]
    overall: Prevalence
    uniform: Prevalence
    by_grade: tuple[Prevalence, ...]
    monotonicity: Monotonicity
    by_sector: tuple[Domain, ...]
    by_region: tuple[Domain, ...]
    by_matter: tuple[Prevalence, ...]
    matters_unnamed: int
    against_uniform: PolicyComparison
    discrimination: Discrimination
    calibration: tuple[Band, ...]
    capture: Capture
    reordering: Reordering
    burden: tuple[Burden, ...]
    stringency: Stringency
    divisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_division(self) -> list[Prevalence]:
        """The prevalence by region as people read it, a code with its division's name."""
        told = [each.prevalence for each in self.by_region]
        return [replace(each, domain=region_text(each.domain, self.divisions)) for each in told]


def evaluate(
    sample: Sample,
    frames: Sequence[Frame],
    grades: Sequence[str],
    period: tuple[date, date],
    target: Sequence[str] = (),
) -> Evaluation:
    """Evaluate a sample with the frames of its campaigns; `grades` rise in risk, `period` has both its days included.

    `target` are results of which one must be found; without any, a problem at all.
    """

    def found(visit: Visit) -> bool:
        return visit.found(target)

    scores = _scores(frames)

    def score(visit: Visit) -> int | None:
        return scores.get((visit.campaign, visit.enterprise))

    with_scores = scored(sample, score, found)
    bands = calibration(with_scores)
    overall = prevalence(sample, found)
    expected = _Expected(sample, frames, bands, score, overall.share.value or 0.0)
    dated = [
        Dated(visit.day, value, found(visit))
        for visit in sample.visits
        if visit.inspectable and (value := score(visit)) is not None
    ]
    return Evaluation(
        campaigns=tuple(dict.fromkeys(campaign for campaign, _ in sample.strata)),
        first=period[0],
        last=period[1],
        target=tuple(target),
        grades=tuple(grades),
        left_out=sample.left_out,
        coverage=Designed(sample).coverage,
        pending=tuple(_pending(sample)),
        overall=overall,
        uniform=prevalence(uniform_part(sample), found),
        by_grade=tuple(prevalence_by(sample, DOMAINS["grade"], lambda visit, _: found(visit), grades)),
        monotonicity=monotonicity(sample, grades, found),
        by_sector=expected.domains(lambda frame: frame.sectors, lambda visit: visit.sector, found),
        by_region=expected.domains(lambda frame: frame.regions, lambda visit: visit.region, found),
        by_matter=_by_matter(sample),
        matters_unnamed=sum(visit.found() and not visit.violated for visit in sample.visits if visit.campaign),
        against_uniform=against_uniform(sample, found),
        discrimination=discrimination(with_scores),
        calibration=tuple(bands),
        capture=capture(with_scores),
        reordering=reordering(dated, *period),
        burden=tuple(burden(sample.visits, grades)),
        stringency=_stringency(sample, found),
    )


def _scores(frames: Sequence[Frame]) -> dict[tuple[str, str], int]:
    return {
        (frame.campaign, code): score
        for frame in frames
        for code, score in zip(frame.enterprises, frame.scores, strict=True)
        if score is not None
    }


def _by_matter(sample: Sample) -> tuple[Prevalence, ...]:
    """Return how common problems are in each matter; nothing where no visit names the matter of its problem."""
    if not any(visit.violated for visit in sample.visits if visit.campaign):
        return ()
    return tuple(prevalence_by(sample, DOMAINS["matter"], in_matter))


def _pending(sample: Sample) -> list[Pending]:
    visited = Counter(visit.campaign for visit in sample.visits if not visit.observational)
    sampled: Counter[str] = Counter()
    for (campaign, _), stratum in sample.strata.items():
        sampled[campaign] += stratum.sampled
    return [Pending(campaign, count, visited[campaign]) for campaign, count in sorted(sampled.items())]


class _Expected:
    """What is to be expected of each member of the frames, and what the visits say beyond it."""

    def __init__(
        self,
        sample: Sample,
        frames: Sequence[Frame],
        bands: Sequence[Band],
        score: Callable[[Visit], int | None],
        otherwise: float,
    ) -> None:
        self._sample = sample
        self._designed = Designed(sample)
        self._frames = frames
        self._score = score
        self._lowest = [band.lowest for band in bands]
        self._rates = [band.rate.value or 0.0 for band in bands]
        self._otherwise = otherwise
        visited: dict[str, set[str]] = {frame.campaign: set() for frame in frames}
        for visit in self._designed.visits:
            visited[visit.campaign].add(visit.stratum)
        self._visited = visited

    def domains(
        self, column: Callable[[Frame], Sequence[str]], domain: Callable[[Visit], str], found: Finding
    ) -> tuple[Domain, ...]:
        """Return what a column of the frames parts, by its values in their order."""
        members: Counter[str] = Counter()
        predicted: dict[str, float] = {}
        for frame in self._frames:
            strata = self._visited[frame.campaign]
            for value, label, score in zip(column(frame), frame.strata, frame.scores, strict=True):
                if label in strata:
                    members[value] += 1
                    predicted[value] = predicted.get(value, 0.0) + self._rate(score)
        said = prevalence_by(
            self._sample, lambda visit: (domain(visit),), lambda visit, _: found(visit), sorted(members)
        )
        visits: dict[str, list[Visit]] = {}
        for visit in self._designed.visits:
            visits.setdefault(domain(visit), []).append(visit)
        return tuple(
            Domain(
                members[each.domain],
                each,
                self._designed.difference(
                    predicted.get(each.domain, 0.0),
                    (
                        (visit, float(visit.inspectable and found(visit)), self._rate(self._score(visit)))
                        for visit in visits.get(each.domain, ())
                    ),
                ),
            )
            for each in said
        )

    def _rate(self, score: int | None) -> float:
        if score is None or not self._lowest:
            return self._otherwise
        return self._rates[max(bisect_right(self._lowest, score) - 1, 0)]


def _stringency(sample: Sample, found: Finding) -> Stringency:
    visits = [visit for visit in sample.visits if visit.inspectable and visit.inspectors]
    cells = [f"{visit.campaign} {visit.stratum}" if visit.campaign else visit.body for visit in visits]
    outcomes = [found(visit) for visit in visits]
    expected = expected_by_cell(cells, outcomes)
    told = zip(visits, outcomes, expected, strict=True)
    return stringency([Attended(visit.inspectors, outcome, chance) for visit, outcome, chance in told])
