"""How the pages are served: one index.html for many paths, under a strict policy, and documents known by their ids."""

import json
from pathlib import Path

import pytest
from graphql import parse, validate
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import pages
from api.built_files import BUILT
from api.sides import Side
from api.trusted_documents import digest_id
from schema.building import Schema
from schema.public import schema as public_schema
from schema.staff import schema as staff_schema

SCHEMAS = {Side.PUBLIC: public_schema, Side.STAFF: staff_schema}
QUERY = "query Bureau { bureau { name } }"
APPLICATIONS = [
    (side, SCHEMAS[side]) for side, name in pages.APPLICATIONS.items() if (BUILT / name / "index.html").exists()
]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (folder / "paths.json").write_text(json.dumps(["/", "/campaigns/:code/verify"]), encoding="utf-8")
    (folder / "documents.json").write_text(json.dumps({"bureau": QUERY}), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/campaigns/2026-0001/verify"])
def test_each_path_of_an_application_is_answered_with_its_one_page(built: Path, path: str) -> None:
    answer = TestClient(Starlette(routes=pages.routes(Side.PUBLIC, built))).get(path)
    assert answer.text == "<!doctype html>"
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert "//" not in policy
    assert "unsafe" not in policy


def test_a_page_that_did_not_change_is_not_sent_again(built: Path) -> None:
    client = TestClient(Starlette(routes=pages.routes(Side.PUBLIC, built)))
    tag = client.get("/").headers["etag"]
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304


def test_what_is_no_page_stays_not_found(built: Path) -> None:
    client = TestClient(Starlette(routes=pages.routes(Side.PUBLIC, built)))
    assert client.get("/campaigns/2026-0001/other").status_code == 404


def test_who_asks_for_a_page_that_is_not_there_is_told_so_by_one(built: Path) -> None:
    app = Starlette(routes=pages.routes(Side.PUBLIC, built), exception_handlers={404: pages.missing(list(Side), built)})
    client = TestClient(app)
    answer = client.get("/no/such/page", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.text) == (404, "<!doctype html>")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert client.get("/assets/none.js", headers={"Accept": "*/*"}).text == "Not Found"
    assert client.get("/desk/none", headers={"Accept": "text/html"}).text == "Not Found"


def test_a_worker_answers_for_its_application_alone_and_asks_nobody_else(built: Path) -> None:
    client = TestClient(Starlette(routes=pages.routes(Side.PUBLIC, built)))
    assert client.get("/site/worker.js").status_code == 404
    (built / "site" / "worker.js").write_text("addEventListener('fetch', () => {})", encoding="utf-8")
    answer = TestClient(Starlette(routes=pages.routes(Side.PUBLIC, built))).get("/site/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == "default-src 'none'; script-src 'self'; connect-src 'self'"
    assert answer.headers["service-worker-allowed"] == "/site"


def test_without_a_build_there_are_neither_pages_nor_documents(tmp_path: Path) -> None:
    assert pages.routes(Side.PUBLIC, tmp_path) == []
    assert pages.documents(Side.PUBLIC, tmp_path) == {}


def test_the_documents_of_the_pages_are_known_by_their_digests(built: Path) -> None:
    assert pages.documents(Side.PUBLIC, built) == {"bureau": QUERY, digest_id(QUERY): QUERY}


@pytest.mark.skipif(not APPLICATIONS, reason="the web part is not built")
@pytest.mark.parametrize(("side", "schema"), APPLICATIONS)
def test_the_built_pages_ask_what_their_schema_answers(side: Side, schema: Schema) -> None:
    found = pages.documents(side)
    assert found
    assert [fault for text in found.values() for fault in validate(schema._schema, parse(text))] == []


@pytest.mark.skipif(not APPLICATIONS, reason="the web part is not built")
@pytest.mark.parametrize("side", [side for side, _ in APPLICATIONS])
def test_the_built_pages_name_no_other_host_and_hold_no_script_or_style(side: Side) -> None:
    content = (BUILT / pages.APPLICATIONS[side] / "index.html").read_text(encoding="utf-8")
    assert "//" not in content
    assert "<style" not in content
    assert "style=" not in content
    assert all(" src=" in part.split(">")[0] for part in content.split("<script")[1:])
