"""How long a frame takes to seal and to draw, beside the bare hashing and beside `consistent_sampler` on the same list.

To reach at a million: tickets and draw in 2.5 times the bare hashing, and 4 times faster than `consistent_sampler`;
the freeze in 4 times the bare hashing.
"""

import argparse
import gc
import hashlib
import random
from collections.abc import Sequence
from functools import partial

from consistent_sampler import sampler  # type: ignore[import-untyped]
from measuring import best_of
from measuring.logs import show_table, table

from ledger.long_work import long_work
from sampling.design_plans import Cell, DesignPlan
from sampling.draw import draw
from sampling.drawing import slots_to_draw
from sampling.slots import SlotSecret, order_slots, seal_slot, slots_root
from sampling.strata import Limits, Stratum, design_strata
from scoring.codes import make_uscc

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
# Per thousand of the frame, and the rate in basis points.
GRADES = (("A", 600, 300), ("B", 250, 800), ("C", 100, 2000), ("D", 50, 4000))
SEED = hashlib.sha256(b"bench").digest()
TICKET_BYTES = 15 + 32 + 32
# Of each slot: three commitments (tag, salt, value), the slot over them, its leaf, and a node of the tree.
SEALING_BYTES = (10 + 32 + 18, 15 + 32 + 1, 11 + 32 + 32, 12 + 3 * 32, 1 + 32, 1 + 2 * 32)

Unsealed = tuple[str, str, bytes, tuple[bytes, bytes, bytes]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, nargs="+", default=SIZES)
    sealing = table(
        "Sealing a frame, its order and its root: seconds", "slots", "sealing", "the same SHA-256 alone", "ratio"
    )
    drawing = table(
        f"Tickets and draw: seconds, best of {ROUNDS}",
        *("slots", "draw", "the same SHA-256 alone", "ratio", "consistent_sampler", "times as fast"),
    )
    for size in parser.parse_args().slots:
        members, strata = frame(size), design(size)
        taken, secrets = best_of(1, lambda members=members: sealed(members))  # type: ignore[misc]
        bare = sum(best_of(1, partial(bare_loop, size, length))[0] for length in SEALING_BYTES)
        sealing.add_row(f"{size:,}", f"{taken:.2f}", f"{bare:.2f}", f"{taken / bare:.2f}")
        drawing.add_row(f"{size:,}", *draw_row(secrets, strata))
        del members, secrets
    show_table(sealing)
    show_table(drawing)


@long_work()
def draw_row(secrets: list[SlotSecret], strata: Sequence[Stratum]) -> list[str]:
    """Return how long the draw of a frame takes, and the others."""
    slots = slots_to_draw(secrets)
    gc.collect()
    taken, drawn = best_of(ROUNDS, lambda: draw(SEED, slots, strata))
    assert len(drawn.drawn) == sum(stratum.quota for stratum in strata)
    bare, _ = best_of(ROUNDS, lambda: bare_loop(len(slots), TICKET_BYTES))
    lists = {stratum.label: list[str]() for stratum in strata}
    for each in secrets:
        lists[each.stratum.value.decode()].append(each.identity.value.decode())
    gc.collect()
    peer, _ = best_of(1, lambda: [sampled(lists[each.label], each.quota) for each in strata])
    return [f"{taken:.2f}", f"{bare:.2f}", f"{taken / bare:.2f}", f"{peer:.2f}", f"{peer / taken:.1f}"]


def sampled(codes: list[str], quota: int) -> object:
    """Draw without replacement by the peer."""
    return list(sampler(codes, seed=SEED.hex(), with_replacement=False, take=quota))


def design(size: int) -> tuple[Stratum, ...]:
    """Return the strata of a frame."""
    rates = DesignPlan.by_grade({grade: rate for grade, _, rate in GRADES})
    sizes = {Cell(grade): size * share // 1000 for grade, share, _ in GRADES}
    return design_strata(rates, [grade for grade, _, _ in GRADES], sizes, 0, Limits(10, 50, 500)).strata


def frame(size: int) -> list[Unsealed]:
    """Return code, stratum, ticket key and salts of every slot, the same each time."""
    chance = random.Random(2026)  # noqa: S311  - for a benchmark only
    zone = 99_999  # so many codes of one region belong to no real enterprise
    strata = (grade for grade, share, _ in GRADES for _ in range(size * share // 1000))
    return [
        (
            make_uscc(str(130304 + number // zone), f"PDY{number % zone + 1:05d}"),
            stratum,
            chance.randbytes(32),
            (chance.randbytes(32), chance.randbytes(32), chance.randbytes(32)),
        )
        for number, stratum in enumerate(strata)
    ]


@long_work()
def sealed(members: Sequence[Unsealed]) -> list[SlotSecret]:
    """Seal a frame as a freeze does, and return its slots in their order."""
    secrets = order_slots(seal_slot(*member) for member in members)
    slots_root([secret.slot for secret in secrets])
    return secrets


def bare_loop(count: int, length: int) -> None:
    """Hash as many inputs of a length, and do nothing else."""
    data = bytes(length)
    for _ in range(count):
        hashlib.sha256(data).digest()


if __name__ == "__main__":
    main()
