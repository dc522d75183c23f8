"""A small bureau's files, and one whole campaign through the staff's GraphQL.

The model's grades and points are like nothing else in a bureau, so that a search finds them wherever they are.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from sampling.beacons import ceremony_commitment
from scoring.sectors import Sector
from tests import bureau_files as files
from tests.api.house import ADMINISTRATOR, ANALYST, PLANNER, House

SIZES = {"Walnut": 60, "Juniper": 40, "Larch": 20}
SCORES = {"Walnut": 7340033, "Juniper": 7440033, "Larch": 7540033}
RATES = {"Walnut": 1000, "Juniper": 1500, "Larch": 2000, "Yew": 2500}
COUNT = sum(SIZES.values())
SECTORS = [sector.value for sector in Sector]
REVIEWER = Actor("reviewer", Role.PLANNER, "ZJ")
PARTIES = {"公证处": (bytes(range(32)), bytes(range(32, 64))), "群众代表": (bytes(range(1, 33)), bytes(range(64, 96)))}

MODEL = """
name = "trees"
version = "1"
title = "树种模型"
author = "测试"
valid_from = 2020-01-01
notice = "示例"
[[grades]]
label = "Walnut"
name = "低"
meaning = "少查"
[[grades]]
label = "Juniper"
name = "中"
meaning = "常查"
from = 7440033
[[grades]]
label = "Larch"
name = "高"
meaning = "多查"
from = 7540033
[[grades]]
label = "Yew"
name = "很高"
meaning = "必查"
from = 7640033
[[indicators]]
id = "penalties"
title = "处罚"
dimension = "supervision"
source = "records"
kinds = ["penalty"]
aggregate = "count"
bins = [
  { below = 1, points = 7340033 },
  { from = 1, below = 2, points = 7440033 },
  { from = 2, points = 7540033 },
]
"""

DRAFT = "mutation ($text: String!) { draftModel(text: $text) { model { name version } refusal { code message } } }"
REVIEW_MODEL = """mutation ($name: String!, $version: String!) {
  reviewModel(name: $name, version: $version, approve: true) { model { state } refusal { code message } }
}"""
ENFORCE = """mutation ($name: String!, $version: String!, $since: Date!) {
  enforceModel(name: $name, version: $version, since: $since) { model { state } refusal { code message } }
}"""
RETIRE = """mutation ($name: String!, $version: String!, $until: Date!) {
  retireModel(name: $name, version: $version, until: $until) { model { state } refusal { code message } }
}"""
FREEZE = """mutation ($campaign: String!, $beacon: BeaconInput) {
  freezeCampaign(campaign: $campaign, beacon: $beacon) { job { id } refusal { code message } }
}"""
REVEAL = """mutation ($campaign: String!, $party: String!, $salt: Digest!, $value: Digest!) {
  revealBeacon(campaign: $campaign, party: $party, salt: $salt, value: $value) { waitingFor refusal { code message } }
}"""
PLAN = "mutation ($plan: PlanInput!) { planCampaign(plan: $plan) { campaign { code state } refusal { code message } } }"
RECORD = """mutation (
  $campaign: String!, $enterprise: USCC!, $on: Date!, $results: [ResultCode!]!, $next: FollowUpCode!,
  $correctBy: Date, $facts: String! = "现场核对", $signature: SignatureInput! = { how: SIGNED, by: "样例负责人" },
  $measures: String! = "", $answers: [CheckAnswerInput!], $handIn: HandInInput
) {
  recordFinding(campaign: $campaign, enterprise: $enterprise, visitedOn: $on, results: $results, followUp: $next,
                facts: $facts, correctBy: $correctBy, signature: $signature, measures: $measures, answers: $answers,
                handIn: $handIn) {
    finding { state version openConflicts } conflict refusal { code message }
  }
}"""
CONFIRM = """mutation (
  $campaign: String!, $enterprise: USCC!, $agree: Boolean! = true, $note: String! = "", $version: Int
) {
  confirmFinding(campaign: $campaign, enterprise: $enterprise, agree: $agree, note: $note, version: $version) {
    finding { state confirmedBy } conflict refusal { code message }
  }
}"""
REVIEW = """mutation ($campaign: String!, $enterprise: USCC!, $approve: Boolean!, $note: String!) {
  reviewFinding(campaign: $campaign, enterprise: $enterprise, approve: $approve, note: $note) {
    finding { state } conflict refusal { code message }
  }
}"""
PUBLISH = """mutation ($campaign: String!, $enterprises: [USCC!]) {
  publishFindings(campaign: $campaign, enterprises: $enterprises) {
    publishedCount campaign { state } refusal { code message }
  }
}"""
VISITS = """query ($campaign: String!) { visits(filter: { campaignCode: $campaign }, first: 100) {
  nodes { position enterpriseCode enterpriseName team { role certificate } }
} }"""


def step(name: str) -> str:
    """Return the mutation of a campaign's step that takes the campaign alone."""
    selected = "campaign { state } refusal { code }"
    return f"mutation ($campaign: String!) {{ {name}(campaign: $campaign) {{ {selected} }} }}"


def tree_of(number: int) -> str:
    """Return the grade that an enterprise gets."""
    if number <= SIZES["Walnut"]:
        return "Walnut"
    return "Juniper" if number <= SIZES["Walnut"] + SIZES["Juniper"] else "Larch"


def file_rows(day: str = "2026-03-01") -> dict[str, list[dict[str, str]]]:
    """Return the rows of the bureau's files, by the source that each is of; penalties are of a day."""
    numbers = range(1, COUNT + 1)
    penalties = [
        files.penalty(number, f"罚{number}-{count}", day)
        for number in numbers
        for count in range(list(SIZES).index(tree_of(number)))
    ]
    return {
        "department": [files.department("ZJ", "样例住建局"), files.department("SC", "样例市场监管局")],
        "registration": [files.registration(number, 行业=SECTORS[number % 5]) for number in numbers],
        "penalty": penalties,
        "item": [files.item("ZJ", f"ZJ-{number:02d}", f"样例事项{number}") for number in range(1, 4)],
        "inspector": [
            files.inspector(f"ZJ{number:03d}", "ZJ", f"样例{number % 2}所", "、".join(SECTORS))
            for number in range(1, 5)
        ],
    }


def import_all(house: House, day: str = "2026-03-01") -> None:
    """Import the bureau's files, each good as a whole."""
    for kind, wanted in file_rows(day).items():
        job = house.import_file(kind, files.csv_bytes(wanted), strict=True)
        assert job["state"] == "DONE", job


def adopt_model(house: House) -> None:
    """Draft the model, have another person review it, and put it in force in place of the example."""
    drafted = house.do(DRAFT, ANALYST, text=MODEL)["model"]
    assert drafted == {"name": "trees", "version": "1"}
    assert house.do(REVIEW_MODEL, ADMINISTRATOR, **drafted)["model"] == {"state": "REVIEWED"}
    today = house.bureau.today.isoformat()
    assert house.do(RETIRE, ANALYST, name="qian-example", version="2", until=today)["model"] == {"state": "RETIRED"}
    assert house.do(ENFORCE, ANALYST, **drafted, since=today)["model"] == {"state": "IN_FORCE"}


def grade_all(house: House) -> None:
    """Put the model in force and grade."""
    adopt_model(house)
    house.work("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)


def plan_input(house: House, **changes: Any) -> dict[str, Any]:
    """Return a plan as GraphQL takes it."""
    today = house.bureau.today
    return {
        "title": "示例抽查",
        "departments": ["ZJ"],
        "items": ["ZJ-01", "ZJ-02"],
        "startsOn": today.isoformat(),
        "endsOn": (today + timedelta(days=30)).isoformat(),
        "conditions": {},
        "rates": [{"grade": grade, "basisPoints": rate} for grade, rate in RATES.items()],
        **changes,
    }


def plan(house: House, **changes: Any) -> str:
    """Plan a campaign and return its code."""
    return str(house.do(PLAN, PLANNER, plan=plan_input(house, **changes))["campaign"]["code"])


def secrets_of(campaign: str) -> dict[str, tuple[bytes, bytes]]:
    """Return what the parties keep for a campaign: never the same for two of them."""
    number = int(campaign[-4:]) - 1
    return {name: (salt[number:] + salt[:number], value) for name, (salt, value) in PARTIES.items()}


def ceremony(house: House, campaign: str = "2026-0001") -> dict[str, Any]:
    """Return the ceremony of the two parties as GraphQL takes it."""
    parties = [
        {"name": name, "commitment": ceremony_commitment(name, *kept).hex()}
        for name, kept in secrets_of(campaign).items()
    ]
    return {"parties": parties, "deadline": instant_text(house.bureau.now + timedelta(hours=1))}


def freeze(house: House, campaign: str) -> None:
    """Freeze a campaign under the ceremony."""
    house.work(FREEZE, PLANNER, campaign=campaign, beacon={"ceremony": ceremony(house, campaign)})


def reveal(house: House, campaign: str, *parties: str) -> None:
    """Reveal what some of the parties hold, or both."""
    secrets = secrets_of(campaign)
    for name in parties or secrets:
        salt, value = secrets[name]
        house.do(REVEAL, PLANNER, campaign=campaign, party=name, salt=salt.hex(), value=value.hex())


def visits(house: House, campaign: str) -> list[dict[str, Any]]:
    """Return a campaign's visits."""
    found: list[dict[str, Any]] = house.ask(VISITS, PLANNER, campaign=campaign)["visits"]["nodes"]
    return found


def leader(visit: dict[str, Any]) -> Actor:
    """Return the inspector who leads a visit."""
    return Actor(visit["team"][0]["certificate"], Role.INSPECTOR, "ZJ")


def record(house: House, campaign: str, visit: dict[str, Any]) -> None:
    """Record what a visit found, as its leader."""
    house.do(
        RECORD,
        leader(visit),
        campaign=campaign,
        enterprise=visit["enterpriseCode"],
        on=house.bureau.today.isoformat(),
        results=["OTHER_VIOLATION", "CORRECTED"],
        next="CORRECTION",
        correctBy=(house.bureau.today + timedelta(days=15)).isoformat(),
    )


def second(visit: dict[str, Any]) -> Actor:
    """Return the other inspector of a visit's team."""
    return Actor(visit["team"][1]["certificate"], Role.INSPECTOR, "ZJ")


def confirm(house: House, campaign: str, visit: dict[str, Any]) -> None:
    """Confirm what a visit found, as the other inspector of its team."""
    house.do(CONFIRM, second(visit), campaign=campaign, enterprise=visit["enterpriseCode"])


def approve(house: House, campaign: str, visit: dict[str, Any]) -> None:
    """Approve what a visit found."""
    house.do(REVIEW, REVIEWER, campaign=campaign, enterprise=visit["enterpriseCode"], approve=True, note="")


def run_campaign(house: House, at: Callable[[str], None]) -> str:
    """Run a whole campaign by GraphQL alone, telling `at` each state that it has come to; return its code."""
    import_all(house)
    at("imported")
    grade_all(house)
    at("graded")
    campaign = plan(house)
    at("planned")
    freeze(house, campaign)
    at("frozen")
    reveal(house, campaign)
    house.do(step("drawCampaign"), PLANNER, campaign=campaign)
    at("drawn")
    inspect(house, campaign, at)
    return campaign


def inspect(house: House, campaign: str, at: Callable[[str], None] = lambda _: None) -> None:
    """Take a drawn campaign to its end."""
    house.do(step("matchCampaign"), PLANNER, campaign=campaign)
    at("matched")
    for visit in visits(house, campaign):
        record(house, campaign, visit)
    at("recorded")
    for visit in visits(house, campaign):
        confirm(house, campaign, visit)
    at("confirmed")
    for visit in visits(house, campaign):
        approve(house, campaign, visit)
    at("approved")
    house.do(PUBLISH, PLANNER, campaign=campaign)
    at("published")
    house.do(step("closeCampaign"), PLANNER, campaign=campaign)
    at("closed")
