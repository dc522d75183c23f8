"""GraphiQL served from our own files."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from api import graphiql
from tests.api.recipes import PAGE, read


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "graphiql").mkdir()
    (tmp_path / "graphiql" / "index.html").write_text("<!doctype html>", encoding="utf-8")
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


def test_the_built_page_names_no_other_host() -> None:
    response = graphiql.page()
    if response is None:
        pytest.skip("the web part is not built")
    assert b"//" not in bytes(response.body)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not here")
@pytest.mark.parametrize("staff", [False, True], ids=["public", "staff"])
def test_its_examples_are_the_recipes_that_it_can_send(staff: bool) -> None:
    """tests/api/test_api_document.py holds each to its schema, and does it."""
    script = """
      import { readFileSync } from "node:fs";
      import { recipesOf } from "./api/web/graphiql/recipes.mjs";
      const [staff] = process.argv.slice(1);
      console.log(JSON.stringify(recipesOf(readFileSync("docs/api.md", "utf8"), staff === "staff")));
    """
    command = ["node", "--input-type=module", "--eval", script, "staff" if staff else "public"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=PAGE.parents[1])
    shown = json.loads(done.stdout)
    steps = [step for step in read(PAGE.read_text(encoding="utf-8")) if step.document]
    assert [(each["heading"], each["who"], each["query"], json.loads(each["variables"] or "{}")) for each in shown] == [
        (step.heading, step.who, step.document, step.variables)
        for step in steps
        if (step.who != "public") == staff and "subscription" not in step.document and ": Upload" not in step.document
    ]
    assert any(each["query"].startswith("query") and not each["variables"] for each in shown)
