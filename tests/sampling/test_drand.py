"""drand: rounds that were published verify, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_arkworks_bls12381 import G1Point, G2Point

from ledger.errors import Invalid
from sampling.drand import CHAINED_G2, DEFAULT, KNOWN, QUICKNET, UNCHAINED_G1, Chain, Round, make_round, parse_chain
from tests.drand_network import PUBLISHED, Network

ROUNDS = [(chain, signed, randomness) for chain, rounds in PUBLISHED.items() for signed, randomness in rounds]
NETWORKS = [Network(UNCHAINED_G1), Network(CHAINED_G2)]


def refused(chain: Chain, signed: Round) -> bool:
    with pytest.raises(Invalid, match=r"^round_not_signed"):
        chain.check(signed)
    return True


@pytest.mark.parametrize(("chain", "signed", "randomness"), ROUNDS)
def test_a_published_round_verifies_and_gives_the_published_randomness(
    chain: Chain, signed: Round, randomness: str
) -> None:
    chain.check(signed)
    assert signed.randomness.hex() == randomness


@pytest.mark.parametrize(("chain", "signed", "_"), ROUNDS)
def test_a_signature_is_of_its_round_alone(chain: Chain, signed: Round, _: str) -> None:
    assert refused(chain, replace(signed, number=signed.number + 1))
    assert refused(chain, replace(signed, number=signed.number - 1))


def test_a_round_of_a_chain_is_none_of_another() -> None:
    (first, _), (second, _) = PUBLISHED[QUICKNET]
    assert refused(QUICKNET, replace(first, signature=second.signature))
    assert refused(NETWORKS[0].chain, first)
    assert refused(NETWORKS[1].chain, PUBLISHED[DEFAULT][0][0])
    assert refused(QUICKNET, NETWORKS[0].round(1000))
    assert refused(DEFAULT, first)
    assert refused(QUICKNET, PUBLISHED[DEFAULT][0][0])


def test_the_signature_before_is_signed_too_and_belongs_to_chained_rounds_only() -> None:
    signed, other = PUBLISHED[DEFAULT][0][0], PUBLISHED[DEFAULT][1][0]
    assert refused(DEFAULT, replace(signed, previous=other.previous))
    assert refused(DEFAULT, replace(signed, previous=None))
    assert refused(DEFAULT, replace(signed, previous=b""))
    assert refused(QUICKNET, replace(PUBLISHED[QUICKNET][0][0], previous=signed.previous))


@pytest.mark.parametrize(
    "signature",
    [b"", bytes(48), b"\xff" * 48, b"\xc0" + bytes(47), bytes(G1Point().to_compressed_bytes()), bytes(96)],
    ids=["none", "zeros", "ones", "infinity", "generator", "too long"],
)
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    assert refused(QUICKNET, Round(1000, signature, None))


def test_a_negated_signature_is_refused() -> None:
    signed = PUBLISHED[QUICKNET][0][0]
    negated = -G1Point.from_compressed_bytes(signed.signature)
    assert refused(QUICKNET, replace(signed, signature=bytes(negated.to_compressed_bytes())))


@given(st.integers(1, 2**31), st.integers(0, 47), st.integers(1, 255))
def test_one_other_byte_in_a_signature_is_refused(number: int, at: int, flip: int) -> None:
    signed = NETWORKS[0].round(number)
    NETWORKS[0].chain.check(signed)
    changed = bytearray(signed.signature)
    changed[at] ^= flip
    assert refused(NETWORKS[0].chain, replace(signed, signature=bytes(changed)))


class TestTimes:
    """When a round is due."""

    def test_round_one_is_due_at_genesis_and_each_other_a_period_later(self) -> None:
        assert QUICKNET.time_of(1) == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
        assert QUICKNET.time_of(1000) == QUICKNET.time_of(1) + timedelta(seconds=2997)
        assert DEFAULT.time_of(5347804) - DEFAULT.time_of(5347803) == timedelta(seconds=30)

    @given(st.sampled_from(list(KNOWN.values())), st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1)))
    def test_the_first_round_from_an_instant_on_is_the_earliest_that_is_not_before_it(
        self, chain: Chain, at: datetime
    ) -> None:
        instant = at.replace(tzinfo=UTC)
        number = chain.first_round(instant)
        assert number == 1 or chain.time_of(number - 1) < instant
        assert chain.time_of(number) >= instant


class TestReading:
    """Chains and rounds from JSON."""

    @pytest.mark.parametrize("chain", [QUICKNET, DEFAULT])
    def test_a_chain_survives(self, chain: Chain) -> None:
        assert parse_chain(chain.to_json(), "chain") == chain

    @pytest.mark.parametrize(
        "changed",
        [
            {"scheme": "bls-unchained-on-g1"},
            {"public_key": DEFAULT.public_key.hex()},
            {"public_key": "c0" + "00" * 95},
            {"period": 0},
            {"period": 100000},
            {"period": "3"},
            {"genesis": -1},
            {"genesis": 2**40},
            {"hash": "52"},
            {"more": 1},
        ],
    )
    def test_another_shape_is_refused(self, changed: dict[str, Any]) -> None:
        with pytest.raises(Invalid, match=r"^json_wrong_shape"):
            parse_chain({**QUICKNET.to_json(), **changed}, "chain")

    def test_a_key_under_which_everybody_could_sign_is_refused(self) -> None:
        neutral = bytes(G2Point.identity().to_compressed_bytes())
        with pytest.raises(Invalid, match=r"^json_wrong_shape"):
            parse_chain({**QUICKNET.to_json(), "public_key": neutral.hex()}, "chain")

    @pytest.mark.parametrize(
        ("number", "signature", "previous"),
        [
            (0, "00" * 48, None),
            (2**52, "00" * 48, None),
            (True, "00" * 48, None),
            ("1", "00" * 48, None),
            (1, "00" * 47, None),
            (1, "AB" * 48, None),
            (1, None, None),
            (1, "00" * 48, "00"),
        ],
    )
    def test_a_round_of_another_shape_is_refused(self, number: Any, signature: Any, previous: Any) -> None:
        with pytest.raises(Invalid, match=r"^json_wrong_shape"):
            make_round(QUICKNET, number, signature, previous, "round")
