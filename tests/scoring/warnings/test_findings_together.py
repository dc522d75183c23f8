"""Risk points, related enterprises and jumps: exact tests, shrinkage and false discoveries."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.parties import Tie
from scoring.warnings.false_discoveries import benjamini_hochberg
from scoring.warnings.jumps import Change, jumps, rise_limit
from scoring.warnings.outcomes import Outcome, outcome_of
from scoring.warnings.related import failing_groups
from scoring.warnings.risk_points import Checked, risk_points, shrink

BENJAMINI_HOCHBERG = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip
"""The fifteen comparisons of Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995), section 4.1."""


def test_the_example_of_benjamini_and_hochberg() -> None:
    """At q = 0.05 the first four are rejected, while Bonferroni rejects three."""
    assert benjamini_hochberg(BENJAMINI_HOCHBERG) == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), max_size=30))
def test_a_discovery_never_has_a_larger_p_than_one_that_is_none(p_values: list[float]) -> None:
    found = benjamini_hochberg(p_values)
    made, others = ([p for p, each in zip(p_values, found, strict=True) if each is good] for good in (True, False))
    assert not made or not others or max(made) <= min(others)


def test_dersimonian_and_laird_by_hand() -> None:
    """Two effects 0 and 4 of variance 1: Q = 8, between = (8 − 1)/1 = 7; each keeps 7/8 of its distance from 2."""
    (low, _), (high, _) = shrink([0.0, 4.0], [1.0, 1.0])
    assert [low, high] == pytest.approx([0.25, 3.75])


def test_effects_that_do_not_differ_are_their_mean() -> None:
    assert [mean for mean, _ in shrink([1.0, 1.2, 0.8], [1.0, 1.0, 1.0])] == pytest.approx([1.0] * 3)
    assert shrink([], []) == []


def test_a_risk_point_stands_out_from_the_same_matter_elsewhere() -> None:
    cells = {(f"事项{m}", f"行业{s}"): Checked(50, 5) for m in range(4) for s in range(5)}
    cells["事项1", "行业2"] = Checked(50, 25)
    (point,) = [each for each in risk_points(cells) if each.found]
    assert (point.matter, point.sector) == ("事项1", "行业2")
    assert 0 < point.shrunken < point.log_odds
    assert point.elsewhere == Checked(200, 20)


def test_fisher_is_exact() -> None:
    """Fisher's tea: 3 of 4 against 1 of 4 has a one-sided p of 17/70."""
    (first, _) = risk_points({("茶", "先"): Checked(4, 3), ("茶", "后"): Checked(4, 1)})
    assert first.p_value == pytest.approx(17 / 70)


def test_a_matter_that_is_looked_at_in_one_trade_alone_is_not_tested() -> None:
    assert risk_points({("事项", "行业"): Checked(40, 30)}) == []


def test_risk_points_of_nothing_are_rarely_found() -> None:
    """100 tables of 60 cells alike: 5 % at most have a discovery, since here every one would be false."""
    rng = np.random.default_rng(11)
    tables = 0
    for _ in range(100):
        cells = {(f"m{m}", f"s{s}"): Checked(40, int(rng.binomial(40, 0.2))) for m in range(6) for s in range(10)}
        tables += any(point.found for point in risk_points(cells))
    assert tables <= 10


def test_enterprises_of_one_address_that_fail_together() -> None:
    visited = [f"{number:03d}" for number in range(200)]
    failed = visited[:10]
    groups = {
        Tie("address", "甲"): visited[:4],  # all four failed
        Tie("representative", "乙"): visited[:4],  # the same four
        Tie("shareholder", "丙"): visited[100:104],
        Tie("address", "丁"): [visited[5], "never visited"],
    }
    (group,), tested = failing_groups(groups, visited, failed)
    assert [tie.via for tie in group.ties] == ["address", "representative"]
    assert group.failed == tuple(visited[:4])
    assert group.p_value == pytest.approx((10 * 9 * 8 * 7) / (200 * 199 * 198 * 197))
    assert tested == 2


@given(st.integers(0, 10_000), st.integers(0, 40))
def test_a_group_is_no_worse_than_its_failures(seed: int, bad: int) -> None:
    """Whatever fails, a group that is found has failures, all of them of its visited members."""
    rng = np.random.default_rng(seed)
    visited = [f"{number:03d}" for number in range(60)]
    failed = rng.choice(visited, bad, replace=False).tolist()
    groups = {Tie("address", str(each)): rng.choice(visited, 5, replace=False).tolist() for each in range(8)}
    for group in failing_groups(groups, visited, failed)[0]:
        assert len(group.failed) >= 2
        assert set(group.failed) == set(group.visited) & set(failed)


def changed(code: str, before: str, after: str, rise: int = 0) -> Change:
    return Change(code, before, after, 100, 100 + rise)


def test_two_steps_or_the_last_one_are_a_jump() -> None:
    changes = [changed("1", "A", "B"), changed("2", "A", "C"), changed("3", "C", "D"), changed("4", "D", "A")]
    assert [each.enterprise for each in jumps(changes, "ABCD", None)] == ["2", "3"]


def test_a_rise_beyond_the_fence_is_a_jump() -> None:
    """Rises 1 to 20: Q1 = 5.75, Q3 = 15.25, the fence is 43.75, so 44 is within and 45 beyond."""
    rises = [changed(str(rise), "A", "A", rise) for rise in range(1, 21)]
    assert rise_limit(rises) == 44
    assert rise_limit(rises[:19]) is None
    assert [each.rise for each in jumps([changed("x", "A", "A", 44), changed("y", "A", "A", 45)], "ABCD", 44)] == [45]


def test_exponential_rises_pass_the_fence_as_rarely_as_stated() -> None:
    drawn = np.random.default_rng(3).exponential(10_000, 100_000).astype(int) + 1
    changes = [changed("x", "A", "A", int(rise)) for rise in drawn]
    limit = rise_limit(changes)
    assert limit is not None
    assert sum(each.rise > limit for each in changes) / 100_000 == pytest.approx(1 / 108, rel=0.1)


def test_what_visits_say_of_a_warning() -> None:
    raised, until = date(2026, 1, 1), date(2026, 6, 30)
    later, now = date(2026, 3, 1), date(2026, 5, 1)
    assert outcome_of([(later, True)], raised, until, now) is Outcome.BORNE_OUT
    assert outcome_of([(later, False)], raised, until, now) is Outcome.UNKNOWN
    assert outcome_of([(later, False)], raised, until, date(2026, 7, 1)) is Outcome.NOT_BORNE_OUT
    assert outcome_of([(raised, True), (date(2026, 7, 2), True)], raised, until, date(2027, 1, 1)) is Outcome.UNKNOWN
