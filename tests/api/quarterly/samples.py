"""A quarter of a made-up bureau: visits drawn by grade, and what evaluation says of them."""

from collections.abc import Sequence
from datetime import date, timedelta

from numpy.random import default_rng

from sampling.reports.quarterly_report import QuarterlyReport
from sampling.reports.quarters import Quarter
from scoring.evaluation import (
    burden,
    calibration,
    capture,
    designed,
    discrimination,
    observed,
    policies,
    prevalence,
    reordering,
    stability,
    stringency,
    trends,
)
from scoring.evaluation.correlations import Correlation
from scoring.evaluation.empirical import Evidence, IndicatorEvidence
from scoring.evaluation.indicators import Bin, association
from scoring.evaluation.intervals import Estimate
from scoring.evaluation.results import Domain, Evaluation
from scoring.evaluation.visits import Sample, SampledStratum, Visit
from scoring.grades import Migration
from scoring.model_news import ModelNews
from scoring.warnings.kinds import Kind, State
from scoring.warnings.precision import Precision
from scoring.warnings.tally import Surged, Tally

GRADES = ("A", "B", "C", "D")
SIZES = {"A": 4200, "B": 2100, "C": 800, "D": 160}
DRAWN = {"A": 84, "B": 105, "C": 120, "D": 96}
RATES = {"A": 0.03, "B": 0.08, "C": 0.18, "D": 0.38}
SECTORS = ("建筑施工", "物业服务", "房地产经纪", "燃气经营", "供热")
REGIONS = ("西山街道", "东山街道", "海滨镇", "牛头崖镇")
MATTERS = ("施工现场安全检查", "资质条件检查", "燃气经营许可检查")
QUARTER = Quarter(2026, 3)


def sample() -> Sample:
    """Return visits of one campaign, the same each time."""
    chance = default_rng(7)
    visits = []
    for grade in GRADES:
        for place in range(DRAWN[grade]):
            found = chance.random() < RATES[grade]
            gone = chance.random() < 0.04
            matter = str(chance.choice(MATTERS))
            lead = chance.integers(14)
            visits.append(
                Visit(
                    f"{grade}{place:04d}",
                    QUARTER.first + timedelta(int(chance.integers(90))),
                    ("moved_away",) if gone else ("other_violation",) if found else ("no_problem",),
                    "样例住建局",
                    str(chance.choice(SECTORS)),
                    str(chance.choice(REGIONS)),
                    (matter,),
                    (matter,) if found and not gone else (),
                    (f"ZJ{lead:03d}", f"ZJ{(lead + 1 + chance.integers(3)) % 14:03d}"),
                    "2026-0001",
                    grade,
                    place < 8,
                    grade,
                )
            )
    strata = {("2026-0001", grade): SampledStratum(SIZES[grade], DRAWN[grade] + 4, 8) for grade in GRADES}
    return Sample(tuple(sorted(visits, key=lambda each: (each.day, each.enterprise))), strata, {"no_design": 12})


def evaluated(held: Sample) -> Evaluation:
    """Return what the visits say."""
    chance = default_rng(8)
    scores = {each.enterprise: 40 * GRADES.index(each.grade) + int(chance.integers(60)) for each in held.visits}
    told = observed.scored(held, lambda visit: scores[visit.enterprise])
    inspectable = [each for each in held.visits if each.inspectable]
    cells = stringency.expected_by_cell([each.stratum for each in inspectable], [each.found() for each in inspectable])
    attended = [
        stringency.Attended(each.inspectors, each.found(), expected)
        for each, expected in zip(inspectable, cells, strict=True)
    ]
    dated = [reordering.Dated(each.day, scores[each.enterprise], each.found()) for each in inspectable]
    groups = {name: prevalence.prevalence_by(held, prevalence.DOMAINS[name]) for name in ("sector", "region", "matter")}
    domains = {
        name: tuple(Domain(1000, each, Estimate(None)) for each in groups[name]) for name in ("sector", "region")
    }
    return Evaluation(
        ("2026-0001",),
        QUARTER.first,
        QUARTER.last,
        (),
        GRADES,
        held.left_out,
        designed.Designed(held).coverage,
        (),
        prevalence.prevalence(held),
        prevalence.prevalence(designed.uniform_part(held)),
        tuple(prevalence.prevalence_by(held, prevalence.DOMAINS["grade"], labels=GRADES)),
        trends.monotonicity(held, GRADES),
        domains["sector"],
        domains["region"],
        tuple(groups["matter"]),
        3 if held.visits else 0,
        policies.against_uniform(held),
        discrimination.discrimination(told),
        tuple(calibration.calibration(told, 8)),
        capture.capture(told),
        reordering.reordering(dated, QUARTER.first, QUARTER.last),
        tuple(burden.burden(held.visits, GRADES)),
        stringency.stringency(attended),
    )


def evidence(held: Sample) -> Evidence:
    """Return what the visits say of a model."""
    visits = [each for each in held.visits if each.inspectable]
    told = observed.scored(held, lambda visit: GRADES.index(visit.grade))
    return Evidence(
        "example",
        "3",
        QUARTER.first,
        QUARTER.last,
        (),
        False,
        len(visits),
        sum(each.found() for each in visits),
        0,
        {},
        tuple(_indicator(number, visits) for number in range(len(BINS))),
        (Correlation("penalties", "complaints", 0.74),),
        discrimination.discrimination(told),
        (),
        capture.capture(told),
    )


BINS = (
    ("penalties", "近三年行政处罚次数", ("0 次", "1 次", "2 次及以上", "—"), (0, 20, 40, 0)),
    ("complaints", "近一年投诉举报次数", ("0 次", "1–2 次", "3 次及以上", "—"), (0, 10, 30, 0)),
    ("years", "成立年限", ("10 年以上", "3–10 年", "不足 3 年", "—"), (0, 5, 10, 5)),
)


def _indicator(number: int, visits: Sequence[Visit]) -> IndicatorEvidence:
    id_, title, labels, points = BINS[number]
    chance, noise = default_rng(number), (0, 1, 3)[number]
    held = [Bin(label, each) for label, each in zip(labels, points, strict=True)]
    ranks = [GRADES.index(each.grade) - 1 + int(chance.integers(-noise, noise + 1)) for each in visits]
    places = [min(len(labels) - 1 - (number < 2), max(0, rank)) for rank in ranks]
    weights = [SIZES[each.grade] / DRAWN[each.grade] for each in visits]
    told = association(held, zip(places, [each.found() for each in visits], weights, strict=True))
    counts = [places.count(place) for place in range(len(labels))]
    earlier = [count + (60 if number == 2 and not place else 3) for place, count in enumerate(counts)]
    return IndicatorEvidence(id_, title, "supervision", told, stability.stability(earlier, counts))


def surge() -> Surged:
    """Return a surge as warnings tell it."""
    first = date(2025, 8, 4)
    chance = default_rng(3)
    weeks = [
        {
            "week": (first + timedelta(7 * place)).isoformat(),
            "count": int(chance.integers(4)) + (0 if place < 56 else 5),
        }
        for place in range(60)
    ]
    since = str(weeks[56]["week"])
    charts = {"cusum": {"value_per_thousand": 9100, "limit_per_thousand": 5000, "since": since, "signals": 1}}
    subject = {"measure": "complaint", "dimension": "sector", "value": "物业服务"}
    return Surged(subject, {"charts": charts, "series": weeks, "series_watched": 40})


def report() -> QuarterlyReport:
    """Return a whole report; campaigns and models have their own tests."""
    moved = {("A", "A"): 4010, ("A", "B"): 120, ("B", "A"): 90, ("B", "B"): 1900, ("B", "C"): 44, ("C", "C"): 730}
    moved |= {("C", "D"): 21, ("D", "D"): 139, ("C", "B"): 36, ("", "A"): 100}
    counts = {(Kind.SURGE, State.ACKNOWLEDGED): 2, (Kind.GRADE_JUMP, State.NEW): 14, (Kind.LICENCE, State.NEW): 31}
    return QuarterlyReport(
        QUARTER,
        date(2026, 10, 12),
        QUARTER.last,
        [],
        evaluated(sample()),
        [evidence(sample())],
        list(SIZES.items()),
        Migration(date(2026, 6, 30), date(2026, 9, 30), GRADES, moved),
        ModelNews((), (), ()),
        Tally(counts, [surge()]),
        [
            Precision(Kind.GRADE_JUMP, 40, 9, 14, 3913, 2216, 5921, 9259),
            Precision(Kind.SURGE, 5, 2, 1, 6667, 2077, 9385, 4000),
            Precision(Kind.LICENCE, 60, 0, 0, None, None, None, 0),
        ],
    )


def empty_report() -> QuarterlyReport:
    """Return the report of a quarter in which nothing happened."""
    return QuarterlyReport(
        QUARTER,
        date(2026, 8, 1),
        date(2026, 8, 1),
        [],
        evaluated(Sample(())),
        [],
        [],
        None,
        ModelNews((), (), ()),
        Tally({}, []),
        [],
    )
