"""Rows say less until five enterprises share what they say, and what is left is told."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.provincial.anonymity import QUASI_IDENTIFIERS, Anonymity, K, Row, coarsened


def row(enterprise: str, region: str | None, period: str, sector: str | None) -> Row:
    return {"enterprise": enterprise, "region": region, "period": period, "sector": sector}


def rows(count: int, *said: Any, first: int = 0) -> list[Row]:
    return [row(f"e{first + each}", *said) for each in range(count)]


def test_a_class_of_five_enterprises_says_all() -> None:
    given_rows = rows(5, "示范镇", "2026-03", "供热")
    told = coarsened(given_rows)
    assert given_rows == rows(5, "示范镇", "2026-03", "供热")
    assert told == Anonymity(1, 5, 0, {"region": 0, "period": 0, "sector": 0})


def test_visits_of_one_enterprise_are_no_crowd() -> None:
    many = [row("e1", "示范镇", "2026-03", "供热") for _ in range(9)]
    assert coarsened(many) == Anonymity(1, 1, 9, {"region": 9, "period": 9, "sector": 9})
    assert many == [row("e1", None, "2026", None)] * 9


def test_the_region_goes_first_then_the_month_then_the_trade() -> None:
    by_region = [*rows(3, "甲", "2026-03", "供热"), *rows(2, "乙", "2026-03", "供热", first=3)]
    assert coarsened(by_region).coarser == {"region": 5, "period": 0, "sector": 0}
    by_month = [*rows(3, "甲", "2026-03", "供热"), *rows(2, "甲", "2026-04", "供热", first=3)]
    assert coarsened(by_month).coarser == {"region": 5, "period": 5, "sector": 0}
    assert by_month == rows(5, None, "2026", "供热")
    by_sector = [*rows(3, "甲", "2026-03", "供热"), *rows(2, "甲", "2026-04", "物业服务", first=3)]
    assert coarsened(by_sector) == Anonymity(1, 5, 0, {"region": 5, "period": 5, "sector": 5})


def test_what_another_row_of_the_same_enterprise_says_is_withheld_too() -> None:
    crowd = rows(5, "甲", "2026-03", "供热")
    alone = row("e0", "甲", "2026-07", "供热")
    coarsened([*crowd, alone])
    assert crowd[0]["region"] is alone["region"] is None
    assert alone["period"] == "2026"


@given(
    st.lists(
        st.builds(
            row,
            st.sampled_from([f"e{each}" for each in range(12)]),
            st.sampled_from(["甲", "乙", None]),
            st.sampled_from(["2025-11", "2026-03", "2026-04"]),
            st.sampled_from(["供热", "物业服务", None]),
        )
    )
)
def test_whoever_is_not_among_five_says_nothing_but_the_year(drawn: list[Row]) -> None:
    told = coarsened(drawn)
    classes: dict[tuple[Any, ...], set[str]] = {}
    for each in drawn:
        classes.setdefault(tuple(each[name] for name in QUASI_IDENTIFIERS), set()).add(each["enterprise"])
    small = [said for said, members in classes.items() if len(members) < K]
    assert all((region, len(period), sector) == (None, 4, None) for region, period, sector in small)
    assert told.classes == len(classes)
    assert told.smallest == min(map(len, classes.values()), default=0)
    assert (told.rows_below == 0) is (not small)
