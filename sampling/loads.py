"""What a plan would ask of its inspectors. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sampling.eligibility import group_of, not_eligible
from sampling.matching_inputs import Pool, Target
from sampling.pools import NO_CAP


@dataclass(frozen=True)
class RoleLoad:
    """A role's places over all visits, and who may fill them.

    `inspectors` could take it at some enterprise that may be drawn; `earlier` are their visits of the year so far, and
    `room` how many more their caps leave them, None where one has no cap.
    """

    role: str
    department: str
    places: int
    inspectors: int
    earlier: int
    room: int | None

    @property
    def expected(self) -> Fraction | None:
        """Places by inspectors: the visits of each if all could take all."""
        return Fraction(self.places, self.inspectors) if self.inspectors else None


def role_loads(pool: Pool, possible: Iterable[Target], visits: int) -> tuple[RoleLoad, ...]:
    """Return the load of each role of a pool for so many visits among possible targets."""
    targets = list(possible)
    return tuple(_role_load(pool, number, targets, visits) for number in range(len(pool.roles)))


def _role_load(pool: Pool, number: int, targets: Sequence[Target], visits: int) -> RoleLoad:
    role = pool.roles[number]
    groups = {group_of(role, target) for target in targets}
    able = [each for each in pool.inspectors if any(not_eligible(pool, each, role, group) is None for group in groups)]
    capped = all(each.cap < NO_CAP for each in able)
    return RoleLoad(
        role.name,
        role.department,
        role.count * visits,
        len(able),
        sum(each.load for each in able),
        sum(max(0, each.cap - each.load) for each in able) if capped else None,
    )
