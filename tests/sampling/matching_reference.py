"""The matching written once more straight from its steps, slow and plain, and answers by trying everything."""

import hashlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, product

from sampling.matching_inputs import Assignment, Inspector, MatchingInputs, Target, TeamRole

Team = list[tuple[str, Inspector]]
"""Who has a place, by the role's name."""


def digest(seed: bytes, *fields: str) -> bytes:
    joined = seed
    for field in fields:
        joined += b"\x1f" + field.encode()
    return hashlib.sha256(joined).digest()


def eligible(inputs: MatchingInputs, role: TeamRole, inspector: Inspector, target: Target) -> bool:
    return (
        inspector.department == role.department
        and inspector.id not in inputs.barred
        and role.category in ("", inspector.category)
        and inspector.valid_until >= inputs.pool.last_day
        and inspector.duty_days >= inputs.pool.least_duty_days
        and (not role.specialties or any(each in inspector.specialties for each in role.specialties))
        and (not role.specialist or target.sector in inspector.specialties)
        and (not role.local or not inspector.areas or target.region in inspector.areas)
    )


def possible(inputs: MatchingInputs, role: TeamRole, inspector: Inspector, target: Target, team: Team) -> bool:
    """E of the steps: everything but the cap."""
    return (
        eligible(inputs, role, inspector, target)
        and target.enterprise not in inspector.recused
        and all(other != inspector for _, other in team)
        and not (inputs.pool.different_units and any(other.unit == inspector.unit for _, other in team))
    )


def slow_match(inputs: MatchingInputs, seed: bytes) -> list[Assignment] | tuple[int, str]:
    """Return the assignments, unordered, or the position and role for which there is nobody."""
    inspectors = sorted(inputs.pool.inspectors, key=lambda each: digest(seed, "B", each.id))
    named = {each.id: each for each in inspectors}
    targets = sorted(inputs.targets, key=lambda each: digest(seed, "T", str(each.position)))
    loads = {each.id: each.load for each in inspectors}
    caps = {each.id: each.cap for each in inspectors}
    teams: dict[Target, Team] = {
        target: [(each.role, named[each.inspector]) for each in inputs.standing if each.position == target.position]
        for target in targets
    }
    found: list[Assignment] = []

    def scarcity(role: TeamRole) -> Fraction:
        return Fraction(sum(eligible(inputs, role, i, target) for i in inspectors for target in targets), role.count)

    for role in sorted(inputs.pool.roles, key=scarcity):
        held: dict[str, list[Target]] = {each.id: [] for each in inspectors}

        def could(
            target: Target, leaving: str | None, role: TeamRole = role, held: dict[str, list[Target]] = held
        ) -> list[str]:
            others = [(role.name, named[name]) for name in held if target in held[name] and name != leaving]
            return [each.id for each in inspectors if possible(inputs, role, each, target, teams[target] + others)]

        def path(
            first: list[tuple[Target, str | None]],
            start: str | None,
            limit: int | None,
            closed: set[str],
            could: Callable[[Target, str | None], list[str]] = could,
            held: dict[str, list[Target]] = held,
        ) -> tuple[str | None, dict[str, tuple[Target, str | None]]]:
            reached: dict[str, tuple[Target, str | None]] = {}
            queue = list(first)
            while queue:
                place = queue.pop(0)
                for name in could(*place):
                    if name == start or name in reached or name in closed:
                        continue
                    reached[name] = place
                    if loads[name] < caps[name] and (limit is None or loads[name] <= limit):
                        return name, reached
                    queue += [(target, name) for target in held[name]]
            return None, reached

        def shift(
            end: str,
            start: str | None,
            reached: dict[str, tuple[Target, str | None]],
            held: dict[str, list[Target]] = held,
        ) -> None:
            name: str | None = end
            while name is not None and name != start:
                target, before = reached[name]
                if before is not None:
                    held[before].remove(target)
                held[name].append(target)
                name = before
            loads[end] += 1
            if start is not None:
                loads[start] -= 1

        for target in targets:
            lacking = role.count - sum(name == role.name for name, _ in teams[target])
            for place in range(1, lacking + 1):
                below_cap = [name for name in could(target, None) if loads[name] < caps[name]]
                if below_cap:
                    least = min(loads[name] for name in below_cap)
                    among = [name for name in below_cap if loads[name] == least]
                    number = int.from_bytes(digest(seed, "P", str(target.position), role.name, str(place)), "big")
                    shift(among[number % len(among)], None, {among[number % len(among)]: (target, None)})
                else:
                    end, reached = path([(target, None)], None, None, set())
                    if end is None:
                        return target.position, role.name
                    shift(end, None, reached)
        closed: set[str] = set()
        while len(closed) < len(inspectors):
            largest = max(loads[each.id] for each in inspectors if each.id not in closed)
            start = next(each.id for each in inspectors if each.id not in closed and loads[each.id] == largest)
            end, reached = path([(target, start) for target in held[start]], start, largest - 2, closed)
            if end is None:
                closed |= {start, *reached}
            else:
                shift(end, start, reached)
        for name, its_targets in held.items():
            for target in its_targets:
                teams[target].append((role.name, named[name]))
                found.append(Assignment(target.position, role.name, name))
    return found


def all_loads(inputs: MatchingInputs, role: TeamRole, teams: dict[int, Team]) -> Iterator[dict[str, int]]:
    """Yield the loads of this role's every possible assignment, with those so far, given the teams by position."""

    def choices(target: Target) -> list[tuple[Inspector, ...]]:
        team = teams.get(target.position, [])
        return [
            chosen
            for chosen in combinations(inputs.pool.inspectors, role.count)
            if all(
                possible(inputs, role, each, target, team + [(role.name, other) for other in chosen if other != each])
                for each in chosen
            )
        ]

    caps = {each.id: each.cap for each in inputs.pool.inspectors}
    before = {each.id: each.load for each in inputs.pool.inspectors}
    for team in teams.values():
        for _, member in team:
            before[member.id] += 1
    for all_chosen in product(*map(choices, inputs.targets)):
        loads = dict(before)
        for chosen in all_chosen:
            for inspector in chosen:
                loads[inspector.id] += 1
        if all(loads[name] <= caps[name] or loads[name] == before[name] for name in loads):
            yield loads
