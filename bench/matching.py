"""How long it takes, and how much memory, to match targets with teams: 10,000 with 500 inspectors, 100,000 with 5,000.

To reach: 100,000 targets and 5,000 inspectors in 20 seconds and below 2 GiB.
"""

import hashlib
import random
import resource
import sys
from dataclasses import replace
from datetime import date
from functools import partial

from measuring import Measured, best_of, show

from sampling.chances import chances, replays
from sampling.matching import Matching, check_matching, match
from sampling.matching_inputs import Inspector, MatchingInputs, Pool, Target, TeamRole
from scoring.codes import make_uscc
from scoring.sectors import Sector

SIZES = ((10_000, 500), (100_000, 5_000))
UNITS = 40
SEED = hashlib.sha256(b"bench").digest()
SECTORS = [sector.value for sector in Sector]
REGIONS = ("130303", "130304", "130305")
TWO = (TeamRole("lead", "ZJ", True), TeamRole("member 1", "SC", False))
THREE = (TeamRole("lead", "ZJ", True), TeamRole("members", "SC", False, count=2, local=True))


def main() -> None:
    """Measure and print."""
    for targets, inspectors in SIZES:
        measure(targets, inspectors)


def measure(targets: int, inspectors: int) -> None:
    """Measure one size and print it."""
    bare, _ = best_of(3, partial(bare_loop, inspectors + 3 * targets))
    work = f"{inspectors + 3 * targets:,} × SHA-256, same length"
    rows = []
    cap = -(-2 * targets // inspectors)
    for what, given in (
        ("teams of two, no limits", inputs(targets, inspectors, TWO, False, targets)),
        ("teams of two units", inputs(targets, inspectors, TWO, True, targets)),
        ("teams of three, two of them local, of three units", inputs(targets, inspectors, THREE, True, targets)),
        ("every inspector at the cap", inputs(targets, inspectors, TWO, False, cap)),
    ):
        seconds, matching = best_of(1, partial(matched, given))
        rows.append(Measured(what, seconds, work, bare))
    seconds, _ = best_of(1, partial(check_matching, given, SEED, matching.assignments))
    rows.append(Measured("replay the last one", seconds, work, bare))
    seconds, _ = best_of(1, partial(chances, given, SEED, matching.assignments))
    rows.append(Measured(f"chances from {replays(given)} replays", seconds, work, bare))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024)
    show(f"Matching {targets:,} targets with {inspectors:,} inspectors (peak memory {peak:,} MiB)", rows)


def matched(given: MatchingInputs) -> Matching:
    """Match all targets."""
    found = match(given, SEED)
    assert isinstance(found, Matching)
    assert len(found.assignments) == given.pool.team_size * len(given.targets)
    return found


def bare_loop(hashes: int) -> None:
    """Hash once for each inspector and target and once for each target's place, and do nothing else."""
    data = bytes(32 + 1 + 1 + 1 + 8)
    for _ in range(hashes):
        hashlib.sha256(data).digest()


def inputs(
    targets: int, inspectors: int, roles: tuple[TeamRole, ...], different_units: bool, cap: int
) -> MatchingInputs:
    """Return inspectors of two departments with one to three specialties and some recusals, the same each time."""
    chance = random.Random(2026)  # noqa: S311  - for a benchmark only
    usual = Inspector("", "", "", "", (), date(2028, 12, 31), cap, 0)
    pool = tuple(
        replace(
            usual,
            id=f"YB{number:05d}",
            certificate=f"YB{number:05d}",
            unit=f"unit {number % UNITS}",
            department=("ZJ", "SC")[number % 2],
            specialties=tuple(chance.sample(SECTORS, chance.randint(1, 3))),
            recused=tuple(code(chance.randrange(targets)) for _ in range(5)),
            areas=(REGIONS[number % len(REGIONS)],),
        )
        for number in range(inspectors)
    )
    return MatchingInputs(
        Pool(roles, different_units, date(2026, 12, 31), pool),
        tuple(
            Target(number, code(number), SECTORS[number % len(SECTORS)], REGIONS[number // 5 % len(REGIONS)])
            for number in range(targets)
        ),
    )


def code(number: int) -> str:
    """Return a code of the zone that no real enterprise has."""
    region, body = divmod(number, 99_999)
    return make_uscc(REGIONS[region], f"PDY{body + 1:05d}")


if __name__ == "__main__":
    main()
