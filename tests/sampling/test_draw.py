"""The draw: the quota's smallest tickets of every stratum, decided by keys and seed alone."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash
from sampling import draw as module
from sampling.draw import Drawing, Lots, draw, positions_root, seed, ticket
from sampling.strata import Stratum

SEED = hashlib.sha256(b"a seed").digest()


def frame_of(labels: list[str], salt: int = 0) -> Lots:
    slots = sorted(hashlib.sha256(f"slot {salt} {n}".encode()).digest() for n in range(len(labels)))
    return Lots(slots, labels, [hashlib.sha256(f"key {salt} {n}".encode()).digest() for n in range(len(labels))])


def stratum(label: str, size: int, quota: int, uniform: int = 0) -> Stratum:
    return Stratum(label, (label,), size, 1, quota, uniform)


def refused(frame: Lots, strata: list[Stratum]) -> str:
    with pytest.raises(Invalid) as refusal:
        draw(SEED, frame, strata)
    return refusal.value.code


def test_the_seed_binds_the_frozen_entry_and_the_beacon() -> None:
    leaf, output = b"l" * 32, b"o" * 32
    assert seed(leaf, output) == hashlib.sha256(b"qian/seed/v1" + leaf + output).digest()


@pytest.mark.parametrize(("leaf", "output"), [(b"l" * 31, b"o" * 33), (b"l" * 32, b""), (b"", b"o" * 32)])
def test_a_seed_of_other_lengths_is_refused(leaf: bytes, output: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seed(leaf, output)


def test_a_ticket_is_the_hash_of_seed_and_key() -> None:
    key = b"k" * 32
    assert ticket(SEED, key) == hashlib.sha256(b"qian/ticket/v1" + SEED + key).digest()
    with pytest.raises(ValueError, match="32 bytes"):
        ticket(SEED, b"k")


@given(st.data())
def test_each_stratum_gives_its_quota_and_every_slot_is_drawn_or_in_reserve(data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from("ABC"), max_size=60))
    strata = []
    for label in "ABC":
        size = labels.count(label)
        quota = data.draw(st.integers(0, size))
        strata.append(stratum(label, size, quota, data.draw(st.integers(0, quota))))
    frame = frame_of(labels)
    drawing = draw(SEED, frame, strata)
    assert list(drawing.positions) == sorted(set(drawing.positions))
    for each in strata:
        own = [position for position, label in enumerate(labels) if label == each.label]
        by_ticket = sorted(own, key=lambda position: ticket(SEED, frame.keys[position]))
        drawn = sorted((slot for slot in drawing.drawn if slot.stratum == each.label), key=lambda slot: slot.rank)
        assert [slot.position for slot in drawn] == by_ticket[: each.quota]
        assert [slot.rank for slot in drawn] == list(range(each.quota))
        assert [slot.uniform for slot in drawn] == [rank < each.uniform for rank in range(each.quota)]
        assert drawing.reserves[each.label] == (tuple(by_ticket[each.quota :]) if each.quota else ())


@given(st.permutations([stratum("A", 12, 3, 1), stratum("B", 8, 4, 1), stratum("C", 5, 5, 1)]))
def test_the_order_of_the_strata_changes_nothing(strata: list[Stratum]) -> None:
    frame = frame_of(["A"] * 12 + ["B"] * 8 + ["C"] * 5)
    assert draw(SEED, frame, strata) == draw(SEED, frame, sorted(strata, key=lambda each: each.label))


@pytest.mark.parametrize("heads", ["all the same", "two by two"])
def test_where_tickets_begin_alike_all_their_bytes_decide(heads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No two tickets that anybody has seen do, so here their beginnings are made alike."""
    frame, strata = frame_of(["A", "B"] * 2500), [stratum("A", 2500, 300, 20), stratum("B", 2500, 7)]
    expected = draw(SEED, frame, strata)
    true_heads = module._heads

    def blurred(parts: Iterable[Sequence[bytes]]) -> Any:
        found = true_heads(parts).to_pylist()
        order = {head: rank for rank, head in enumerate(sorted(found))}
        return pyarrow.array([order[head] // 2 * (heads == "two by two") for head in found], pyarrow.uint64())

    monkeypatch.setattr(module, "_heads", blurred)
    assert draw(SEED, frame, strata) == expected


def test_the_excluded_are_neither_drawn_nor_in_reserve() -> None:
    drawing = draw(SEED, frame_of(["A", "excluded", "A", "excluded"]), [stratum("A", 2, 1), stratum("excluded", 2, 0)])
    assert {slot.stratum for slot in drawing.drawn} == {"A"}
    assert drawing.reserves["excluded"] == ()


def test_the_drawing_is_the_one_that_was_computed_by_hand() -> None:
    """Three slots of one stratum, tickets computed here step by step."""
    frame = frame_of(["A", "A", "A"])
    tickets = {n: hashlib.sha256(b"qian/ticket/v1" + SEED + frame.keys[n]).hexdigest() for n in range(3)}
    first, second, third = sorted(tickets, key=lambda n: tickets[n])
    drawing = draw(SEED, frame, [stratum("A", 3, 2, 1)])
    assert drawing.positions == tuple(sorted((first, second)))
    assert [slot.position for slot in drawing.drawn if slot.uniform] == [first]
    assert drawing.reserves == {"A": (third,)}


class TestRefusedFrames:
    """A frame that is not the one that was designed and frozen is not drawn from."""

    frame = frame_of(["A", "A", "B"])
    strata = (stratum("A", 2, 1), stratum("B", 1, 0))

    def test_a_repeated_ticket_key(self) -> None:
        one, other, _ = self.frame.keys
        assert refused(self.frame._replace(keys=[one, other, one]), list(self.strata)) == "duplicate_ticket_key"

    @pytest.mark.parametrize("order", [(1, 0, 2), (0, 0, 2), (0, 2, 2), (2, 1, 0)])
    def test_slots_that_do_not_ascend(self, order: tuple[int, ...]) -> None:
        changed = self.frame._replace(slots=[self.frame.slots[at] for at in order])
        assert refused(changed, list(self.strata)) == "frame_out_of_order"

    def test_slots_that_ascend_by_their_last_byte_alone(self) -> None:
        slots = [bytes(31) + bytes([last]) for last in (1, 2, 3)]
        assert draw(SEED, self.frame._replace(slots=slots), self.strata) == draw(SEED, self.frame, self.strata)
        assert refused(self.frame._replace(slots=slots[::-1]), list(self.strata)) == "frame_out_of_order"

    def test_an_unknown_stratum(self) -> None:
        assert refused(self.frame._replace(strata=["A", "A", "C"]), list(self.strata)) == "frame_not_as_designed"

    def test_a_stratum_of_another_size(self) -> None:
        assert refused(self.frame, [stratum("A", 3, 1), stratum("B", 1, 0)]) == "frame_not_as_designed"

    def test_a_stratum_listed_twice(self) -> None:
        assert refused(self.frame, [*self.strata, self.strata[0]]) == "frame_not_as_designed"


def test_the_root_has_eight_bytes_big_endian_as_leaf_data() -> None:
    leaves = [leaf_hash(bytes(7) + b"\x00"), leaf_hash(bytes(6) + b"\x01\x02"), leaf_hash(b"\x00" * 4 + b"\xff" * 4)]
    assert positions_root([0, 258, 2**32 - 1]) == node_hash(node_hash(leaves[0], leaves[1]), leaves[2])
    assert positions_root([]) == EMPTY_ROOT


@pytest.mark.parametrize("positions", [[1, 0], [1, 1], [-1, 0]])
def test_positions_out_of_order_have_no_root(positions: list[int]) -> None:
    with pytest.raises(Invalid, match="positions_not_ascending"):
        positions_root(positions)


class TestUniformity:
    """Over seeds that are fixed here, each slot of a stratum is drawn equally often, within stated limits."""

    frame = frame_of(["A"] * 60 + ["B"] * 40)
    strata = (stratum("A", 60, 6, 3), stratum("B", 40, 20, 2))
    draws = 3000

    def drawings(self) -> list[Drawing]:
        seeds = (hashlib.sha256(f"uniformity {n}".encode()).digest() for n in range(self.draws))
        return [draw(each, self.frame, self.strata) for each in seeds]

    def test_drawn_slots_and_uniform_slices_show_no_preference(self) -> None:
        """X² = Σ(c − E)²/(E(1 − f))·(N − 1)/N against the 0.1 and 99.9 % points of χ² with 59 and 39 degrees."""
        counts = {"all": [0] * 100, "uniform": [0] * 100}
        for drawing in self.drawings():
            for slot in drawing.drawn:
                counts["all"][slot.position] += 1
                counts["uniform"][slot.position] += slot.uniform
        for label, first, size, quotas, low, high in (
            ("A", 0, 60, {"all": 6, "uniform": 3}, 30.3, 98.3),
            ("B", 60, 40, {"all": 20, "uniform": 2}, 16.3, 72.1),
        ):
            assert set(self.frame.strata[first : first + size]) == {label}
            for kind, n in quotas.items():
                expected = self.draws * n / size
                squares = sum((count - expected) ** 2 for count in counts[kind][first : first + size])
                statistic = squares / (expected * (1 - n / size)) * (size - 1) / size
                assert low < statistic < high, (label, kind)
