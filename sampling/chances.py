"""How predictable a matching was: the chance of each assignment, where it is above one half. Pure.

Balance makes a scarce inspector predictable. Where a target has no more eligible inspectors who are not recused than
the role has places, the chance is 1, whatever the seed. Elsewhere it is counted: the matching is replayed with other
match seeds, the n-th being SHA-256("qian/chance/v1" ‖ match seed ‖ n as 8 bytes, big-endian), n from 0, and those are
told who had the same role at the same target in more than half of the replays. Replays that found no matching are not
counted. 100 replays tell a chance to five hundredths; large matchings are replayed less often, 5 times at the least.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sampling.eligibility import group_of, not_eligible
from sampling.matching import Matching, match
from sampling.matching_inputs import Assignment, MatchingInputs

CHANCE_TAG = b"qian/chance/v1"
MOST_REPLAYS = 100
LEAST_REPLAYS = 5
MOST_PLACES = 200_000
"""So many places are matched in all replays together, as long as there are not fewer than the least."""


@dataclass(frozen=True)
class Chance:
    """An assignment whose chance is above one half: it came `times` in `of` replays, or always if it is `certain`."""

    assignment: Assignment
    times: int
    of: int
    certain: bool


def replays(inputs: MatchingInputs) -> int:
    """Return how often a matching is replayed."""
    places = max(1, len(inputs.targets) * inputs.pool.team_size)
    return max(LEAST_REPLAYS, min(MOST_REPLAYS, MOST_PLACES // places))


def chances(inputs: MatchingInputs, match_seed: bytes, assignments: Iterable[Assignment]) -> list[Chance]:
    """Return the assignments of a matching whose chance is above one half, in their order."""
    assigned = set(assignments)
    counts: Counter[Assignment] = Counter()
    of = 0
    for number in range(replays(inputs)):
        other = match(inputs, hashlib.sha256(CHANCE_TAG + match_seed + number.to_bytes(8, "big")).digest())
        if isinstance(other, Matching):
            of += 1
            counts.update(each for each in other.assignments if each in assigned)
    certain = _certain(inputs)
    return [
        Chance(each, counts[each], of, (each.position, each.role) in certain)
        for each in sorted(assigned)
        if 2 * counts[each] > of or (each.position, each.role) in certain
    ]


def _certain(inputs: MatchingInputs) -> set[tuple[int, str]]:
    """Return the positions and roles that have no more inspectors to choose from than places."""
    pool = inputs.pool
    recused: dict[str, set[str]] = {}
    for inspector in pool.inspectors:
        for code in inspector.recused:
            recused.setdefault(code, set()).add(inspector.id)
    found = set()
    for role in pool.roles:
        eligible: dict[tuple[str, str], set[str]] = {}
        for target in inputs.targets:
            group = group_of(role, target)
            if group not in eligible:
                able = (each for each in pool.inspectors if not_eligible(pool, each, role, group) is None)
                eligible[group] = {each.id for each in able} - inputs.barred
            held = {each.inspector for each in inputs.standing if each.position == target.position}
            left = eligible[group] - recused.get(target.enterprise, set()) - held
            if len(left) <= role.count - sum(
                each.role == role.name for each in inputs.standing if each.position == target.position
            ):
                found.add((target.position, role.name))
    return found
