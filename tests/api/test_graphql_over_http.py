"""GraphQL over HTTP: held against graphql-http's audits, on both doors."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.bureau import create
from api.settings import Settings
from tests.api.house import NAME, ORIGIN, PLANNER, House, served_bureau

WEB = Path(__file__).parents[2] / "api/web"
AUDITS = 61

no_audits = pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules/graphql-http").exists(),
    reason="Node, or what package-lock.json pins, is not here",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose doors have everything on that the audits try."""
    home = tmp_path_factory.mktemp("audited")
    settings = Settings(home=home, introspection="both", get_queries="both")
    with served_bureau(create(settings, ORIGIN, NAME), worker=False) as house:
        yield house


@no_audits
@pytest.mark.parametrize("door", ["/graphql", "/staff/graphql"])
def test_every_audit_is_passed(house: House, door: str) -> None:
    authorization = house.headers(PLANNER, "en")["Authorization"] if door.startswith("/staff") else None
    command = ["node", str(WEB / "audit.mjs"), house.url + door, *([authorization] if authorization else [])]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout)
    assert [audit for audit in told if audit["status"] != "ok"] == []
    assert len(told) == AUDITS
