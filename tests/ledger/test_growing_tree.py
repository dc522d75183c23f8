"""A tree that grows leaf by leaf gives the roots and tiles of the tree over all its leaves."""

from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.growing_tree import GrowingTree


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(count)]


@given(st.integers(0, 300))
def test_its_root_is_that_over_all_leaves(count: int) -> None:
    tree = GrowingTree(8)
    for leaf in leaves(count):
        tree.add(leaf)
    assert (tree.size, tree.root()) == (count, merkle.root_of(leaves(count)))


@given(st.integers(0, 300), st.integers(1, 3))
def test_it_tells_each_full_tile_once_from_below(count: int, height: int) -> None:
    tree, node, width = GrowingTree(height), merkle.nodes_over(leaves(count)), 1 << height
    for size, leaf in enumerate(leaves(count), 1):
        filled = tree.add(leaf)
        levels = [level for level in range(9) if size % width ** (level + 1) == 0]
        assert [tile.level for tile in filled] == levels
        for tile in filled:
            assert tile.number == size // width ** (tile.level + 1) - 1
            places = range(tile.number * width, (tile.number + 1) * width)
            assert tile.hashes == b"".join(node(height * tile.level, place) for place in places)
            assert tile.root == node(height * (tile.level + 1), tile.number)
