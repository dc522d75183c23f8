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


NOTHING_TOLD = RELATIONS.empty_table()


def sums_of(state: State, *codes: str) -> pyarrow.Table:
    nobody = state.some([])
    return state.before(state.some(codes), nobody, NOTHING_TOLD, ["sector", "count"], []).rows


@pytest.fixture
def full() -> State:
    """Three enterprises, of whom one has no grade and one has a grade of a department, too."""
    rows = ("A", "", leaf("a"), 9), ("C", "", leaf("c"), 5), ("C", "ZJ", leaf("d"), 9), ("E", "", None, 9)
    return grade_state.first_state(grades(*rows), sums({"A": 1, "C": 2, "E": 3}, ("A", "p"), ("C", "p"), ("E", "q")))


def leaves_of(state: State) -> tuple[int, bytes]:
    enterprises, leaves = state.leaves()
    return enterprises, b"".join(map(bytes, leaves))


@pytest.fixture
def later(full: State) -> State:
    """The same when C lost the department's grade, and B and F came."""
    new = grades(("B", "", leaf("b"), 9), ("C", "", leaf("x"), 7), ("F", "", leaf("f"), 9))
    summed = pyarrow.table({"enterprise": ["B", "C", "F"]})
    return full.later(["B", "C", "F"], new, summed, sums({"B": 7, "C": 8, "F": 9}, ("B", "q"), ("C", "r")))


def test_leaves_stand_by_code_and_department(full: State, later: State) -> None:
    assert leaves_of(full) == (2, leaf("a") + leaf("c") + leaf("d"))
    assert leaves_of(later) == (4, leaf("a") + leaf("b") + leaf("x") + leaf("f"))


@pytest.mark.parametrize("at_once", [1, 2, 3, 4, 5])
def test_leaves_stand_in_order_in_whatever_pieces_they_come(
    later: State, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    whole = leaves_of(later)
    monkeypatch.setattr(grade_state, "LEAVES_AT_ONCE", at_once)
    assert leaves_of(later) == whole


def test_what_was_found_since_hides_what_was_before(later: State) -> None:
    assert later.due(8) == {"C"}
    assert later.due(6) == set()
    found = sums_of(later, "A", "C")
    assert dict(zip(found["enterprise"].to_pylist(), found["count"].to_pylist(), strict=True)) == {"A": 1, "C": 8}


def test_who_has_a_party_with_somebody_is_related_whether_it_was_told_before_or_is_now(later: State) -> None:
    assert later.related(later.some(["A", "B"]), NOTHING_TOLD) == {"A", "B", "E"}
    assert later.related(later.some([]), sums({}, ("G", "r")).relations) == {"C"}
    assert later.related(later.some(["G"]), NOTHING_TOLD) == set()


def test_of_those_who_are_related_alone_less_is_told(later: State) -> None:
    before = later.before(later.some(["B"]), later.some([]), NOTHING_TOLD, ["sector", "count"], ["count"])
    assert sorted(before.rows.to_pylist(), key=lambda row: str(row["enterprise"])) == [
        {"enterprise": "B", "sector": "供热", "count": 7},
        {"enterprise": "E", "sector": None, "count": 3},
    ]
    assert set(before.relations["enterprise"].to_pylist()) == {"B", "E"}


def test_parties_under_an_earlier_code_count_without_its_sums(later: State) -> None:
    before = later.before(later.some(["B"]), later.some(["A"]), NOTHING_TOLD, ["count"], [])
    assert dict(zip(before.rows["enterprise"].to_pylist(), before.rows["count"].to_pylist(), strict=True)) == {
        "A": None,
        "B": 7,
        "E": None,
    }
    assert set(before.relations["enterprise"].to_pylist()) == {"A", "B", "E"}


@pytest.mark.parametrize("most", [0, 127, 128, -129, 40_000, 1 << 31, -(1 << 31), (1 << 53) - 1])
def test_what_is_kept_comes_back(database: Database, most: int) -> None:
    graded, held = grades(("A", "", leaf("a"), most)), sums({"A": most, "B": None}, ("A", "p"))
    state = grade_state.first_state(graded, held)
    with database.write() as tx:
        kept = grade_state.save_full(tx, "1" * 32, state)
    with database.read() as tx:
        unpack = grade_state.load(tx, "1" * 32, "1" * 32, kept)
    assert unpack is not None
    loaded = unpack()
    assert sums_of(loaded, "A", "B") == held.rows
    assert loaded.grades_of(loaded.some(["A"])) == graded
    assert leaves_of(loaded) == leaves_of(state)
