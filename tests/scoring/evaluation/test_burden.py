"""Visits to those who comply."""

from dataclasses import replace

from scoring.evaluation.burden import Burden, burden
from scoring.evaluation.visits import Visit
from tests.scoring.evaluation.drawn import CLEAN, DAY, FOUND, GONE


def visit(enterprise: str, results: tuple[str, ...], grade: str = "A") -> Visit:
    return Visit(enterprise, DAY, results, grade=grade)


VISITS = [
    visit("one", CLEAN),
    visit("one", CLEAN),
    visit("two", CLEAN),
    visit("two", FOUND),
    visit("three", CLEAN),
    visit("four", GONE),
    visit("five", FOUND, "D"),
]


def test_who_complied_at_every_visit_counts_as_compliant() -> None:
    everybody, a, d = burden(VISITS)
    assert everybody == Burden(None, 6, 4, 4, 2, 1, 2)
    assert a == Burden("A", 5, 4, 3, 2, 1, 2)
    assert d == Burden("D", 1, 0, 1, 0, 0, 0)


def test_grades_come_in_the_order_asked_for_also_without_visits() -> None:
    told = burden([replace(VISITS[0], grade="")], "BA")
    assert [each.grade for each in told] == [None, "B", "A", ""]
    assert told[1] == Burden("B", 0, 0, 0, 0, 0, 0)
    assert burden([]) == [Burden(None, 0, 0, 0, 0, 0, 0)]
