"""What a run leaves comes back as it was, however narrow it was kept; the next run's layer lies on it."""

import pyarrow
import pytest

from ledger.database import Database
from scoring import grade_state
from scoring.engine import Sums
from scoring.grade_state import GRADES, State

RELATIONS = pyarrow.schema(
    [
        ("enterprise", pyarrow.string()),
        ("kind", pyarrow.string()),
        ("party", pyarrow.string()),
        ("since", pyarrow.int64()),
    ]
)


def leaf(letter: str) -> bytes:
    return letter.encode() * 32


def grades(*rows: tuple[str, str, bytes | None, int]) -> pyarrow.Table:
    return pyarrow.Table.from_pylist([dict(zip(GRADES.names, row, strict=True)) for row in rows], GRADES)


def sums(counts: dict[str, int | None], *relations: tuple[str, str]) -> Sums:
    rows = pyarrow.table(
        {
            "enterprise": pyarrow.array(counts.keys(), pyarrow.string()),
            "sector": pyarrow.array(["供热"] * len(counts), pyarrow.string()),
            "count": pyarrow.array(counts.values(), pyarrow.int64()),
        }
    )
    ties = [(code, "地址", party, None) for code, party in relations]
    return Sums(
        rows, pyarrow.Table.from_pylist([dict(zip(RELATIONS.names, tie, strict=True)) for tie in ties], RELATIONS)
    )


@pytest.fixture
def full() -> State:
    """Three enterprises, of whom one has no grade and one has a grade of a department, too."""
    rows = ("A", "", leaf("a"), 9), ("C", "", leaf("c"), 5), ("C", "ZJ", leaf("d"), 9), ("E", "", None, 9)
    return grade_state.first_state(grades(*rows), sums({"A": 1, "C": 2, "E": 3}, ("A", "p"), ("C", "p"), ("E", "q")))


@pytest.fixture
def later(full: State) -> State:
    """The same when C lost the department's grade, and B and F came."""
    new = grades(("B", "", leaf("b"), 9), ("C", "", leaf("x"), 7), ("F", "", leaf("f"), 9))
    summed = pyarrow.table({"enterprise": ["B", "C", "F"]})
    return full.later(["B", "C", "F"], new, summed, sums({"B": 7, "C": 8, "F": 9}, ("B", "q"), ("C", "r")))


def test_leaves_stand_by_code_and_department(full: State, later: State) -> None:
    assert full.leaves() == (2, leaf("a") + leaf("c") + leaf("d"))
    assert later.leaves() == (4, leaf("a") + leaf("b") + leaf("x") + leaf("f"))


def test_what_was_found_since_hides_what_was_before(later: State) -> None:
    assert later.due(8) == {"C"}
    assert later.due(6) == set()
    found = later.sums_of(["A", "C"], ["count"])
    assert dict(zip(found["enterprise"].to_pylist(), found["count"].to_pylist(), strict=True)) == {"A": 1, "C": 8}
    assert set(later.relations_with(pyarrow.array(["p", "q"]))["enterprise"].to_pylist()) == {"A", "B", "E"}


@pytest.mark.parametrize("most", [0, 127, 128, -129, 40_000, 1 << 31, -(1 << 31), (1 << 53) - 1])
def test_what_is_kept_comes_back(database: Database, most: int) -> None:
    state = grade_state.first_state(grades(("A", "", leaf("a"), most)), sums({"A": most, "B": None}, ("A", "p")))
    with database.write() as tx:
        kept = grade_state.save_full(tx, "1" * 32, state)
    with database.read() as tx:
        loaded = grade_state.load(tx, "1" * 32, "1" * 32, kept)
    assert loaded is not None
    assert loaded.sums_of(["A", "B"], ["sector", "count"]) == state.full.sums.rows
    assert loaded.grades_of(["A"]) == state.full.grades
    assert loaded.leaves() == state.leaves()
