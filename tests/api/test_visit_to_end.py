"""One finding from a phone that was offline to the end of its display, and that no door knows the name afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.delivering import send_all
from ledger.calendar import instant_text
from sampling.assigning import Visit
from tests.api.console import SOUND
from tests.api.house import AUDITOR
from tests.api.public_side import answers
from tests.api.receiver import FILES, Receiver, document, receiving
from tests.api.small_bureau import CONFIRM, PUBLISH, RECORD, REVIEW
from tests.api.states.publishing import ADMINISTRATOR, FINDINGS, SECOND, Desk, desk_at, variables
from tests.sampling.bureau import CAMPAIGN, PLANNER, Templates, leader, second, visits
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

AT_THE_SITE = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
"""Where there is no network."""
ONLINE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
END = datetime(2031, 12, 5, 1, 0, tzinfo=UTC)
"""Five years after the publication and more."""
HAND_IN = "6c0f4c1e-0000-4000-8000-000000000001"

OBJECT = """mutation ($number: Int!, $text: String!) {
  objectToFinding(number: $number, claim: ALREADY_CORRECTED, text: $text) { receipt { number } refusal { code } } }"""
RECEIPT = "query ($receipt: String!) { submission(receipt: $receipt) { state answer } }"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """The platform."""
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture(scope="module")
def desk(
    sqlite_states: Templates,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """A served bureau whose campaign is matched, on the day of the visit."""
    with desk_at(sqlite_states.of("matched"), tmp_path_factory.mktemp("end"), ONLINE) as served:
        yield served


def send(desk: Desk) -> None:
    send_all(desk.house.bureau, desk.clock.now)


def record(desk: Desk, visit: Visit) -> dict[str, Any]:
    """Hand in what was written down at the site; again is the same hand-in."""
    told = {
        "on": "2026-11-25",
        "results": ["OTHER_VIOLATION"],
        "next": "CORRECTION",
        "correctBy": "2026-12-10",
        "handIn": {"id": HAND_IN, "enteredAt": instant_text(AT_THE_SITE), "basedOn": 0},
    }
    return desk.house.do(RECORD, leader(visit), **variables(visit, **told))


def everything_public(desk: Desk) -> bytes:
    """Return what all public doors answer, the search for an enterprise among them, and an export of the log."""
    exported = desk.console.folder / f"log-{desk.clock.now:%Y%m%d%H%M}"
    if not exported.exists():
        desk.console.done("log", "export", exported)
    files = [file.read_bytes() for file in exported.rglob("*") if file.is_file()]
    return b"\n".join([*answers(desk.house, CAMPAIGN), *files])


def test_from_offline_to_the_end_of_the_display(desk: Desk, receiver: Receiver, tmp_path: Path) -> None:
    house, console, visit = desk.house, desk.console, visits(desk.bureau)[0]
    name, code = visit.name, visit.enterprise
    platforms = {"receiver": document(receiver), "paper": FILES}
    for platform, text in platforms.items():
        (tmp_path / f"{platform}.toml").write_text(text, "utf-8")
    console.done("exchange", "platform", "add", tmp_path / "receiver.toml", actor=ADMINISTRATOR)

    assert record(desk, visit) == record(desk, visit)
    house.do(CONFIRM, second(visit), **variables(visit))
    house.do(REVIEW, PLANNER, **variables(visit, approve=True, note=""))
    assert not desk.shows(visit)
    assert name.encode() not in everything_public(desk)
    desk.move_on(ONLINE + timedelta(days=2))
    assert house.do(PUBLISH, PLANNER, campaign=CAMPAIGN, enterprises=[code])["publishedCount"] == 1
    (shown,) = house.ask(FINDINGS, code=code)["findings"]["nodes"]
    assert (shown["enterpriseCode"], shown["enterpriseName"]) == (code, name)
    mirror = house.http.get("/feed.json")
    assert name in mirror.text

    send(desk)
    (delivery,) = console.done("exchange", "list", actor=PLANNER)["deliveries"]
    assert (delivery["state"], delivery["receipt"][:2]) == ("delivered", "R-")
    assert receiver.messages[-1]["fields"]["结果"] == "违反其他管理规定"

    desk.move_on(ONLINE + timedelta(days=16))
    said = house.ask(OBJECT, number=shown["number"], text="已于十二月八日整改完毕，附验收单。")["objectToFinding"]
    (objection,) = console.done("objection", "list", "--open", actor=PLANNER)["objections"]
    told = ("--uphold", "--reason", "经复查属实。", "--result", "corrected", "--visited", "2026-11-25")
    console.done("objection", "propose", objection["id"], *told, "--follow-up", "correction", actor=PLANNER)
    console.done("objection", "decide", objection["id"], "--proposal", "1", actor=SECOND)
    assert house.ask(RECEIPT, receipt=said["receipt"]["number"])["submission"]["state"] == "UPHELD"
    proposed = console.done("proceeding", "list", "--kind", "correction", actor=PLANNER)["proceedings"][0]
    console.done("correction", "decide", proposed["id"], "--approve", actor=PLANNER)
    (corrected,) = house.ask(FINDINGS, code=code)["of"]["nodes"]
    assert (corrected["version"], corrected["results"]) == (2, [{"code": "CORRECTED"}])
    send(desk)
    assert [(each["version"], each["operation"]) for each in receiver.messages] == [(1, "deliver"), (2, "deliver")]

    desk.move_on(END)
    assert console.done("finding", "tend", actor=ADMINISTRATOR)["ended"] == 1
    send(desk)
    assert receiver.messages[-1]["operation"] == "withdraw"
    last = console.done("exchange", "list", actor=PLANNER)["deliveries"]
    assert [each["state"] for each in last] == ["delivered"] * 3

    tag = mirror.headers["ETag"]
    asked_again = house.http.get("/feed.json", headers={"If-None-Match": tag})
    assert (asked_again.status_code, asked_again.json()["items"]) == (200, [])
    assert house.http.get("/feed-ended.json").json()["ended"][0]["number"] == shown["number"]
    assert not desk.shows(visit)
    receipt = house.post(RECEIPT, {"receipt": said["receipt"]["number"]}).content
    public = everything_public(desk) + receipt
    for word in (name, code):
        assert word.encode() not in public
    no_door_of_the_exchange_tells(desk, tmp_path / "paper.toml")
    assert console.done("audit", actor=AUDITOR) == SOUND
    assert console.done("log", "fsck", f"{house.url}/log")["sound"]


def no_door_of_the_exchange_tells(desk: Desk, platform: Path) -> None:
    """A platform that is added after the end is not told of what ended, with its backlog neither."""
    desk.console.done("exchange", "platform", "add", platform, actor=ADMINISTRATOR)
    assert desk.console.done("exchange", "backlog", "paper", actor=PLANNER)["deliveries"] == 0
    export = ("exchange", "export", "paper", "--out", desk.console.folder / "exported-files")
    assert desk.console.json(*export, actor=PLANNER).error == "nothing_to_export"
    assert desk.console.done("exchange", "completeness", "paper", actor=PLANNER)["months"] == []
