"""What a plan would give, as JSON and as tables; for its planner alone."""

from fractions import Fraction

from rich.console import RenderableType

from api.command_line.campaign_answers import Answer
from api.command_line.output import Output, percent
from sampling.design_plans import BASIS_POINTS
from sampling.previewing import Preview
from schema.words import say
from scoring.grades import NOTICE


def preview_json(preview: Preview) -> Answer:
    """Return what a plan would give; shares and probabilities are basis points, probabilities rounded up."""
    design = preview.design
    return {
        "slots": design.size,
        "visits": design.visits,
        "coverage": design.coverage_basis_points,
        "strata": [
            {
                "label": each.label,
                "grades": list(each.grades),
                "size": each.size,
                "rate": each.rate,
                "quota": each.quota,
                "uniform": each.uniform,
            }
            for each in design.strata
        ],
        "excluded": dict(preview.excluded),
        "coverage_floor": preview.coverage_floor,
        "coverage_by_grade": [
            {
                "grade": each.grade,
                "size": each.size,
                "excluded": each.excluded,
                "expected_visits_hundredths": _hundredths(each.visits),
                "coverage": each.basis_points,
            }
            for each in preview.coverage
        ],
        "expected_findings_hundredths": None
        if preview.expected_findings is None
        else _hundredths(preview.expected_findings),
        "loads": [
            {
                "role": each.role,
                "department": each.department,
                "places": each.places,
                "inspectors": each.inspectors,
                "earlier": each.earlier,
                "room": each.room,
                "expected_hundredths": None if each.expected is None else _hundredths(each.expected),
            }
            for each in preview.loads
        ],
        "past_visits": {
            str(months): {str(visits): count for visits, count in counts.items()}
            for months, counts in preview.visited.items()
        },
        "last_campaigns": [
            {
                "campaign": each.campaign,
                "drawn_on": each.drawn_on.isoformat(),
                "visits": each.visits,
                "published": each.published,
                "inspected": each.found.inspected,
                "findings": each.found.findings,
                "finding_rate": each.found.rate,
            }
            for each in preview.last
        ],
        "inference": {
            "worst_case": preview.worst_case,
            "bound": preview.bound,
            "prior": _basis_points(preview.exposure.prior),
            "population": preview.exposure.population,
            "seen": [{"campaign": code, "visited": visited} for code, visited in preview.exposure.seen],
            "posteriors": [
                {
                    "grade": each.grade,
                    "prior": _basis_points(each.prior),
                    "drawn": _basis_points(each.drawn),
                    "not_drawn": None if each.not_drawn is None else _basis_points(each.not_drawn),
                }
                for each in preview.posteriors
            ],
        },
        "obstacle": None if preview.obstacle is None else preview.obstacle.code,
        "notice": NOTICE,
    }


def preview_tables(output: Output, preview: Preview) -> list[RenderableType]:
    """Return what a plan would give, for its planner."""
    design = preview.design
    strata = [(each.label, each.size, percent(each.rate), each.quota, each.uniform) for each in design.strata]
    coverage = [
        (each.grade, each.size, each.excluded, _decimal(each.visits), percent(each.basis_points))
        for each in preview.coverage
    ]
    loads = [
        (
            each.role,
            each.department,
            each.places,
            each.inspectors,
            None if each.expected is None else _decimal(each.expected),
            each.room,
        )
        for each in preview.loads
    ]
    past = [(months, visits, count) for months, counts in preview.visited.items() for visits, count in counts.items()]
    last = [
        (
            each.campaign,
            each.drawn_on,
            each.visits,
            each.published,
            each.found.findings,
            None if each.found.rate is None else percent(each.found.rate),
        )
        for each in preview.last
    ]
    posteriors = [
        (
            each.grade,
            percent(_basis_points(each.prior)),
            percent(_basis_points(each.drawn)),
            None if each.not_drawn is None else percent(_basis_points(each.not_drawn)),
        )
        for each in preview.posteriors
    ]
    totals = [
        ("slots", design.size),
        ("to_draw", design.visits),
        ("coverage", percent(design.coverage_basis_points)),
        ("coverage_floor", percent(preview.coverage_floor)),
        ("expected_findings", None if preview.expected_findings is None else _decimal(preview.expected_findings)),
        ("worst_case", percent(preview.worst_case)),
        ("seen_by", [campaign for campaign, visited in preview.exposure.seen if visited] or None),
        ("unseen_by", [campaign for campaign, visited in preview.exposure.seen if not visited] or None),
        ("bound", percent(preview.bound)),
        ("obstacle", None if preview.obstacle is None else say(preview.obstacle, output.language).message),
    ]
    excluded = [(output.word_of_rule(reason), count) for reason, count in preview.excluded.items()]
    load_columns = ("role", "department", "places", "inspectors", "per_inspector", "room")
    last_columns = ("campaign", "drawn_on", "visits", "published", "findings", "finding_rate")
    tables = [
        output.table("strata", ("stratum", "size", "rate", "quota", "uniform"), strata),
        output.facts("in_total", totals),
        output.table("coverage_by_grade", ("grade", "size", "excluded_count", "expected_visits", "share"), coverage),
        output.table("excluded", ("reason", "enterprises"), excluded),
        output.table("inference", ("grade", "prior", "if_drawn", "if_not_drawn"), posteriors),
        output.table("loads", load_columns, loads),
        output.table("past_visits", ("months", "times", "enterprises"), past),
        output.table("last_campaigns", last_columns, last),
    ]
    return [*(table for table in tables if table.row_count), NOTICE]


def _basis_points(probability: Fraction) -> int:
    return -(-probability.numerator * BASIS_POINTS // probability.denominator)


def _hundredths(value: Fraction) -> int:
    return round(value * 100)


def _decimal(value: Fraction) -> str:
    whole, hundredths = divmod(_hundredths(value), 100)
    return f"{whole}.{hundredths:02d}"
