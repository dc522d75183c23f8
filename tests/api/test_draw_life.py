"""Voids, second tries, replacements and the auditor's report, through GraphQL over HTTP and the command line."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import AUDITOR, PLANNER, House, served_on
from tests.api.small_bureau import REVIEWER, step
from tests.sampling.both import BUILT, is_built

REASON = "名录库更新后范围有误"
PROPOSE = """mutation ($campaign: String!, $reason: String!) {
  proposeVoid(campaign: $campaign, reason: $reason) { campaign { state } refusal { code message } } }"""
FREEZE_AGAIN = """mutation ($campaign: String!, $replaces: [String!]) {
  freezeCampaign(campaign: $campaign, replaces: $replaces) { job { id } refusal { code message } } }"""
SWAP = """mutation ($campaign: String!, $enterprises: [USCC!]!) {
  proposeReplacement(campaign: $campaign, enterprises: $enterprises, cause: NOT_OF_THE_FRAME, explanation: "已注销") {
    campaign { state } refusal { code } } }"""
CONFIRM = "mutation ($campaign: String!) { confirmReplacement(campaign: $campaign) { entry { seq } refusal { code } } }"
PROPOSED = """query ($campaign: String!) { campaign(code: $campaign) {
  replacementProposal { by enterpriseCodes cause explanation } } }"""
PUBLIC = """query ($code: String!) { campaign(code: $code) {
  state voidReason replaces replacedBy replacementCount replacedPositions substitutePositions
  voidedEntry { kind } voidProposedEntries { text } } }"""
REPORT = """query ($campaign: String) { deviations(first: 100, filter: {campaignCode: $campaign}) {
  nodes { campaign kind reason positions enterpriseCodes entry { kind } } } }"""


def public(house: House, campaign: str) -> dict[str, Any]:
    found: dict[str, Any] = house.ask(PUBLIC, code=campaign)["campaign"]
    return found


def publicly_verified(console: Console, house: House, campaign: str) -> dict[str, str]:
    """Verify a campaign from what is public by the command line and, where it can run, in JavaScript; both agree."""
    answer = console.done("verify", "--public", house.url, campaign)
    checks = {each["name"]: each["compared"] for each in answer["checks"]}
    if is_built():
        command = ["node", str(BUILT), "--json", "--public", house.url, campaign]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        assert {each["name"]: each["compared"] for each in told["checks"]} == checks
    return checks


def prepared(house: House) -> str:
    small_bureau.import_all(house)
    small_bureau.grade_all(house)
    return small_bureau.plan(house)


def test_a_void_and_the_next_try_through_every_door(tmp_path: Path) -> None:
    with served_on("sqlite", tmp_path) as house:
        campaign = prepared(house)
        small_bureau.freeze(house, campaign)
        known = {"campaign": campaign}
        assert house.refused(step("confirmVoid"), REVIEWER, **known) == "void_after_beacon"
        small_bureau.reveal(house, campaign)
        house.do(step("drawCampaign"), PLANNER, **known)
        house.do(PROPOSE, PLANNER, **known, reason=REASON)
        assert house.refused(step("confirmVoid"), PLANNER, **known) == "void_by_same_person"
        house.do(step("confirmVoid"), REVIEWER, **known)
        again = small_bureau.plan(house)
        assert house.refused(FREEZE_AGAIN, PLANNER, campaign=again) == "replaced_unnamed"
        console = Console(house.bureau.settings, tmp_path)
        frozen = console.done(
            *("campaign", "freeze", again, "--beacon", "local", "--replaces", campaign), actor=PLANNER
        )
        assert frozen["state"] == "frozen"
        console.done("campaign", "draw", again, actor=PLANNER)
        console.done("campaign", "propose-void", again, "--reason", REASON, actor=PLANNER)
        voided = console.done("campaign", "confirm-void", again, actor=REVIEWER)
        assert (voided["state"], voided["reason"]) == ("voided", REASON)
        shown = console.done("campaign", "show", again, actor=PLANNER)["in_log"]
        assert (shown["state"], shown["replaces"], shown["void_reason"]) == ("voided", [campaign], REASON)
        first = public(house, campaign)
        assert (first["state"], first["voidReason"], first["replacedBy"]) == ("VOIDED", REASON, again)
        assert (first["voidedEntry"]["kind"], len(first["voidProposedEntries"])) == ("void.confirmed", 1)
        assert public(house, again)["replaces"] == [campaign]
        assert publicly_verified(console, house, campaign)["void"].startswith("voided after its draw by two persons")
        assert publicly_verified(console, house, again)["earlier tries"] == f"replaces {campaign}"
        told = house.ask(REPORT, AUDITOR)["deviations"]["nodes"]
        drawn = next(each for each in told if each["campaign"] == campaign and each["kind"] == "VOID_AFTER_DRAW")
        assert len(drawn["enterpriseCodes"]) == len(drawn["positions"]) > 0
        listed = console.done("campaign", "report", again, actor=AUDITOR)["deviations"]
        assert {each["kind"] for each in listed} == {"no_witnesses", "local_beacon", "replaces", "void_after_draw"}
        assert console.run("campaign", "report", actor=AUDITOR).code == 0
        assert console.json("campaign", "report", actor=PLANNER).error == "role_not_allowed"


def test_a_replacement_through_every_door(tmp_path: Path) -> None:
    with served_on("sqlite", tmp_path) as house:
        campaign = prepared(house)
        small_bureau.freeze(house, campaign)
        small_bureau.reveal(house, campaign)
        known = {"campaign": campaign}
        house.do(step("drawCampaign"), PLANNER, **known)
        house.do(step("matchCampaign"), PLANNER, **known)
        one, other, *_ = small_bureau.visits(house, campaign)
        house.do(SWAP, PLANNER, **known, enterprises=[one["enterpriseCode"]])
        assert house.refused(CONFIRM, PLANNER, **known) == "replacement_by_same_person"
        shown = house.ask(PROPOSED, REVIEWER, **known)["campaign"]["replacementProposal"]
        assert shown == {
            "by": PLANNER.subject,
            "enterpriseCodes": [one["enterpriseCode"]],
            "cause": "NOT_OF_THE_FRAME",
            "explanation": "已注销",
        }
        house.do(CONFIRM, REVIEWER, **known)
        assert house.ask(PROPOSED, REVIEWER, **known)["campaign"]["replacementProposal"] is None
        house.do(step("rematchCampaign"), PLANNER, **known)
        console = Console(house.bureau.settings, tmp_path)
        console.done(
            *("campaign", "propose-replacement", campaign, "--enterprise", other["enterpriseCode"]),
            *("--cause", "same_as_another", "--explanation", "与另一签位为同一主体"),
            actor=PLANNER,
        )
        console.done("campaign", "confirm-replacement", campaign, "--beacon", "local", actor=REVIEWER)
        console.done("campaign", "rematch", campaign, actor=PLANNER)
        found = public(house, campaign)
        assert (found["replacementCount"], found["replacedPositions"], found["substitutePositions"]) == (2, None, None)
        codes = {each["enterpriseCode"] for each in small_bureau.visits(house, campaign)}
        assert codes.isdisjoint({one["enterpriseCode"], other["enterpriseCode"]})
        swapped = [
            each for each in house.ask(REPORT, AUDITOR, **known)["deviations"]["nodes"] if each["kind"] == "REPLACEMENT"
        ]
        assert [each["enterpriseCodes"][0] for each in swapped] == [one["enterpriseCode"], other["enterpriseCode"]]
        for visit in small_bureau.visits(house, campaign):
            small_bureau.record(house, campaign, visit)
            small_bureau.confirm(house, campaign, visit)
            small_bureau.approve(house, campaign, visit)
        house.do(small_bureau.PUBLISH, PLANNER, **known)
        house.do(step("closeCampaign"), PLANNER, **known)
        assert publicly_verified(console, house, campaign)["closing"].endswith("0 overdue, 2 replaced")
