"""The matching written once more straight from its steps, slow and plain, and answers by trying everything."""

import hashlib
from collections.abc import Iterator
from itertools import product

from sampling.matching import Assignment
from sampling.matching_inputs import Inspector, MatchingInputs, Target, TeamRole

Team = dict[str, Inspector]


def digest(seed: bytes, *fields: str) -> bytes:
    joined = seed
    for field in fields:
        joined += b"\x1f" + field.encode()
    return hashlib.sha256(joined).digest()


def eligible(inputs: MatchingInputs, role: TeamRole, inspector: Inspector, target: Target) -> bool:
    return (
        inspector.department == role.department
        and inspector.valid_until >= inputs.pool.last_day
        and (not role.specialist or target.sector in inspector.specialties)
    )


def possible(inputs: MatchingInputs, role: TeamRole, inspector: Inspector, target: Target, team: Team) -> bool:
    """E of the steps: everything but the cap."""
    return (
        eligible(inputs, role, inspector, target)
        and target.enterprise not in inspector.recused
        and inspector not in team.values()
        and not (inputs.pool.different_units and any(other.unit == inspector.unit for other in team.values()))
    )


def slow_match(inputs: MatchingInputs, seed: bytes) -> list[Assignment] | tuple[int, str]:
    """Return the assignments, unordered, or the position and role for which there is nobody."""
    inspectors = sorted(inputs.pool.inspectors, key=lambda each: digest(seed, "B", each.id))
    targets = sorted(inputs.targets, key=lambda each: digest(seed, "T", str(each.position)))
    loads = {each.id: each.load for each in inspectors}
    caps = {each.id: each.cap for each in inspectors}
    teams: dict[Target, Team] = {target: {} for target in targets}

    def scarcity(role: TeamRole) -> int:
        return sum(eligible(inputs, role, inspector, target) for inspector in inspectors for target in targets)

    for role in sorted(inputs.pool.roles, key=scarcity):
        held: dict[str, list[Target]] = {each.id: [] for each in inspectors}
        holder: dict[Target, str] = {}
        could = {t: [i.id for i in inspectors if possible(inputs, role, i, t, teams[t])] for t in targets}

        def path(
            first: list[Target],
            start: str | None,
            limit: int | None,
            closed: set[str],
            could: dict[Target, list[str]] = could,
            held: dict[str, list[Target]] = held,
        ) -> tuple[str | None, dict[str, Target]]:
            reached: dict[str, Target] = {}
            queue = list(first)
            while queue:
                target = queue.pop(0)
                for name in could[target]:
                    if name == start or name in reached or name in closed:
                        continue
                    reached[name] = target
                    if loads[name] < caps[name] and (limit is None or loads[name] <= limit):
                        return name, reached
                    queue += held[name]
            return None, reached

        def shift(
            end: str,
            start: str | None,
            reached: dict[str, Target],
            held: dict[str, list[Target]] = held,
            holder: dict[Target, str] = holder,
        ) -> None:
            name: str | None = end
            while name is not None and name != start:
                target = reached[name]
                before = holder.get(target)
                if before is not None:
                    held[before].remove(target)
                held[name].append(target)
                holder[target] = name
                name = before
            loads[end] += 1
            if start is not None:
                loads[start] -= 1

        for target in targets:
            below_cap = [name for name in could[target] if loads[name] < caps[name]]
            if below_cap:
                least = min(loads[name] for name in below_cap)
                among = [name for name in below_cap if loads[name] == least]
                number = int.from_bytes(digest(seed, "P", str(target.position), role.name), "big")
                shift(among[number % len(among)], None, {among[number % len(among)]: target})
            else:
                end, reached = path([target], None, None, set())
                if end is None:
                    return target.position, role.name
                shift(end, None, reached)
        closed: set[str] = set()
        while len(closed) < len(inspectors):
            largest = max(loads[each.id] for each in inspectors if each.id not in closed)
            start = next(each.id for each in inspectors if each.id not in closed and loads[each.id] == largest)
            end, reached = path(held[start], start, largest - 2, closed)
            if end is None:
                closed |= {start, *reached}
            else:
                shift(end, start, reached)
        for target, name in holder.items():
            teams[target][role.name] = next(each for each in inspectors if each.id == name)
    return [Assignment(t.position, role, inspector.id) for t, team in teams.items() for role, inspector in team.items()]


def all_loads(inputs: MatchingInputs, role: TeamRole, teams: dict[int, Team]) -> Iterator[dict[str, int]]:
    """Yield the loads of this role's every possible assignment, with those so far, given the teams by position."""
    choices = [
        [i for i in inputs.pool.inspectors if possible(inputs, role, i, target, teams.get(target.position, {}))]
        for target in inputs.targets
    ]
    caps = {each.id: each.cap for each in inputs.pool.inspectors}
    for chosen in product(*choices):
        loads = {each.id: each.load for each in inputs.pool.inspectors}
        for team in teams.values():
            for member in team.values():
                loads[member.id] += 1
        before = dict(loads)
        for inspector in chosen:
            loads[inspector.id] += 1
        if all(loads[name] <= caps[name] or loads[name] == before[name] for name in loads):
            yield loads
