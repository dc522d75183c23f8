"""Merkle trees after RFC 9162: roots and proofs against outside vectors, a second implementation and the definition."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from ledger import merkle
from ledger.merkle import EMPTY_ROOT, ProofError, leaf_hash, node_hash

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "merkle"
CASES = sorted(VECTORS.rglob("*.json"))

# The leaves and roots that the Certificate Transparency implementations test with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = ["6e340b9c", "fac54203", "aeb6bcfe", "d37ee418", "4e3bbb1f", "76e67dad", "ddb89be4", "5dc9da79"]


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % i) for i in range(count)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word, over leaf hashes."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = split_of(len(leaves))
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def split_of(size: int) -> int:
    """Return the largest power of two below the size."""
    return max(1 << i for i in range(10) if 1 << i < size)


def defined_subproof(old_size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1, word for word, over leaf hashes."""
    if old_size == len(leaves):
        return [] if whole else [defined_root(leaves)]
    split = split_of(len(leaves))
    if old_size <= split:
        return [*defined_subproof(old_size, leaves[:split], whole=whole), defined_root(leaves[split:])]
    return [*defined_subproof(old_size - split, leaves[split:], whole=False), defined_root(leaves[:split])]


def flips(proof: Sequence[bytes]) -> list[list[bytes]]:
    """Return the proof with one bit changed, in every hash."""
    return [[*proof[:i], bytes([proof[i][0] ^ 1]) + proof[i][1:], *proof[i + 1 :]] for i in range(len(proof))]


@st.composite
def leaf_in_tree(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 300))
    return draw(st.integers(0, size - 1)), size


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    new_size = draw(st.integers(1, 300))
    return draw(st.integers(1, new_size)), new_size


def refused(verify: Callable[..., None], *given: object) -> bool:
    try:
        verify(*given)
    except ProofError:
        return True
    return False


@pytest.mark.skipif(not CASES, reason="the outside vectors are not here")
def test_all_outside_vectors_are_judged_as_they_say() -> None:
    wrong = []
    for path in CASES:
        case = json.loads(path.read_text())
        decoded = {
            name: base64.b64decode(case[name]) for name in ("root", "leafHash", "root1", "root2") if name in case
        }
        proof = [base64.b64decode(each) for each in case["proof"] or []]
        if "leafHash" in case:
            judged = refused(
                merkle.verify_inclusion, decoded["leafHash"], case["leafIdx"], case["treeSize"], proof, decoded["root"]
            )
        else:
            judged = refused(
                merkle.verify_consistency, case["size1"], case["size2"], decoded["root1"], decoded["root2"], proof
            )
        if judged != case["wantErr"]:
            wrong.append(str(path.relative_to(VECTORS)))
    assert wrong == []


@pytest.mark.parametrize("size", range(1, 9))
def test_the_known_trees_of_one_to_eight_leaves_have_their_known_roots(size: int) -> None:
    assert merkle.root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex().startswith(ROOTS[size - 1])


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_never_hashes_like_a_node() -> None:
    left, right = hashes(2)
    assert leaf_hash(left + right) != node_hash(left, right)


@given(st.integers(0, 300))
def test_a_root_is_the_one_of_the_definition(size: int) -> None:
    assert merkle.root_of(hashes(size)) == defined_root(hashes(size))


@given(st.integers(0, 8))
def test_the_root_over_a_string_of_hashes_is_that_over_the_hashes(height: int) -> None:
    assert merkle.complete_root(b"".join(hashes(1 << height))) == merkle.root_of(hashes(1 << height))


@given(leaf_in_tree())
def test_roots_and_inclusion_proofs_are_those_of_a_second_implementation(place: tuple[int, int]) -> None:
    index, size = place
    other = InmemoryTree()
    other.append_entries([b"%d" % i for i in range(size)])
    node = merkle.nodes_over(hashes(size))
    assert merkle.root(size, node) == other.get_root()
    assert merkle.inclusion_proof(index, size, node) == other.prove_inclusion(index + 1, size).path[1:]


@given(two_sizes())
def test_a_consistency_proof_is_the_one_of_the_definition(sizes: tuple[int, int]) -> None:
    old_size, new_size = sizes
    leaves = hashes(new_size)
    assert merkle.consistency_proof(old_size, new_size, merkle.nodes_over(leaves)) == defined_subproof(
        old_size, leaves, whole=True
    )


@given(leaf_in_tree())
def test_an_inclusion_proof_proves_its_leaf_and_no_other_leaf_place_size_or_root(place: tuple[int, int]) -> None:
    index, size = place
    node = merkle.nodes_over(hashes(size))
    proof, root, leaf = merkle.inclusion_proof(index, size, node), merkle.root(size, node), node(0, index)
    merkle.verify_inclusion(leaf, index, size, proof, root)
    other = leaf_hash(b"another")
    assert refused(merkle.verify_inclusion, other, index, size, proof, root)
    assert refused(merkle.verify_inclusion, leaf, index, size, proof, other)
    assert refused(merkle.verify_inclusion, leaf, index, size, [*proof, other], root)
    for elsewhere in {index - 1, index + 1, size} - {index}:
        assert refused(merkle.verify_inclusion, leaf, elsewhere, size, proof, root)
    for wrong in [*flips(proof), *(proof[:i] + proof[i + 1 :] for i in range(len(proof)))]:
        assert refused(merkle.verify_inclusion, leaf, index, size, wrong, root)


@given(two_sizes())
def test_a_consistency_proof_proves_its_two_roots_and_no_others(sizes: tuple[int, int]) -> None:
    old_size, new_size = sizes
    node = merkle.nodes_over(hashes(new_size))
    old_root, new_root = merkle.root(old_size, node), merkle.root(new_size, node)
    proof = merkle.consistency_proof(old_size, new_size, node)
    merkle.verify_consistency(old_size, new_size, old_root, new_root, proof)
    other = leaf_hash(b"another")
    assert refused(merkle.verify_consistency, old_size, new_size, other, new_root, proof)
    assert refused(merkle.verify_consistency, old_size, new_size, old_root, other, proof)
    assert refused(merkle.verify_consistency, old_size, new_size, old_root, new_root, [*proof, other])
    for wrong in [*flips(proof), *(proof[:i] + proof[i + 1 :] for i in range(len(proof)))]:
        assert refused(merkle.verify_consistency, old_size, new_size, old_root, new_root, wrong)


@given(two_sizes())
def test_a_tree_with_a_changed_leaf_is_consistent_with_no_old_tree_that_had_it(sizes: tuple[int, int]) -> None:
    old_size, new_size = sizes
    old_root = merkle.root_of(hashes(old_size))
    changed = merkle.nodes_over(
        [*hashes(new_size)[: old_size - 1], leaf_hash(b"another"), *hashes(new_size)[old_size:]]
    )
    new_root, proof = merkle.root(new_size, changed), merkle.consistency_proof(old_size, new_size, changed)
    assert refused(merkle.verify_consistency, old_size, new_size, old_root, new_root, proof)


@given(st.data())
def test_proofs_over_a_large_tree_read_few_nodes_and_only_complete_subtrees_inside_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 2**40))
    index = data.draw(st.integers(0, size - 1))
    read: list[tuple[int, int]] = []

    def node(level: int, number: int) -> bytes:
        read.append((level, number))
        return leaf_hash(b"%d/%d" % (level, number))

    merkle.inclusion_proof(index, size, node)
    assert len(read) <= 2 * size.bit_length()
    read_for_inclusion = len(read)
    merkle.consistency_proof(index + 1, size, node)
    assert len(read) - read_for_inclusion <= 2 * size.bit_length()
    assert all((number + 1) << level <= size for level, number in read)


def test_a_proof_of_a_leaf_beyond_the_tree_or_from_the_empty_tree_cannot_be_asked_for() -> None:
    node = merkle.nodes_over(hashes(3))
    for index in (-1, 3):
        with pytest.raises(ValueError, match="has no leaf"):
            merkle.inclusion_proof(index, 3, node)
    for old_size, new_size in ((0, 3), (3, 2), (-1, 3)):
        with pytest.raises(ValueError, match="no consistency proof"):
            merkle.consistency_proof(old_size, new_size, node)


def test_a_hash_of_another_length_is_refused_even_if_the_bytes_hashed_are_the_same() -> None:
    node = merkle.nodes_over(hashes(2))
    left, right, root = node(0, 0), node(0, 1), node(1, 0)
    merkle.verify_inclusion(left, 0, 2, [right], root)
    with pytest.raises(ProofError, match="32 bytes"):
        merkle.verify_inclusion(left + right[:1], 0, 2, [right[1:]], root)


def test_a_reader_refuses_nodes_beyond_its_leaves() -> None:
    node = merkle.nodes_over(hashes(3))
    assert node(1, 0) == node_hash(node(0, 0), node(0, 1))
    for level, index in ((0, 3), (1, 1), (2, 0), (0, -1), (-1, 0)):
        with pytest.raises(IndexError):
            node(level, index)
