"""Whose grades place a joint campaign's supervision, and how those of several departments become one."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refusal
from scoring.joint_grades import JointGrading, JointRule
from scoring.scopes import GENERAL

SCALE = ("A", "B", "C")
BOTH = ("ZJ", "SC")
MATRIX = tuple(((own, other), max(own, other) if "C" in (own, other) else "A") for own, other in product(SCALE, SCALE))
GRADES = {
    ("1", GENERAL): "A",
    ("1", "ZJ"): "B",
    ("1", "SC"): "C",
    ("2", GENERAL): "B",
    ("2", "SC"): "A",
    ("3", "ZJ"): "C",
}


def test_a_department_s_own_grade_goes_before_the_general_one() -> None:
    assert JointGrading(JointRule.DEPARTMENT, ("ZJ",)).combine(SCALE, GRADES) == {"1": "B", "2": "B", "3": "C"}


def test_the_highest_is_that_of_the_greatest_risk() -> None:
    highest = JointGrading(JointRule.HIGHEST, BOTH)
    assert highest.combine(SCALE, GRADES) == {"1": "C", "2": "B"}
    assert highest.combine(("C", "B", "A"), GRADES) == {"1": "B", "2": "A"}


def test_a_matrix_says_what_becomes_of_each_pair() -> None:
    assert JointGrading(JointRule.MATRIX, BOTH, MATRIX).combine(SCALE, GRADES) == {"1": "C", "2": "A"}


@given(st.dictionaries(st.tuples(st.sampled_from("123"), st.sampled_from((GENERAL, *BOTH))), st.sampled_from(SCALE)))
def test_the_highest_is_the_matrix_of_the_highest_whatever_the_order(grades: dict[tuple[str, str], str]) -> None:
    matrix = tuple((pair, max(pair)) for pair in product(SCALE, SCALE))
    expected = JointGrading(JointRule.HIGHEST, BOTH).combine(SCALE, grades)
    assert JointGrading(JointRule.MATRIX, BOTH, matrix).combine(SCALE, grades) == expected
    assert JointGrading(JointRule.HIGHEST, BOTH[::-1]).combine(SCALE, grades) == expected


@pytest.mark.parametrize(
    ("code", "grading"),
    [
        ("joint_departments_unusable", JointGrading(JointRule.DEPARTMENT, BOTH)),
        ("joint_departments_unusable", JointGrading(JointRule.HIGHEST, ("ZJ",))),
        ("joint_departments_unusable", JointGrading(JointRule.HIGHEST, ("ZJ", "ZJ"))),
        ("joint_grading_of_others", JointGrading(JointRule.HIGHEST, ("ZJ", "YJ"))),
        ("joint_matrix_unusable", JointGrading(JointRule.MATRIX, BOTH)),
        ("joint_matrix_unusable", JointGrading(JointRule.MATRIX, BOTH, ((("A",), "A"),))),
        ("joint_matrix_unusable", JointGrading(JointRule.HIGHEST, BOTH, MATRIX)),
    ],
)
def test_a_grading_that_cannot_be_is_refused(code: str, grading: JointGrading) -> None:
    with pytest.raises(Refusal, match=f"^{code}"):
        grading.check(BOTH)


@pytest.mark.parametrize("matrix", [MATRIX[1:], (*MATRIX, MATRIX[0]), ((("A", "A"), "D"), *MATRIX[1:])])
def test_a_matrix_that_leaves_something_open_is_refused(matrix: Any) -> None:
    with pytest.raises(Refusal, match=r"^joint_matrix_incomplete"):
        JointGrading(JointRule.MATRIX, BOTH, matrix).combine(SCALE, GRADES)
