"""What comes of a beacon between freeze and draw: by whom, when, and that nothing is lost where it is refused."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from sampling import announcing, disclosures, drawing
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon, Ceremony, Drand, Source, Sources, Throw
from sampling.drand import DEFAULT, QUICKNET
from sampling.naming import Terms, name_beacon
from sampling.verification import Trust
from tests.drand_network import PUBLISHED
from tests.sampling import beacon_bureau as by
from tests.sampling.beacon_bureau import (
    AFTER_FALLBACK,
    CANONICAL,
    CLERK,
    DRAND,
    FALLBACK,
    FELL,
    JUDGE,
    KNOWN_AT,
    NETWORK,
    NUMBER,
    REVIEWER,
    ROUND,
    SOURCES,
    THROWN_AT,
    THROWN_BY,
    VALUES,
    confirming,
    drawing_at,
    entering,
    recording,
    revealing,
)
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    CAMPAIGN,
    CITIZENS,
    DEADLINE,
    FROZEN_AT,
    NOTARY,
    OTHER_PLANNER,
    PARTIES,
    PLANNER,
    STRANGER,
    TRUST,
    Bureau,
)
from tests.sampling.conftest import BureauIn, on_one_engine

SECOND = timedelta(seconds=1)
PINNED = Trust(TRUST.log, drand=(NETWORK.chain,))
Step = Callable[[Connection], object]


@pytest.fixture
def planned(bureau_in: BureauIn) -> Bureau:
    return bureau_in("planned")


def newest(bureau: Bureau) -> Entry:
    return bureau.ask(lambda tx: list(log.scan(tx))[-1])


def trusted(bureau: Bureau) -> list[str]:
    return bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN).to_be_trusted)


def told(bureau: Bureau, trust: Trust = PINNED) -> str:
    """Return what the check of the beacon says of the campaign's bundle, of which every check passes."""
    checks = verify_bundle(bureau.bundle(), trust)
    assert [(check.name, check.fault) for check in checks if check.fault] == []
    return next(check.compared for check in checks if check.name == "beacon")


class TestRounds:
    """A round of drand."""

    def test_the_named_round_decides_once_it_is_logged_and_its_output_is_drands_own(self, planned: Bureau) -> None:
        by.freeze(planned, DRAND)
        assert planned.refuse("round_awaited", drawing_at(DRAND.not_before)).parameters["round"] == NUMBER
        planned.do(recording(ROUND, DRAND.not_before))
        drawn = planned.do(drawing_at(DRAND.not_before))
        assert drawn.body["output"] == ROUND.randomness.hex()
        assert drawn.body["beacon"] == {"kind": "drand", **ROUND.to_json()}
        assert "beacon drand (signed by its chain, which is pinned; 256 bits)" in told(planned)
        assert trusted(planned) == ["no_witnesses", "beacon_drand", "not_attested"]

    @on_one_engine
    def test_only_a_round_that_is_due_is_awaited(self, planned: Bureau) -> None:
        by.freeze(planned, DRAND)
        early, due = DRAND.not_before - SECOND, DRAND.not_before
        assert planned.ask(lambda tx: announcing.awaited_rounds(tx, early)) == {}
        assert planned.ask(lambda tx: announcing.awaited_rounds(tx, due)) == {CAMPAIGN: DRAND}
        planned.do(recording(ROUND, due))
        assert planned.ask(lambda tx: announcing.awaited_rounds(tx, due)) == {}

    @on_one_engine
    def test_a_round_that_is_not_the_named_one_due_and_signed_is_refused(self, planned: Bureau) -> None:
        by.freeze(planned, DRAND)
        due = DRAND.not_before
        planned.refuse("beacon_too_early", recording(ROUND, due - SECOND))
        planned.refuse("round_of_another_number", recording(NETWORK.round(NUMBER + 1), due))
        planned.refuse("round_not_signed", recording(replace(ROUND, signature=NETWORK.round(1).signature), due))
        planned.refuse("round_not_signed", recording(replace(PUBLISHED[QUICKNET][0][0], number=NUMBER), due))
        planned.do(recording(ROUND, due))
        planned.refuse("round_stands", recording(ROUND, due))

    @on_one_engine
    def test_a_planner_may_hand_it_in_by_its_signature_alone(self, planned: Bureau) -> None:
        by.freeze(planned, DRAND)
        now = DRAND.not_before

        def handing_in(actor: Actor, signature: str, number: int | None = None) -> Step:
            return lambda tx: announcing.enter_round(tx, actor, now, CAMPAIGN, number, signature, None)

        planned.refuse("json_wrong_shape", handing_in(PLANNER, "xyz"))
        planned.refuse("round_of_another_number", handing_in(PLANNER, ROUND.signature.hex(), NUMBER + 1))
        planned.refuse("department_not_allowed", handing_in(OTHER_PLANNER, ROUND.signature.hex()))
        planned.do(handing_in(PLANNER, ROUND.signature.hex()))
        assert newest(planned).body == {**ROUND.to_json(), "subject": CAMPAIGN}

    @on_one_engine
    @pytest.mark.parametrize("ahead", [-1, 0, 30, 59])
    def test_a_round_that_may_be_known_at_the_freeze_is_refused(self, planned: Bureau, ahead: int) -> None:
        at = FROZEN_AT + timedelta(seconds=ahead)
        near = replace(DRAND, round=NETWORK.chain.first_round(at - timedelta(seconds=2)))
        code = "beacon_in_the_past" if near.not_before < FROZEN_AT else "beacon_too_near"
        planned.refuse(code, by.freezing_under(near, planned))

    @on_one_engine
    @pytest.mark.parametrize("chain", [QUICKNET, DEFAULT])
    def test_a_round_that_was_published_long_ago_is_refused(self, planned: Bureau, chain: object) -> None:
        old = replace(DRAND, chain=chain, round=PUBLISHED[chain][0][0].number)  # type: ignore[index,arg-type]
        planned.refuse("beacon_in_the_past", by.freezing_under(old, planned))

    @on_one_engine
    def test_a_campaign_of_another_beacon_takes_no_round(self, planned: Bureau) -> None:
        by.freeze(planned, SOURCES)
        planned.refuse("beacon_is_no_round", recording(ROUND, DRAND.not_before))


class TestSources:
    """Public numbers, entered by one person and confirmed by another."""

    def test_two_persons_who_read_the_same_decide(self, planned: Bureau) -> None:
        by.freeze(planned, SOURCES)
        planned.refuse("values_awaited", drawing_at(KNOWN_AT))
        planned.do(entering(PLANNER, KNOWN_AT, *VALUES))
        planned.refuse("values_awaited", drawing_at(KNOWN_AT))
        planned.do(confirming(REVIEWER, KNOWN_AT, "33 28 20 12 9 3 7", "35 4 3 2 1 12 11"))
        drawn = planned.do(drawing_at(KNOWN_AT))
        expected = hashlib.sha256(b"qian/beacon/sources/v1" + "".join(CANONICAL).encode()).hexdigest()
        assert (drawn.body["beacon"], drawn.body["output"]) == ({"kind": "sources", "values": CANONICAL}, expected)
        assert "published by others, to be compared with their publication; 48 bits" in told(planned)
        assert trusted(planned) == ["no_witnesses", "beacon_sources", "not_attested"]

    @on_one_engine
    def test_nobody_confirms_what_they_entered_or_read_differently(self, planned: Bureau) -> None:
        by.freeze(planned, SOURCES)
        planned.refuse("values_not_entered", confirming(REVIEWER, KNOWN_AT, *VALUES))
        planned.do(entering(PLANNER, KNOWN_AT, *VALUES))
        planned.refuse("confirmed_by_same_person", confirming(PLANNER, KNOWN_AT, *VALUES))
        planned.refuse("values_differ", confirming(REVIEWER, KNOWN_AT, VALUES[0], "1 2 3 4 5 11 12"))

    @on_one_engine
    def test_a_slip_is_entered_anew_and_both_stand_in_the_log(self, planned: Bureau) -> None:
        by.freeze(planned, SOURCES)
        planned.do(entering(PLANNER, KNOWN_AT, VALUES[0], "1 2 3 4 5 11 12"))
        planned.do(entering(REVIEWER, KNOWN_AT, *VALUES))
        planned.refuse("confirmed_by_same_person", confirming(REVIEWER, KNOWN_AT, *VALUES))
        planned.do(confirming(PLANNER, KNOWN_AT, *VALUES))
        for step in (entering(PLANNER, KNOWN_AT, *VALUES), confirming(REVIEWER, KNOWN_AT, *VALUES)):
            planned.refuse("values_confirmed", step)
        planned.do(drawing_at(KNOWN_AT))
        assert told(planned)

    @on_one_engine
    @pytest.mark.parametrize(
        ("code", "step"),
        [
            ("beacon_too_early", entering(PLANNER, KNOWN_AT - SECOND, *VALUES)),
            ("values_miscounted", entering(PLANNER, KNOWN_AT, VALUES[0])),
            ("published_values_unusable", entering(PLANNER, KNOWN_AT, *reversed(VALUES))),
            ("campaign_missing", entering(STRANGER, KNOWN_AT, *VALUES)),
            ("role_not_allowed", entering(JUDGE, KNOWN_AT, *VALUES)),
            ("role_not_allowed", entering(Actor("a", Role.ANALYST), KNOWN_AT, *VALUES)),
            ("beacon_too_early", drawing_at(KNOWN_AT - SECOND)),
        ],
    )
    def test_what_is_early_incomplete_or_of_a_stranger_is_refused(self, planned: Bureau, code: str, step: Step) -> None:
        by.freeze(planned, SOURCES)
        planned.refuse(code, step)

    @on_one_engine
    def test_a_guessable_beacon_is_refused(self, planned: Bureau) -> None:
        at = FROZEN_AT + timedelta(hours=5)
        for beacon, code in (
            (Sources((Source("ssq", "2026135", at),)), "beacon_entropy_too_low"),
            (Sources((Source("fc3d", "1", at), Source("pl5", "2", at))), "beacon_entropy_too_low"),
            (Sources(()), None),
            (Sources((Source("dlt", "1", at), Source("dlt", "1", at))), "duplicate_source"),
            (Sources((Source("ship", "1", at),)), "source_kind_unknown"),
        ):
            if code is not None:
                planned.refuse(code, by.freezing_under(beacon, planned))
        enough = Sources((Source("kl8", "2026310", at),))
        assert by.freeze(planned, enough).body["beacon"]["sources"][0]["issue"] == "2026310"

    @on_one_engine
    def test_one_source_that_is_published_before_the_freeze_is_enough_to_refuse_all(self, planned: Bureau) -> None:
        first, second = SOURCES.sources
        known = Sources((replace(first, at=FROZEN_AT + timedelta(seconds=59)), second))
        planned.refuse("beacon_too_near", by.freezing_under(known, planned))


WAITED_UNTIL = KNOWN_AT + timedelta(days=3)
LATER = Drand(NETWORK.chain, NETWORK.chain.first_round(WAITED_UNTIL + timedelta(minutes=1)))
ENDING = replace(SOURCES, deadline=WAITED_UNTIL, fallback=LATER)


class TestSourcesThatNeverAppear:
    """By rule the fallback decides, on the same frame: a void would be another try, a wait a choice of when."""

    def test_after_the_deadline_the_fallback_decides_alone(self, planned: Bureau) -> None:
        by.freeze(planned, ENDING)
        planned.refuse("values_awaited", drawing_at(WAITED_UNTIL))
        planned.refuse("beacon_too_early", drawing_at(WAITED_UNTIL + SECOND))
        at = LATER.not_before
        planned.refuse("round_awaited", drawing_at(at))
        assert set(planned.ask(lambda tx: announcing.awaited_rounds(tx, at))) == {CAMPAIGN}
        planned.do(recording(NETWORK.round(LATER.round), at))
        drawn = planned.do(drawing_at(at))
        evidence = drawn.body["beacon"]
        assert (evidence["kind"], evidence["values"], evidence["fallback"]["round"]) == ("sources", [], LATER.round)
        assert "sources, decided by its fallback drand" in told(planned)
        assert trusted(planned) == ["no_witnesses", "beacon_drand", "not_attested"]

    @on_one_engine
    def test_what_comes_after_the_deadline_counts_no_more(self, planned: Bureau) -> None:
        by.freeze(planned, ENDING)
        planned.do(entering(PLANNER, WAITED_UNTIL, *VALUES))
        planned.refuse("beacon_has_no_values", confirming(REVIEWER, WAITED_UNTIL + SECOND, *VALUES))

    @on_one_engine
    def test_what_was_confirmed_in_time_decides_whenever_the_draw_is(self, planned: Bureau) -> None:
        by.freeze(planned, ENDING)
        planned.do(entering(PLANNER, WAITED_UNTIL, *VALUES))
        planned.do(confirming(REVIEWER, WAITED_UNTIL, *VALUES))
        drawn = planned.do(drawing_at(LATER.not_before + timedelta(days=1)))
        assert drawn.body["beacon"] == {"kind": "sources", "values": CANONICAL, "fallback": None}
        assert told(planned)

    @on_one_engine
    def test_the_lead_alone_cannot_withhold_since_partners_and_auditors_may_enter(self, planned: Bureau) -> None:
        by.freeze(planned, ENDING)
        planned.do(entering(OTHER_PLANNER, KNOWN_AT, *VALUES))
        planned.do(confirming(CLERK, KNOWN_AT, *VALUES))
        planned.do(drawing_at(KNOWN_AT))

    @on_one_engine
    @pytest.mark.parametrize(
        ("code", "beacon"),
        [
            ("beacon_times_out_of_order", replace(ENDING, deadline=KNOWN_AT)),
            ("beacon_times_out_of_order", replace(ENDING, fallback=replace(LATER, round=LATER.round - 30))),
        ],
    )
    def test_a_fallback_that_could_be_known_before_the_deadline_is_refused(
        self, planned: Bureau, code: str, beacon: Sources
    ) -> None:
        planned.refuse(code, by.freezing_under(beacon, planned))


def test_the_fallback_of_sources_is_named_by_rule_and_never_the_bureau_s_own() -> None:
    wanted = [each.to_json() for each in SOURCES.sources]
    named = name_beacon({"kind": "sources", "sources": [*wanted]}, FROZEN_AT, Terms())
    assert isinstance(named, Sources)
    assert named.deadline == WAITED_UNTIL
    assert isinstance(named.fallback, Drand)
    assert named.fallback.chain == QUICKNET
    assert parse_beacon(named.to_json()) == named


class TestThrow:
    """Dice that fall after all reveals, before two named persons."""

    def test_they_decide_together_with_the_parties_values(self, planned: Bureau) -> None:
        by.draw_by_dice(planned)
        drawn = planned.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN).drawn)
        assert drawn is not None
        values = b"".join(value for _, value in PARTIES.values())
        fell = ".".join(FELL.split()) + "./"
        expected = hashlib.sha256(b"qian/beacon/ceremony/v1" + values + fell.encode()).hexdigest()
        assert drawn.body["output"] == expected
        assert "beacon ceremony (of parties that were bound before; 256 bits)" in told(planned)
        assert trusted(planned) == ["no_witnesses", "beacon_ceremony", "not_attested"]

    @on_one_engine
    def test_nothing_falls_before_the_last_reveal(self, planned: Bureau) -> None:
        by.freeze(planned, by.ceremony())
        assert planned.refuse("reveals_missing", entering(JUDGE, THROWN_AT, FELL)).parameters["parties"] == [
            NOTARY,
            CITIZENS,
        ]
        planned.do(revealing(NOTARY))
        planned.refuse("reveals_missing", entering(JUDGE, THROWN_AT, FELL))
        planned.do(revealing(CITIZENS))
        planned.refuse("throw_awaited", drawing_at(THROWN_AT))
        planned.do(entering(JUDGE, THROWN_AT, FELL))
        planned.refuse("throw_awaited", drawing_at(THROWN_AT))

    @on_one_engine
    def test_only_the_two_persons_who_were_named_enter_and_confirm(self, planned: Bureau) -> None:
        by.freeze(planned, by.ceremony())
        for name in PARTIES:
            planned.do(revealing(name))
        planned.refuse("person_not_named", entering(PLANNER, THROWN_AT, FELL))
        planned.do(entering(JUDGE, THROWN_AT, FELL))
        planned.refuse("confirmed_by_same_person", confirming(JUDGE, THROWN_AT, FELL))
        planned.refuse("person_not_named", confirming(PLANNER, THROWN_AT, FELL))
        planned.refuse("values_differ", confirming(CLERK, THROWN_AT, FELL[:-1] + "3"))
        planned.refuse("published_values_unusable", confirming(CLERK, THROWN_AT, FELL[:-1] + "7"))
        planned.do(confirming(CLERK, THROWN_AT, FELL))

    def test_where_nothing_falls_in_time_the_fallback_decides_alone(self, planned: Bureau) -> None:
        by.freeze(planned, by.ceremony())
        for name in PARTIES:
            planned.do(revealing(name))
        late = THROWN_BY + SECOND
        planned.refuse("beacon_has_no_values", entering(JUDGE, late, FELL))
        planned.refuse("beacon_too_early", drawing_at(late))
        planned.do(recording(NETWORK.round(FALLBACK.round), AFTER_FALLBACK))
        drawn = planned.do(drawing_at(AFTER_FALLBACK))
        assert drawn.body["output"] == NETWORK.round(FALLBACK.round).randomness.hex()
        assert "beacon ceremony, decided by its fallback drand" in told(planned)

    @on_one_engine
    def test_a_withheld_reveal_hands_the_decision_to_the_fallback_and_no_die_counts(self, planned: Bureau) -> None:
        by.freeze(planned, by.ceremony())
        planned.do(revealing(NOTARY))
        late = DEADLINE + SECOND
        planned.refuse("reveal_out_of_time", revealing(CITIZENS, late))
        planned.refuse("beacon_has_no_values", entering(JUDGE, late, FELL))
        planned.refuse("beacon_too_early", recording(NETWORK.round(FALLBACK.round), late))
        planned.do(recording(NETWORK.round(FALLBACK.round), AFTER_FALLBACK))
        planned.do(drawing_at(AFTER_FALLBACK))
        assert "decided by its fallback drand" in told(planned)
        assert trusted(planned) == ["no_witnesses", "beacon_drand", "not_attested"]

    @on_one_engine
    def test_public_numbers_may_be_the_fallback(self, planned: Bureau) -> None:
        by.freeze(planned, by.ceremony(None, SOURCES))
        planned.refuse("beacon_has_no_values", entering(PLANNER, DEADLINE, *VALUES))
        by.two_persons(planned, PLANNER, REVIEWER, KNOWN_AT, VALUES)
        planned.do(drawing_at(KNOWN_AT))
        assert "decided by its fallback sources" in told(planned)

    @on_one_engine
    @pytest.mark.parametrize(
        ("beacon", "code"),
        [
            (by.ceremony(replace(by.DICE, deadline=DEADLINE)), "beacon_times_out_of_order"),
            (by.ceremony(replace(by.DICE, deadline=AFTER_FALLBACK)), "beacon_times_out_of_order"),
            (by.ceremony(replace(by.DICE, before=("甲", "甲"))), "throw_unusable"),
            (by.ceremony(replace(by.DICE, count=0)), "throw_unusable"),
            (by.ceremony(replace(by.DICE, of=1)), "throw_unusable"),
            (by.ceremony(replace(by.DICE, what="coins")), "throw_unusable"),
            (by.ceremony(replace(by.DICE, what=Throw.LOTS, count=9)), "throw_unusable"),
            (by.ceremony(None, replace(DRAND, round=NUMBER)), "beacon_times_out_of_order"),
            (by.ceremony(None, Sources(SOURCES.sources[:1])), "beacon_entropy_too_low"),
        ],
    )
    def test_a_ceremony_that_cannot_be_held_is_refused_at_the_freeze(
        self, planned: Bureau, beacon: Beacon, code: str
    ) -> None:
        planned.refuse(code, by.freezing_under(beacon, planned))


@on_one_engine
@pytest.mark.parametrize("state", ["planned", "drawn", "closed"])
def test_nothing_comes_of_a_beacon_before_the_freeze_or_after_the_draw(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    for step in (
        entering(PLANNER, KNOWN_AT, *VALUES),
        confirming(PLANNER, KNOWN_AT, *VALUES),
        recording(ROUND, DRAND.not_before),
    ):
        bureau.refuse("campaign_state", step)


@on_one_engine
def test_what_must_be_trusted_is_said_from_the_freeze_on(planned: Bureau) -> None:
    frozen = by.freeze(planned, SOURCES)
    assert drawing.to_be_trusted(frozen, None) == ["no_witnesses", "beacon_sources", "not_attested"]


@on_one_engine
def test_the_fallback_of_a_ceremony_that_names_none_is_not_the_bureau_s_own(planned: Bureau) -> None:
    """A bureau that one party obeys would have it withhold what it dislikes, and choose."""
    parties: list[JSON] = [party.to_json() for party in by.ceremony().parties]
    request = {"kind": "ceremony", "parties": parties, "deadline": instant_text(DEADLINE), "throw": None}
    named = name_beacon({**request, "fallback": None}, FROZEN_AT, Terms())
    assert isinstance(named, Ceremony)
    assert named.fallback == Drand(QUICKNET, QUICKNET.first_round(DEADLINE + timedelta(minutes=1)))
    planned.do(by.freezing_under(named, planned))
