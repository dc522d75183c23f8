"""Entries of the log: canonical bytes of one shape, and nothing else."""

from datetime import UTC
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import instant_text
from ledger.canonical import DEEPEST_NESTING, JSON, LARGEST_INTEGER, canonical
from ledger.entries import MAX_ENTRY_BYTES, NO_PREVIOUS, make_entry, parse_entry
from ledger.errors import Conflict
from ledger.merkle import leaf_hash
from tests.ledger.test_canonical import keys, nested, text, values

TIME = "2026-11-23T02:16:04Z"
WRITTEN = (
    b'{"body":{"documents":{"plan":"%s"},"subject":"2026-0001"},"kind":"campaign.frozen","prev":"%s","seq":7,'
    b'"time":"2026-11-23T02:16:04Z","v":1}'
) % (b"a" * 64, b"0" * 64)


def value(**changes: object) -> dict[str, Any]:
    return {
        "v": 1,
        "seq": 7,
        "prev": NO_PREVIOUS,
        "time": TIME,
        "kind": "campaign.frozen",
        "body": {"subject": "2026-0001", "documents": {"plan": "a" * 64}},
        **changes,
    }


def test_an_entry_is_canonical_json() -> None:
    body: dict[str, JSON] = {"subject": "2026-0001", "documents": {"plan": "a" * 64}}
    assert make_entry(7, NO_PREVIOUS, TIME, "campaign.frozen", body).data == WRITTEN


hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
times = st.datetimes(timezones=st.just(UTC)).map(instant_text)


@given(st.integers(0, LARGEST_INTEGER), hashes, times, text, st.dictionaries(keys, values))
def test_its_bytes_are_those_of_a_second_implementation(
    seq: int, prev: str, time: str, kind: str, body: dict[str, Any]
) -> None:
    whole: dict[str, Any] = {"v": 1, "seq": seq, "prev": prev, "time": time, "kind": kind, "body": body}
    assert make_entry(seq, prev, time, kind, body).data == rfc8785.dumps(whole)


def test_an_entry_is_made_as_deep_as_it_can_be_read_and_no_deeper() -> None:
    array, _ = nested(DEEPEST_NESTING - 2)  # inside the entry and its body
    deepest = make_entry(0, NO_PREVIOUS, TIME, "k", {"subject": "a", "deep": array})
    assert parse_entry(deepest.data) == deepest
    with pytest.raises(ValueError, match="nested"):
        make_entry(0, NO_PREVIOUS, TIME, "k", {"subject": "a", "deep": [array]})


def test_an_entry_is_read_as_it_was_made() -> None:
    entry = parse_entry(WRITTEN)
    assert (entry.seq, entry.prev, entry.time, entry.kind) == (7, NO_PREVIOUS, TIME, "campaign.frozen")
    assert (entry.subject, entry.documents) == ("2026-0001", {"plan": "a" * 64})
    assert entry == make_entry(7, NO_PREVIOUS, TIME, "campaign.frozen", entry.body)


def test_an_entry_may_bind_no_document() -> None:
    assert parse_entry(canonical(value(body={"subject": "a"}))).documents == {}


def test_the_leaf_is_the_hash_of_the_bytes() -> None:
    assert parse_entry(WRITTEN).leaf_hash == leaf_hash(WRITTEN)


def test_an_entry_has_at_most_65535_bytes() -> None:
    room = MAX_ENTRY_BYTES - len(make_entry(0, NO_PREVIOUS, TIME, "k", {"subject": ""}).data)
    assert len(make_entry(0, NO_PREVIOUS, TIME, "k", {"subject": "a" * room}).data) == 65_535
    with pytest.raises(Conflict, match="entry_too_long") as refused:
        make_entry(0, NO_PREVIOUS, TIME, "k", {"subject": "a" * (room + 1)})
    assert refused.value.parameters == {"kind": "k", "bytes": 65_536, "limit": 65_535}


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", WRITTEN + b"\n", WRITTEN[:-1], b" " + WRITTEN])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_entry(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"seq": True},
        {"seq": "7"},
        {"prev": None},
        {"time": 0},
        {"time": "2026-11-23T02:16:04+00:00"},
        {"kind": 1},
        {"body": []},
        {"body": {}},
        {"body": {"subject": 1}},
        {"body": {"subject": "a", "documents": []}},
        {"body": {"subject": "a", "documents": {"plan": 1}}},
        {"more": 1},
    ],
    ids=str,
)
def test_canonical_json_of_another_shape_is_refused(changes: dict[str, object]) -> None:
    parse_entry(canonical(value()))
    with pytest.raises(ValueError, match=r"."):
        parse_entry(canonical(value(**changes)))


def test_the_public_files_of_an_entry_are_those_that_its_body_names_at_any_depth() -> None:
    names = [f"{n:064x}" for n in range(3)]
    body: dict[str, JSON] = {"subject": "s", "b": [{"file": names[1]}], "a": {"file": names[0]}, "file": names[2]}
    assert make_entry(0, NO_PREVIOUS, TIME, "k", body).files == names


def test_what_is_no_hash_names_no_file() -> None:
    odd: list[JSON] = ["../../etc/passwd", "F" * 64, "0" * 63, "0" * 64 + "\n", 7, None]
    assert make_entry(0, NO_PREVIOUS, TIME, "k", {"subject": "s", "a": [{"file": each} for each in odd]}).files == []
