"""Who is one caller, and that nothing leads back to him."""

import io
from datetime import UTC, datetime

import pytest

from ledger.backup_format import Header
from ledger.backup_writer import write_backup
from ledger.database import Database
from sampling.publicity.limits import IntakeLimits, Origin, admit, network

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("not an address", "not an address", True),
    ],
)
def test_one_household_is_one_caller(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


def test_addresses_that_are_none_are_cut() -> None:
    assert len(network("x" * 10_000)) == 100


def test_no_backup_holds_the_salt_or_the_counts(database: Database) -> None:
    limits = IntakeLimits(9, 9, 9)
    with database.write() as tx:
        admit(tx, NOW, "question", Origin.web("192.0.2.1"), "", limits)
    written = io.BytesIO()
    with database.read() as tx:
        rows = write_backup(tx, written, Header("0034", "example.invalid/qian", 0, NOW), {}).rows
    assert rows["caller_salt"] == rows["submission_count"] == 0
    assert b"caller/" not in written.getvalue()
