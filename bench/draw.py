"""How long a frame of 100,000 slots takes to seal and to draw, and the sample campaign's bundle to verify."""

import hashlib
import random
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import orjson
from measuring import Measured, best_of, show

from api.command_line.output import Output
from api.settings import Settings
from api.trial import prepare
from sampling.design_plans import Cell, DesignPlan
from sampling.draw import DrawnSlot, draw
from sampling.drawing import slots_to_draw
from sampling.slots import SlotSecret, order_slots, seal_slot, slots_root
from sampling.strata import Limits, design_strata
from sampling.verification import Trust, verify_bundle
from scoring.codes import make_uscc

SLOTS = 100_000
GRADES = (("A", 60_000, 300), ("B", 25_000, 800), ("C", 10_000, 2000), ("D", 5_000, 4000))
SEED = hashlib.sha256(b"bench").digest()
TICKET_BYTES = 14 + 32 + 32
# Of each slot: three commitments (tag, salt, value), the slot over them, its leaf, and a node of the tree.
SEALING_BYTES = (10 + 32 + 18, 15 + 32 + 1, 11 + 32 + 32, 12 + 3 * 32, 1 + 32, 1 + 2 * 32)


def main() -> None:
    """Measure and print."""
    sizes = {Cell(grade): size for grade, size, _ in GRADES}
    rates = DesignPlan.by_grade({grade: rate for grade, _, rate in GRADES})
    plan = design_strata(rates, [grade for grade, _, _ in GRADES], sizes, 0, Limits(10, 50, 500))
    members = frame()
    seconds, secrets = best_of(1, lambda: sealed(members))
    bare = sum(best_of(1, partial(bare_loop, SLOTS, length))[0] for length in SEALING_BYTES)
    sealing = Measured("seal 100,000 slots, order them, root", seconds, "600,000 × SHA-256, same lengths", bare)
    slots = slots_to_draw(secrets)
    seconds, drawing = best_of(3, lambda: draw(SEED, slots, plan.strata))
    bare, _ = best_of(3, lambda: bare_loop(SLOTS, TICKET_BYTES))
    check(drawing.drawn, plan.visits)
    tickets = Measured("tickets and draw of 100,000 slots", seconds, "100,000 × SHA-256, same length", bare)
    show("The draw", [sealing, tickets, verification()])


def frame() -> list[tuple[str, str, bytes, tuple[bytes, bytes, bytes]]]:
    """Return code, stratum, ticket key and salts of every slot, the same each time."""
    chance = random.Random(2026)  # noqa: S311  - for a benchmark only
    zone = 99_999  # so many codes of one region belong to no real enterprise
    codes = [make_uscc(str(130304 + number // zone), f"PDY{number % zone + 1:05d}") for number in range(SLOTS)]
    strata = [grade for grade, count, _ in GRADES for _ in range(count)]
    return [
        (code, stratum, chance.randbytes(32), (chance.randbytes(32), chance.randbytes(32), chance.randbytes(32)))
        for code, stratum in zip(codes, strata, strict=True)
    ]


def sealed(members: Sequence[tuple[str, str, bytes, tuple[bytes, bytes, bytes]]]) -> list[SlotSecret]:
    """Seal a frame as a freeze does, and return its slots in their order."""
    secrets = order_slots(seal_slot(*member) for member in members)
    slots_root([secret.slot for secret in secrets])
    return secrets


def bare_loop(count: int, length: int) -> None:
    """Hash as many inputs of a length, and do nothing else."""
    data = bytes(length)
    for _ in range(count):
        hashlib.sha256(data).digest()


def check(drawn: Sequence[DrawnSlot], visits: int) -> None:
    """What is measured is a whole draw."""
    assert len(drawn) == visits


def verification() -> Measured:
    """Measure the verification of the sample campaign's bundle, beside reading and writing the same JSON."""
    with tempfile.TemporaryDirectory() as folder:
        output = Output("en")
        output.people.quiet = output.messages.quiet = True
        bureau = prepare(Settings(home=Path(folder), database_url=None), output)
        (file,) = (Path(folder) / "sample").glob("*.bundle")
        data, trust = file.read_bytes(), Trust((bureau.verifier,))
        bureau.close()
    seconds, checks = best_of(3, lambda: verify_bundle(data, trust))
    assert all(check.passed for check in checks)
    bare, _ = best_of(3, lambda: orjson.dumps(orjson.loads(data)))
    what = f"verify the sample campaign ({len(data) / 1e6:.1f} MB)"
    return Measured(what, seconds, "read and write the same JSON", bare)


if __name__ == "__main__":
    main()
