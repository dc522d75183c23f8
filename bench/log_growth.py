"""What grows with a log and what must not: the time of a proof, the rows that it reads, the memory of a process.

The largest size is 10,000,000 entries; QIAN_BENCH_ENTRIES names another.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring.logs import (
    NOW,
    ROUNDS,
    SIGNER,
    best_times_of,
    engines,
    fill,
    new_entries,
    opened,
    peak_memory,
    show_table,
    table,
)
from pymerkle import SqliteTree  # type: ignore[import-untyped]
from sqlalchemy import event

from api.log_client import FolderLog
from api.log_export import export_log
from ledger import log, merkle, signed
from ledger.audit import audit
from ledger.database import Database
from ledger.fsck import check_log
from ledger.note import Verifier

LARGEST = int(os.environ.get("QIAN_BENCH_ENTRIES", "10000000"))
PROVED = [size for size in (1_000, 100_000) if size < LARGEST] + [LARGEST]
READ_WHOLE = [size for size in (10_000, 100_000, 500_000) if size < LARGEST]
"""Sizes at which all of the log is audited, exported and checked; its first entries bind documents that are there."""

REMEMBERED = [*READ_WHOLE, LARGEST]
PROOFS = 1_000
VERIFIER = Verifier.from_vkey(SIGNER.verifier_key)


def main() -> None:
    """Measure and print; called with a work, an address, a size and a folder, do it and print the memory."""
    if len(sys.argv) > 1:
        work, url, size, folder = sys.argv[1:]
        WORKS[work](Database(url), int(size), Path(folder))
        print(peak_memory())
        return
    proofs = table(
        f"Proofs of {PROOFS:,} entries, verified; the best of {ROUNDS} rounds",
        *("", "entries", "filled, a second", "ms, p50 / p99", "statements", "rows read"),
    )
    memory = table("Peak memory of a process, MiB", "", *(f"{size:,} entries" for size in REMEMBERED))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine, url in engines(folder):
            database = opened(url)
            peaks: dict[str, list[str]] = {work: [] for work in WORKS}
            for size in sorted({*PROVED, *REMEMBERED}):
                added = size - log_size(database)
                rate = added / fill(database, size, max(READ_WHOLE, default=0))
                with database.write() as tx:
                    log.sign_checkpoint(tx, SIGNER)
                if size in PROVED:
                    proofs.add_row(engine, f"{size:,}", f"{rate:,.0f}", *proof_row(database, size))
                if size in REMEMBERED:
                    for work, peak in peaks.items():
                        whole = size in READ_WHOLE or work not in WHOLE
                        peak.append(peak_of(work, url, size, folder / engine) if whole else "")
            for work, peak in peaks.items():
                memory.add_row(f"{engine}: {work}", *peak)
            database.close()
        proofs.add_row("pymerkle, SQLite", f"{PROVED[0]:,}", "", pymerkle_proofs(folder), "", "")
    show_table(proofs)
    show_table(memory)


def log_size(database: Database) -> int:
    """Return how many entries a log has."""
    with database.read() as tx:
        return log.size(tx)


def proof_row(database: Database, size: int) -> list[str]:
    """Return how long proofs in the tree of a size take, and what one of an entry in its middle reads."""
    with database.read() as tx:
        taken = best_times_of(lambda seq: signed.inclusion(tx, seq, size), range(size), PROOFS)
        for seq in range(0, size, -(-size // PROOFS)):
            proof = signed.inclusion(tx, seq, size)
            merkle.verify_inclusion(log.read(tx, seq).leaf_hash, seq, size, proof.hashes, proof.root)
        with statements(database) as told:
            signed.inclusion(tx, size // 2, size)
        rows = sum(len(tx.exec_driver_sql(*each).all()) for each in told)
    return [taken, str(len(told)), str(rows)]


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect statements and parameters while the block runs."""
    told: list[tuple[str, Any]] = []

    def note(*about: Any) -> None:
        told.append((about[2], about[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield told
    event.remove(database.engine, "before_cursor_execute", note)


def pymerkle_proofs(folder: Path) -> str:
    """Return how long pymerkle's proofs take in the smallest of the sizes."""
    with SqliteTree(str(folder / "pymerkle.sqlite")) as tree:
        for number in range(PROVED[0]):
            tree.append_entry(b"%d" % number)
        return best_times_of(tree.prove_inclusion, range(1, PROVED[0] + 1), PROOFS)


def peak_of(work: str, url: str, size: int, folder: Path) -> str:
    """Return the MiB that a process of its own takes at most for some work on a log of a size."""
    command = [sys.executable, __file__, work, url, str(size), str(folder)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return told.stdout.strip()


def append_work(database: Database, size: int, folder: Path) -> None:
    """Append a thousand entries and take them back, so that the next work meets the same log."""
    with database.write() as tx:
        log.append(tx, NOW, new_entries(size, 1_000))
        tx.rollback()


def prove_work(database: Database, size: int, folder: Path) -> None:
    """Prove some entries."""
    with database.read() as tx:
        for seq in range(0, size, size // 100):
            signed.inclusion(tx, seq, size)


def audit_work(database: Database, size: int, folder: Path) -> None:
    """Audit the log with its documents."""
    with database.read() as tx:
        assert audit(tx, VERIFIER, [], []) == []


def export_work(database: Database, size: int, folder: Path) -> None:
    """Write the log as files."""
    with database.read() as tx:
        export_log(tx, log.checkpoint(tx), VERIFIER.vkey + "\n", folder)


def check_work(database: Database, size: int, folder: Path) -> None:
    """Check those files."""
    faults = [fault.code for fault in check_log(FolderLog(folder).read, [VERIFIER])]
    assert faults == ["log_keys_broken"]  # the first entry names no key, as that of a bureau's log does


WHOLE = {"audit": audit_work, "export": export_work, "check the export": check_work}
WORKS = {"append 1,000": append_work, "prove": prove_work, **WHOLE}

if __name__ == "__main__":
    main()
