"""What would make a matching fail, foreseen before the freeze: after the draw it is too late. Pure.

These conditions are necessary, each of them cheap to check, and for every enterprise that may be drawn or for the
number that will be. They are not sufficient: which enterprises are drawn, and what the earlier roles take, decides.
"""

from collections.abc import Iterable, Sequence

from ledger.errors import Conflict, Refusal
from sampling.eligibility import group_of, not_eligible
from sampling.matching_inputs import Inspector, Pool, Target


def foreseen(pool: Pool, possible: Sequence[Target], visits: int) -> Refusal | None:
    """Return why a matching of so many visits among possible targets may or must fail, None where nothing is known.

    Every possible target needs for each role as many eligible inspectors who are not recused, of different units where
    that is asked, as the role has places, and for all roles together as many as the team has. Each role, and all
    together, need as much capacity under the caps as there will be places. Codes: role_cannot_be_filled,
    team_cannot_be_filled (both tell how many enterprises, and the first), capacity_too_small.
    """
    return _by_target(pool, possible) or _by_capacity(pool, possible, visits)


def _by_target(pool: Pool, possible: Sequence[Target]) -> Refusal | None:
    recused: dict[str, set[str]] = {}
    for inspector in pool.inspectors:
        for code in inspector.recused:
            recused.setdefault(code, set()).add(inspector.id)
    able = _Able(pool)
    wanting: dict[str, list[Target]] = {}
    fine: set[tuple[tuple[str, str], ...]] = set()
    for target in possible:
        groups = tuple(group_of(role, target) for role in pool.roles)
        away = recused.get(target.enterprise, set())
        if not away and groups in fine:
            continue
        lacking = _lacking(pool, able, target, away)
        if lacking is not None:
            wanting.setdefault(lacking, []).append(target)
        elif not away:
            fine.add(groups)
    for role in pool.roles:
        if role.name in wanting:
            return Conflict(
                "role_cannot_be_filled",
                role=role.name,
                count=role.count,
                enterprises=len(wanting[role.name]),
                first=wanting[role.name][0].enterprise,
            )
    if wanting:
        targets = wanting[""]
        return Conflict(
            "team_cannot_be_filled", size=pool.team_size, enterprises=len(targets), first=targets[0].enterprise
        )
    return None


def _lacking(pool: Pool, able: "_Able", target: Target, away: set[str]) -> str | None:
    """Return the role that a target cannot fill, "" where each one could alone but not all together."""
    everybody: set[str] = set()
    for role_number, role in enumerate(pool.roles):
        left = [each for each in able.of(role_number, target) if each.id not in away]
        heads = {each.unit if pool.different_units else each.id for each in left}
        if len(heads) < role.count:
            return role.name
        everybody |= heads
    return "" if len(everybody) < pool.team_size else None


def _by_capacity(pool: Pool, possible: Sequence[Target], visits: int) -> Refusal | None:
    able = _Able(pool)
    everybody: dict[str, Inspector] = {}
    for number, role in enumerate(pool.roles):
        groups = {group_of(role, target): target for target in possible}
        members = {each.id: each for target in groups.values() for each in able.of(number, target)}
        everybody |= members
        if _capacity(members.values(), visits) < role.count * visits:
            return _too_small(role.name, _capacity(members.values(), visits), role.count * visits)
    if _capacity(everybody.values(), visits) < pool.team_size * visits:
        return _too_small("—", _capacity(everybody.values(), visits), pool.team_size * visits)
    return None


def _capacity(inspectors: Iterable[Inspector], visits: int) -> int:
    """Return how many places inspectors can take; nobody has two at one target."""
    return sum(min(visits, max(0, each.cap - each.load)) for each in inspectors)


def _too_small(role: str, capacity: int, needed: int) -> Conflict:
    return Conflict("capacity_too_small", role=role, capacity=capacity, needed=needed)


class _Able:
    """The eligible inspectors of each role for each group of targets, found once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._found: dict[tuple[int, tuple[str, str]], list[Inspector]] = {}

    def of(self, number: int, target: Target) -> list[Inspector]:
        role = self._pool.roles[number]
        group = group_of(role, target)
        if (number, group) not in self._found:
            inspectors = self._pool.inspectors
            self._found[number, group] = [
                each for each in inspectors if not_eligible(self._pool, each, role, group) is None
            ]
        return self._found[number, group]
