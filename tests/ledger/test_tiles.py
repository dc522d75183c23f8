"""Tile paths and entry bundles after c2sp.org/tlog-tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tiles import (
    TileName,
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_tile_path,
    tile_path,
    width_in_tree,
)

names = st.builds(
    TileName, st.none() | st.integers(0, 63), st.integers(0, 10**18 - 1) | st.integers(0, 2000), st.integers(1, 256)
)


def test_an_index_is_written_in_groups_of_three_of_which_all_but_the_last_begin_with_x() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(3, 7, 12) == "tile/3/007.p/12"
    assert entries_path(1000, 255) == "tile/entries/x001/000.p/255"


@given(names)
def test_a_written_path_is_read_as_its_tile(name: TileName) -> None:
    assert parse_tile_path(name.path) == name


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/0/٠٠١",
        "tile/0/../000",
        "tile/0/" + "x001/" * 6 + "000",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="tile"):
        parse_tile_path(path)


@given(st.text() | st.from_regex(r"tile/[0-9]+/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]+)?", fullmatch=True))
def test_a_path_that_is_read_is_written_the_same(path: str) -> None:
    try:
        name = parse_tile_path(path)
    except ValueError:
        return
    assert name.path == path


@pytest.mark.parametrize("name", [TileName(64, 0), TileName(-1, 0), TileName(0, -1), TileName(0, 10**18)])
def test_a_tile_that_cannot_be_has_no_path(name: TileName) -> None:
    with pytest.raises(ValueError, match=r"level|index"):
        _ = name.path


@pytest.mark.parametrize("width", [0, 257])
def test_a_tile_is_neither_empty_nor_wider_than_256(width: int) -> None:
    with pytest.raises(ValueError, match="width"):
        entries_path(0, width)


def test_the_tiles_of_a_tree_of_70000_leaves_are_those_of_the_specification() -> None:
    widths = {level: [width_in_tree(level, index, 70_000) for index in range(300)] for level in (None, 0, 1, 2, 3)}
    assert widths[0] == [256] * 273 + [112] + [0] * 26
    assert widths[None] == widths[0]
    assert widths[1] == [256, 17] + [0] * 298
    assert widths[2] == [1] + [0] * 299
    assert widths[3] == [0] * 300


def test_a_bundle_is_the_entries_each_after_its_length() -> None:
    assert encode_bundle([b"", b"ab"]) == b"\x00\x00\x00\x02ab"


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_is_read_as_its_entries(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


def test_the_longest_entries_and_the_fullest_bundle_fit() -> None:
    entries = [bytes(65_535)] * 256
    assert decode_bundle(encode_bundle(entries)) == entries


@pytest.mark.parametrize("entries", [[], [b""] * 257, [bytes(65_536)]])
def test_an_empty_or_too_full_bundle_and_a_too_long_entry_are_refused(entries: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"bundle|entry"):
        encode_bundle(entries)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x01", b"\x00\x00\x00", b"\x00\x02a", b"\x00\x00" * 257])
def test_a_bundle_that_is_cut_short_empty_or_too_full_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="bundle"):
        decode_bundle(data)
