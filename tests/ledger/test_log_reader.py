"""A log read by its paths: nothing is believed that its checkpoint does not sign."""

from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.log_reader import TILES_KEPT, LogFault, LogReader
from ledger.note import Checkpoint
from tests.ledger.static_log import ORIGIN, StaticLog, static_log

SIZES = [0, 1, 2, 255, 256, 257, 511, 600, 65_535, 65_536, 65_537, 70_000]


def entry(seq: int) -> bytes:
    return b"entry %d" % seq


@cache
def log_of(size: int) -> StaticLog:
    return static_log([entry(seq) for seq in range(size)])


def copy_of(size: int) -> StaticLog:
    log = log_of(size)
    return StaticLog(dict(log.files), log.checkpoint)


def reader_of(log: StaticLog) -> LogReader:
    return LogReader(log.read, log.checkpoint)


@pytest.mark.parametrize("size", SIZES)
def test_all_entries_are_read_in_order(size: int) -> None:
    assert list(reader_of(copy_of(size)).entries()) == [entry(seq) for seq in range(size)]


@pytest.mark.parametrize("start", [1, 255, 256, 300, 599, 600])
def test_reading_may_begin_anywhere(start: int) -> None:
    assert list(reader_of(copy_of(600)).entries(start)) == [entry(seq) for seq in range(start, 600)]


@pytest.mark.parametrize("size", SIZES)
def test_proofs_from_tiles_lead_to_the_signed_root(size: int) -> None:
    reader = reader_of(copy_of(size))
    for index in {0, 1, 255, 256, size // 2, size - 2, size - 1} & set(range(size)):
        proof = reader.inclusion_proof(index)
        merkle.verify_inclusion(merkle.leaf_hash(entry(index)), index, size, proof, reader.checkpoint.root)
    for old_size in {1, 2, 255, 256, 257, size // 2, size - 1, size} & set(range(1, size + 1)):
        old_root = log_of(old_size).checkpoint.root
        proof = reader.consistency_proof(old_size)
        merkle.verify_consistency(old_size, size, old_root, reader.checkpoint.root, proof)


@given(st.integers(1, 600), st.data())
def test_each_node_is_the_root_over_its_leaves(size: int, data: st.DataObject) -> None:
    reader = reader_of(copy_of(size))
    level = data.draw(st.integers(0, size.bit_length() - 1))
    index = data.draw(st.integers(0, (size >> level) - 1))
    leaves = [merkle.leaf_hash(entry(seq)) for seq in range(index << level, (index + 1) << level)]
    assert reader.node(level, index) == merkle.root_of(leaves)
    with pytest.raises(IndexError):
        reader.node(level, size >> level)


def test_a_tile_beyond_the_tree_is_an_index_error() -> None:
    for level, number in [(0, 3), (1, 1), (2, 0)]:
        with pytest.raises(IndexError):
            reader_of(copy_of(600)).tile(level, number)


def test_a_proof_reads_a_tile_a_level_beside_the_right_edge() -> None:
    log = copy_of(70_000)
    reader = reader_of(log)
    assert log.asked == ["tile/2/000.p/1", "tile/1/001.p/17", "tile/0/273.p/112"]
    reader.inclusion_proof(1000)
    assert log.asked[3:] == ["tile/1/000", "tile/0/003"]
    reader.inclusion_proof(1001)
    assert len(log.asked) == 5, "what was proved is kept"


def test_reading_all_entries_keeps_no_more_than_a_few_tiles() -> None:
    log = copy_of(70_000)
    entries: Iterator[bytes] = reader_of(log).entries()
    assert sum(1 for _ in entries) == 70_000
    assert len(log.asked) == len(set(log.asked)), "no path is read twice"
    assert TILES_KEPT < 70_000 // 256


def test_a_partial_tile_that_has_become_full_since_is_taken_from_the_full_one() -> None:
    newer, older = copy_of(600), log_of(300)
    newer.files["tile/1/000.p/1"] = older.files["tile/1/000.p/1"]
    reader = LogReader(newer.read, older.checkpoint)
    assert list(reader.entries()) == [entry(seq) for seq in range(300)]
    assert "tile/0/001.p/44" in newer.asked
    assert "tile/0/001.p/44" not in newer.files


@pytest.mark.parametrize("path", ["tile/0/002.p/88", "tile/1/000.p/2"])
def test_an_edge_that_does_not_give_the_signed_root_is_refused(path: str) -> None:
    log = copy_of(600)
    log.files[path] = bytes(32) + log.files[path][32:]
    with pytest.raises(LogFault) as refused:
        reader_of(log)
    assert refused.value.code == "log_root_differs"


def test_a_checkpoint_of_other_entries_is_refused() -> None:
    log = copy_of(600)
    with pytest.raises(LogFault) as refused:
        LogReader(log.read, Checkpoint(ORIGIN, 600, bytes(32)))
    assert refused.value.code == "log_root_differs"


@pytest.mark.parametrize("size", [1, 256, 600])
def test_each_missing_part_is_named(size: int) -> None:
    for path in set(log_of(size).files) - {"checkpoint"}:
        log = copy_of(size)
        del log.files[path]
        with pytest.raises(LogFault) as refused:
            list(reader_of(log).entries())
        assert (refused.value.code, refused.value.parameters["path"]) == ("log_part_missing", path)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"])
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + bytes(32), lambda data: b""])
def test_a_tile_of_a_wrong_length_is_refused(path: str, change: object) -> None:
    log = copy_of(600)
    assert callable(change)
    log.files[path] = change(log.files[path])
    with pytest.raises(LogFault) as refused:
        list(reader_of(log).entries())
    assert (refused.value.code, refused.value.parameters["path"]) == ("log_tile_malformed", path)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/255", "tile/1/000"])
@pytest.mark.parametrize("place", [0, 8191])
def test_a_full_tile_that_differs_in_one_bit_is_refused(path: str, place: int) -> None:
    log = copy_of(70_000)
    tile = bytearray(log.files[path])
    tile[place] ^= 1
    log.files[path] = bytes(tile)
    with pytest.raises(LogFault) as refused:
        list(reader_of(log).entries())
    assert (refused.value.code, refused.value.parameters["path"]) == ("log_tile_altered", path)


def test_an_altered_entry_is_refused_and_those_before_its_bundle_are_not() -> None:
    log = copy_of(600)
    path = "tile/entries/001"
    log.files[path] = log.files[path].replace(entry(300), b"entry 3OO")
    entries = reader_of(log).entries()
    assert len(list(islice(entries, 256))) == 256
    with pytest.raises(LogFault) as refused:
        next(entries)
    assert (refused.value.code, refused.value.parameters["path"]) == ("log_bundle_altered", path)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\x00\x00", lambda data: b""])
def test_a_bundle_that_is_none_is_refused(change: object) -> None:
    log = copy_of(600)
    assert callable(change)
    log.files["tile/entries/002.p/88"] = change(log.files["tile/entries/002.p/88"])
    with pytest.raises(LogFault) as refused:
        list(reader_of(log).entries())
    assert refused.value.code == "log_bundle_malformed"
