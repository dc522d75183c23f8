"""How long 5,000 findings take to publish at once, and a deep page of the feed at a million beside its first one.

To reach: publication in 5 seconds; the deep page no slower than 2 times the first.
"""

import argparse
import tempfile
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from measuring import Measured, best_of, show
from measuring.bureau import NOW, code
from measuring.engines import ENGINES, migrated
from measuring.publications import CAMPAIGN, fill_campaign, fill_feed, insert_disclosures

from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.entries import Entry
from ledger.windows import Window
from sampling import disclosures
from sampling.public_filters import ANY_FINDING, FindingFilter
from sampling.publication import reminding
from sampling.publication.deadlines import Terms
from sampling.publishing import publish_findings

PLANNER = Actor("bench", Role.PLANNER, "ZJ")
PAGE = 51
LATER = timedelta(days=60)


class Undone(Exception):
    """What was written is taken back."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=5_000)
    parser.add_argument("--feed", type=int, default=1_000_000)
    given = parser.parse_args()
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            for measure, size in ((publishing, given.findings), (paging, given.feed)):
                with migrated(engine, Path(folder)) as url:
                    if url is None:
                        continue
                    database = Database(url)
                    try:
                        show(f"{engine}, {size:,} findings", measure(database, size))
                    finally:
                        database.close()


def publishing(database: Database, size: int) -> list[Measured]:
    """Publish so many findings of a frame four times as large."""
    fill_campaign(database, 4 * size, size)
    bare, _ = best_of(1, partial(written, database, size))
    reminded, (_, escalated) = best_of(1, partial(remind, database))
    assert escalated == size
    taken, entries = best_of(1, partial(publish, database))
    assert entries[0].body["count"] == size
    return [
        Measured("publication at once", taken, f"{size:,} rows into a table like the disclosures'", bare),
        Measured("telling of each that it is overdue", reminded, "the same", bare),
    ]


def paging(database: Database, size: int) -> list[Measured]:
    """Read the first page, one in the middle and the last one."""
    fill_feed(database, size)
    first, _ = best_of(20, partial(read, database, None))
    rows = []
    for name, before in (("the middle", size // 2), ("the end", PAGE)):
        taken, found = best_of(20, partial(read, database, before))
        assert found[0].number == before - 1
        rows.append(Measured(f"a page at {name}", taken, "the first page", first))
    taken, found = best_of(20, partial(read, database, None, FindingFilter(campaign=f"2026-{size // 2000:04d}")))
    assert len(found) == PAGE
    rows.append(Measured("the first page of a campaign", taken, "the first page", first))
    taken, found = best_of(20, partial(read, database, None, FindingFilter(enterprise=code(size // 2))))
    assert len(found) == 1
    rows.append(Measured("those of an enterprise", taken, "the first page", first))
    return rows


def publish(database: Database) -> list[Entry]:
    """Publish all."""
    with database.write() as tx:
        return publish_findings(tx, PLANNER, NOW + LATER, CAMPAIGN)


def remind(database: Database) -> tuple[int, int]:
    """Tell of what is overdue."""
    with database.write() as tx:
        return reminding.remind(tx, NOW + LATER, Terms())


def read(database: Database, before: int | None, of: FindingFilter = ANY_FINDING) -> list[disclosures.Disclosure]:
    """Read a page."""
    with database.read() as tx:
        return disclosures.findings(tx, Window(PAGE, after=None if before is None else (before,)), of)


def written(database: Database, size: int) -> None:
    """Insert so many rows as disclosures have, and take them back."""
    with suppress(Undone), database.write() as tx:
        insert_disclosures(tx, 1, size + 1)
        raise Undone


if __name__ == "__main__":
    main()
