"""GraphiQL served from our own files."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import graphiql


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "graphiql").mkdir()
    (tmp_path / "graphiql" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-abc123.js").write_text("1", encoding="utf-8")
    return tmp_path


def test_there_is_no_page_before_the_web_part_is_built(tmp_path: Path) -> None:
    assert graphiql.page(tmp_path) is None


def test_the_page_may_load_and_ask_nothing_but_its_own_host(built: Path) -> None:
    response = graphiql.page(built)
    assert response is not None
    assert response.body == b"<!doctype html>"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert "//" not in policy


def test_an_asset_is_kept_for_ever(built: Path) -> None:
    answer = TestClient(Starlette(routes=[graphiql.assets(built)])).get("/assets/main-abc123.js")
    assert answer.text == "1"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_an_asset_that_is_not_there_is_not_found(built: Path) -> None:
    answer = TestClient(Starlette(routes=[graphiql.assets(built)])).get("/assets/other.js")
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers


def test_no_asset_is_found_before_the_web_part_is_built(tmp_path: Path) -> None:
    assert TestClient(Starlette(routes=[graphiql.assets(tmp_path)])).get("/assets/main-abc123.js").status_code == 404


def test_the_built_page_names_no_other_host() -> None:
    response = graphiql.page()
    if response is None:
        pytest.skip("the web part is not built")
    assert b"//" not in bytes(response.body)
