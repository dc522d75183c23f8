"""Related enterprises that fail together: a representative, an address or a shareholder that they share. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import scipy

from scoring.parties import Tie
from scoring.warnings.false_discoveries import benjamini_hochberg

LEAST_FAILED = 2


@dataclass(frozen=True)
class FailingGroup:
    """Enterprises that share something: who of them was visited and who failed, by code, and how likely by chance."""

    ties: tuple[Tie, ...]
    visited: tuple[str, ...]
    failed: tuple[str, ...]
    p_value: float


def failing_groups(
    groups: Mapping[Tie, Collection[str]], visited: Collection[str], failed: Collection[str]
) -> tuple[list[FailingGroup], int]:
    """Return the groups in which more failed than chance would give, and how many were tested.

    A group is tested by the hypergeometric law against all visited enterprises, if at least two of it were visited;
    what several ties name alike is tested once. A group that is found has at least `LEAST_FAILED` failures.
    """
    everybody, bad = set(visited), set(failed) & set(visited)
    tested: dict[tuple[str, ...], list[Tie]] = {}
    for tie, members in sorted(groups.items(), key=lambda item: (item[0].via, item[0].party)):
        looked_at = tuple(sorted(everybody.intersection(members)))
        if len(looked_at) > 1:
            tested.setdefault(looked_at, []).append(tie)
    found = []
    for looked_at, ties in tested.items():
        failing = tuple(code for code in looked_at if code in bad)
        chance = float(scipy.stats.hypergeom.sf(len(failing) - 1, len(everybody), len(bad), len(looked_at)))
        found.append(FailingGroup(tuple(ties), looked_at, failing, chance))
    discovered = benjamini_hochberg([each.p_value for each in found])
    kept = [each for each, good in zip(found, discovered, strict=True) if good and len(each.failed) >= LEAST_FAILED]
    return kept, len(found)
