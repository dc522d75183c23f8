"""Files whose names carry their hash."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import built_files

KEPT = "public, max-age=31536000, immutable"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-abc123.js").write_text("1", encoding="utf-8")
    (tmp_path / "assets" / "main-abc123.js.gz").write_bytes(b"zipped")
    return tmp_path


def client(built: Path) -> TestClient:
    return TestClient(Starlette(routes=[built_files.assets(built)]), headers={"Accept-Encoding": "identity"})


def test_an_asset_is_kept_for_ever(built: Path) -> None:
    answer = client(built).get("/assets/main-abc123.js")
    assert answer.text == "1"
    assert answer.headers["cache-control"] == KEPT


def test_whoever_takes_it_compressed_gets_what_lies_beside_it(built: Path) -> None:
    with client(built).stream("GET", "/assets/main-abc123.js", headers={"Accept-Encoding": "br, gzip;q=0.5"}) as answer:
        assert b"".join(answer.iter_raw()) == b"zipped"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert (answer.headers["vary"], answer.headers["cache-control"]) == ("Accept-Encoding", KEPT)


def test_an_asset_that_is_not_there_is_not_found(built: Path) -> None:
    answer = client(built).get("/assets/other.js")
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers


@pytest.mark.parametrize("path", ["/assets/..%2fpaths.json", "/assets/%2e%2e/paths.json", "/assets/.."])
def test_nothing_above_the_assets_is_reached(built: Path, path: str) -> None:
    (built / "paths.json").write_text("[]", encoding="utf-8")
    assert client(built).get(path).status_code == 404


def test_a_path_of_many_parts_is_not_looked_for(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built_files.HashedFiles, "lookup_path", lambda *_: pytest.fail("looked for"))
    monkeypatch.setattr(built_files.HashedFiles, "get_path", lambda *_: pytest.fail("taken apart"))
    assert client(built).get("/assets/" + "a/" * 100).status_code == 404


def test_no_asset_is_found_before_the_web_part_is_built(tmp_path: Path) -> None:
    assert client(tmp_path).get("/assets/main-abc123.js").status_code == 404
