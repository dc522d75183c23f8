"""Two bureaus that watch each other over loopback, with nothing else installed: each runs a witness for the other.

The witnesses are processes of `qian witness serve` with the clock of the machine; the bureaus' clocks can be moved on.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from rich.console import Console

from api import witnessing
from api.auditing import audit_bureau
from api.bureau import Bureau, create
from api.command_line.campaign_answers import public_json, public_tables
from api.command_line.output import Output
from api.settings import Settings
from api.witness import create_witness, opened_witness
from ledger import merkle, note
from ledger.calendar import instant_text
from ledger.note import Checkpoint, Verifier
from ledger.witness import Submission
from sampling import disclosures
from sampling.bundles import export_bundle
from sampling.verification import Trust, verify_bundle
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import AUDITOR, NAME, ORIGIN, PLANNER, House, served_bureau
from tests.api.small_bureau import step
from tests.api.test_rematching import REOPEN
from tests.engines import ENGINES, fresh_database

OTHER_ORIGIN = "log.other.test/qian"
WAIT = 60

CAMPAIGN = """query ($code: String!) { campaign(code: $code) {
  state witnesses { policy latest isMet awaited } toBeTrusted { code } voidedEntry { kind text } } }"""


class Clock:
    """How far a bureau's clock has been moved on."""

    ahead = timedelta(0)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Bureaus whose clock can be moved on, and which lose no time."""
    moved = Clock()
    monkeypatch.setattr(Bureau, "now", property(lambda _: datetime.now(UTC).replace(microsecond=0) + moved.ahead))
    monkeypatch.setattr(witnessing, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(witnessing, "ROUND_SECONDS", 0.05)
    return moved


@dataclass
class WatchMan:
    """A witness in a process of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def vkey(self) -> str:
        with opened_witness(self.folder) as witness:
            return witness.verifier.vkey

    def trust(self, bureau: Bureau) -> None:
        with opened_witness(self.folder) as witness:
            witness.add_log(bureau.verifier.vkey)

    def start(self) -> None:
        command = [sys.executable, "-c", "from api.command_line import main; main()"]
        arguments = ["witness", "serve", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *arguments], stderr=subprocess.DEVNULL)
        while True:
            assert self.process.poll() is None
            try:
                httpx2.get(f"{self.url}/{'0' * 64}/checkpoint")
                return
            except httpx2.TransportError:
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def watchman(folder: Path, name: str) -> Iterator[WatchMan]:
    create_witness(folder, name)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    man = WatchMan(folder, port)
    man.start()
    try:
        yield man
    finally:
        man.kill()


def settings(home: Path, engine: str, url: str, witness: WatchMan) -> Settings:
    home.mkdir()
    policy = home / "witnesses.policy"
    policy.write_text(f"witness neighbour {witness.vkey} {witness.url}\nquorum neighbour\n", "utf-8")
    database_url = None if engine == "sqlite" else SecretStr(url)
    return Settings(home=home / "bureau", database_url=database_url, witness_policy=policy, witness_wait=WAIT)


@dataclass
class Neighbours:
    """Two bureaus; `ours` runs the witness that watches `theirs`, and the other way round."""

    ours: House
    theirs: House
    our_witness: WatchMan
    their_witness: WatchMan


@pytest.fixture(params=ENGINES)
def neighbours(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Neighbours]:
    with ExitStack() as stack:
        our_witness = stack.enter_context(watchman(tmp_path / "our witness", "witness.ours.test"))
        their_witness = stack.enter_context(watchman(tmp_path / "their witness", "witness.theirs.test"))

        def house(origin: str, watched_by: WatchMan) -> House:
            folder = tmp_path / origin.replace("/", "-")
            folder.mkdir()
            url = stack.enter_context(fresh_database(request.param, folder))
            made = create(settings(folder / "home", request.param, url, watched_by), origin, NAME)
            watched_by.trust(made)
            return stack.enter_context(served_bureau(made))

        ours, theirs = house(ORIGIN, their_witness), house(OTHER_ORIGIN, our_witness)
        yield Neighbours(ours, theirs, our_witness, their_witness)


def eventually_cosigned(house: House) -> note.OpenedNote:
    """Wait until the newest checkpoint is served with its quorum, and open it."""
    witnesses = house.bureau.witness_policy
    assert witnesses is not None
    keys = [house.bureau.verifier, *(each.verifier for each in witnesses.witnesses)]
    while True:
        served = house.http.get("/log/checkpoint")
        if served.status_code == 200:
            opened = note.open_note(served.text, keys)
            if note.parse_checkpoint(opened.text).size == house.size():
                return opened
        time.sleep(0.05)


def frozen_campaign(house: House) -> str:
    small_bureau.import_all(house)
    small_bureau.grade_all(house)
    campaign = small_bureau.plan(house)
    house.work(small_bureau.FREEZE, PLANNER, campaign=campaign)
    return campaign


def shown(house: House, campaign: str) -> dict[str, object]:
    found: dict[str, object] = house.ask(CAMPAIGN, code=campaign)["campaign"]
    return found


def told_on_the_command_line(house: House, campaign: str) -> object:
    """What `qian campaign show` tells machines of the witnesses; people are told the same names."""
    output, console = Output("en"), Console(width=200, record=True, file=StringIO())
    with house.bureau.read() as tx:
        found = disclosures.campaign(tx, campaign)
        for table in public_tables(tx, output, found):
            console.print(table)
        told = public_json(tx, found)["witnesses"]
    shown = console.export_text()
    assert isinstance(told, dict)
    assert ("a quorum cosigned in time" if told["met"] else "neighbour") in shown
    return told


def test_each_serves_the_checkpoint_that_the_other_cosigned(neighbours: Neighbours) -> None:
    for house in (neighbours.ours, neighbours.theirs):
        opened = eventually_cosigned(house)
        assert [each.time is None for each in opened.signatures] == [True, False]
        assert house.ask("{ ledger { checkpoint } }")["ledger"]["checkpoint"] == opened.verified_note


def test_a_draw_and_a_re_match_are_witnessed_by_the_neighbour_and_verified_by_pinned_keys(
    neighbours: Neighbours, clock: Clock
) -> None:
    house = neighbours.ours
    campaign = frozen_campaign(house)
    eventually_cosigned(house)
    wait = shown(house, campaign)
    assert wait["toBeTrusted"] == [{"code": "beacon_local"}, {"code": "not_attested"}]
    assert (wait["state"], wait["voidedEntry"]) == ("FROZEN", None)
    witnesses = wait["witnesses"]
    assert isinstance(witnesses, dict)
    assert (witnesses["isMet"], witnesses["awaited"]) == (True, [])
    told = told_on_the_command_line(house, campaign)
    assert isinstance(told, dict)
    assert (told["met"], told["awaited"]) == (True, [])
    assert house.refused(step("drawCampaign"), PLANNER, campaign=campaign) == "beacon_too_early"
    clock.ahead += timedelta(seconds=WAIT)
    house.do(step("drawCampaign"), PLANNER, campaign=campaign)
    house.do(step("matchCampaign"), PLANNER, campaign=campaign)
    visit = small_bureau.visits(house, campaign)[0]
    ill, where = visit["team"][0]["certificate"], [visit["enterpriseCode"]]
    house.do(REOPEN, PLANNER, campaign=campaign, inspector=ill, cause="突发疾病", enterprises=where)
    assert house.refused(step("rematchCampaign"), PLANNER, campaign=campaign) == "witnesses_awaited"
    eventually_cosigned(house)
    assert house.refused(step("rematchCampaign"), PLANNER, campaign=campaign) == "beacon_too_early"
    clock.ahead += timedelta(seconds=WAIT)
    house.do(step("rematchCampaign"), PLANNER, campaign=campaign)
    eventually_cosigned(house)
    with house.bureau.write() as tx:
        bundle = export_bundle(tx, AUDITOR, house.bureau.now, campaign)
    pinned = Trust((house.bureau.verifier,), (Verifier.from_vkey(neighbours.their_witness.vkey),))
    checks = verify_bundle(bundle, pinned)
    assert [each for each in checks if not each.passed] == []
    assert "by neighbour (keys pinned)" in {each.name: each.compared for each in checks}["witnesses"]
    assert audit_bureau(house.bureau, AUDITOR) == []


def test_a_neighbour_that_does_not_answer_is_waited_for_and_then_voids_the_campaign(
    neighbours: Neighbours, clock: Clock
) -> None:
    house = neighbours.ours
    eventually_cosigned(house)
    neighbours.their_witness.kill()
    campaign = frozen_campaign(house)
    wait = shown(house, campaign)
    witnesses = wait["witnesses"]
    assert isinstance(witnesses, dict)
    assert (witnesses["isMet"], witnesses["awaited"]) == (False, ["neighbour"])
    assert told_on_the_command_line(house, campaign) == {
        "latest": instant_text(datetime.fromisoformat(witnesses["latest"])),
        "met": False,
        "awaited": ["neighbour"],
    }
    assert house.refused(step("drawCampaign"), PLANNER, campaign=campaign) == "witnesses_awaited"
    clock.ahead += timedelta(seconds=WAIT + 32)
    while shown(house, campaign)["state"] != "VOIDED":
        time.sleep(0.05)
    voided = shown(house, campaign)["voidedEntry"]
    assert isinstance(voided, dict)
    assert json.loads(voided["text"])["body"] == {"reason": "witness_quorum_late", "subject": campaign}
    neighbours.their_witness.start()
    eventually_cosigned(house)
    assert shown(house, campaign)["state"] == "VOIDED"
    assert house.refused(step("drawCampaign"), PLANNER, campaign=campaign) == "campaign_state"
    assert audit_bureau(house.bureau, AUDITOR) == []


@pytest.mark.parametrize("neighbours", ["sqlite"], indirect=True)
def test_a_bureau_that_shows_its_neighbour_another_history_is_refused(neighbours: Neighbours) -> None:
    house = neighbours.theirs
    size = note.parse_checkpoint(eventually_cosigned(house).text).size
    signer = house.bureau.keyring.signer(house.bureau.verifier)
    forked = [merkle.leaf_hash(b"%d" % number) for number in range(size + 3)]

    def show(old: int, new: int) -> httpx2.Response:
        signed = note.sign_note(Checkpoint(OTHER_ORIGIN, new, merkle.root_of(forked[:new])).body(), [signer])
        proof = merkle.consistency_proof(old, new, merkle.nodes_over(forked)) if old else []
        body = Submission(old, tuple(proof), signed).to_bytes()
        return httpx2.post(f"{neighbours.our_witness.url}/add-checkpoint", content=body)

    assert (show(0, size).status_code, show(0, size).text) == (409, f"{size}\n")
    assert show(size - 1, size + 1).status_code == 409
    assert show(size, size).status_code == 422
    assert show(size, size + 3).status_code == 422


@pytest.mark.parametrize("neighbours", ["sqlite"], indirect=True)
def test_a_bureau_s_witness_may_die_at_any_time_and_goes_on(neighbours: Neighbours) -> None:
    house = neighbours.ours
    for kind, row in (
        ("department", files.department("ZJ", "样例住建局")),
        ("item", files.item("ZJ", "ZJ-01", "事项")),
    ):
        neighbours.their_witness.kill()
        house.import_file(kind, files.csv_bytes([row]))
        neighbours.their_witness.start()
        assert note.parse_checkpoint(eventually_cosigned(house).text).size == house.size()


@pytest.mark.parametrize("neighbours", ["sqlite"], indirect=True)
def test_the_time_of_a_cosignature_is_that_of_the_witness(neighbours: Neighbours, clock: Clock) -> None:
    clock.ahead = timedelta(minutes=30)
    opened = eventually_cosigned(neighbours.ours)
    cosigned_at = opened.signatures[1].time
    assert cosigned_at is not None
    assert datetime.fromtimestamp(cosigned_at, UTC) < neighbours.ours.bureau.now
