"""Matching again: for a stated cause, by a later beacon, and checked from the bundle."""

import copy
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from sampling import announcing, assigning, campaigns, disclosures, rematching
from sampling.beacons import Beacon, Local
from sampling.matching_plans import MatchingPlan
from sampling.targets import sealed_matching
from sampling.visits.recording import record_finding
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    CAMPAIGN,
    ILL_AT,
    MARGIN,
    MATCHED_AT,
    OTHER_PLANNER,
    PARTIES,
    PLANNER,
    RECORDED_AT,
    REMATCHED_AT,
    SIGNER,
    TRUST,
    Bureau,
    account,
    ceremony,
    secrets_at,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart

CAUSE = "突发疾病"


def reopening(
    inspector: str,
    codes: list[str] | None = None,
    beacon: Beacon | None = None,
    cause: str = CAUSE,
    at: datetime = ILL_AT,
) -> Any:
    named = beacon or Local(at + MARGIN)
    return lambda tx: rematching.reopen(tx, PLANNER, at, CAMPAIGN, inspector, codes, cause, named)


def rematching_at(now: datetime = REMATCHED_AT) -> Any:
    return lambda tx: rematching.rematch(tx, PLANNER, now, CAMPAIGN)


def teams(bureau: Bureau) -> dict[str, list[tuple[str, str]]]:
    return {visit.enterprise: list(visit.team) for visit in visits(bureau)}


def verified(bureau: Bureau) -> dict[str, str]:
    checks = verify_bundle(bureau.bundle(), TRUST)
    assert [check.fault for check in checks if not check.passed] == []
    return {check.name: check.compared for check in checks}


def test_the_ill_are_replaced_everywhere_and_all_others_stay(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    before = teams(bureau)
    ill = steps.rematch(bureau)
    after = teams(bureau)
    assert after.keys() == before.keys()
    for code, team in after.items():
        assert [role for role, _ in team] == ["lead", "member 1"]
        assert ill not in dict(team).values()
        if ill not in dict(before[code]).values():
            assert team == before[code]
        else:
            assert team[1] == before[code][1]
    load = Counter(team[0][1] for team in after.values())
    assert max(load.values()) - min(load.values()) <= 1
    assert verified(bureau)["re-matches"].startswith(f"{sum(ill == t[0][1] for t in before.values())} assignments")


@on_one_engine
def test_one_target_alone_is_matched_again(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    before, visit = teams(bureau), visits(bureau)[3]
    bureau.do(reopening(visit.team[1][1], [visit.enterprise]))
    assert len(teams(bureau)[visit.enterprise]) == 1
    bureau.do(rematching_at())
    after = teams(bureau)
    assert {code for code in before if before[code] != after[code]} == {visit.enterprise}
    assert verified(bureau)["re-matches"].startswith("1 assignments replaced")


@on_one_engine
def test_the_log_tells_that_and_when_but_neither_who_nor_where(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    ill = steps.rematch(bureau)
    with bureau.read() as tx:
        told = [campaigns.entry_of(tx, CAMPAIGN, kind) for kind in ("match.reopened", "campaign.rematched")]
    assert told[0].body["beacon"] == {"kind": "local", "not_before": instant_text(ILL_AT + MARGIN)}
    assert (told[0].body["margin"], told[0].body["witnesses"]) == (600, "")
    assert told[1].body.keys() == {"subject", "documents", "witnessed", "beacon", "output"}
    for entry in told:
        text = entry.data.decode()
        assert ill not in text
        assert CAUSE not in text
        assert "PDY" not in text


@on_one_engine
def test_a_ceremony_decides_as_well_by_the_same_entries_as_before_a_draw(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    public = bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN)).told
    named = ceremony(ILL_AT)
    bureau.do(reopening(visits(bureau)[0].team[0][1], beacon=named))
    assert bureau.ask(lambda tx: announcing.waiting_for(tx, PLANNER, CAMPAIGN)) == list(PARTIES)
    bureau.refuse("reveals_missing", rematching_at(named.not_before))
    for name, secret in secrets_at(ILL_AT).items():
        with bureau.database.write() as tx:
            announcing.reveal(tx, PLANNER, named.not_before, CAMPAIGN, name, *secret)
    assert bureau.ask(lambda tx: announcing.waiting_for(tx, PLANNER, CAMPAIGN)) == []
    bureau.do(rematching_at(named.not_before + timedelta(minutes=1)))
    verified(bureau)
    assert bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN)).told == public


@on_one_engine
def test_nothing_decides_before_the_beacon_or_without_a_cause(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    ill = visits(bureau)[0].team[0][1]
    bureau.refuse("nothing_reopened", rematching_at())
    bureau.refuse("cause_missing", reopening(ill, cause=" "))
    bureau.refuse("beacon_in_the_past", reopening(ill, beacon=Local(ILL_AT - timedelta(seconds=1))))
    bureau.refuse("assignment_missing", reopening("ZJ999"))
    bureau.refuse("assignment_missing", reopening(ill, ["91130304PDY00001XL"] * 0))
    bureau.do(reopening(ill))
    bureau.refuse("beacon_too_early", rematching_at(ILL_AT + MARGIN - timedelta(seconds=1)))
    bureau.refuse("rematch_pending", reopening(visits(bureau)[0].team[0][1]))
    bureau.do(rematching_at())
    bureau.refuse("nothing_reopened", rematching_at())


@on_one_engine
def test_while_a_team_lacks_somebody_nothing_is_found_there(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.do(reopening(visit.team[1][1], [visit.enterprise]))

    def record(tx: Any, who: str = visit.team[0][1]) -> object:
        actor = Actor(who, Role.INSPECTOR, who[:2])
        return record_finding(tx, actor, RECORDED_AT, CAMPAIGN, visit.enterprise, account())

    bureau.refuse("rematch_awaited", record)
    bureau.refuse("finding_not_assigned", lambda tx: record(tx, visit.team[1][1]))
    bureau.do(rematching_at())
    bureau.do(record)
    bureau.refuse("assignment_missing", reopening(visit.team[0][1], [visit.enterprise], at=RECORDED_AT))


@on_one_engine
def test_whom_nobody_could_replace_stays(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    for hour, ill in enumerate(("ZJ001", "ZJ002", "ZJ003")):
        bureau.do(reopening(ill, at=ILL_AT + timedelta(hours=hour)))
        bureau.do(rematching_at(REMATCHED_AT + timedelta(hours=hour)))
    before = teams(bureau)
    assert {team[0][1] for team in before.values()} == {"ZJ004"}
    bureau.refuse("matching_infeasible", reopening("ZJ004", at=REMATCHED_AT + timedelta(hours=3)))
    assert teams(bureau) == before


@on_one_engine
def test_who_was_replaced_counts_no_visit_in_the_next_campaign(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    ill = steps.rematch(bureau)
    identifier = steps.second_campaign(bureau)
    with bureau.read() as tx:
        pool = sealed_matching(tx, identifier).pool
    loads = {each.id: each.load for each in pool.inspectors}
    assert loads[ill] == 0
    assert sum(loads.values()) == 38
    assert verify_bundle(bureau.bundle(identifier), TRUST)[-1].passed


@on_one_engine
def test_whoever_visited_last_is_recused_in_the_next_campaign_and_the_bundle_shows_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    steps.rematch(bureau)
    rules = MatchingPlan(last_visit=True)
    plan = steps.flat(replace(steps.OTHER_PLAN, matching=rules, once_a_year=False))
    identifier = steps.second_campaign(bureau, plan)
    with bureau.read() as tx:
        pool = sealed_matching(tx, identifier).pool
    recused = {each.id: set(each.recused) for each in pool.inspectors}
    for code, team in teams(bureau).items():
        for who in recused.keys() - {"ZJ001", "SC001"}:  # whose other recusals are declared
            assert (code in recused[who]) == (who in dict(team).values())
    assert verify_bundle(bureau.bundle(identifier), TRUST)[-1].passed


@on_one_engine
@pytest.mark.parametrize("state", ["drawn", "closed"])
def test_only_a_matched_campaign_is_reopened_by_its_own_planner(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    bureau.refuse("campaign_state", reopening("ZJ001"))
    stranger = Local(ILL_AT + MARGIN)
    bureau.refuse(
        "department_not_allowed",
        lambda tx: rematching.reopen(tx, OTHER_PLANNER, ILL_AT, CAMPAIGN, "ZJ001", None, CAUSE, stranger),
    )


@on_one_engine
def test_planners_and_auditors_are_told_what_could_be_foreseen(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    told = bureau.ask(lambda tx: assigning.predictable(tx, steps.AUDITOR, CAMPAIGN))
    assert all(2 * each.chance.times > each.chance.of for each in told)
    bureau.refuse("role_not_allowed", lambda tx: assigning.predictable(tx, steps.ANALYST, CAMPAIGN))


# A bureau that owns its database and its key


def sound(bureau: Bureau) -> Forgery:
    steps.rematch(bureau)
    return taken_apart(bureau.bundle())


def faults(forgery: Forgery) -> tuple[str, str]:
    last = verify_bundle(forgery.made(SIGNER), TRUST)[-1]
    assert not last.passed
    return last.name, str(last.fault)


def without_cause(forgery: Forgery) -> None:
    entry = forgery.of("match.reopened")
    del forgery.documents[entry["body"]["documents"]["reopening"]]
    forgery.entries.remove(entry)


def by_a_beacon_of_before(forgery: Forgery) -> None:
    entry = forgery.of("match.reopened")
    entry["body"]["beacon"]["not_before"] = instant_text(MATCHED_AT)
    entry["body"]["margin"] = 0


def repeated_until_it_suits(forgery: Forgery) -> None:
    forgery.entries.append(copy.deepcopy(forgery.of("campaign.rematched")))


def reopened_twice(forgery: Forgery) -> None:
    place = forgery.entries.index(forgery.of("match.reopened"))
    forgery.entries.insert(place, copy.deepcopy(forgery.of("match.reopened")))


def of_a_friend(forgery: Forgery) -> None:
    row = forgery.rows("campaign.rematched", "assignments", "assignment")[0]
    row["inspector"] = next(name for name in ("ZJ002", "ZJ003", "ZJ004") if name != row["inspector"])


def of_somebody_who_stands_elsewhere(forgery: Forgery) -> None:
    forgery.rows("match.reopened", "reopening", "reopening")[0]["inspector"] = "SC999"


def with_other_output(forgery: Forgery) -> None:
    forgery.of("campaign.rematched")["body"]["beacon"]["value"] = "00" * 32


@on_one_engine
@pytest.mark.parametrize(
    ("forge", "check", "says"),
    [
        (without_cause, "re-matches", "without an entry that tells the cause"),
        (by_a_beacon_of_before, "re-matches", "does not lie after"),
        (repeated_until_it_suits, "re-matches", "without an entry that tells the cause"),
        (reopened_twice, "re-matches", "while another re-match is pending"),
        (of_a_friend, "re-matches", "matching_differs"),
        (of_somebody_who_stands_elsewhere, "re-matches", "does not stand, or without a cause"),
        (with_other_output, "re-matches", "another output"),
    ],
)
def test_a_dishonest_re_match_is_found(bureau_in: BureauIn, forge: Any, check: str, says: str) -> None:
    forgery = sound(bureau_in("matched"))
    forge(forgery)
    name, fault = faults(forgery)
    assert name == check
    assert says in fault
