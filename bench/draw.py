"""How long a frame takes to seal and to draw, beside the bare hashing and beside `consistent_sampler` on the same list.

The bare hashing is as many hashlib calls on inputs of the same lengths in a plain loop. All are seconds of the
processor. To reach at a million: tickets and draw in 2.5 times the bare hashing, and 4 times faster than
`consistent_sampler`; the freeze in 4 times the bare hashing.
"""

import argparse
import gc
import hashlib
from collections.abc import Sequence
from functools import partial

from consistent_sampler import sampler  # type: ignore[import-untyped]
from measuring import best_processor_time_of
from measuring.logs import show_table, table

from sampling.design_plans import Cell, DesignPlan
from sampling.draw import Lots, draw
from sampling.drawing import lots_of
from sampling.sealing import fresh_secrets
from sampling.slots import SealedFrame, seal_frame, slots_root
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, nargs="+", default=SIZES)
    sealing = table(
        f"Sealing a frame, its randomness, order and root: best of {ROUNDS}",
        *("slots", "sealing", "the same SHA-256 alone", "ratio"),
    )
    drawing = table(
        f"Tickets and draw: best of {ROUNDS}",
        *("slots", "draw", "the same SHA-256 alone", "ratio", "consistent_sampler", "times as fast"),
    )
    gc.freeze()  # as every door does once it is loaded
    for size in parser.parse_args().slots:
        (codes, labels), strata = members(size), design(size)
        gc.collect()
        taken, frame = sealed(codes, labels)
        bare = sum(best_processor_time_of(ROUNDS, partial(bare_loop, size, length))[0] for length in SEALING_BYTES)
        sealing.add_row(f"{size:,}", f"{taken:.2f}", f"{bare:.2f}", f"{taken / bare:.2f}")
        drawing.add_row(f"{size:,}", *draw_row(frame, strata))
        del frame
    show_table(sealing)
    show_table(drawing)


def sealed(codes: Sequence[str], labels: Sequence[str]) -> tuple[float, SealedFrame]:
    """Seal a frame as a freeze does, and return the least seconds that it took, and the frame."""

    def seal() -> SealedFrame:
        frame = seal_frame(fresh_secrets(codes, labels))
        slots_root(frame.slots)
        return frame

    return best_processor_time_of(ROUNDS, seal)


def draw_row(frame: SealedFrame, strata: Sequence[Stratum]) -> list[str]:
    """Return how long the draw of a frame takes, and the others."""
    lots = as_read(lots_of(frame))
    gc.collect()
    taken, drawn = best_processor_time_of(ROUNDS, lambda: draw(SEED, lots, strata))
    assert len(drawn.drawn) == sum(stratum.quota for stratum in strata)
    bare, _ = best_processor_time_of(ROUNDS, lambda: bare_loop(len(lots.slots), TICKET_BYTES))
    lists = {stratum.label: list[str]() for stratum in strata}
    for code, label in zip(frame.secrets.codes, frame.secrets.strata, strict=True):
        lists[label].append(code)
    gc.collect()
    peer, _ = best_processor_time_of(1, lambda: [sampled(lists[each.label], each.quota) for each in strata])
    return [f"{taken:.2f}", f"{bare:.2f}", f"{taken / bare:.2f}", f"{peer:.2f}", f"{peer / taken:.1f}"]


def as_read(lots: Lots) -> Lots:
    """Return the same in new objects, which lie in memory in the order of positions, as those from a database do."""
    copied = [(bytes(bytearray(slot)), bytes(bytearray(key))) for slot, key in zip(lots.slots, lots.keys, strict=True)]
    slots, keys = zip(*copied, strict=True)
    return Lots(slots, lots.strata, keys)


def sampled(codes: list[str], quota: int) -> object:
    """Draw without replacement by the peer."""
    return list(sampler(codes, seed=SEED.hex(), with_replacement=False, take=quota))


def design(size: int) -> tuple[Stratum, ...]:
    """Return the strata of a frame."""
    rates = DesignPlan.by_grade({grade: rate for grade, _, rate in GRADES})
    sizes = {Cell(grade): size * share // 1000 for grade, share, _ in GRADES}
    return design_strata(rates, [grade for grade, _, _ in GRADES], sizes, 0, Limits(10, 50, 500)).strata


def members(size: int) -> tuple[list[str], list[str]]:
    """Return codes and strata of a frame, the same each time."""
    zone = 99_999  # so many codes of one region belong to no real enterprise
    codes = [make_uscc(str(130304 + number // zone), f"PDY{number % zone + 1:05d}") for number in range(size)]
    return codes, [grade for grade, share, _ in GRADES for _ in range(size * share // 1000)]


def bare_loop(count: int, length: int) -> None:
    """Hash as many inputs of a length, and do nothing else."""
    data = bytes(length)
    for _ in range(count):
        hashlib.sha256(data).digest()


if __name__ == "__main__":
    main()
