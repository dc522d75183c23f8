"""Dividing visits among strata, in integers and fractions: no float decides how many are drawn. Pure.

Everywhere n(s) lies between least(s) and most(s), and the n(s) sum to the capacity.

Proportional and Neyman allocation: x(s) = λ · w(s), held within least(s) and most(s), with the λ for which Σx is the
capacity. n(s) is ⌊x(s)⌋, and what is left goes one by one by descending fraction of x(s); ties go by the order of the
strata. w is N for proportional, ⌊√(N²S² · 10¹²)⌋ for Neyman allocation, S² a stratum's variance.

Most findings under a greatest error E: `most_findings`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from ledger.errors import Invalid
from sampling.design_plans import BASIS_POINTS

ROOT_SCALE = 10**12


@dataclass(frozen=True)
class Room:
    """What a stratum may be given: at least and at most so many visits."""

    least: int
    most: int


def divide(capacity: int, weights: Sequence[int], rooms: Sequence[Room]) -> list[int]:
    """Return each stratum's visits by weights above zero, rounded by largest remainder; raises Invalid as `shares`."""
    exact = shares(capacity, weights, rooms)
    visits = [int(share) for share in exact]
    by_fraction = sorted(range(len(exact)), key=lambda index: visits[index] - exact[index])
    for index in by_fraction[: capacity - sum(visits)]:
        visits[index] += 1
    return visits


def shares(capacity: int, weights: Sequence[int], rooms: Sequence[Room]) -> list[Fraction]:
    """Return each stratum's visits before they are rounded.

    Raises Invalid: capacity_below_floor, capacity_takes_all.
    """
    least, most = sum(room.least for room in rooms), sum(room.most for room in rooms)
    if capacity < least:
        raise Invalid("capacity_below_floor", field="capacity", least=least)
    if capacity > most or any(room.most < room.least for room in rooms):
        raise Invalid("capacity_takes_all", field="capacity", most=most)

    def at(level: Fraction) -> list[Fraction]:
        return [
            min(max(level * weight, Fraction(room.least)), Fraction(room.most))
            for weight, room in zip(weights, rooms, strict=True)
        ]

    levels = sorted({Fraction(n, w) for w, room in zip(weights, rooms, strict=True) for n in (room.least, room.most)})
    below = 0
    above = len(levels)
    while above - below > 1:
        middle = (below + above) // 2
        if sum(at(levels[middle])) <= capacity:
            below = middle
        else:
            above = middle
    level = levels[below]
    slope = sum(
        weight
        for weight, room in zip(weights, rooms, strict=True)
        if Fraction(room.least, weight) <= level < Fraction(room.most, weight)
    )
    return at(level + Fraction(capacity - sum(at(level))) / slope if slope else level)


def neyman_weight(scaled_variance: int) -> int:
    """Return the weight of a stratum of N²S² (any unit that is the same for all strata)."""
    return isqrt(scaled_variance * ROOT_SCALE)


@dataclass(frozen=True)
class Expected:
    """A stratum's size N and P, the sum over its members of their expected rate of findings in basis points."""

    size: int
    points: int

    @property
    def scaled_variance(self) -> int:
        """N²p(1 − p) · 10⁸ with p = P / (10,000 · N)."""
        return self.points * (BASIS_POINTS * self.size - self.points)

    @property
    def rate(self) -> Fraction:
        """Expected findings of one visit, in basis points."""
        return Fraction(self.points, self.size)


def scaled_error(strata: Sequence[Expected], visits: Sequence[int]) -> Fraction:
    """Return V · (ΣN)² · 10⁸, V the variance of the stratified estimate: Σ N²p(1 − p)(1/n − 1/N) · 10⁸."""
    each_one = (
        Fraction(stratum.scaled_variance * (stratum.size - n), n * stratum.size)
        for stratum, n in zip(strata, visits, strict=True)
    )
    return sum(each_one, Fraction(0))


def most_findings(capacity: int, strata: Sequence[Expected], rooms: Sequence[Room], greatest_error: int) -> list[int]:
    """Return the visits that find most while the standard error of the estimated share is at most `greatest_error`.

    1. Begin with Neyman allocation for S² = p(1 − p). While moving one visit from a stratum to another one lowers V,
       make the move that lowers it most. Then V is the least that integers reach; if its root is above the error, the
       plan is refused.
    2. Of the moves of one visit to a stratum of higher p under which V stays within the error, make the one with the
       smallest ΔV / Δp. Until there is none.

    Ties go to the receiving stratum that comes first, then to the giving one. As V is convex and separable, each
    allocation of step 2 finds most of all that have its V or less, up to the first move that did not fit. So the result
    is at most one move, less than one finding, below the best.

    Raises Invalid: precision_out_of_reach (least, in basis points, rounded up), and what `shares` raises.
    """
    visits = divide(capacity, [neyman_weight(each.scaled_variance) for each in strata], rooms)
    moves = _Moves(strata, rooms, visits)
    while (move := min(moves.lowering(), default=None)) is not None:
        moves.make(move)
    size = sum(each.size for each in strata)
    greatest, error = greatest_error**2 * size**2, scaled_error(strata, visits)
    if error > greatest:
        raise Invalid("precision_out_of_reach", field="greatest_error", least=_root_up(error / size**2))
    while (move := min(moves.finding_more(greatest - error), default=None)) is not None:
        error += moves.make(move)
    return visits


_Move = tuple[Fraction, int, int]


class _Moves:
    """Moves of one visit, (cost, receiver, giver); strata of one expected rate compete among themselves first."""

    def __init__(self, strata: Sequence[Expected], rooms: Sequence[Room], visits: list[int]) -> None:
        self._variances = [each.scaled_variance for each in strata]
        self._rates = [each.rate for each in strata]
        self._rooms = rooms
        self._visits = visits

    def make(self, move: _Move) -> Fraction:
        """Move one visit and return by how much the scaled variance rises."""
        _, receiver, giver = move
        change = self._loss(giver) - self._gain(receiver)
        self._visits[receiver] += 1
        self._visits[giver] -= 1
        return change

    def lowering(self) -> Iterator[_Move]:
        givers, receivers = self._best()
        for receiver in receivers.values():
            for giver in givers.values():
                change = self._loss(giver) - self._gain(receiver)
                if change < 0 and receiver != giver:
                    yield change, receiver, giver

    def finding_more(self, left: Fraction) -> Iterator[_Move]:
        givers, receivers = self._best()
        for higher, receiver in receivers.items():
            for lower, giver in givers.items():
                change = self._loss(giver) - self._gain(receiver)
                if higher > lower and change <= left:
                    yield change / (higher - lower), receiver, giver

    def _best(self) -> tuple[dict[Fraction, int], dict[Fraction, int]]:
        """Return for each rate the stratum that loses least by one visit less, and that gains most by one more."""
        givers: dict[Fraction, int] = {}
        receivers: dict[Fraction, int] = {}
        for index, (rate, room, n) in enumerate(zip(self._rates, self._rooms, self._visits, strict=True)):
            if n > room.least and (rate not in givers or self._loss(index) < self._loss(givers[rate])):
                givers[rate] = index
            if n < room.most and (rate not in receivers or self._gain(index) > self._gain(receivers[rate])):
                receivers[rate] = index
        return givers, receivers

    def _loss(self, index: int) -> Fraction:
        n = self._visits[index]
        return Fraction(self._variances[index], n * (n - 1))

    def _gain(self, index: int) -> Fraction:
        n = self._visits[index]
        return Fraction(self._variances[index], n * (n + 1))


def _root_up(value: Fraction) -> int:
    """Return the root of a fraction, rounded up."""
    root = isqrt(value.numerator // value.denominator)
    return root if root * root >= value else root + 1
