"""What a plan may say of its design, and which of its rules holds."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical, parse_canonical
from ledger.errors import Invalid
from sampling.design_plans import Cell, Cells, DesignPlan, Kind, Rule

SCALE = ("A", "B")
RATES = DesignPlan.by_grade({"A": 100, "B": 300})


def plan(kind: Kind, *values: int, **more: Any) -> DesignPlan:
    return DesignPlan(
        kind, tuple(Rule(Cell(grade), value) for grade, value in zip(SCALE, values, strict=False)), **more
    )


def with_rule(cell: Cell, value: int = 200, **more: Any) -> DesignPlan:
    return replace(RATES, rules=(*RATES.rules, Rule(cell, value)), **more)


def test_rates_by_grade_are_sealed_as_they_always_were() -> None:
    assert RATES.member() == {"rates": {"A": 100, "B": 300}}
    assert DesignPlan.of_member({"rates": {"A": 100, "B": 300}}) == RATES
    assert RATES.rates == {"A": 100, "B": 300}
    assert with_rule(Cell("A", sector="供热")).rates is None
    assert replace(RATES, floor=50).rates is None


KINDS = st.sampled_from(list(Kind))
CELLS = st.builds(
    Cell, st.sampled_from("AB"), st.sampled_from((None, True, False)), st.text(max_size=3), st.text(max_size=3)
)
PLANS = st.builds(
    DesignPlan,
    KINDS,
    st.lists(st.builds(Rule, CELLS, st.integers(0, 9)), max_size=4).map(tuple),
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
    st.integers(1, 9),
)


@given(PLANS)
def test_a_design_reads_as_it_was_sealed(design: DesignPlan) -> None:
    sealed: Any = parse_canonical(canonical(design.member()))
    read = DesignPlan.of_member(sealed)
    assert (read == design) or (read.rates is not None and read.rates == design.rates)


@given(CELLS, CELLS)
def test_no_two_cells_have_one_label(one: Cell, other: Cell) -> None:
    assert (one.label == other.label) == (one == other)
    assert "+" not in one.label


# Which rule holds


def test_a_named_sector_goes_before_a_region_and_this_before_visits() -> None:
    rules = [
        Cell("A"),
        Cell("A", True),
        Cell("A", None, "", "甲镇"),
        Cell("A", None, "供热"),
        Cell("A", None, "供热", "甲镇"),
        Cell("A", True, "供热", "甲镇"),
    ]
    cells = Cells(rules)
    assert cells.of("A", False, "燃气经营", "乙镇") == rules[0]
    assert cells.of("A", True, "燃气经营", "乙镇") == rules[1]
    assert cells.of("A", True, "燃气经营", "甲镇") == rules[2]
    assert cells.of("A", True, "供热", "乙镇") == rules[3]
    assert cells.of("A", False, "供热", "甲镇") == rules[4]
    assert cells.of("A", True, "供热", "甲镇") == rules[5]


@given(st.sets(CELLS, max_size=6), CELLS)
def test_each_enterprise_meets_exactly_one_rule(named: set[Cell], who: Cell) -> None:
    rules = {Cell("A"), Cell("B"), *named}
    found = Cells(rules).of(who.grade, bool(who.visited), who.sector, who.region)
    met = [
        cell
        for cell in rules
        if cell.grade == who.grade
        and cell.visited in (None, bool(who.visited))
        and cell.sector in ("", who.sector)
        and cell.region in ("", who.region)
    ]
    assert found in met
    assert all(_named(cell) <= _named(found) for cell in met)


def _named(cell: Cell) -> tuple[bool, bool, bool]:
    return cell.sector != "", cell.region != "", cell.visited is not None


def test_what_rules_name_is_public() -> None:
    design = with_rule(Cell("A", None, "供热", ""))
    assert design.place("供热", "甲镇") == ("供热", None)
    assert design.place("燃气经营", "甲镇") == ("", None)
    assert RATES.place("供热", "甲镇") == (None, None)


# What is refused


@pytest.mark.parametrize(
    ("code", "design"),
    [
        ("rates_not_of_scale", plan(Kind.RATES, 100)),
        ("rates_not_of_scale", with_rule(Cell("C"))),
        ("rates_not_of_scale", DesignPlan(Kind.RATES, (Rule(Cell("A"), 100), Rule(Cell("B", sector="供热"), 100)))),
        ("rule_twice", with_rule(Cell("A"))),
        ("rules_too_many", DesignPlan(Kind.RATES, tuple(Rule(Cell("A", region=f"{n}"), 100) for n in range(501)))),
        ("visits_without_months", with_rule(Cell("A", True))),
        ("months_out_of_range", replace(RATES, months=121)),
        ("months_out_of_range", replace(RATES, months=-1)),
        ("text_control_character", with_rule(Cell("A", region="甲\x00"))),
        ("floor_out_of_range", replace(RATES, floor=0)),
        ("floor_out_of_range", replace(RATES, floor=10_000)),
        ("rate_below_floor", replace(RATES, floor=101)),
        ("rate_zero", with_rule(Cell("A", sector="供热"), 0)),
        ("rate_all", with_rule(Cell("A", sector="供热"), 10_000)),
        ("rate_out_of_range", with_rule(Cell("A", sector="供热"), 10_001)),
        ("count_out_of_range", plan(Kind.COUNTS, 0, 1)),
        ("capacity_unused", plan(Kind.COUNTS, 1, 1, capacity=9)),
        ("capacity_unused", replace(RATES, capacity=9)),
        ("capacity_missing", plan(Kind.PROPORTIONAL)),
        ("value_unused", plan(Kind.PROPORTIONAL, 1, 0, capacity=9)),
        ("value_unused", replace(RATES, past=True)),
        ("value_unused", plan(Kind.NEYMAN_FINDINGS, 100, 100, capacity=9, past=True)),
        ("deviation_out_of_range", plan(Kind.NEYMAN, 0, 1, capacity=9)),
        ("finding_rate_out_of_range", plan(Kind.NEYMAN_FINDINGS, 10_000, 1, capacity=9)),
        ("finding_rate_out_of_range", plan(Kind.FINDINGS, 0, 1, capacity=9, greatest_error=1)),
        ("error_out_of_range", plan(Kind.FINDINGS, 1, 1, capacity=9)),
        ("shrinkage_out_of_range", plan(Kind.NEYMAN_FINDINGS, capacity=9, past=True, shrinkage=0)),
    ],
)
def test_a_design_that_cannot_be_is_refused(code: str, design: DesignPlan) -> None:
    with pytest.raises(Invalid) as refusal:
        design.values(SCALE)
    assert refusal.value.code == code


def test_a_grade_s_name_must_not_be_a_label_of_another_cell() -> None:
    slashed = DesignPlan.by_grade({"A/x//": 100, "A": 100})
    assert slashed.values(("A/x//", "A"))
    parted = replace(slashed, rules=(*slashed.rules, Rule(Cell("A", sector="x"), 100)))
    with pytest.raises(Invalid, match="grade_name_unusable"):
        parted.values(("A/x//", "A"))


def test_where_values_do_not_matter_the_grades_need_no_rules() -> None:
    assert plan(Kind.PROPORTIONAL, capacity=9).values(SCALE) == {Cell("A"): 0, Cell("B"): 0}
    some = DesignPlan(Kind.PROPORTIONAL, (Rule(Cell("A", sector="供热")),), capacity=9)
    assert set(some.values(SCALE)) == {Cell("A"), Cell("B"), Cell("A", sector="供热")}


def test_past_findings_give_each_cell_the_rate_of_its_grade() -> None:
    some = DesignPlan(Kind.FINDINGS, (Rule(Cell("A", sector="供热")),), capacity=9, greatest_error=9, past=True)
    known = some.expecting({"A": 500, "B": 900})
    assert known.values(SCALE) == {Cell("A"): 500, Cell("B"): 900, Cell("A", sector="供热"): 500}
    assert not known.past
