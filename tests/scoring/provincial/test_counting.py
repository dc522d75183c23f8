"""Statistics of indicators: what stands in them, and that no small count can be read."""

from fractions import Fraction

import pytest

from scoring.evaluation.visits import Sample, SampledStratum, Visit
from scoring.provincial.counting import _told, statistics, thousandths
from scoring.provincial.packing import Contents
from tests.scoring.provincial import made


def counted(contents: Contents) -> dict[tuple[object, object], dict[str, object]]:
    before = [each.values for each in contents.before]
    rows = statistics(contents.model, contents.today.by_bin, contents.sample, before)
    return {(row["indicator"], row["bin"]): dict(row) for row in rows}


def test_a_row_counts_what_falls_into_its_bin() -> None:
    contents = made.contents()
    row = counted(contents)["penalties", "[1, 3)"]
    chosen = [
        (visit, contents.sample.weight(visit))
        for visit, state in zip(contents.sample.visits, contents.before, strict=True)
        if state.values["penalties"] in (1, 2)
    ]
    drawn = [(visit, weight) for visit, weight in chosen if not visit.observational]
    assert row == {
        "indicator": "penalties",
        "bin": "[1, 3)",
        "lower": 1,
        "upper": 3,
        "enterprises": 150,
        "visits": len(chosen),
        "found": sum(visit.found() for visit, _ in chosen),
        "weighted_visits": 1000 * sum(weight for _, weight in drawn),
        "weighted_found": 1000 * sum(weight for visit, weight in drawn if visit.found()),
    }
    assert 0 < len(drawn) < len(chosen)


def test_no_value_is_a_row_of_its_own_where_it_can_happen() -> None:
    assert list(counted(made.contents())) == [
        *(("age", each) for each in ("[, 3)", "[3, )", "missing")),
        *(("penalties", each) for each in ("[, 1)", "[1, 3)", "[3, )")),
    ]


def test_observational_visits_weigh_nothing() -> None:
    alone = [each for each in made.visits() if each.observational]
    rows = counted(made.contents(alone)).values()
    assert {(row["weighted_visits"], row["weighted_found"]) for row in rows} == {(None, None)}


def test_what_was_not_inspectable_is_no_visit() -> None:
    gone = [Visit(each.enterprise, each.day, ("deregistered",)) for each in made.visits()]
    assert {row["visits"] for row in counted(made.contents(gone)).values()} == {0}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 5, 900], [0, 5, 900]),
        ([3, 5, 900], [None, None, 900]),
        ([3, 0, 900], [None, 0, None]),
        ([3, 4, 900], [None, None, 900]),
        ([3, 0, 0], [None, None, 0]),
        ([3], [None]),
    ],
)
def test_a_small_count_is_withheld_with_another_that_would_tell_it(
    counts: list[int], expected: list[int | None]
) -> None:
    assert _told(counts, [0 < each < 5 for each in counts]) == expected


def test_findings_are_withheld_where_all_but_a_few_visits_found_something() -> None:
    found = [*(("other_violation",) for _ in range(30)), ("no_problem",)]
    strata = {("2026-0001", "A"): SampledStratum(100, 31, 0)}
    visits = tuple(
        Visit(f"e{place}", made.SINCE, results, campaign="2026-0001", stratum="A")
        for place, results in enumerate(found)
    )
    values = [{"age": 1, "penalties": 1}] * len(visits)
    rows = list(statistics(made.MODEL, made.TODAY.by_bin, Sample(visits, strata), values))
    row = next(each for each in rows if (each["indicator"], each["bin"]) == ("age", "[, 3)"))
    assert (row["visits"], row["found"], row["weighted_found"]) == (31, None, None)
    assert row["weighted_visits"] == 100_000


def test_thousandths_are_rounded_halves_up() -> None:
    assert [thousandths(Fraction(*each)) for each in ((1, 3), (2, 3), (1, 2000), (0, 1))] == [333, 667, 1, 0]
