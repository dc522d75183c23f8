"""A whole log checked by its paths: every fault is found, and named."""

import hashlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.entries import make_entry
from ledger.fsck import check_log
from ledger.note import Verifier
from ledger.rotation import rotation_body
from ledger.tiles import decode_bundle, encode_bundle
from tests.ledger.static_log import ORIGIN, SIGNER, VERIFIER, StaticLog, chained, log_signer, signed, static_log
from tests.memory import peak_of

FILE = b"[1,2,3]"
FILE_NAME = hashlib.sha256(FILE).hexdigest()
SIZE = 600


@cache
def sound_log(size: int = SIZE) -> StaticLog:
    log = static_log(chained(size, {7: ("test.listed", {"subject": "s", "listed": {"file": FILE_NAME}})}))
    log.files[f"data/{FILE_NAME}"] = FILE
    return log


def copy_of(log: StaticLog) -> StaticLog:
    return StaticLog(dict(log.files), log.checkpoint)


def faults(log: StaticLog, *pinned: Verifier) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for fault in check_log(log.read, pinned or [VERIFIER]):
        told = fault.parameters
        found.append((fault.code, told.get("seq", told.get("path", told.get("size")))))
    return found


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, SIZE, 65_536, 66_000])
def test_a_sound_log_has_no_faults_and_each_part_is_read_once(size: int) -> None:
    log = copy_of(sound_log(size))
    assert faults(log) == []
    assert sorted(log.asked) == sorted(set(log.asked))
    assert set(log.asked) == set(log.files) - ({f"data/{FILE_NAME}"} if size <= 7 else set())


@given(st.data())
def test_no_change_of_one_bit_anywhere_goes_unnoticed(data: st.DataObject) -> None:
    log = copy_of(sound_log())
    path = data.draw(st.sampled_from(sorted(log.files)))
    changed = bytearray(log.files[path])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    log.files[path] = bytes(changed)
    found = list(check_log(log.read, [VERIFIER]))
    assert found != []
    if path != "checkpoint":
        assert {fault.parameters["path"] for fault in found if "path" in fault.parameters} == {path}


@pytest.mark.parametrize("path", sorted({*sound_log().files} - {"tile/entries/000"}))
def test_each_missing_part_is_named_and_nothing_else(path: str) -> None:
    log = copy_of(sound_log())
    del log.files[path]
    assert faults(log) == [("log_part_missing", path)]


def test_without_its_first_entries_a_log_names_no_key_that_could_have_signed() -> None:
    log = copy_of(sound_log())
    del log.files["tile/entries/000"]
    assert faults(log) == [("log_part_missing", "tile/entries/000"), ("log_keys_broken", None)]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_an_altered_tile_is_named_and_nothing_else(path: str) -> None:
    log = copy_of(sound_log())
    log.files[path] = log.files[path][:-32] + bytes(32)
    assert faults(log) == [("log_tile_altered", path)]


def altered(log: StaticLog, *seqs: int) -> StaticLog:
    """Replace entries by others that fit the chain's form, and nothing that proves them."""
    log = copy_of(log)
    for seq in seqs:
        path = f"tile/entries/{seq // 256:03}" if seq < 512 else "tile/entries/002.p/88"
        entries = decode_bundle(log.files[path])
        entries[seq % 256] = entries[seq % 256].replace(b'"s"', b'"t"')
        log.files[path] = encode_bundle(entries)
    return log


def test_altered_entries_are_each_named_and_nothing_else() -> None:
    log = altered(sound_log(), 3, 300, 301, 599)
    assert faults(log) == [("log_entry_altered", seq) for seq in (3, 300, 301, 599)]


def test_all_faults_are_told_in_the_order_in_which_they_are_met() -> None:
    log = altered(sound_log(), 300)
    del log.files["tile/0/000"]
    log.files[f"data/{FILE_NAME}"] = b"[1,2,4]"
    assert faults(log) == [
        ("log_part_missing", "tile/0/000"),
        ("log_file_altered", f"data/{FILE_NAME}"),
        ("log_entry_altered", 300),
    ]


def test_a_tile_and_an_entry_below_it_may_both_be_at_fault() -> None:
    log = altered(sound_log(), 300)
    log.files["tile/0/001"] = log.files["tile/0/001"][:-32] + bytes(32)
    assert faults(log) == [
        ("log_chain_broken", 301),
        ("log_tile_altered", "tile/0/001"),
        ("log_subtree_altered", "tile/0/001"),
    ]


def test_an_entry_changed_with_the_tile_that_proves_it_is_found_by_the_tile_above() -> None:
    changed = altered(sound_log(), 300)
    entries = decode_bundle(changed.files["tile/entries/001"])
    changed.files["tile/0/001"] = b"".join(hashlib.sha256(b"\x00" + entry).digest() for entry in entries)
    assert faults(changed)[:2] == [("log_chain_broken", 301), ("log_tile_altered", "tile/0/001")]
    assert faults(changed)[2:] == [("log_subtree_altered", "tile/0/001")]


def test_a_change_carried_up_to_the_root_is_found_by_the_signed_root() -> None:
    other = static_log(chained(SIZE, {300: ("test.entry", {"subject": "t"})}))
    other.files["checkpoint"] = sound_log().files["checkpoint"]
    assert faults(other) == [("log_root_differs", SIZE)]


def test_below_an_altered_edge_what_the_entries_give_decides_which_tile_it_is() -> None:
    log = copy_of(sound_log(66_000))
    log.files["tile/1/001.p/1"] = bytes(32)
    assert faults(log) == [("log_tile_altered", "tile/1/001.p/1")]
    log.files["tile/entries/255"] = sound_log(66_000).files["tile/entries/254"]
    found = faults(log)
    assert ("log_parts_differ", "tile/0/255") in found
    assert found[-1] == ("log_root_differs", 66_000)


def test_a_missing_part_below_an_altered_tile_is_all_that_can_be_told_of_it() -> None:
    log = copy_of(sound_log())
    log.files["tile/0/001"] = log.files["tile/0/001"][:-32] + bytes(32)
    del log.files["tile/entries/001"]
    assert faults(log) == [("log_part_missing", "tile/entries/001"), ("log_tile_altered", "tile/0/001")]


def test_entries_that_do_not_chain_are_found_though_the_log_signs_them() -> None:
    entries = chained(20)
    entries[5] = make_entry(5, "0" * 64, "2026-11-23T00:00:05Z", "test.entry", {"subject": "s"}).data
    entries[9] = make_entry(8, "0" * 64, "2026-11-23T00:00:09Z", "test.entry", {"subject": "s"}).data
    entries[15] = b"no entry"
    found = faults(static_log(entries))
    assert found == [
        ("log_chain_broken", 5),
        ("log_chain_broken", 6),
        ("log_chain_broken", 9),
        ("log_chain_broken", 10),
        ("log_entry_unreadable", 15),
        ("log_chain_broken", 16),
    ]


def test_an_entry_dated_before_the_one_it_follows_is_found() -> None:
    entries = chained(3)
    third = make_entry(
        2, hashlib.sha256(b"\x00" + entries[1]).hexdigest(), "2026-11-22T00:00:00Z", "k", {"subject": ""}
    )
    assert faults(static_log([*entries[:2], third.data])) == [("log_time_backwards", 2)]


@pytest.mark.parametrize("note", [b"", b"\xff", b"text\n\n", sound_log().files["checkpoint"].replace(b"600", b"0600")])
def test_a_checkpoint_that_is_none_is_a_fault(note: bytes) -> None:
    log = copy_of(sound_log())
    log.files["checkpoint"] = note
    assert faults(log) == [("log_checkpoint_malformed", None)]


def test_a_checkpoint_signed_by_a_stranger_is_a_fault() -> None:
    log = copy_of(sound_log())
    log.files["checkpoint"] = signed(log.checkpoint, log_signer(9))
    assert faults(log) == [("log_checkpoint_unsigned", None)]


def test_a_log_whose_key_is_not_pinned_is_a_fault() -> None:
    assert faults(sound_log(), Verifier.from_vkey(log_signer(9).verifier_key)) == [("log_key_not_pinned", None)]


def test_an_empty_log_names_no_key() -> None:
    assert faults(static_log([])) == [("log_keys_broken", None)]


def rotated(count: int) -> list[bytes]:
    """The log's key is handed over in entry 2."""
    return chained(count, {2: ("key.rotated", {"subject": ORIGIN, **rotation_body(SIGNER, log_signer(2))})})


def test_a_key_that_came_after_the_pinned_one_by_the_log_itself_is_as_good_as_it() -> None:
    assert faults(static_log(rotated(3), SIGNER)) == []
    assert faults(static_log(rotated(4), log_signer(2))) == []
    assert faults(static_log(rotated(4), log_signer(2)), Verifier.from_vkey(log_signer(2).verifier_key)) == []


def test_after_its_rotation_the_old_key_signs_nothing_more() -> None:
    assert faults(static_log(rotated(4), SIGNER)) == [("log_checkpoint_unsigned", None)]


def test_a_rotation_that_the_key_before_did_not_sign_is_a_fault() -> None:
    forged = {2: ("key.rotated", {"subject": ORIGIN, **rotation_body(log_signer(3), log_signer(2))})}
    assert faults(static_log(chained(4, forged), log_signer(2))) == [("log_keys_broken", None)]


def test_memory_does_not_grow_with_the_log() -> None:
    log = sound_log(66_000)

    def read(path: str) -> bytes | None:
        return log.files.get(path)

    def check() -> None:
        assert list(check_log(read, [VERIFIER])) == []

    assert peak_of(check) < 66_000 * merkle.HASH_BYTES // 2
