"""What a re-match starts from: the sealed pool, and what was assigned and replaced before it. Pure.

Its targets are those of the campaign with an empty place. Their other places stand, as do all at other targets, which
count in the loads. Whoever was replaced anywhere in the campaign takes no place again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sampling.matching_inputs import Assignment, MatchingInputs, Pool, Target


def standing_assignments(assigned: Iterable[Assignment], replaced: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """Return the assignments that stand, in their order."""
    gone = set(replaced)
    return tuple(each for each in assigned if each not in gone)


def rematch_inputs(
    pool: Pool, targets: Iterable[Target], assigned: Iterable[Assignment], replaced: Sequence[Assignment]
) -> MatchingInputs:
    """Return the inputs of the re-match of a campaign with these targets."""
    standing = standing_assignments(assigned, replaced)
    held = Counter(each.position for each in standing)
    loads = Counter(each.inspector for each in standing)
    lacking = tuple(target for target in targets if held[target.position] < pool.team_size)
    positions = {target.position for target in lacking}
    return MatchingInputs(
        replace(pool, inspectors=tuple(replace(each, load=each.load + loads[each.id]) for each in pool.inspectors)),
        lacking,
        tuple(each for each in standing if each.position in positions),
        frozenset(each.inspector for each in replaced),
    )
