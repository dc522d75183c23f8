"""Half-lives: weights are the exact rounding of 2^20 · 2^(−age/half-life), without a float."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.decay import LONGEST_HALF_LIFE, ONE, weight, weights


def is_rounded(found: int, age: int, half_life: int) -> bool:
    """Tell, in integers alone, whether found − 1/2 ≤ 2^(20 − age/half_life) < found + 1/2."""
    power = 1 << (21 * half_life - age)  # (2 · 2^(20 − age/h))^h
    below = (2 * found - 1) ** half_life <= power if found else True
    return bool(below and power < (2 * found + 1) ** half_life)


@pytest.mark.parametrize("half_life", [1, 2, 3, 7, 30, 97])
def test_every_weight_is_the_exact_rounding(half_life: int) -> None:
    table = weights(half_life)
    assert len(table) == 21 * half_life + 1
    assert all(is_rounded(found, age, half_life) for age, found in enumerate(table))


@settings(max_examples=40)  # powers of thousands
@given(st.integers(1, LONGEST_HALF_LIFE), st.integers(0, 10_000))
def test_a_weight_of_any_half_life_is_the_exact_rounding(half_life: int, parts: int) -> None:
    age = parts * 21 * half_life // 10_000
    assert is_rounded(weight(age, half_life), age, half_life)


def test_a_row_weighs_half_after_each_half_life_and_nothing_in_the_end() -> None:
    assert [weight(365 * times, 365) for times in range(4)] == [ONE, ONE // 2, ONE // 4, ONE // 8]
    assert [weight(365 * 21, 365), weight(365 * 21 + 1, 365), weight(10**6, 365)] == [1, 0, 0]


def test_some_weights_that_every_machine_must_give() -> None:
    assert weights(10)[:12] == (
        *(1048576, 978356, 912838, 851708, 794672, 741455, 691802, 645474, 602249, 561918, 524288, 489178),
    )
