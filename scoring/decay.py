"""Half-lives without floating point: how much a row weighs by its age.

The weight of a row of a days under a half-life of h days is ⌊2^20 · 2^(−a/h) + 1/2⌋: 2^20 on the day of grading, 2^19
a half-life before, 0 from 21 half-lives and a day on. It is the same integer on every machine.
"""

from decimal import Context, Decimal
from functools import cache

ONE = 1 << 20
"""The weight of a row of the day of grading."""

LONGEST_HALF_LIFE = 3653
"""Ten years; longer ones would hardly tell rows since 2018 apart."""

_HALVINGS = 21
_BITS = 160
_CONTEXT = Context(prec=80)


@cache
def weights(half_life_days: int) -> tuple[int, ...]:
    """Return the weights by age in days from 0; an age beyond the end weighs nothing.

    Only whole half-lives give a power of two, which is exact; all other weights are far further from a rounding
    boundary than the 80 digits that are kept could miss.
    """
    within = [_scaled(age, half_life_days) for age in range(half_life_days)]
    table = [
        ((fraction << _HALVINGS >> halvings >> _BITS) + 1) >> 1
        for halvings in range(_HALVINGS + 1)
        for fraction in within
    ]
    return tuple(table[: _HALVINGS * half_life_days + 1])


def weight(age: int, half_life_days: int) -> int:
    """Return the weight of a row that is `age` days old."""
    table = weights(half_life_days)
    return table[age] if age < len(table) else 0


def _scaled(age: int, half_life_days: int) -> int:
    """Return 2^160 · 2^(−age/half-life), for an age below the half-life."""
    if age == 0:
        return 1 << _BITS
    power = _CONTEXT.power(Decimal(2), _CONTEXT.divide(Decimal(-age), Decimal(half_life_days)))
    return int(_CONTEXT.multiply(power, Decimal(1 << _BITS)))
