"""Rows D1 to D8 of docs/states.md through the command line: each transition of a delivery, and what is refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger import outbox
from ledger.deliveries import Delivery
from tests import bureau_files as files
from tests.api.console import ADMINISTRATOR, ANALYST, PLANNER, Console
from tests.api.receiver import Answer
from tests.api.states.deliveries import Exchange, exchange


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """One bureau for all tests of this module."""
    with exchange(tmp_path_factory.mktemp("exchange")) as found:
        yield found


@pytest.fixture
def console(made: Exchange, tmp_path: Path) -> Console:
    """The command line of that bureau."""
    return Console(made.bureau.settings, tmp_path)


def seen(console: Console, delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as the analyst sees it."""
    after = str(delivery.number - 1)
    return dict(console.done("exchange", "list", "--after", after, actor=ANALYST)["deliveries"][0])


def test_d1_what_is_issued_is_queued_with_it(made: Exchange, console: Console) -> None:
    told = seen(console, made.penalise(made.enterprise()))
    assert (told["state"], told["kind"], told["operation"], told["receipts"]) == ("queued", "penalty", "deliver", [])


def test_d1_the_backlog_is_queued_by_planners_alone(console: Console) -> None:
    assert console.json("exchange", "backlog", "paper", actor=ANALYST).error == "role_not_allowed"
    assert console.json("exchange", "backlog", "none", actor=PLANNER).error == "platform_unknown"
    assert console.done("exchange", "backlog", "paper", actor=PLANNER) == {"platform": "paper", "deliveries": 0}


def test_d1_what_is_overdue_is_told(made: Exchange, console: Console) -> None:
    late = made.penalise(made.enterprise(), "paper", 处罚决定日期="2026-01-05")
    answer = console.json("exchange", "list", "--platform", "paper", "--overdue", actor=ANALYST)
    assert late.number in [each["number"] for each in answer.json["deliveries"]]
    status = console.json("exchange", "status", actor=ANALYST)
    assert status.code == 1
    assert {each["platform"]: each["overdue"] >= 1 for each in status.json["platforms"]}["paper"]
    people = console.run("exchange", "status", actor=ANALYST)
    assert people.stdout.startswith("Deliveries to platforms")


def test_d2_delivered_with_its_receipt(made: Exchange, console: Console) -> None:
    delivery = made.penalise(made.enterprise())
    made.send()
    told = seen(console, delivery)
    assert (told["state"], told["receipt"]) == ("delivered", f"R-{delivery.reference[:8]}-1")
    assert [each["outcome"] for each in told["receipts"]] == ["delivered"]


def test_d3_failed_and_tried_again_later(made: Exchange, console: Console) -> None:
    enterprise = made.enterprise()
    made.answers[files.code(enterprise)] = Answer(500, {})
    delivery = made.penalise(enterprise)
    made.send()
    told = seen(console, delivery)
    assert (told["state"], told["code"]) == ("failed", "delivery_answered_badly")
    assert "500" in told["error"]
    del made.answers[files.code(enterprise)]
    made.send(outbox.FIRST_PAUSE)
    assert seen(console, delivery)["state"] == "delivered"


def test_d4_refused_until_it_is_mended(made: Exchange, console: Console) -> None:
    told = seen(console, made.refuse(made.enterprise()))
    assert (told["state"], told["code"]) == ("refused", "delivery_refused")


def test_d4_accepted_and_then_denied(made: Exchange, console: Console) -> None:
    delivery = made.penalise(made.enterprise())
    made.send()
    made.denied.add(delivery.reference)
    made.send(timedelta(minutes=6))
    told = seen(console, delivery)
    assert (told["state"], told["delivered_at"], told["code"]) == ("refused", None, "delivery_denied")


def test_d5_sent_again(made: Exchange, console: Console) -> None:
    enterprise = made.enterprise()
    delivery = made.refuse(enterprise)
    again = ("exchange", "resend", "receiver", "--number", str(delivery.number))
    assert console.json(*again, actor=ANALYST).error == "role_not_allowed"
    assert (
        console.json("exchange", "resend", "receiver", "--number", "99999", actor=PLANNER).error == "delivery_missing"
    )
    del made.answers[files.code(enterprise)]
    assert console.done(*again, actor=PLANNER)["deliveries"] == 1
    assert seen(console, delivery)["state"] == "queued"
    made.send()
    assert seen(console, delivery)["state"] == "delivered"
    assert console.json(*again, actor=PLANNER).error == "delivery_not_refused"


def test_d6_exported_as_a_file(made: Exchange, console: Console, tmp_path: Path) -> None:
    enterprise = made.enterprise()
    delivery = made.penalise(enterprise, "paper", 违法事实="=1+1")
    out = ("exchange", "export", "paper", "--out", tmp_path / "out")
    assert console.json(*out, actor=ANALYST).error == "role_not_allowed"
    told = console.done(*out, actor=PLANNER)
    [file] = [Path(each) for each in told["files"] if each.endswith("paper-penalty.csv")]
    assert "'=1+1" in file.read_text("utf-8-sig")
    assert (seen(console, delivery)["state"], seen(console, delivery)["export"]) == ("exported", told["export"])
    assert console.json(*out, actor=PLANNER).error == "nothing_to_export"


def test_d7_a_receipt_is_entered(made: Exchange, console: Console, tmp_path: Path) -> None:
    taken, refused = (made.penalise(made.enterprise(), "paper") for _ in range(2))
    export = console.done("exchange", "export", "paper", "--out", tmp_path, actor=PLANNER)["export"]
    enter = ("exchange", "receipt", export)
    good = (*enter, "--accepted", "--receipt", "回执1")
    assert console.json(*good, actor=ANALYST).error == "role_not_allowed"
    assert console.json("exchange", "receipt", "none", *good[3:], actor=PLANNER).error == "export_missing"
    assert console.json(*enter, "--accepted", "--receipt", " ", actor=PLANNER).error == "receipt_missing"
    bad = (*enter, "--refused", "--receipt", "编码错误", "--number", str(refused.number))
    assert console.done(*bad, actor=PLANNER) == {"export": export, "deliveries": 1}
    assert console.done(*good, actor=PLANNER)["deliveries"] >= 1
    assert (seen(console, taken)["state"], seen(console, taken)["receipt"]) == ("delivered", "回执1")
    assert (seen(console, refused)["state"], seen(console, refused)["code"]) == ("refused", "delivery_denied")
    assert console.json(*good, actor=PLANNER).error == "delivery_not_exported"


def test_d8_a_newer_version_takes_its_place(made: Exchange, console: Console) -> None:
    enterprise = made.enterprise()
    first = made.penalise(enterprise, 行政处罚决定书文号="罚同一")
    made.penalise(enterprise, 行政处罚决定书文号="罚同一", 违法行为类型="擅自开工")
    assert seen(console, first)["state"] == "superseded"
    again = ("exchange", "resend", "receiver", "--number", str(first.number))
    assert console.json(*again, actor=PLANNER).error == "delivery_not_refused"


def test_platforms_are_shown_and_added(console: Console, tmp_path: Path) -> None:
    names = [each["name"] for each in console.done("exchange", "platform", "list", actor=PLANNER)["platforms"]]
    assert names == ["credit-sharing", "national-publicity", "paper", "receiver"]
    shown = console.run("exchange", "platform", "show", "national-publicity", actor=PLANNER).stdout
    path = tmp_path / "platform.toml"
    path.write_text(
        shown.replace('name = "national-publicity"', 'name = "local"').replace("deadline = 20", "deadline = 0")
    )
    add = ("exchange", "platform", "add", path)
    assert console.json(*add, actor=PLANNER).error == "role_not_allowed"
    assert console.json(*add, actor=ADMINISTRATOR).error == "platform_number_out_of_range"
    path.write_text(path.read_text().replace("deadline = 0", "deadline = 5\nvalid_to = 2018-12-31"))
    assert console.done(*add, actor=ADMINISTRATOR)["name"] == "local"
    assert console.json("exchange", "backlog", "local", actor=PLANNER).error == "platform_not_in_force"


def test_completeness_is_told(console: Console) -> None:
    months = console.done("exchange", "completeness", "paper", actor=ANALYST)["months"]
    assert months[-1]["month"] == "2026-11"
    assert console.run("exchange", "completeness", "paper", actor=ANALYST).code == 0
