"""`qian serve` as an operator runs it: one side or both, and what keeps it from starting."""

import os
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from uvicorn import Server

from api.bureau import create
from api.settings import Settings
from tests.api.console import Console
from tests.api.file_servers import certificates
from tests.api.house import NAME, ORIGIN

QIAN = "import sys; from api.command_line import main; sys.exit(main())"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bureau."""
    folder = tmp_path_factory.mktemp("sides") / "home"
    create(Settings(home=folder), ORIGIN, NAME).close()
    return folder


def started(home: Path, port: int, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "QIAN_HOME": str(home), "QIAN_PORT": str(port), "QIAN_LANGUAGE": "en", **settings}
    return subprocess.Popen(
        [sys.executable, "-c", QIAN, "serve", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def answers(process: subprocess.Popen[str], client: httpx2.Client, *paths: str) -> list[httpx2.Response]:
    """Return how paths are answered as soon as any is."""
    latest = time.monotonic() + 60
    while time.monotonic() < latest:
        assert process.poll() is None, process.communicate()
        try:
            return [client.get(path) for path in paths]
        except httpx2.ConnectError:
            time.sleep(0.1)
    pytest.fail("it does not answer")


@pytest.mark.parametrize(("side", "public", "staff"), [("--public", 200, 404), ("--staff", 404, 401)])
def test_a_side_is_served_by_a_process_of_its_own(home: Path, side: str, public: int, staff: int) -> None:
    port = free_port()
    process = started(home, port, side)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            told = answers(process, client, "/healthz", "/log/checkpoint", "/feed.json", "/staff/files/x")
        assert [each.status_code for each in told] == [200, 200, public, staff]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_nothing_is_served_with_a_document_that_no_schema_answers(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text("{ grades { score } }", "utf-8")
    told, _ = started(home, free_port(), QIAN_TRUSTED_DOCUMENTS=str(tmp_path)).communicate(timeout=60)
    assert "is valid in neither schema" in told
    assert "Traceback" not in told


def test_https_is_a_setting(home: Path, tmp_path: Path) -> None:
    port, (authority, chain) = free_port(), certificates(tmp_path)
    process = started(home, port, QIAN_TLS_CERTIFICATE=str(chain), QIAN_TLS_KEY=str(chain))
    try:
        context = ssl.create_default_context(cadata=authority)
        with httpx2.Client(base_url=f"https://127.0.0.1:{port}", verify=context) as client:
            (told,) = answers(process, client, "/healthz")
        assert told.status_code == 200
        assert told.headers["strict-transport-security"] == "max-age=31536000"
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=30)
    assert f"https://127.0.0.1:{port}" in said


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        ("server.pem", "missing.pem", "HTTPS cannot be served"),
        ("server.pem", "other.pem", "HTTPS cannot be served"),
        ("server.pem", "", "settings cannot be used"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificate: str, key: str, said: str
) -> None:
    monkeypatch.setattr(Server, "run", lambda *_, **__: pytest.fail("it serves"))
    (tmp_path / "other").mkdir()
    (certificates(tmp_path / "other")[1]).rename(tmp_path / "other.pem")
    certificates(tmp_path)
    named = {"QIAN_TLS_CERTIFICATE": str(tmp_path / certificate), "QIAN_TLS_KEY": str(tmp_path / key) if key else ""}
    told = Console(Settings(home=home), tmp_path).run("serve", actor=None, QIAN_PORT=str(free_port()), **named)
    assert told.code == 1
    assert said in told.stderr
    assert "Traceback" not in told.stderr
