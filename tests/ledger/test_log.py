"""The log in the database: what is appended is chained, in the tree, and provable; what fails leaves nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select

from ledger import log, merkle, signed, tree
from ledger.calendar import instant_text
from ledger.database import Database
from ledger.documents import Sealed
from ledger.entries import MAX_ENTRY_BYTES, NO_PREVIOUS, Entry, parse_entry
from ledger.errors import Conflict, Missing
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier, open_note, parse_checkpoint
from ledger.tables import log_checkpoint, log_entry, log_tile
from ledger.tiles import TileName, decode_bundle

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))

on_one_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


class RollBack(Exception):
    pass


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    """A transaction that leaves nothing."""
    with suppress(RollBack), database.write() as tx:
        yield tx
        raise RollBack


def notes(count: int, subject: str = "a") -> list[NewEntry]:
    return [NewEntry("test.noted", subject, body={"number": number}) for number in range(count)]


def append(database: Database, *entries: NewEntry, now: datetime = NOW) -> list[Entry]:
    with database.write() as tx:
        return log.append(tx, now, entries)


def leaves(tx: Connection) -> list[bytes]:
    return list(tx.execute(select(log_entry.c.leaf_hash).order_by(log_entry.c.seq)).scalars())


def counts(database: Database) -> list[Any]:
    with database.read() as tx:
        return [tx.execute(select(func.count()).select_from(table)).scalar() for table in (log_entry, log_tile)]


class TestAppending:
    def test_an_entry_says_what_it_is_about_and_what_it_binds(self, database: Database) -> None:
        new = NewEntry("campaign.frozen", "2026-0001", {"plan": Sealed("id", "ab" * 32)}, {"to_draw": 5})
        (entry,) = append(database, new)
        assert entry == parse_entry(entry.data)
        assert (entry.seq, entry.prev, entry.time) == (0, NO_PREVIOUS, "2026-11-23T02:16:04Z")
        assert (entry.kind, entry.subject, entry.documents) == ("campaign.frozen", "2026-0001", {"plan": "ab" * 32})
        assert entry.body == {"subject": "2026-0001", "documents": {"plan": "ab" * 32}, "to_draw": 5}
        with database.read() as tx:
            assert log.read(tx, 0) == entry

    def test_each_entry_names_the_one_before(self, database: Database) -> None:
        entries = [*append(database, *notes(3)), *append(database, *notes(2))]
        assert [entry.seq for entry in entries] == [0, 1, 2, 3, 4]
        assert [entry.prev for entry in entries] == [NO_PREVIOUS, *(entry.leaf_hash.hex() for entry in entries[:-1])]

    def test_the_size_is_the_number_of_entries(self, database: Database) -> None:
        with database.write() as tx:
            assert log.size(tx) == 0
            log.append(tx, NOW, notes(3))
            assert log.size(tx) == 3

    def test_appending_nothing_changes_nothing(self, database: Database) -> None:
        assert append(database) == []
        assert counts(database) == [0, 0]

    def test_what_is_rolled_back_leaves_nothing(self, database: Database) -> None:
        with rolled_back(database) as tx:
            log.append(tx, NOW, notes(300))
            assert log.size(tx) == 300
        assert counts(database) == [0, 0]

    def test_an_entry_that_is_too_long_takes_all_others_with_it(self, database: Database) -> None:
        long = NewEntry("test.noted", "a", body={"text": "a" * 65_535})
        with pytest.raises(Conflict, match="entry_too_long"):
            append(database, *notes(300), long)
        assert counts(database) == [0, 0]

    def test_the_longest_entry_is_kept_and_served_whole(self, database: Database) -> None:
        (short,) = append(database, NewEntry("test.noted", "a", body={"text": ""}))
        room = MAX_ENTRY_BYTES - len(short.data)
        (longest,) = append(database, NewEntry("test.noted", "a", body={"text": "a" * room}))
        assert len(longest.data) == 65_535
        with database.write() as tx:
            log.sign_checkpoint(tx, SIGNER)
            assert log.read(tx, 1) == longest
            assert decode_bundle(signed.tile(tx, TileName(None, 0, 2))) == [short.data, longest.data]
            with pytest.raises(Conflict, match="entry_too_long"):
                log.append(tx, NOW, [NewEntry("test.noted", "a", body={"text": "a" * (room + 1)})])

    def test_more_entries_than_a_statement_takes_parameters_go_in_at_once(self, database: Database) -> None:
        append(database, *notes(200))
        entries = append(database, *notes(11_000))  # six columns each; SQLite takes 32,766 and PostgreSQL 65,535
        assert counts(database) == [11_200, 11_200 // 256]
        with database.read() as tx:
            assert list(log.scan(tx, 200)) == entries
            assert tree.root(tx, 11_200) == merkle.root_of(leaves(tx))


class TestTime:
    def test_time_stands_still_where_the_clock_is_a_little_behind(self, database: Database) -> None:
        append(database, *notes(1))
        (entry,) = append(database, *notes(1), now=NOW - timedelta(hours=1))
        assert entry.time == instant_text(NOW)

    def test_a_clock_far_behind_the_log_is_refused(self, database: Database) -> None:
        append(database, *notes(1))
        with pytest.raises(Conflict, match="clock_behind_log") as refused:
            append(database, *notes(1), now=NOW - timedelta(hours=1, seconds=1))
        assert refused.value.parameters == {"now": "2026-11-23T01:16:03Z", "last": "2026-11-23T02:16:04Z"}
        assert counts(database) == [1, 0]

    def test_the_moment_of_a_use_case_is_that_of_its_entry(self, database: Database) -> None:
        append(database, *notes(1))
        with database.write() as tx:
            moment = log.moment(tx, NOW - timedelta(minutes=1))
            (entry,) = log.append(tx, moment, notes(1))
        assert instant_text(moment) == entry.time == instant_text(NOW)


class TestReading:
    def test_an_entry_beyond_the_log_is_missing(self, database: Database) -> None:
        append(database, *notes(1))
        with database.read() as tx, pytest.raises(Missing, match="entry_missing"):
            log.read(tx, 1)

    def test_a_part_of_the_log_is_read_in_order(self, database: Database) -> None:
        entries = append(database, *notes(5))
        with database.read() as tx:
            assert list(log.scan(tx)) == entries
            assert list(log.scan(tx, 1, 3)) == entries[1:3]
            assert list(log.scan(tx, 3, 9)) == entries[3:]
            assert list(log.scan(tx, 5)) == []

    def test_entries_are_found_by_subject_and_kind(self, database: Database) -> None:
        kinds = [("one", "a"), ("two", "a"), ("one", "b"), ("one", "a")]
        entries = append(database, *(NewEntry(kind, subject) for kind, subject in kinds))
        with database.read() as tx:
            assert log.about(tx, "a") == [entries[0], entries[1], entries[3]]
            assert log.about(tx, "a", "one") == [entries[0], entries[3]]
            assert log.about(tx, "c") == []
            assert log.of_kind(tx, "one") == [entries[0], entries[2], entries[3]]


class TestTree:
    """Where tiles are four wide, a few entries fill three levels of them."""

    @pytest.fixture(autouse=True)
    def narrow_tiles(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tree, "TILE_HEIGHT", 2)
        monkeypatch.setattr(tree, "TILE_WIDTH", 4)

    @on_one_database
    @given(batches=st.lists(st.integers(1, 30), min_size=1, max_size=5))
    def test_roots_are_those_over_all_leaves(self, database: Database, batches: list[int]) -> None:
        with rolled_back(database) as tx:
            for count in batches:
                log.append(tx, NOW, notes(count))
            hashes = leaves(tx)
            assert len(hashes) == log.size(tx) == sum(batches)
            assert tree.root(tx, 0) == merkle.EMPTY_ROOT
            for size in range(len(hashes) + 1):
                assert tree.root(tx, size) == merkle.root_of(hashes[:size])

    @on_one_database
    @given(data=st.data(), size=st.integers(1, 100))
    def test_proofs_through_the_tiles_verify(self, database: Database, data: st.DataObject, size: int) -> None:
        with rolled_back(database) as tx:
            entries = log.append(tx, NOW, notes(size))
            node = tree.node_reader(tx)
            index = data.draw(st.integers(0, size - 1))
            old = data.draw(st.integers(1, size))
            root = tree.root(tx, size)
            inclusion = merkle.inclusion_proof(index, size, node)
            merkle.verify_inclusion(entries[index].leaf_hash, index, size, inclusion, root)
            consistency = merkle.consistency_proof(old, size, node)
            merkle.verify_consistency(old, size, tree.root(tx, old), root, consistency)

    @on_one_database
    @given(batches=st.lists(st.integers(1, 30), min_size=1, max_size=5))
    def test_tiles_are_the_hashes_of_their_level(self, database: Database, batches: list[int]) -> None:
        with rolled_back(database) as tx:
            for count in batches:
                log.append(tx, NOW, notes(count))
            size = log.size(tx)
            node = merkle.nodes_over(leaves(tx))
            for level in range(4):
                hashes = [node(2 * level, index) for index in range(size >> 2 * level)]
                for number in range(len(hashes) // 4 + 1):
                    for width in range(1, 5):
                        expected = hashes[4 * number : 4 * number + width]
                        if len(expected) == width:
                            assert tree.tile(tx, level, number, width) == b"".join(expected)
                        else:
                            with pytest.raises(Missing, match="tile_missing"):
                                tree.tile(tx, level, number, width)

    def test_a_tile_is_kept_once_it_is_full(self, database: Database) -> None:
        kept = []
        with database.write() as tx:
            for _ in range(17):
                log.append(tx, NOW, notes(1))
                kept.append(tx.execute(select(func.count()).select_from(log_tile)).scalar())
        assert kept == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 5, 5]

    def test_no_subtree_beyond_the_log_is_read(self, database: Database) -> None:
        append(database, *notes(6))
        with database.read() as tx:
            node = tree.node_reader(tx)
            for level, index in ((0, 6), (1, 3), (2, 1), (3, 0), (4, 0)):
                with pytest.raises(IndexError):
                    node(level, index)


def test_commitments_are_found_in_the_first_entries_that_bind_them(database: Database) -> None:
    later = NOW + timedelta(days=1)
    one, two, three = (Sealed(f"{n:032x}", f"{n:064x}") for n in range(3))
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.told", "a", {}, {"named": one.commitment})])
        first = log.append(tx, NOW, [NewEntry("test.bound", "a", {"x": one, "y": two})])[0]
        log.append(tx, NOW, [NewEntry("test.bound", "again", {"x": one})])
        last = log.append(tx, later, [NewEntry("test.bound", "b", {"x": three})])[0]
        wanted = [one.commitment, three.commitment, "f" * 64]
        assert log.binding(tx, wanted) == {one.commitment: first, three.commitment: last}
        assert log.binding(tx, wanted, later) == {one.commitment: first}
        assert log.binding(tx, []) == {}


def test_the_256th_entry_fills_a_tile_and_the_65536th_a_tile_of_tiles(database: Database) -> None:
    with database.write() as tx:
        hashes = [merkle.leaf_hash(b"%d" % seq) for seq in range(65_535)]
        columns = {"time": NOW, "kind": "test.noted", "subject": "a", "data": b""}
        rows = [{"seq": seq, "leaf_hash": leaf} for seq, leaf in enumerate(hashes)]
        for start, end in ((0, 255), (255, 256), (256, 65_535)):
            tx.execute(insert(log_entry).values(**columns), rows[start:end])
            tree.complete_tiles(tx, start, hashes[start:end])
            assert tx.execute(select(func.count()).select_from(log_tile)).scalar() == end // 256
        (entry,) = log.append(tx, NOW, notes(1))
        assert entry.seq == 65_535
        node = merkle.nodes_over([*hashes, entry.leaf_hash])
        assert tx.execute(select(func.count()).select_from(log_tile)).scalar() == 257
        assert tree.tile(tx, 0, 0) == b"".join(hashes[:256])
        assert tree.tile(tx, 0, 255) == b"".join([*hashes[-255:], entry.leaf_hash])
        assert tree.tile(tx, 1, 0) == b"".join(node(8, index) for index in range(256))
        assert tree.tile(tx, 2, 0, 1) == tree.root(tx, 65_536) == node(16, 0)
        assert tree.root(tx, 65_535) == merkle.root_of(hashes)


class TestCheckpoints:
    def test_a_checkpoint_signs_the_size_and_root_of_the_log(self, database: Database) -> None:
        append(database, *notes(3))
        with database.write() as tx:
            note = log.sign_checkpoint(tx, SIGNER)
            assert note == log.checkpoint(tx)
            opened = open_note(log.checkpoint(tx), [Verifier.from_vkey(SIGNER.verifier_key)])
            told = parse_checkpoint(opened.text)
            assert (told.origin, told.size, told.root) == ("log.example/qian", 3, tree.root(tx, 3))

    def test_a_size_is_signed_once(self, database: Database) -> None:
        append(database, *notes(3))
        with database.write() as tx:
            first = log.sign_checkpoint(tx, SIGNER)
            assert log.sign_checkpoint(tx, SIGNER) is None
            assert log.checkpoint(tx) == first

    def test_the_newest_checkpoint_is_served_and_the_earlier_ones_stay(self, database: Database) -> None:
        for _ in range(2):
            append(database, *notes(3))
            with database.write() as tx:
                note = log.sign_checkpoint(tx, SIGNER)
        with database.read() as tx:
            assert log.checkpoint(tx) == note
            assert list(tx.execute(select(log_checkpoint.c.size).order_by(log_checkpoint.c.size)).scalars()) == [3, 6]

    def test_an_empty_log_is_not_signed(self, database: Database) -> None:
        with database.write() as tx:
            assert log.sign_checkpoint(tx, SIGNER) is None
            with pytest.raises(Missing, match="checkpoint_missing"):
                log.checkpoint(tx)
