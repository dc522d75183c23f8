import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from scoring.results import FollowUp, Result, check_results, found_problem, was_inspectable


def test_there_are_fourteen_results_and_six_follow_ups_each_with_its_own_text() -> None:
    assert len({result.text for result in Result}) == 14
    assert len({follow_up.text for follow_up in FollowUp}) == 6


def test_a_result_is_its_identifier_and_knows_its_text() -> None:
    assert Result("moved_away").text == "迁出"
    assert f"{Result.MOVED_AWAY}" == "moved_away"


def test_no_problem_stands_alone() -> None:
    assert check_results(["no_problem"]) == [Result.NO_PROBLEM]
    with pytest.raises(Invalid, match="result_no_problem_with_others"):
        check_results(["corrected", "no_problem"])


@pytest.mark.parametrize(
    ("results", "code"),
    [([], "result_missing"), (["fine"], "result_unknown"), (["closed", "closed"], "result_twice")],
)
def test_results_are_known_and_named_once(results: list[str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        check_results(results)


@given(st.sets(st.sampled_from([result for result in Result if result != Result.NO_PROBLEM]), min_size=1))
def test_several_results_come_in_the_official_order(results: set[Result]) -> None:
    assert check_results(sorted(results)) == [result for result in Result if result in results]


@pytest.mark.parametrize(
    ("results", "inspectable", "problem"),
    [
        (["no_problem"], True, False),
        (["unreachable"], True, True),
        (["deregistered"], False, False),
        (["moved_away", "no_such_activity"], False, False),
        (["moved_away", "not_disclosed"], True, True),
    ],
)
def test_a_visit_that_met_nobody_to_inspect_does_not_count(
    results: list[str], inspectable: bool, problem: bool
) -> None:
    assert was_inspectable(results) == inspectable
    assert found_problem(results) == problem
