"""How long it takes to match 10,000 targets with teams of two out of 500 inspectors."""

import hashlib
import random
from datetime import date
from functools import partial

from measuring import Measured, best_of, show

from sampling.matching import Matching, check_matching, match
from sampling.matching_inputs import Inspector, MatchingInputs, Pool, Target, TeamRole
from scoring.codes import make_uscc
from scoring.sectors import Sector

TARGETS = 10_000
INSPECTORS = 500
SEED = hashlib.sha256(b"bench").digest()
SECTORS = [sector.value for sector in Sector]
# For each inspector and target one digest that orders, for each target and role one that chooses; field by field.
HASHES = INSPECTORS + TARGETS + 2 * TARGETS


def main() -> None:
    """Measure and print."""
    bare, _ = best_of(3, bare_loop)
    rows = []
    for what, different_units, cap in (
        ("teams of two, no limits", False, TARGETS),
        ("teams of two units", True, TARGETS),
        ("every inspector at the cap", False, 2 * TARGETS // INSPECTORS),
    ):
        inputs = MatchingInputs(pool(different_units, cap), targets())
        seconds, matching = best_of(1, partial(matched, inputs))
        rows.append(Measured(what, seconds, f"{HASHES:,} × SHA-256, same length", bare))
    seconds, _ = best_of(1, partial(check_matching, inputs, SEED, matching.assignments))
    rows.append(Measured("replay the last one", seconds, f"{HASHES:,} × SHA-256, same length", bare))
    show(f"Matching {TARGETS:,} targets with {INSPECTORS} inspectors", rows)


def matched(inputs: MatchingInputs) -> Matching:
    """Match all targets."""
    found = match(inputs, SEED)
    assert isinstance(found, Matching)
    assert len(found.assignments) == 2 * TARGETS
    return found


def bare_loop() -> None:
    """Hash as often as the matching does, and do nothing else."""
    data = bytes(32 + 1 + 1 + 1 + 8)
    for _ in range(HASHES):
        hashlib.sha256(data).digest()


def pool(different_units: bool, cap: int) -> Pool:
    """Return inspectors of two departments with one to three specialties and some recusals, the same each time."""
    chance = random.Random(2026)  # noqa: S311  - for a benchmark only
    inspectors = tuple(
        Inspector(
            id=f"YB{number:05d}",
            certificate=f"YB{number:05d}",
            unit=f"unit {number % 40}",
            department=("ZJ", "SC")[number % 2],
            specialties=tuple(chance.sample(SECTORS, chance.randint(1, 3))),
            valid_until=date(2028, 12, 31),
            cap=cap,
            load=0,
            recused=tuple(code(chance.randrange(TARGETS)) for _ in range(5)),
        )
        for number in range(INSPECTORS)
    )
    roles = (TeamRole("lead", "ZJ", True), TeamRole("member 1", "SC", False))
    return Pool(roles, different_units, date(2026, 12, 31), inspectors)


def targets() -> tuple[Target, ...]:
    """Return the targets, of all trades in turn."""
    return tuple(Target(number, code(number), SECTORS[number % len(SECTORS)]) for number in range(TARGETS))


def code(number: int) -> str:
    """Return a code of the zone that no real enterprise has."""
    return make_uscc("130304", f"PDY{number + 1:05d}")


if __name__ == "__main__":
    main()
