"""Two Dask workers, each a process of its own, measure shares of the register: the digest is the same."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from distributed import LocalCluster
from pydantic import SecretStr

from api.dask_grading import spread_by
from api.settings import Settings
from ledger.database import Database
from ledger.errors import Conflict
from scoring import grading, model_steps
from scoring.grade_runs import GradeRun
from tests.engines import fresh_database
from tests.scoring.histories import FIRST, absorb, model, noon, register, take
from tests.scoring.register import ADMINISTRATOR, ANALYST, NOW

ENTERPRISES = range(1, 41)


@pytest.fixture(scope="module")
def filled(postgresql_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Forty enterprises, tied to each other across shares, some of which took others over."""
    with fresh_database("postgresql", tmp_path_factory.mktemp("dask"), postgresql_template) as url:
        database = Database(url)
        with database.write() as tx:
            model_steps.adopt_first(tx, ADMINISTRATOR, NOW, model("general"))
        with database.write() as tx:
            for number in ENTERPRISES:
                register(tx, FIRST, number, "物业服务" if number % 2 else "供热", FIRST - timedelta(50 * number))
                take(tx, FIRST, ("relation", number, "地址", "pq"[number % 2], 5))
                take(tx, FIRST, ("penalty", number, 1, number, number * 7))
                if number % 5 == 0:
                    take(tx, FIRST, ("breach", number, 1, number, None))
            for number in (3, 20):
                absorb(tx, FIRST, number, 41 - number)
        database.close()
        yield url


@pytest.fixture(scope="module")
def scheduler(filled: str) -> Iterator[str]:
    """A scheduler with two workers at loopback, who find the database in their environment."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QIAN_DATABASE_URL", filled)
        with LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster:
            yield cluster.scheduler_address


def grade(url: str, scheduler: str | None) -> GradeRun:
    database = Database(url)
    settings = Settings(database_url=SecretStr(url), dask_scheduler=scheduler)
    with spread_by(settings) as spread, database.write() as tx:
        run = grading.grade_enterprises(tx, ANALYST, noon(FIRST), FIRST, full=True, spread=spread)
    database.close()
    return run


def test_many_processes_give_the_digest_of_one(filled: str, scheduler: str) -> None:
    alone, spread = grade(filled, None), grade(filled, scheduler)
    assert (spread.results, spread.enterprises, spread.stored) == (alone.results, alone.enterprises, alone.stored)
    assert spread.enterprises == len(ENTERPRISES)


def test_what_nobody_else_can_see_yet_is_not_handed_out(filled: str, scheduler: str) -> None:
    database = Database(filled)
    settings = Settings(database_url=SecretStr(filled), dask_scheduler=scheduler)
    with spread_by(settings) as spread, database.write() as tx:
        take(tx, FIRST, ("penalty", 1, 2, 0, 5))
        with pytest.raises(Conflict, match="shares_not_committed"):
            grading.grade_enterprises(tx, ANALYST, noon(FIRST), FIRST, full=True, spread=spread)
        tx.rollback()
    database.close()


def test_a_bureau_on_sqlite_has_no_shares(scheduler: str, sqlite_template: str, tmp_path: Path) -> None:
    with fresh_database("sqlite", tmp_path, sqlite_template) as url:
        database = Database(url)
        with database.write() as tx:
            model_steps.adopt_first(tx, ADMINISTRATOR, NOW, model("general"))
            register(tx, FIRST, 1, "供热", FIRST)
        with (
            spread_by(Settings(dask_scheduler=scheduler)) as spread,
            database.write() as tx,
            pytest.raises(Conflict) as refused,
        ):
            grading.grade_enterprises(tx, ANALYST, noon(FIRST), FIRST, spread=spread)
        assert refused.value.code == "shares_need_postgresql"
        database.close()


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.dask_grading.PATIENCE_SECONDS", 1)
    with (
        pytest.raises(Conflict, match="dask_unreachable"),
        spread_by(Settings(dask_scheduler="tcp://127.0.0.1:9")),
    ):
        pass


def test_a_run_whose_workers_are_gone_is_refused_and_waits_for_nobody(
    filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dask_grading.PATIENCE_SECONDS", 3)
    monkeypatch.setenv("QIAN_DATABASE_URL", filled)
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        database = Database(filled)
        settings = Settings(database_url=SecretStr(filled), dask_scheduler=cluster.scheduler_address)
        with spread_by(settings) as spread, database.write() as tx:
            cluster.scale(0)
            while cluster.scheduler.workers:
                time.sleep(0.1)
            with pytest.raises(Conflict, match="dask_unreachable"):
                grading.grade_enterprises(tx, ANALYST, noon(FIRST), FIRST, full=True, spread=spread)
            tx.rollback()
        database.close()
