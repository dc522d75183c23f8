"""What a model's document says of itself: what can never happen, and what scores there are."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.model import parse_model
from scoring.model_check import Outline, outline, possible_scores
from scoring.models import default_text
from scoring.ranges import range_of
from tests.scoring.model_text import GRADES, HEAD, PENALTIES, SMALL, measuring

SCALE = GRADES.replace("from = 900000000000", "from = 30")


def indicator(name: str, points: list[int], measure: str = 'source = "records"\nkinds = ["penalty"]') -> str:
    """Return an indicator whose bins are 0, 1, 2, … and that gives these points."""
    last = len(points) - 1
    bins = [
        "{"
        + (f" from = {place}," if place else "")
        + (f" below = {place + 1}," if place < last else "")
        + f" points = {each} }}"
        for place, each in enumerate(points)
    ]
    return f"""
[[indicators]]
id = "{name}"
title = "{name}"
dimension = "supervision"
{measure}
aggregate = "count"
bins = [{", ".join(bins)}]
"""


def rule(effect: str, label: str, when: str) -> str:
    said = f'title = "r"\neffect = "{effect}"\ngrade = "{label}"\nreason = "r"\nlegal_basis = "b"'
    return f'\n[[rules]]\nid = "r"\n{said}\nwhen = [{when}]\n'


def checked(*parts: str) -> Outline:
    return outline(parse_model(HEAD + SCALE + "".join(parts)))


def codes(found: Outline) -> list[tuple[str, str]]:
    return [(each.code, each.place) for each in found.remarks]


FULL = indicator("full", [0, 10, 20, 30])
ANY = '{ indicator = "full", at_least = 1 }'


def test_a_model_of_which_all_can_happen_has_no_remark() -> None:
    found = checked(FULL)
    assert found.remarks == ()
    assert (found.by_score, found.by_rule) == (("A", "B", "C", "D"), ())
    assert (found.scores.least, found.scores.greatest) == (0, 30)


def test_the_example_model_has_nothing_that_cannot_happen() -> None:
    found = outline(parse_model(default_text()))
    assert found.remarks == ()
    assert found.by_score == ("A", "B", "C", "D")


def test_a_grade_that_no_score_and_no_rule_gives_is_named_with_the_scores_there_are() -> None:
    found = checked(indicator("x", [0, 10]))
    assert codes(found) == [("grade_unreachable", "grades.C"), ("grade_unreachable", "grades.D")]
    assert found.remarks[0].parameters == {"grade": "C", "least": 0, "greatest": 10, "threshold": 20}


def test_a_grade_between_the_scores_that_there_are_is_unreachable_too() -> None:
    assert codes(checked(indicator("x", [0, 30]))) == [
        ("grade_unreachable", "grades.B"),
        ("grade_unreachable", "grades.C"),
    ]
    assert codes(checked(indicator("x", [0, 30]), indicator("y", [0, -15]))) == [("grade_unreachable", "grades.C")]


def test_a_grade_below_the_least_score_is_unreachable() -> None:
    assert ("grade_unreachable", "grades.A") in codes(checked(indicator("x", [10, 20, 30])))


def test_a_grade_that_only_rules_give_is_said_to_be_so() -> None:
    found = checked(indicator("full", [0, 10, 20]), rule("at_least", "D", ANY))
    assert codes(found) == [("grade_by_rules_alone", "grades.D")]
    assert found.by_rule == ("D",)


@pytest.mark.parametrize(
    ("measure", "bins"),
    [
        ('source = "records"\nkinds = ["penalty"]\naggregate = "exists"', ["[2, )"]),
        ('source = "records"\nkinds = ["penalty"]\naggregate = "count"', ["[, 0)"]),
        ('source = "records"\nkinds = ["penalty"]\naggregate = "per_mille"', ["[, 0)", "[1001, )"]),
        ('source = "records"\nkinds = ["penalty"]\naggregate = "days_since"\nwindow_days = 30', ["[, 0)", "[30, )"]),
        ('source = "outside"\naggregate = "value"\nsystem = "s"\nlevels = ["甲", "乙"]', ["[, 0)", "[2, )"]),
        ('source = "registration"\naggregate = "years_since"\nfield = "established"', ["[, 0)"]),
    ],
)
def test_a_bin_that_no_value_can_fall_into_is_unreachable(measure: str, bins: list[str]) -> None:
    edges = sorted({int(part) for each in bins for part in each.strip("[)").split(",") if part.strip()} | {1})
    pairs = list(zip([None, *edges], [*edges, None], strict=True))
    written = ", ".join(
        "{"
        + ("" if lower is None else f" from = {lower},")
        + ("" if upper is None else f" below = {upper},")
        + " points = 1 }"
        for lower, upper in pairs
    )
    lacks = any(word in measure for word in ("per_mille", "days_since", "outside", "years_since"))
    text = measuring(measure, "missing = 0" if lacks else "").replace("bins = [{ points = 0 }]", f"bins = [{written}]")
    found = outline(parse_model(text))
    assert [each.parameters["bin"] for each in found.remarks if each.code == "bin_unreachable"] == bins


@pytest.mark.parametrize(
    "where",
    [
        '{ field = "fine", at_least = 5 }, { field = "fine", below = 5 }',
        '{ field = "category", is = ["罚款"] }, { field = "category", is_not = ["罚款"] }',
        '{ field = "category", is = ["罚款"] }, { field = "category", is = ["警告"] }',
        '{ field = "valid_to", in_force = true }, { field = "valid_to", in_force = false }',
    ],
)
def test_conditions_that_no_record_can_meet_leave_one_value(where: str) -> None:
    found = checked(FULL, indicator("x", [0, 1], f'source = "records"\nkinds = ["penalty"]\nwhere = [{where}]'))
    assert codes(found) == [("bin_unreachable", "indicators.x"), ("indicator_idle", "indicators.x")]


def test_a_list_may_hold_values_of_two_conditions() -> None:
    where = '{ field = "results", is = ["注销"] }, { field = "results", is = ["被吊销"] }'
    assert (
        checked(FULL, indicator("x", [0, 1], f'source = "records"\nkinds = ["inspection"]\nwhere = [{where}]')).remarks
        == ()
    )


INSPECTED = '{ source = "records", kinds = ["inspection"], aggregate = "days_since"'


@pytest.mark.parametrize(
    ("effect", "label", "when", "code"),
    [
        ("at_least", "A", ANY, "rule_changes_nothing"),
        ("at_most", "D", ANY, "rule_changes_nothing"),
        ("at_least", "C", ANY, None),
        ("at_most", "A", ANY, None),
        ("exactly", "A", ANY, None),
        ("at_least", "C", '{ indicator = "full", at_least = 3, below = 3 }', "rule_never_fires"),
        ("at_least", "C", '{ indicator = "full", below = 0 }', "rule_never_fires"),
        (
            "at_least",
            "C",
            '{ indicator = "full", below = 2 }, { indicator = "full", at_least = 2 }',
            "rule_never_fires",
        ),
        ("at_least", "C", '{ indicator = "full", missing = true }', "rule_never_fires"),
        ("at_least", "C", f"{INSPECTED}, missing = true }}, {INSPECTED}, below = 9 }}", "rule_never_fires"),
        ("at_least", "C", f"{INSPECTED}, missing = true }}", None),
        ("at_least", "C", f"{INSPECTED}, at_least = 0 }}", None),
        ("at_least", "C", '{ indicator = "full", at_least = 0 }', "rule_always_fires"),
        ("at_least", "C", '{ indicator = "full", missing = false }', "rule_always_fires"),
    ],
)
def test_a_rule_that_can_never_change_anything_is_named(effect: str, label: str, when: str, code: str | None) -> None:
    assert codes(checked(FULL, rule(effect, label, when))) == ([] if code is None else [(code, "rules.r")])


def test_a_rule_may_matter_only_because_another_one_lowers_the_grade() -> None:
    risky = indicator("full", [10, 20, 30])
    lowering = rule("at_most", "A", ANY).replace('id = "r"', 'id = "s"')
    assert ("rule_changes_nothing", "rules.r") in codes(checked(risky, rule("at_least", "B", ANY)))
    assert ("rule_changes_nothing", "rules.r") not in codes(checked(risky, rule("at_least", "B", ANY), lowering))


POINTS = st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=4), min_size=1, max_size=4)


@given(POINTS)
def test_the_scores_are_exactly_the_sums_of_one_bin_of_each_indicator(points: list[list[int]]) -> None:
    # The first bin of each goes below 1 and so holds 0.
    model = parse_model(HEAD + SCALE + "".join(indicator(f"x{place}", each) for place, each in enumerate(points)))
    sums = {sum(chosen) for chosen in product(*points)}
    found = possible_scores(model)
    assert found.exact == frozenset(sums)
    assert (found.least, found.greatest) == (min(sums), max(sums))


def test_too_many_scores_to_follow_are_taken_as_all_between_the_least_and_the_greatest() -> None:
    parts = [indicator(f"x{place}", [0, 3**place]) for place in range(20)]
    found = possible_scores(parse_model(HEAD + SCALE + "".join(parts)))
    assert found.exact is None
    assert found.any_in(2, 3)
    assert not found.any_in(found.greatest + 1, None)


def test_a_measure_that_never_has_a_value_has_an_empty_range() -> None:
    never = (Condition("fine", Operator.AT_LEAST, 2), Condition("fine", Operator.BELOW, 1))
    assert range_of(Measure(Source.RECORDS, Aggregate.DAYS_SINCE, ("penalty",), where=never)).is_empty


def test_what_has_no_remark_in_the_small_model_is_what_it_says() -> None:
    assert codes(outline(parse_model(SMALL))) == [("grade_unreachable", "grades.D")]
    assert PENALTIES in SMALL
