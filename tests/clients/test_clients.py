"""The typed clients: each runs a whole campaign, from files to published findings, against a served bureau."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.bureau import Bureau
from ledger.actors import Actor, Role
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import House, served_bureau, served_on

CLIENTS = Path(__file__).parents[2] / "clients"
PYTHON = CLIENTS / "python" / ".venv" / "bin" / "python"
TYPESCRIPT = CLIENTS / "typescript" / "built" / "campaign.js"
MANIFEST = CLIENTS / "typescript" / "generated" / "persisted-documents.json"
STAFF = {
    "administrator": Actor("administrator", Role.ADMINISTRATOR),
    "planner": Actor("planner", Role.PLANNER, "ZJ"),
    "reviewer": Actor("reviewer", Role.PLANNER, "ZJ"),
    **{f"ZJ{number:03d}": Actor(f"ZJ{number:03d}", Role.INSPECTOR, "ZJ") for number in range(1, 5)},
}
needs_python = pytest.mark.skipif(not PYTHON.exists(), reason="the Python client is not generated (make clients)")
needs_node = pytest.mark.skipif(
    not TYPESCRIPT.exists() or shutil.which("node") is None, reason="the TypeScript client is not built (make clients)"
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A bureau with a model in force, and nothing else."""
    with served_on("sqlite", tmp_path) as house:
        small_bureau.adopt_model(house)
        yield house


@pytest.fixture
def closed_house(house: House, tmp_path: Path) -> Iterator[House]:
    """The same, closed to staff who ask other documents than the client's."""
    house.bureau.close()
    settings = house.bureau.settings.model_copy(update={"trusted_documents": MANIFEST, "trusted_only": "staff"})
    with served_bureau(Bureau(settings)) as closed:
        yield closed


def run(house: House, folder: Path, *command: str | Path, **environment: str) -> None:
    """Have a client's program run a campaign, and see that the public finds what it published."""
    paths = {}
    for source, rows in small_bureau.file_rows().items():
        paths[source] = str(folder / f"{source}.csv")
        Path(paths[source]).write_bytes(files.csv_bytes(rows))
    told = {
        "QIAN_URL": f"{house.url}/staff/graphql",
        "QIAN_TOKENS": json.dumps({name: house.token(actor) for name, actor in STAFF.items()}),
        "QIAN_FILES": json.dumps(paths),
        "QIAN_PLAN": json.dumps(small_bureau.plan_input(house)),
        **environment,
    }
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["state"] == "CLOSED"
    found = house.ask("{ findings(first: 100) { totalCount nodes { campaignCode } } }")["findings"]
    assert found["totalCount"] == result["published"] > 0
    assert {node["campaignCode"] for node in found["nodes"]} == {result["campaign"]}


@needs_python
def test_the_python_client_runs_a_campaign(house: House, tmp_path: Path) -> None:
    run(house, tmp_path, PYTHON, CLIENTS / "python" / "campaign.py")


@needs_node
def test_the_typescript_client_runs_a_campaign(house: House, tmp_path: Path) -> None:
    run(house, tmp_path, "node", TYPESCRIPT)


@needs_node
def test_the_typescript_client_sends_the_ids_of_trusted_documents_alone(closed_house: House, tmp_path: Path) -> None:
    run(closed_house, tmp_path, "node", TYPESCRIPT, QIAN_TRUSTED="")
    (error,) = closed_house.errors("{ me { role } }", STAFF["planner"])
    assert error["extensions"]["code"] == "document_not_trusted"
