"""A restored log, held at every door, and how it goes on: by a mirror, by its witnesses, by two administrators."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api import log_release
from api.auditing import audit_bureau
from api.backups import back_up, restore
from api.bureau import Bureau, create
from api.log_client import FolderLog
from api.settings import Settings
from api.witness import Witness, create_witness
from api.witness_client import ask
from ledger import age, cosignatures, hold, log, signed
from ledger.actors import OFFICERS, Actor, Role
from ledger.fsck import check_log
from ledger.log import NewEntry
from ledger.policy import PolicyWitness
from ledger.witness import Refused
from schema.words import say_code
from tests import bureau_files as files
from tests.actors import somebody
from tests.api import small_bureau
from tests.api.backups import QUICK, empty_place, passphrase_file
from tests.api.console import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, Console
from tests.api.house import NAME, ORIGIN, House, served_bureau
from tests.api.test_log_commands import served_folder
from tests.engines import ENGINES

SECOND = Actor("second administrator", Role.ADMINISTRATOR)
HOLD = "{ logHold { size statements statementsNeeded } }"
STATE = "mutation ($reason: String!) { stateLogComplete(reason: $reason) { released refusal { code remedy } } }"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "WORK_FACTOR", QUICK)


on_both = pytest.mark.parametrize("place", ENGINES, indirect=True)
"""For a whole way; how a held log is stored is asked of the ledger."""


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    with empty_place(getattr(request, "param", "sqlite"), tmp_path / "place", passphrase_file(tmp_path)) as settings:
        yield settings


class Lost:
    """A bureau that is lost, with an export of its log, and what was restored of it from an older backup."""

    def __init__(self, place: Settings, folder: Path) -> None:
        home = Settings(home=folder / "lost", backup_passphrase_file=place.backup_passphrase_file)
        self.original = create(home, ORIGIN, NAME)
        self.grow(4)
        self.mirror = folder / "mirror"
        self.settings, self.folder = place, folder
        self.export()

    def grow(self, more: int, subject: str = "a") -> None:
        with self.original.write() as tx:
            log.append(tx, self.original.now, [NewEntry("test.noted", subject)] * more)

    def export(self) -> None:
        Console(self.original.settings, self.folder).done("log", "export", self.mirror)

    def restored(self, **update: Any) -> Console:
        """Restore a backup of now, and return commands on it."""
        back_up(self.original.settings, self.folder / "backup", with_keys=True)
        restore(self.settings, self.folder / "backup")
        return Console(self.settings.model_copy(update=update), self.folder)


@pytest.fixture
def lost(place: Settings, tmp_path: Path) -> Iterator[Lost]:
    made = Lost(place, tmp_path)
    yield made
    made.original.close()


def imported(console: Console, file: Path) -> Any:
    file.write_bytes(files.csv_bytes([files.department("ZJ", "样例住建局")]))
    return console.json("import", "--source", "department", file, actor=ADMINISTRATOR)


def goes_on(console: Console, lost: Lost, kinds: list[str]) -> None:
    """The log goes on with an entry that says by what, is sound, and continues what outsiders have seen."""
    with closing(Bureau(console.settings)) as bureau:
        with bureau.read() as tx:
            assert hold.held(tx) is None
            (entry,) = hold.restorations(tx)
            assert [each["kind"] for each in entry.body["evidence"]] == kinds
            assert signed.size(tx) == log.size(tx)
        assert audit_bureau(bureau, AUDITOR) == []
        told = console.done("audit", actor=AUDITOR)
        assert (told["sound"], told["held"]) == (True, False)
        assert [each["entry"] for each in told["restorations"]] == [entry.seq]
        assert imported(console, lost.folder / "d.csv").code == 0
        console.done("log", "export", lost.mirror)  # which refuses a log that does not continue the mirror
        assert list(check_log(FolderLog(lost.mirror).read, bureau.verifiers)) == []


def test_every_command_that_appends_is_refused_with_words(lost: Lost, tmp_path: Path) -> None:
    console = lost.restored()
    refused = imported(console, tmp_path / "d.csv")
    assert refused.error == "log_held"
    assert "qian log release" in refused.json["error"]["remedy"]
    before = sorted((console.settings.home / "keys").iterdir())
    assert console.json("grade", actor=ANALYST).code == 1
    assert console.json("key", "rotate", actor=ADMINISTRATOR).error == "log_held"
    assert sorted((console.settings.home / "keys").iterdir()) == before
    told = console.done("audit", actor=AUDITOR)
    assert (told["sound"], told["held"], told["restorations"]) == (True, True, [])
    assert console.done("log", "proof", "3")["index"] == 3
    assert "is held" in console.run("audit", actor=AUDITOR).stdout


def test_a_mirror_that_knows_nothing_more_releases_it(lost: Lost) -> None:
    console = lost.restored()
    answer = console.done("log", "release", "--mirror", lost.mirror, actor=ADMINISTRATOR)
    assert (answer["released"], answer["entry"]) == (True, 6)
    goes_on(console, lost, ["mirror"])
    assert console.json("log", "release", "--mirror", lost.mirror, actor=ADMINISTRATOR).error == "log_not_held"


def test_mirrors_are_read_over_http_and_all_must_agree(lost: Lost, tmp_path: Path) -> None:
    lost.grow(2)
    shutil.copytree(lost.mirror, tmp_path / "behind")
    console = lost.restored()
    lost.export()
    with served_folder(lost.mirror) as url:
        both = ("--mirror", url, "--mirror", str(tmp_path / "behind"))
        assert console.done("log", "release", *both, actor=ADMINISTRATOR)["released"]
    goes_on(console, lost, ["mirror", "mirror"])


def test_a_longer_mirror_keeps_it_held_and_tells_what_is_lost(lost: Lost, tmp_path: Path) -> None:
    for name in ("behind", "same"):
        shutil.copytree(lost.mirror, tmp_path / name)
    console = lost.restored()
    lost.grow(3)
    lost.export()
    several = ("--mirror", str(tmp_path / "behind"), "--mirror", str(lost.mirror))
    for mirrors in (several[2:], several):
        refused = console.json("log", "release", *mirrors, actor=ADMINISTRATOR)
        assert refused.error == "log_incomplete"
        assert refused.json["error"]["parameters"] == {"held": "6", "known": "9", "lost": "3"}
        assert "qian init" in refused.json["error"]["remedy"]
    for arguments in (
        ("--mirror", str(tmp_path / "same")),
        ("--statement", "so"),
    ):  # what the longer mirror showed is not forgotten
        refused = console.json("log", "release", *arguments, actor=SECOND)
        assert refused.error == "log_contradicted"
        assert refused.json["error"]["parameters"]["source"] == str(lost.mirror)
    assert imported(console, tmp_path / "d.csv").error == "log_held"


def test_mirrors_that_lag_show_nothing_of_the_end(lost: Lost) -> None:
    lost.grow(2)
    console = lost.restored()
    refused = console.json("log", "release", "--mirror", lost.mirror, actor=ADMINISTRATOR)
    assert refused.error == "mirrors_behind"
    assert refused.json["error"]["parameters"] == {"held": "8", "known": "6"}
    assert console.done("log", "release", "--statement", "so", actor=ADMINISTRATOR) == {"released": False}


def test_a_forked_mirror_keeps_it_held_and_both_notes_are_kept(lost: Lost, tmp_path: Path) -> None:
    console = lost.restored()
    lost.grow(3)
    lost.export()
    restored = Bureau(console.settings)
    with restored.write() as tx:  # somebody had the restored log go on all the same
        hold.release(tx, ADMINISTRATOR, restored.now, [])
    with restored.write() as tx:
        log.append(tx, restored.now, [NewEntry("test.noted", "another history")])
        hold.hold(tx, restored.now, restored.now)
    restored.close()
    refused = console.json("log", "release", "--mirror", lost.mirror, actor=ADMINISTRATOR)
    assert refused.error == "log_forked"
    kept = Path(refused.json["folder"])
    assert {file.name for file in kept.iterdir()} >= {"known.checkpoint", "served.checkpoint"}
    assert console.json("log", "release", "--statement", "so", actor=ADMINISTRATOR).error == "log_contradicted"
    assert imported(console, tmp_path / "d.csv").error == "log_held"


def test_what_shows_nothing_releases_nothing(lost: Lost, tmp_path: Path) -> None:
    console = lost.restored()

    def refused(*arguments: str, actor: Actor = ADMINISTRATOR) -> str:
        return str(console.json("log", "release", *arguments, actor=actor).error)

    assert refused() == "release_without_evidence"
    assert refused("--mirror", str(tmp_path / "nowhere")) == "log_folder_missing"
    assert refused("--witnesses") == "log_without_witnesses"
    assert refused("--statement", "so", "--witnesses") == "statement_beside_evidence"
    assert refused("--mirror", str(lost.mirror), actor=ANALYST) == "role_not_allowed"
    assert refused("--statement", "so", actor=PLANNER) == "role_not_allowed"
    (lost.mirror / "checkpoint").unlink()
    assert refused("--mirror", str(lost.mirror)) == "log_part_missing"
    assert console.json("log", "release", "--mirror", str(lost.mirror)).error == "command_without_token"
    with closing(Bureau(console.settings)) as bureau, bureau.read() as tx:
        assert log.is_held(tx)


@on_both
def test_two_administrators_release_it(lost: Lost) -> None:
    console = lost.restored()
    statement = ("log", "release", "--statement", "stopped at noon, backed up after")
    assert console.done(*statement, actor=ADMINISTRATOR) == {"released": False}
    assert console.json(*statement, actor=ADMINISTRATOR).error == "log_statement_repeated"
    assert imported(console, lost.folder / "d.csv").error == "log_held"
    assert "goes on" in console.run(*statement, actor=SECOND).stdout
    goes_on(console, lost, ["statement", "statement"])


class Watch:
    """A witness that watches the lost bureau's log, asked in memory."""

    def __init__(self, lost: Lost) -> None:
        self.lost = lost
        create_witness(lost.folder / "witness", "w1.test")
        self.witness = Witness(lost.folder / "witness")
        self.witness.add_log(lost.original.verifier.vkey)
        self.policy = lost.folder / "policy"
        self.policy.write_text(f"witness w1 {self.witness.verifier.vkey} http://w1.test\nquorum w1\n")
        self.answer: Callable[[bytes], str] = lambda body: self.witness.add_checkpoint(body, int(time.time()))

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return httpx2.Response(200, text=self.answer(request.read()))
        except Refused as refused:
            return httpx2.Response(refused.status, text=refused.body)

    def client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self.handle))

    def sees(self, bureau: Bureau) -> None:
        """Have it cosign what the log is now."""
        with bureau.read() as tx:
            size = signed.size(tx)
        ask(bureau.database, self.client(), PolicyWitness("w1", self.witness.verifier, "http://w1.test"), size)


@pytest.fixture
def watch(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch(lost)
    monkeypatch.setattr(log_release, "new_client", made.client)
    return made


@pytest.mark.parametrize("seen", [False, True])
def test_witnesses_that_know_nothing_more_release_it(lost: Lost, watch: Watch, seen: bool) -> None:
    if seen:
        watch.sees(lost.original)
    console = lost.restored(witness_policy=watch.policy)
    answer = console.done("log", "release", "--witnesses", actor=ADMINISTRATOR)
    (evidence,) = answer["evidence"]
    assert (evidence["vkey"], evidence["size"]) == (watch.witness.verifier.vkey, 6)
    with closing(Bureau(console.settings)) as bureau, bureau.read() as tx:
        assert cosignatures.acknowledged(tx, watch.witness.verifier) == 6


def test_a_witness_that_has_seen_more_keeps_it_held(lost: Lost, watch: Watch, tmp_path: Path) -> None:
    watch.sees(lost.original)
    console = lost.restored(witness_policy=watch.policy)
    lost.grow(3)
    watch.sees(lost.original)
    refused = console.json("log", "release", "--witnesses", actor=ADMINISTRATOR)
    assert refused.error == "log_incomplete"
    assert refused.json["error"]["parameters"] == {"held": "6", "known": "9", "lost": "3"}
    assert imported(console, tmp_path / "d.csv").error == "log_held"
    assert console.json("log", "release", "--mirror", lost.mirror, actor=ADMINISTRATOR).error == "log_contradicted"
    for policy in (watch.policy, None):  # without the policy its cosignatures still tell of the witness
        there = Console(console.settings.model_copy(update={"witness_policy": policy}), tmp_path)
        assert there.json("log", "release", "--statement", "so", actor=ADMINISTRATOR).error == "log_has_witnesses"


def test_a_witness_that_has_seen_another_history_keeps_it_held(lost: Lost, watch: Watch, tmp_path: Path) -> None:
    console = lost.restored(witness_policy=watch.policy)
    other = Bureau(console.settings)
    with other.write() as tx:
        hold.release(tx, ADMINISTRATOR, other.now, [])
    watch.sees(other)
    other.close()
    shutil.rmtree(console.settings.home)
    lost.grow(3)
    (tmp_path / "backup").unlink()
    console = lost.restored(witness_policy=watch.policy)
    assert console.json("log", "release", "--witnesses", actor=ADMINISTRATOR).error == "witness_disagrees"


@pytest.mark.parametrize("answer", ["", "— w1.test AAAA\n"])
def test_a_witness_that_is_away_or_talks_nonsense_releases_nothing(lost: Lost, watch: Watch, answer: str) -> None:
    console = lost.restored(witness_policy=watch.policy)
    watch.answer = lambda _: answer
    refused = console.json("log", "release", "--witnesses", actor=ADMINISTRATOR)
    assert refused.error == "witnesses_unheard"
    assert refused.json["error"]["parameters"]["reasons"][0].startswith("w1: ")


@pytest.fixture
def house(lost: Lost) -> Iterator[House]:
    """A restored bureau, served, with a planned campaign."""
    with served_bureau(lost.original) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        small_bureau.plan(house)
        lost.restored()
    with served_bureau(Bureau(lost.settings)) as house:
        yield house


def test_held_it_is_served_and_every_mutation_that_appends_is_refused(house: House) -> None:
    size = house.size()
    assert house.http.get("/readyz").text == "ready, to read only: the restored log is held\n"
    for role in OFFICERS:
        held = house.ask(HOLD, somebody(role))["logHold"]
        assert held == {"size": str(size), "statements": 0, "statementsNeeded": 2}
    text = small_bureau.MODEL.replace('"1"', '"2"')
    assert house.refused(small_bureau.DRAFT, ANALYST, text=text) == "log_held"
    job = house.import_file("department", files.csv_bytes([files.department("AJ", "样例应急局")]))
    words = say_code("log_held", {"size": size}, "en")
    assert job["refusal"] == {"code": "log_held", "message": words.message, "remedy": words.remedy}
    frozen = house.do(small_bureau.FREEZE, PLANNER, campaign="2026-0001")["job"]["id"]
    assert house.ended(frozen, PLANNER)["refusal"]["code"] == "log_held"
    assert house.size() == size
    assert house.http.get("/log/checkpoint").text.split("\n")[1] == str(size)
    assert house.ask("{ items(first: 1) { nodes { code } } }")["items"]["nodes"] == [{"code": "ZJ-01"}]
    assert "unexpected" not in house.logged.getvalue()


def test_two_administrators_release_it_by_graphql(house: House) -> None:
    size = house.size()
    assert house.refused(STATE, ADMINISTRATOR, reason=" ") == "reason_missing"
    assert house.do(STATE, ADMINISTRATOR, reason="stopped before")["released"] is False
    assert house.ask(HOLD, PLANNER)["logHold"]["statements"] == 1
    assert house.refused(STATE, ADMINISTRATOR, reason="again") == "log_statement_repeated"
    assert house.do(STATE, SECOND, reason="I stopped it")["released"] is True
    assert house.ask(HOLD, PLANNER) == {"logHold": None}
    assert house.http.get("/readyz").text == "ready\n"
    entry = house.ask("query ($seq: BigInt!) { ledger { entry(seq: $seq) { kind } } }", seq=str(size))
    assert entry == {"ledger": {"entry": {"kind": "log.restored"}}}
    small_bureau.freeze(house, "2026-0001")
