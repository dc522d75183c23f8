"""How long it takes to freeze, draw, export and verify a frame of many enterprises, in Python and in Node.

The bureau is made through its use cases: registrations and penalties are taken in and graded, all operating
enterprises are of one frame. To reach: the whole verification of a million in 20 seconds, in either language, on a
machine that does nothing else: where others use it, the busiest thread's seconds of a processor are about those.
"""

import argparse
import gc
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from draw import SEALING_BYTES, TICKET_BYTES, bare_loop
from measuring import best_processor_time_of, bureau
from measuring.engines import migrated
from measuring.logs import peak_memory, show_table, table
from measuring.processors import thread_times
from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.long_work import read_whole
from sampling import bundles, drawing, freezing, planning, registers
from sampling.beacons import Local
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.plans import Plan
from sampling.strata import Limits
from sampling.verification import Trust, verify_bundle
from scoring import grading, model_steps, models
from scoring.files import read_file
from scoring.sectors import Sector

SIZES = (10_000, 100_000)
ANALYST, AUDITOR = Actor("analyst", Role.ANALYST), Actor("auditor", Role.AUDITOR)
PLANNER = Actor("planner", Role.PLANNER, "ZJ")
SIGNER = Ed25519Signer("log.bench/qian", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
FROZEN_AT = bureau.NOW + timedelta(minutes=10)
MARGIN = timedelta(minutes=10)
DRAWN_AT = FROZEN_AT + MARGIN + timedelta(minutes=1)
SECTORS = "、".join(sector.value for sector in Sector)
NODE = Path(__file__).parents[1] / "api/web/dist/verify.mjs"
FILES = {
    "department": ["部门代码,部门名称", "ZJ,样例住建局"],
    "item": [
        "事项编号,事项名称,部门代码,检查依据,检查主体,检查对象,检查内容,检查方式",
        f"ZJ-01,样例事项,ZJ,样例条例第一条,样例住建局,{SECTORS},资料与现场,实地检查",
    ],
    "inspector": [
        "证件号,姓名,部门代码,单位,专业,证件有效期至,在岗状态",
        *(f"ZJ{number:03d},合成检查员{number},ZJ,样例{number % 4}所,{SECTORS},2030-12-31,在岗" for number in range(40)),
    ],
}
PLAN = Plan(
    title="合成抽查",
    departments=("ZJ",),
    items=("ZJ-01",),
    starts=bureau.TODAY,
    ends=bureau.TODAY + timedelta(days=30),
    conditions=Conditions((), ()),
    design=DesignPlan.by_grade({"A": 300, "B": 800, "C": 2000, "D": 4000}),
)
T = TypeVar("T")


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds by the clock, of processors, and of its busiest thread, MiB at the most."""

    seconds: float
    processor: float
    busiest: float
    memory: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engine", choices=("SQLite", "PostgreSQL"), default="SQLite")
    parser.add_argument("--keep", type=Path, help="a folder for the bundles, which vanish otherwise")
    parser.add_argument("--verify", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.verify:
        verify(*arguments.verify)
        return
    using = table(
        f"A campaign of one frame, {arguments.engine}: seconds of the processor",
        *("slots", "freeze", "draw", "export", "the bundle's MiB"),
    )
    verifying = table(
        "Verifying its bundle: seconds by the clock (of processors / of the busiest thread), MiB of the larger process",
        *("slots", "the SHA-256 alone", "Python", "ratio", "MiB", "Node", "ratio", "MiB"),
    )
    for size in arguments.enterprises:
        with tempfile.TemporaryDirectory() as name:
            folder = arguments.keep or Path(name)
            bundle, trust = folder / f"{size}.bundle", folder / "trust.toml"
            trust.write_text(f'log = ["{SIGNER.verifier_key}"]\n')
            with migrated(arguments.engine, Path(name)) as url:
                if url is None:
                    return
                using.add_row(f"{size:,}", *campaign(url, size, bundle))
            verifying.add_row(f"{size:,}", *verified(bundle, trust))
    show_table(using)
    show_table(verifying)


def campaign(url: str, size: int, bundle: Path) -> list[str]:
    """Make a bureau and its campaign, write its bundle, and return what each step took."""
    database = Database(url)

    def do(step: Callable[[Connection], T]) -> T:
        with database.write() as tx:
            return step(tx)

    def taken(step: Callable[[Connection], T]) -> tuple[str, T]:
        gc.collect()
        start = process_time()
        result = do(step)
        return f"{process_time() - start:.1f}", result

    try:
        body = {"name": "样例局", "vkey": SIGNER.verifier_key}
        do(lambda tx: log.append(tx, bureau.NOW, [NewEntry("ledger.created", SIGNER.name, body=body)]))
        do(lambda tx: model_steps.adopt_first(tx, bureau.ADMINISTRATOR, bureau.NOW, models.default_text()))
        for kind, lines in FILES.items():
            stream = BytesIO("\n".join(lines).encode())
            read = read_file(registers.format_of(kind), "样例来源", f"{kind}.csv", stream, bureau.TODAY)
            do(lambda tx, read=read: registers.take_in(tx, bureau.ADMINISTRATOR, bureau.NOW, read, True, bureau.KEY))  # type: ignore[misc]
        bureau.fill(database, size, ("registration", "penalty"))
        do(lambda tx: grading.grade_enterprises(tx, ANALYST, bureau.NOW, bureau.TODAY))
        planned = do(lambda tx: planning.plan_campaign(tx, PLANNER, bureau.NOW, PLAN)).id
        beacon, limits = Local(FROZEN_AT + MARGIN), Limits(10, 50, 500)
        frozen, _ = taken(lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, planned, beacon, limits, 10_000))
        drawn, _ = taken(lambda tx: drawing.draw_campaign(tx, PLANNER, DRAWN_AT, planned))
        do(signed)
        exported, data = taken(lambda tx: bundles.export_bundle(tx, AUDITOR, DRAWN_AT, planned))
        bundle.write_bytes(data)
        return [frozen, drawn, exported, f"{len(data) / 2**20:,.0f}"]
    finally:
        database.close()


def signed(tx: Connection) -> None:
    """Sign the log's present size."""
    log.lock(tx)
    log.sign_checkpoint(tx, SIGNER)


def verified(bundle: Path, trust: Path) -> list[str]:
    """Verify a bundle in both languages and return what each took."""
    bare, _ = best_processor_time_of(1, partial(bare_hashing, bundle))
    told = [f"{bare:.1f}"]
    for command in (
        [sys.executable, __file__, "--verify", str(bundle), str(trust)],
        ["node", "--max-old-space-size=8192", str(NODE), "--trust", str(trust), str(bundle)],
    ):
        if shutil.which(command[0]) is None:
            told += ["-", "-", "-"]
            continue
        taken = process(command)
        ratio = f"{taken.processor / bare:.1f}"
        told += [f"{taken.seconds:.1f} ({taken.processor:.1f} / {taken.busiest:.1f})", ratio, f"{taken.memory:,}"]
    return told


def bare_hashing(bundle: Path) -> None:
    """Hash as many inputs of the same lengths as a verification: each row, its leaf and node, each slot, its ticket."""
    slots = 0
    with bundle.open("rb") as lines:
        next(lines)
        for line in lines:
            for length in (len(line) + 10, 1 + 32, 1 + 2 * 32):
                hashlib.sha256(bytes(length)).digest()
            slots += line.startswith(b'["slot",')
    for length in (*SEALING_BYTES, TICKET_BYTES):
        bare_loop(slots, length)


def process(command: list[str]) -> Taken:
    """Run a command, which must succeed."""
    start, memory = perf_counter(), 0
    threads: dict[int, float] = {}
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not (ended := os.wait4(running.pid, os.WNOHANG))[0]:
        threads |= thread_times(running.pid)
        with suppress(ValueError, OSError):  # it has just ended
            children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
            memory = max(memory, *map(peak_memory, [running.pid, *map(int, children)]))
        sleep(0.05)
    _, status, used = ended
    assert status == 0, command
    processor = sum(threads.values())
    return Taken(perf_counter() - start, max(processor, used.ru_utime + used.ru_stime), max(threads.values()), memory)


def verify(bundle: Path, trust: Path) -> None:
    """Verify a bundle as `qian verify` does."""
    checks = verify_bundle(read_whole(bundle), Trust.parse(trust.read_text()), together=True)
    assert all(check.passed for check in checks), checks[-1]


if __name__ == "__main__":
    main()
