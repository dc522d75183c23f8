"""Rows D1 to D8 of docs/states.md through GraphQL: each transition of a delivery, and what is refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.worker import Worker
from ledger import outbox
from ledger.actors import Actor, Role
from ledger.deliveries import Delivery
from tests import bureau_files as files
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER
from tests.api.receiver import Answer
from tests.api.states.deliveries import Exchange, exchange

DELIVERIES = """
query ($state: DeliveryState, $platform: String, $overdue: Boolean! = false) {
  deliveries(first: 100, filter: { state: $state, platform: $platform, onlyOverdue: $overdue }) {
    nodes {
      number platform kind enterpriseCode version operation state overdue deliveredAt receipt export
      refusal { code message } receipts { outcome receipt enteredBy }
    }
  }
}"""
STATUS = "{ exchangeStatus { platform queued failed refused exported delivered superseded overdue lastDeliveredAt } }"
RESEND = """
mutation ($platform: String!, $numbers: [BigInt!]) {
  resendDeliveries(platform: $platform, numbers: $numbers) { count refusal { code } }
}"""
EXPORT = """
mutation ($platform: String!) {
  exportDeliveries(platform: $platform) { job { id } refusal { code } }
}"""
RECEIPT = """
mutation ($export: String!, $accepted: Boolean!, $receipt: String!, $numbers: [BigInt!]) {
  enterDeliveryReceipt(export: $export, accepted: $accepted, receipt: $receipt, numbers: $numbers) {
    count refusal { code }
  }
}"""
BACKLOG = "mutation ($platform: String!) { queueBacklog(platform: $platform) { count refusal { code } } }"
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """One bureau for all tests of this module."""
    with exchange(tmp_path_factory.mktemp("exchange")) as found:
        yield found


def seen(made: Exchange, delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as the analyst sees it."""
    nodes = made.house.ask(DELIVERIES, ANALYST, platform=delivery.channel)["deliveries"]["nodes"]
    [found] = [each for each in nodes if each["number"] == str(delivery.number)]
    return dict(found)


def export(made: Exchange) -> tuple[dict[str, Any], str]:
    """Export what goes to the platform of files; return the job's result and the file of penalties."""
    job = made.house.do(EXPORT, PLANNER, platform="paper")["job"]["id"]
    assert Worker(made.bureau).work_one()
    query = """
        query ($id: ID!) { job(id: $id) {
          state result { ... on DeliveryExport { export deliveries refused more } } files { name path }
        } }"""
    told = made.house.ask(query, PLANNER, id=job)["job"]
    assert told["state"] == "DONE"
    [file] = [each for each in told["files"] if each["name"] == "paper-penalty.csv"]
    return told["result"], made.house.fetch(file["path"], PLANNER).content.decode("utf-8-sig")


def test_d1_what_is_issued_is_queued_with_it(made: Exchange) -> None:
    delivery = made.penalise(made.enterprise())
    told = seen(made, delivery)
    assert (told["state"], told["kind"], told["operation"], told["version"]) == ("QUEUED", "PENALTY", "DELIVER", 1)
    assert (told["receipt"], told["deliveredAt"], told["receipts"]) == ("", None, [])


def test_d1_the_backlog_is_queued_by_planners_alone(made: Exchange) -> None:
    assert made.house.refused(BACKLOG, ANALYST, platform="paper") == "role_not_allowed"
    assert made.house.refused(BACKLOG, PLANNER, platform="none") == "platform_unknown"
    assert made.house.do(BACKLOG, PLANNER, platform="paper")["count"] == 0


def test_d1_what_is_overdue_is_told(made: Exchange) -> None:
    enterprise = made.enterprise()
    late = made.penalise(enterprise, "paper", 处罚决定日期="2026-01-05")
    nodes = made.house.ask(DELIVERIES, AUDITOR, platform="paper", overdue=True)["deliveries"]["nodes"]
    assert str(late.number) in [each["number"] for each in nodes]
    [paper] = [each for each in made.house.ask(STATUS, PLANNER)["exchangeStatus"] if each["platform"] == "paper"]
    assert paper["overdue"] >= 1


def test_d2_delivered_with_its_receipt(made: Exchange) -> None:
    delivery = made.penalise(made.enterprise())
    made.send()
    told = seen(made, delivery)
    receipt = f"R-{delivery.reference[:8]}-1"
    assert (told["state"], told["receipt"], told["refusal"]) == ("DELIVERED", receipt, None)
    assert [(each["outcome"], each["receipt"]) for each in told["receipts"]] == [("DELIVERED", receipt)]
    [status] = [each for each in made.house.ask(STATUS, ANALYST)["exchangeStatus"] if each["platform"] == "receiver"]
    assert status["lastDeliveredAt"] is not None


def test_d3_failed_and_tried_again_later(made: Exchange) -> None:
    enterprise = made.enterprise()
    made.answers[files.code(enterprise)] = Answer(500, {})
    delivery = made.penalise(enterprise)
    made.send()
    told = seen(made, delivery)
    assert (told["state"], told["refusal"]["code"]) == ("FAILED", "delivery_answered_badly")
    assert "500" in told["refusal"]["message"]
    del made.answers[files.code(enterprise)]
    made.send(outbox.FIRST_PAUSE)
    assert seen(made, delivery)["state"] == "DELIVERED"


def test_d4_refused_until_it_is_mended(made: Exchange) -> None:
    delivery = made.refuse(made.enterprise())
    told = seen(made, delivery)
    assert (told["state"], told["refusal"]["code"]) == ("REFUSED", "delivery_refused")
    assert [each["receipt"] for each in told["receipts"]] == ["HTTP 422 文号不合规"]


def test_d4_accepted_and_then_denied(made: Exchange) -> None:
    delivery = made.penalise(made.enterprise())
    made.send()
    made.denied.add(delivery.reference)
    made.send(timedelta(minutes=6))
    told = seen(made, delivery)
    assert (told["state"], told["deliveredAt"], told["refusal"]["code"]) == ("REFUSED", None, "delivery_denied")
    assert [each["outcome"] for each in told["receipts"]] == ["DELIVERED", "REFUSED"]


def test_d5_sent_again(made: Exchange) -> None:
    enterprise = made.enterprise()
    delivery = made.refuse(enterprise)
    numbers = [str(delivery.number)]
    assert made.house.refused(RESEND, ANALYST, platform="receiver", numbers=numbers) == "role_not_allowed"
    assert made.house.refused(RESEND, PLANNER, platform="paper", numbers=numbers) == "delivery_missing"
    del made.answers[files.code(enterprise)]
    assert made.house.do(RESEND, PLANNER, platform="receiver", numbers=numbers)["count"] == 1
    assert seen(made, delivery)["state"] == "QUEUED"
    made.send()
    assert seen(made, delivery)["state"] == "DELIVERED"
    assert made.house.refused(RESEND, PLANNER, platform="receiver", numbers=numbers) == "delivery_not_refused"


def test_d6_exported_as_a_file(made: Exchange) -> None:
    enterprise = made.enterprise()
    delivery = made.penalise(enterprise, "paper", 违法事实="=1+1")
    assert made.house.refused(EXPORT, ANALYST, platform="paper") == "role_not_allowed"
    assert made.house.refused(EXPORT, PLANNER, platform="none") == "platform_unknown"
    result, file = export(made)
    told = seen(made, delivery)
    assert (told["state"], told["export"]) == ("EXPORTED", result["export"])
    assert (result["deliveries"] >= 1, result["more"]) == (True, False)
    assert f"{files.code(enterprise)},{files.name(enterprise)}" in file
    assert "'=1+1" in file


def test_d7_a_receipt_is_entered(made: Exchange) -> None:
    taken, refused = (made.penalise(made.enterprise(), "paper") for _ in range(2))
    exported = export(made)[0]["export"]
    given: dict[str, Any] = {"export": exported, "accepted": True, "receipt": "回执1"}
    assert made.house.refused(RECEIPT, INSPECTOR, **given) == "role_not_allowed"
    assert made.house.refused(RECEIPT, PLANNER, **{**given, "receipt": " "}) == "receipt_missing"
    assert made.house.refused(RECEIPT, PLANNER, **{**given, "export": "none"}) == "export_missing"
    assert made.house.refused(RECEIPT, PLANNER, **given, numbers=["1"]) == "delivery_missing"
    told = {**given, "accepted": False, "receipt": "编码错误"}
    assert made.house.do(RECEIPT, PLANNER, **told, numbers=[str(refused.number)])["count"] == 1
    assert made.house.do(RECEIPT, PLANNER, **given)["count"] >= 1
    assert (seen(made, taken)["state"], seen(made, taken)["receipt"]) == ("DELIVERED", "回执1")
    assert seen(made, refused)["refusal"]["code"] == "delivery_denied"
    assert made.house.refused(RECEIPT, PLANNER, **given) == "delivery_not_exported"


def test_d8_a_newer_version_takes_its_place(made: Exchange) -> None:
    enterprise = made.enterprise()
    row = {"行政处罚决定书文号": "罚同一"}
    first = made.penalise(enterprise, **row)
    made.penalise(enterprise, **row, 违法行为类型="擅自开工")
    assert seen(made, first)["state"] == "SUPERSEDED"
    assert (
        made.house.refused(RESEND, PLANNER, platform="receiver", numbers=[str(first.number)]) == "delivery_not_refused"
    )
    made.send()
    assert [each.state.value for each in made.of(enterprise) if each.channel == "receiver"] == [
        "superseded",
        "delivered",
    ]


def test_platforms_are_added_by_administrators_alone(made: Exchange) -> None:
    add = "mutation ($text: String!) { addPlatform(text: $text) { platform { name kinds } refusal { code } } }"
    shown = {each["name"]: each for each in made.house.ask("{ platforms { name addedBy text } }", PLANNER)["platforms"]}
    assert (shown["paper"]["addedBy"], shown["national-publicity"]["addedBy"]) == ("admin", None)
    text = shown["national-publicity"]["text"]
    assert made.house.refused(add, PLANNER, text=text) == "role_not_allowed"
    assert made.house.refused(add, ADMINISTRATOR, text=text.replace("deadline = 20", "")) == "toml_key_missing"


def test_completeness_is_told(made: Exchange) -> None:
    query = '{ exchangeCompleteness(platform: "paper") { kind month issued delivered incomplete never } }'
    months = made.house.ask(query, ANALYST)["exchangeCompleteness"]
    assert [(each["kind"], each["month"]) for each in months][-1] == ("PENALTY", "2026-11")
    assert made.house.errors(query, INSPECTOR)[0]["extensions"]["code"] == "role_not_allowed"
