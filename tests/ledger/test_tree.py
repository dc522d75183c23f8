"""The tree in the database: what is read at once, and that what is kept of a signed tree stays true."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from ledger import log, merkle, signed
from ledger.database import Database
from ledger.errors import Missing
from ledger.log import NewEntry
from ledger.tiles import TileName
from tests.ledger.static_log import SIGNER

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)


def grow(database: Database, size: int) -> list[bytes]:
    """Append up to a size, sign, and return all leaf hashes."""
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "a")] * (size - log.size(tx)))
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
        return [entry.leaf_hash for entry in log.scan(tx)]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect the statements that read while the block runs."""
    told: list[str] = []

    def note(*about: object) -> None:
        if str(about[2]).startswith("SELECT"):
            told.append(str(about[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield told
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_proof_takes_two_statements_once_the_edge_is_known(database: Database) -> None:
    grow(database, 600)
    with database.read() as tx:
        signed.inclusion(tx, 0)
    for seq in (1, 300, 599):
        with database.read() as tx, statements(database) as told:
            signed.inclusion(tx, seq)
        assert len(told) <= 2
    with database.read() as tx, statements(database) as told:
        signed.consistency(tx, 300)
    assert len(told) <= 2


def test_a_full_tile_is_one_row_of_one_statement(database: Database) -> None:
    leaves = grow(database, 600)
    with database.read() as tx, statements(database) as told:
        assert signed.tile(tx, TileName(0, 1)) == b"".join(leaves[256:512])
    assert len(told) == 1


def test_a_checkpoint_takes_the_same_few_statements_at_any_size(database: Database) -> None:
    counts = set()
    for size in (257, 300, 511, 513):
        with database.write() as tx:
            log.append(tx, NOW, [NewEntry("test.noted", "a")] * (size - log.size(tx)))
        with database.write() as tx, statements(database) as told:
            log.sign_checkpoint(tx, SIGNER)
        counts.add(len(told))
    assert len(counts) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=4, unique=True).map(sorted), data=st.data())
def test_proofs_hold_while_the_log_grows(database: Database, sizes: list[int], data: st.DataObject) -> None:
    for size in sizes:
        leaves = grow(database, size)
        size = len(leaves)
        for tree_size in (None, data.draw(st.integers(1, size))):
            index = data.draw(st.integers(0, (tree_size or size) - 1))
            with database.read() as tx:
                proof = signed.inclusion(tx, index, tree_size)
            assert (proof.size, proof.leaf) == (tree_size or size, leaves[index])
            assert proof.root == merkle.root_of(leaves[: proof.size])
            merkle.verify_inclusion(leaves[index], index, proof.size, proof.hashes, proof.root)
            old = data.draw(st.integers(1, tree_size or size))
            with database.read() as tx:
                steps = signed.consistency(tx, old, tree_size)
            assert steps.old_root == merkle.root_of(leaves[:old])
            merkle.verify_consistency(old, steps.new_size, steps.old_root, proof.root, steps.hashes)


def test_what_is_not_signed_yet_is_not_served(database: Database) -> None:
    grow(database, 255)
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "a")] * 2)
    with database.read() as tx:
        for name in (TileName(0, 0), TileName(None, 0), TileName(1, 0, 1), TileName(0, 1, 1), TileName(None, 1, 1)):
            with pytest.raises(Missing, match="tile_missing"):
                signed.tile(tx, name)
        assert len(signed.tile(tx, TileName(0, 0, 255))) == 255 * 32
        with pytest.raises(Missing, match="entry_missing"):
            signed.inclusion(tx, 255)


def test_a_tile_beyond_what_a_database_counts_is_missing(database: Database) -> None:
    grow(database, 3)
    with database.read() as tx:
        for name in (TileName(63, 10**18 - 1), TileName(None, 10**18 - 1), TileName(8, 0), TileName(7, 0, 255)):
            with pytest.raises(Missing, match="tile_missing"):
                signed.tile(tx, name)
