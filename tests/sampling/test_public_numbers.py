"""Public numbers: RFC 3797's canonical form, and the kinds that a campaign may name."""

import hashlib
import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.beacons import Source, Throw
from sampling.canonical_numbers import Fraction, Numbers, key_of
from sampling.source_kinds import source_kind, source_kinds
from tests.sampling.bureau import DEADLINE
from tests.test_ledger_document import ROOT

LOTTERY = Numbers(5, 1, 49, distinct=True, ordered=False)


def canonical(kind: str, text: str) -> str:
    return Source(kind, "2026001", DEADLINE).canonical(text)


class TestRfc3797:
    """The fully worked example of section 6."""

    KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"

    def test_its_sources_have_its_key_string(self) -> None:
        five, six = Numbers(5, 1, 49, True, False), Numbers(6, 1, 49, True, False)
        assert key_of([9319]) + five.canonical([2, 5, 12, 8, 10]) + six.canonical([9, 18, 26, 34, 41, 45]) == self.KEY

    def test_its_key_string_selects_whom_it_selects(self) -> None:
        pool, chosen = list(range(1, 26)), []
        for index in range(10):
            brackets = index.to_bytes(2, "big")
            digest = hashlib.md5(brackets + self.KEY.encode() + brackets).digest()  # noqa: S324  - as the RFC has it
            chosen.append(pool.pop(int.from_bytes(digest, "big") % len(pool)))
        assert chosen == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]


class TestKinds:
    """The registry."""

    def test_what_is_drawn_from_bowls_has_exactly_the_outcomes_that_it_states(self) -> None:
        for kind in source_kinds().values():
            if not isinstance(kind.form, Fraction):
                assert math.prod(bowl.outcomes for bowl in kind.form) == kind.outcomes, kind.code

    def test_an_index_states_no_more_than_its_decimal_places(self) -> None:
        for kind in source_kinds().values():
            if isinstance(kind.form, Fraction):
                assert kind.outcomes <= 10**kind.form.places, kind.code

    def test_each_has_its_words_in_both_languages(self) -> None:
        for kind in source_kinds().values():
            assert set(kind.names) == set(kind.published) == {"zh", "en"}
            assert all([*kind.names.values(), *kind.published.values(), kind.at])

    def test_the_file_holds_no_other(self) -> None:
        text = (ROOT / "sampling/source_kinds.toml").read_text("utf-8")
        assert set(tomllib.loads(text)) == set(source_kinds())
        assert {"ssq", "kl8", "dlt", "fc3d", "sse_close"} <= set(source_kinds())

    def test_another_kind_is_refused_by_name(self) -> None:
        with pytest.raises(Invalid, match=r"^source_kind_unknown\(kind=ship"):
            source_kind("ship")


class TestValues:
    """What a person types becomes the one canonical form, or is refused with what it should be."""

    @pytest.mark.parametrize(
        ("kind", "text", "expected"),
        [
            ("ssq", "33 03 09 12 20 28 + 07", "3.9.12.20.28.33./7./"),
            ("ssq", "3，9，12，20，28，33，7", "3.9.12.20.28.33./7./"),
            ("ssq", "3.9.12.20.28.33./7./", "3.9.12.20.28.33./7./"),
            ("fc3d", "7 0 7", "7.0.7./"),
            ("dlt", "35 1 2 3 4 | 12 11", "1.2.3.4.35./11.12./"),
            ("sse_close", "3,265.4800", "3265.48/"),
            ("sse_close", "3265", "3265./"),
            ("sse_close", " 3265.4801 ", "3265.4801/"),
        ],
    )
    def test_it_is_read_as_one_would_write_it(self, kind: str, text: str, expected: str) -> None:
        assert canonical(kind, text) == expected
        assert canonical(kind, expected) == expected

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("ssq", ""),
            ("ssq", "1 2 3 4 5 6"),
            ("ssq", "1 2 3 4 5 5 7"),
            ("ssq", "1 2 3 4 5 34 7"),
            ("ssq", "0 2 3 4 5 6 7"),
            ("ssq", "1 2 3 4 5 6 17"),
            ("ssq", "1 2 3 4 5 six 7"),
            ("ssq", "1 2 3 4 5 -6 7"),
            ("fc3d", "7 0 10"),
            ("fc3d", "707"),
            ("sse_close", "3265.48001"),
            ("sse_close", "-3265.48"),
            ("sse_close", "03265.48"),
            ("sse_close", "约3265"),
            ("kl8", "1 " * 5000),
        ],
    )
    def test_anything_else_is_refused_and_names_its_source(self, kind: str, text: str) -> None:
        with pytest.raises(Invalid, match=r"^published_values_unusable") as refusal:
            canonical(kind, text)
        assert refusal.value.parameters["what"] == f"{kind} 2026001"

    @given(st.permutations(range(1, 50)).map(lambda numbers: numbers[:5]))
    def test_balls_of_one_bowl_have_no_order(self, balls: list[int]) -> None:
        assert LOTTERY.canonical(balls) == LOTTERY.canonical(sorted(balls, reverse=True))

    @given(st.lists(st.integers(1, 6), min_size=20, max_size=20))
    def test_dice_keep_theirs(self, faces: list[int]) -> None:
        dice = Throw(Throw.DICE, 20, 6, ("甲", "乙"), DEADLINE)
        assert dice.canonical(" ".join(map(str, faces))) == key_of(faces)

    def test_a_lot_falls_once_and_a_die_has_its_faces(self) -> None:
        lots = Throw(Throw.LOTS, 3, 40, ("甲", "乙"), DEADLINE)
        assert lots.canonical("40 1 7") == "40.1.7./"
        for throw, text in ((lots, "7 1 7"), (Throw(Throw.DICE, 2, 6, ("甲", "乙"), DEADLINE), "7 1")):
            with pytest.raises(Invalid, match=r"^published_values_unusable"):
                throw.canonical(text)
