"""The trial: a sample bureau with one whole campaign, once, whatever interrupts it."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import trial
from api.bureau import Bureau, create
from api.command_line.output import Output
from api.migrating import newest_version, version_of
from api.sample import enterprises
from api.server import build_app
from api.settings import Settings
from api.trial import PLANNER, Trial, prepare, tell_what_to_open
from ledger import log
from ledger.database import Database
from ledger.errors import Missing
from sampling import campaigns, disclosures
from sampling.verification import Trust, verify_bundle
from sampling.visits import recording
from tests.api.conftest import SAMPLED
from tests.api.console import Console
from tests.api.test_command_line_ways import answered, free_port, started, until
from tests.older_database import copy_at

on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
STEPS = ("import_files", "grade", "plan", "freeze", "draw", "match", "record", "review", "publish", "verify")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enterprises, "ENTERPRISES", SAMPLED)


@contextmanager
def prepared(settings: Settings) -> Iterator[Bureau]:
    bureau = prepare(settings, Output("zh"))
    yield bureau
    bureau.close()


def log_size(bureau: Bureau) -> int:
    with bureau.read() as tx:
        return log.size(tx)


def the_campaign(bureau: Bureau) -> campaigns.Campaign:
    with bureau.read() as tx:
        [found] = campaigns.visible(tx, PLANNER)
    return found


def test_a_trial_runs_one_whole_campaign_and_verifies_it(settings: Settings) -> None:
    with prepared(settings) as bureau:
        found = the_campaign(bureau)
        assert found.state == "closed"
        with bureau.read() as tx:
            public = disclosures.campaign(tx, found.id)
            assert disclosures.count_published(tx, found.id) == len(disclosures.drawn_positions(tx, public))
        folder = settings.home / "sample"
        trust = Trust.parse((folder / "trust.toml").read_text())
        assert all(check.passed for check in verify_bundle((folder / f"{found.id}.bundle").read_bytes(), trust))


def test_started_again_it_changes_nothing(settings: Settings) -> None:
    with prepared(settings) as bureau:
        size = log_size(bureau)
    with prepared(settings) as bureau:
        assert log_size(bureau) == size


@on_sqlite
def test_it_ends_with_a_token_of_each_role_that_opens_the_desk(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with prepared(settings) as bureau:
        capsys.readouterr()
        tell_what_to_open(bureau, Output("en"))
        told = capsys.readouterr().err
        assert f"{settings.address}/desk" in told
        shown = [line.split(": ") for line in told.splitlines() if "eyJ" in line]
        browser = TestClient(build_app(bureau))
        for role, token in shown:
            entered = browser.post("/desk/session", json={"token": token}).json()
            assert (entered["signedIn"], entered["role"]) == (True, role)
    assert [role for role, _ in shown] == ["planner", "inspector", "analyst", "auditor", "administrator"]


def test_interrupted_before_every_step_it_goes_on_where_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in STEPS:
        interrupted(settings, monkeypatch, Trial, step, interrupt)
    with prepared(settings) as bureau:
        assert the_campaign(bureau).state == "closed"
        assert (settings.home / "sample" / f"{the_campaign(bureau).id}.bundle").exists()


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def interrupted(settings: Settings, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, by: Any) -> None:
    """Prepare a trial with one function replaced by one that interrupts it."""
    with monkeypatch.context() as patched:
        patched.setattr(where, name, by)
        with pytest.raises(KeyboardInterrupt):
            prepare(settings, Output("zh"))


@on_sqlite
def test_interrupted_between_visits_it_records_the_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TOGETHER", 4)
    real, calls = recording.record_finding, iter(range(1000))

    def sometimes(*given: Any) -> Any:
        return interrupt() if next(calls) == 6 else real(*given)

    interrupted(settings, monkeypatch, trial, "record_finding", sometimes)
    with prepared(settings) as bureau:
        assert the_campaign(bureau).state == "closed"


def frozen(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Interrupt a trial after its freeze and return what its parties keep."""
    interrupted(settings, monkeypatch, Trial, "draw", interrupt)
    return sorted((settings.home / "sample").glob("*.json"))


@on_sqlite
def test_a_party_s_lost_secret_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = frozen(settings, monkeypatch)
    assert len(kept) == 2
    kept[0].unlink()
    with pytest.raises(Missing, match="trial_secret_missing"):
        prepare(settings, Output("zh"))


@on_sqlite
def test_after_the_deadline_the_fallback_decides(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "REVEALING", timedelta(seconds=1))
    for kept in frozen(settings, monkeypatch):
        kept.unlink()
    time.sleep(3)
    with prepared(settings) as bureau:
        found = the_campaign(bureau)
        assert found.state == "closed"
        with bureau.read() as tx:
            assert "beacon_local" in disclosures.campaign(tx, found.id).to_be_trusted


def test_a_bureau_of_somebody_else_is_left_alone(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    create(settings, "log.test/qian", "某单位").close()
    with prepared(settings) as bureau:
        size = log_size(bureau)
        assert size == 2
        tell_what_to_open(bureau, Output("en"))
    assert not (settings.home / "sample").exists()
    shown = capsys.readouterr().err
    assert f"{settings.address}/graphql" in shown
    assert "eyJ" not in shown


def test_the_script_serves_the_trial_and_served_again_serves_it_at_once(tmp_path: Path) -> None:
    console = Console(Settings(home=tmp_path / "home"), tmp_path)
    serve(console)
    bureau = Bureau(console.settings)
    size = log_size(bureau)
    serve(console)
    assert log_size(bureau) == size
    bureau.close()


def serve(console: Console) -> None:
    port = free_port()
    with started(console, "trial", PORT=str(port)) as process:
        until(process, lambda: answered(port) == 200)
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0


@on_sqlite
def test_a_trial_of_an_earlier_release_is_migrated_and_goes_on(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = Settings(home=tmp_path / "older")
    with prepared(settings) as bureau:
        size = log_size(bureau)
        older.home.mkdir()
        for folder in ("keys", "sample"):
            shutil.copytree(settings.home / folder, older.home / folder)
        database = Database(older.url)
        copy_at("0001", bureau.database, database)
        database.close()
    capsys.readouterr()
    with prepared(older) as bureau:
        assert f"0001 升至 {newest_version()}" in capsys.readouterr().err
        assert log_size(bureau) == size
        assert the_campaign(bureau).state == "closed"
        with bureau.read() as tx:
            assert version_of(tx) == newest_version()
