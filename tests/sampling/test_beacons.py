"""Beacons: what the public frozen entry says, and what follows from the evidence in the drawn one."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.canonical import canonical, parse_canonical
from ledger.errors import Invalid, Refusal
from sampling.beacon_evidence import ceremony_evidence, deciding_beacon, local_evidence, verify_evidence
from sampling.beacon_reader import parse_beacon, require_entropy
from sampling.beacons import Beacon, Ceremony, Local, ceremony_commitment
from sampling.reveals import Reveal, check_reveal

NOT_BEFORE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DEADLINE = NOT_BEFORE + timedelta(days=1)
SECOND = timedelta(seconds=1)
NAMES = ("住建局", "公证处", "协会")
VALUES = {name: hashlib.sha256(f"value {name}".encode()).digest() for name in NAMES}
SALTS = {name: hashlib.sha256(f"salt {name}".encode()).digest() for name in NAMES}
FALLBACK_VALUE = b"f" * 32
FALLBACK_OUTPUT = hashlib.sha256(b"qian/beacon/local/v1" + FALLBACK_VALUE).digest()


def specification() -> dict[str, Any]:
    return {
        "kind": "ceremony",
        "parties": [
            {"name": name, "commitment": ceremony_commitment(name, SALTS[name], VALUES[name]).hex()} for name in NAMES
        ],
        "not_before": "2026-11-23T02:00:00Z",
        "deadline": "2026-11-24T02:00:00Z",
        "fallback": {"kind": "local", "not_before": "2026-11-24T03:00:00Z"},
    }


def ceremony() -> Ceremony:
    beacon = parse_beacon(specification())
    assert isinstance(beacon, Ceremony)
    return beacon


def reveal(name: str, at: datetime = NOT_BEFORE) -> Reveal:
    return Reveal(name, SALTS[name], VALUES[name], at)


def evidence_with(reveals: list[Reveal], fallback: bytes | None) -> dict[str, Any]:
    return ceremony_evidence(ceremony(), reveals, None, None if fallback is None else local_evidence(fallback))


def refusal_of(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value


class TestSpecification:
    """What may stand in a frozen entry."""

    @pytest.mark.parametrize("value", [specification(), {"kind": "local", "not_before": "2026-11-23T02:00:00Z"}])
    def test_it_survives_the_ledger(self, value: dict[str, Any]) -> None:
        assert parse_beacon(value).to_json() == value
        assert parse_beacon(parse_canonical(canonical(parse_beacon(value).to_json()))) == parse_beacon(value)

    def test_it_says_how_much_chance_it_has(self) -> None:
        assert (ceremony().entropy_bits, Local(NOT_BEFORE).entropy_bits) == (256, 256)

    def test_fewer_than_two_to_the_thirty_second_outcomes_are_refused_as_only_source(self) -> None:
        require_entropy(32)
        assert refusal_of(lambda: require_entropy(31)).code == "beacon_entropy_too_low"

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"kind": "dice"}, "beacon_kind_unknown"),
            ({"parties": []}, "too_few_parties"),
            ({"parties": specification()["parties"][:1]}, "too_few_parties"),
            ({"parties": specification()["parties"][:1] * 2}, "duplicate_party"),
            ({"parties": [{"name": "甲"}, {"name": "乙"}]}, "json_wrong_shape"),
            ({"parties": [{"name": "甲", "commitment": "AB" * 32}] * 2}, "json_wrong_shape"),
            ({"parties": [{"name": "甲\x00", "commitment": "ab" * 32}] * 2}, "json_wrong_shape"),
            ({"parties": [{"name": "", "commitment": "ab" * 32}] * 2}, "json_wrong_shape"),
            ({"parties": "甲"}, "json_wrong_shape"),
            ({"deadline": "2026-11-23T02:00:00Z"}, "beacon_times_out_of_order"),
            ({"deadline": "2026-11-24T03:00:01Z"}, "beacon_times_out_of_order"),
            ({"deadline": "2026-11-24 02:00"}, "json_wrong_shape"),
            ({"not_before": "2026-11-23T2:00:00Z"}, "json_wrong_shape"),
            ({"not_before": 5}, "json_wrong_shape"),
            ({"fallback": specification()}, "beacon_kind_unknown"),
            ({"fallback": {"kind": "local", "after": "2026-11-24T03:00:00Z"}}, "json_wrong_shape"),
            ({"fallback": None}, "beacon_kind_unknown"),
            ({"more": 1}, "json_wrong_shape"),
        ],
    )
    def test_anything_else_is_refused(self, changed: dict[str, Any], code: str) -> None:
        assert refusal_of(lambda: parse_beacon(specification() | changed)).code == code

    @pytest.mark.parametrize("value", [None, [], "local", 1])
    def test_it_is_an_object(self, value: Any) -> None:
        assert refusal_of(lambda: parse_beacon(value)).code == "beacon_kind_unknown"


def test_a_partys_commitment_binds_its_name_and_value() -> None:
    expected = hashlib.sha256(b"qian/ceremony/v1" + b"s" * 32 + "公证处".encode() + b"\x00" + b"v" * 32).digest()
    assert ceremony_commitment("公证处", b"s" * 32, b"v" * 32) == expected
    with pytest.raises(ValueError, match="32 bytes"):
        ceremony_commitment("公证处", b"s" * 32, b"v")
    with pytest.raises(Invalid):
        ceremony_commitment("公\x00证处", b"s" * 32, b"v" * 32)


class TestReveal:
    """A reveal is checked when it is handed in."""

    @pytest.mark.parametrize("at", [NOT_BEFORE, DEADLINE])
    def test_it_counts_from_the_beginning_to_the_deadline(self, at: datetime) -> None:
        check_reveal(ceremony(), reveal("公证处", at))

    @pytest.mark.parametrize("at", [NOT_BEFORE - SECOND, DEADLINE + SECOND])
    def test_it_does_not_count_before_or_after(self, at: datetime) -> None:
        refusal = refusal_of(lambda: check_reveal(ceremony(), reveal("公证处", at)))
        assert (refusal.code, refusal.parameters["party"]) == ("reveal_out_of_time", "公证处")

    @pytest.mark.parametrize(
        "wrong",
        [
            Reveal("公证处", SALTS["公证处"], bytes(32), NOT_BEFORE),
            Reveal("公证处", bytes(32), VALUES["公证处"], NOT_BEFORE),
            Reveal("公证处", SALTS["协会"], VALUES["协会"], NOT_BEFORE),
        ],
    )
    def test_one_that_does_not_open_its_commitment_is_refused_by_name(self, wrong: Reveal) -> None:
        refusal = refusal_of(lambda: check_reveal(ceremony(), wrong))
        assert (refusal.code, refusal.parameters["party"]) == ("reveal_opens_nothing", "公证处")

    def test_a_stranger_reveals_nothing(self) -> None:
        assert (
            refusal_of(lambda: check_reveal(ceremony(), Reveal("路人", b"", b"", NOT_BEFORE))).code == "party_unknown"
        )


class TestEvidence:
    """What the drawn entry holds gives the output to anybody."""

    @staticmethod
    def output(reveals: list[Reveal], fallback: bytes | None, drawn_at: datetime) -> bytes:
        return verify_evidence(ceremony(), evidence_with(reveals, fallback), drawn_at)

    def test_all_reveals_together_decide_in_the_order_of_the_parties(self) -> None:
        joined = b"".join(VALUES[name] for name in NAMES)
        expected = hashlib.sha256(b"qian/beacon/ceremony/v1" + joined).digest()
        assert self.output([reveal(name) for name in NAMES], None, NOT_BEFORE) == expected
        assert self.output([reveal(name) for name in reversed(NAMES)], None, DEADLINE) == expected

    def test_reveals_in_time_decide_even_if_the_draw_is_late(self) -> None:
        late = DEADLINE + timedelta(days=9)
        reveals = [reveal(name) for name in NAMES]
        assert self.output(reveals, None, late) == self.output(reveals, None, NOT_BEFORE)
        assert refusal_of(lambda: self.output(reveals, FALLBACK_VALUE, late)).code == "fallback_not_due"

    @pytest.mark.parametrize("fallback", [None, FALLBACK_VALUE])
    def test_missing_parties_are_waited_for_by_name_until_the_deadline(self, fallback: bytes | None) -> None:
        refusal = refusal_of(lambda: self.output([reveal("公证处")], fallback, DEADLINE))
        assert (refusal.code, refusal.parameters["parties"]) == ("reveals_missing", ["住建局", "协会"])

    def test_after_the_deadline_the_fallback_decides_alone(self) -> None:
        later = DEADLINE + timedelta(hours=1)
        reveals = [reveal("公证处"), reveal("协会")]
        assert self.output(reveals, FALLBACK_VALUE, later) == FALLBACK_OUTPUT
        assert self.output([], FALLBACK_VALUE, later) == FALLBACK_OUTPUT
        assert refusal_of(lambda: self.output(reveals, None, later)).code == "fallback_evidence_missing"

    def test_the_fallback_too_waits_for_its_time(self) -> None:
        early = DEADLINE + timedelta(hours=1) - SECOND
        assert refusal_of(lambda: self.output([], FALLBACK_VALUE, early)).code == "beacon_too_early"

    def test_a_reveal_from_after_the_draw_does_not_decide_it(self) -> None:
        reveals = [reveal(name, NOT_BEFORE + SECOND) for name in NAMES]
        assert refusal_of(lambda: self.output(reveals, None, NOT_BEFORE)).code == "beacon_too_early"

    def test_a_reveal_is_listed_once(self) -> None:
        reveals = [reveal("公证处"), reveal("公证处"), reveal("协会")]
        assert refusal_of(lambda: self.output(reveals, None, DEADLINE)).code == "duplicate_reveal"

    def test_a_false_reveal_is_named(self) -> None:
        reveals = [reveal("住建局"), Reveal("公证处", SALTS["公证处"], bytes(32), NOT_BEFORE), reveal("协会")]
        refusal = refusal_of(lambda: self.output(reveals, None, DEADLINE))
        assert (refusal.code, refusal.parameters["party"]) == ("reveal_opens_nothing", "公证处")

    def test_the_operating_systems_value_is_hashed(self) -> None:
        assert verify_evidence(Local(NOT_BEFORE), local_evidence(FALLBACK_VALUE), NOT_BEFORE) == FALLBACK_OUTPUT
        early = NOT_BEFORE - SECOND
        refusal = refusal_of(lambda: verify_evidence(Local(NOT_BEFORE), local_evidence(FALLBACK_VALUE), early))
        assert refusal.code == "beacon_too_early"

    def test_it_tells_which_beacon_decided(self) -> None:
        usual, late = evidence_with([], None), evidence_with([], FALLBACK_VALUE)
        assert deciding_beacon(ceremony(), usual) == ceremony()
        assert deciding_beacon(ceremony(), late) == ceremony().fallback
        assert deciding_beacon(Local(NOT_BEFORE), local_evidence(FALLBACK_VALUE)) == Local(NOT_BEFORE)

    @pytest.mark.parametrize(
        ("beacon", "evidence"),
        [
            (Local(NOT_BEFORE), None),
            (Local(NOT_BEFORE), {"kind": "local", "value": "f" * 62}),
            (Local(NOT_BEFORE), {"kind": "ceremony", "value": "f" * 64}),
            (ceremony(), local_evidence(FALLBACK_VALUE)),
            (ceremony(), {"kind": "local", "reveals": [], "fallback": None}),
            (ceremony(), {"kind": "ceremony", "reveals": {}, "fallback": None}),
            (ceremony(), {"kind": "ceremony", "reveals": [{"name": "公证处"}], "fallback": None}),
        ],
    )
    def test_evidence_of_another_shape_is_refused(self, beacon: Beacon, evidence: Any) -> None:
        refusal = refusal_of(lambda: verify_evidence(beacon, evidence, DEADLINE + timedelta(days=1)))
        assert refusal.code == "json_wrong_shape"

    def test_it_survives_the_ledger(self) -> None:
        evidence = evidence_with([reveal(name) for name in NAMES], None)
        read_again = parse_canonical(canonical(evidence))
        assert verify_evidence(ceremony(), read_again, DEADLINE) == verify_evidence(ceremony(), evidence, DEADLINE)
