"""The service under its own PostgreSQL role: a whole campaign, and no way to change what it left."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.auditing import audit_bureau
from api.bureau import Bureau, create
from api.settings import Settings
from ledger.database import Database
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import AUDITOR, NAME, ORIGIN, served_bureau
from tests.engines import fresh_database
from tests.service_role import service_role


@pytest.fixture
def owned(tmp_path: Path) -> Iterator[Settings]:
    """A new bureau's settings, as the owner of its tables has them."""
    with fresh_database("postgresql", tmp_path) as url:
        settings = Settings(home=tmp_path / "home", database_url=SecretStr(url))
        create(settings, ORIGIN, NAME).close()
        yield settings


def test_a_whole_campaign_needs_no_more_than_the_service_may(owned: Settings) -> None:
    owner = Database(owned.url)
    with service_role(owner) as url:
        bureau = Bureau(owned.model_copy(update={"database_url": SecretStr(url)}))
        with served_bureau(bureau) as house:
            campaign = small_bureau.run_campaign(house, lambda _: None)
            state = house.ask("query ($code: String!) { campaign(code: $code) { state } }", code=campaign)
            assert state["campaign"]["state"] == "CLOSED"
            assert audit_bureau(bureau, AUDITOR) == []
            for table in ("log_entry", "finding", "disclosure", "document"):
                with pytest.raises(DBAPIError, match=r"permission denied|append-only"), bureau.database.write() as tx:
                    tx.execute(text(f"DELETE FROM {table}"))
            assert audit_bureau(bureau, AUDITOR) == []
    owner.close()


def test_the_command_prints_sql_that_psql_runs(owned: Settings, tmp_path: Path) -> None:
    owner = Database(owned.url)
    with service_role(owner) as url:
        role = str(Database(url).url.username)
        printed = Console(owned, tmp_path).run("database", "role", role)
        assert printed.code == 0
        assert printed.stdout.count("GRANT SELECT, INSERT") > 20
        ran = subprocess.run(
            ["psql", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", owned.url],
            input=printed.stdout.encode(),
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    owner.close()


def test_the_embedded_database_has_no_roles(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    create(settings, ORIGIN, NAME).close()
    assert Console(settings, tmp_path).json("database", "role", "qian").error == "roles_need_postgresql"
