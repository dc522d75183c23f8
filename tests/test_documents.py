"""The documents say what the code does."""

import json
import re
from pathlib import Path

from graphql import build_schema, parse, validate
from typer.testing import CliRunner

from api.command_line.app import app
from api.command_line.plan_input import read_plan
from api.settings import Settings
from api.sides import Side, includes
from api.trusted_documents import digest_id
from sampling.design_plans import Cell, Kind
from sampling.retention import RETENTION
from tests.documents import ROOT, files_document, with_chinese_settings, with_settings
from tests.permission_table import with_permissions

README = (ROOT / "README.md").read_text("utf-8")
CHINESE_README = (ROOT / "README.zh-CN.md").read_text("utf-8")


def test_the_files_of_a_bureau_are_documented_column_by_column() -> None:
    assert (ROOT / "docs/files.md").read_text("utf-8") == files_document()


def test_both_readmes_list_every_setting_with_its_default() -> None:
    assert with_settings(README) == README
    assert with_chinese_settings(CHINESE_README) == CHINESE_README


def test_the_permission_table_is_the_code_s() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert with_permissions(text) == text


def test_every_module_has_its_room_in_the_architecture() -> None:
    house = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## The house")[1].split("## The data's way")[0]
    named = {name.rpartition(".")[2] for name in re.findall(r"`([\w.]+)`", house)}
    whole = set(re.findall(r"`(\w+)/`(?!:)", house))
    modules = [
        path.relative_to(ROOT)
        for package in ("api", "ledger", "sampling", "schema", "scoring")
        for path in (ROOT / package).rglob("*.py")
        if path.stem != "__init__" and not {"node_modules"} & set(path.parts)
    ]
    assert len(modules) > 500
    assert [str(each) for each in modules if each.stem not in named and not whole & set(each.parts)] == []


def test_both_readmes_name_only_commands_that_exist() -> None:
    named = set()
    for text in (README, CHINESE_README):
        commands = set(re.findall(r"\bqian ((?:campaign|finding|ceremony) [a-z-]+|[a-z]+)\b", text))
        assert {"campaign plan", "verify", "audit", "token"} <= commands
        named |= commands
    for command in named:
        result = CliRunner().invoke(app, [*command.split(), "--help"])
        assert result.exit_code == 0, command


def test_both_readmes_show_the_same_commands() -> None:
    def blocks(text: str) -> list[list[str]]:
        return [
            [line.split(" #")[0].rstrip() for line in block.splitlines()]
            for block in re.findall(r"\n\n```\n(.*?)\n```", text, re.DOTALL)
        ]

    assert blocks(README) == blocks(CHINESE_README)


def test_the_first_query_of_both_readmes_is_one_that_the_public_schema_answers() -> None:
    schema = build_schema((ROOT / "schema/public.graphql").read_text("utf-8"))
    for text in (README, CHINESE_README):
        [query] = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
        assert validate(schema, parse(query)) == []


def test_the_retention_of_every_kind_of_document_is_documented() -> None:
    text = (ROOT / "docs/documents.md").read_text("utf-8")
    told = re.findall(r"^\| `([a-z_]+)` \| ([0-9]+) \|", text, re.MULTILINE)
    assert sorted((kind, int(years)) for kind, years in told) == sorted(RETENTION.years.items())


def test_architecture_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for package in ("ledger", "scoring", "sampling"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.stem not in ("__init__", "tables"):
                assert f"`{path.stem}`" in text, f"{package}/{path.name} has no line"


def test_the_plan_of_the_planners_page_is_one(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/planning.md").read_text("utf-8"), re.DOTALL)
    (whole,) = [block for block in blocks if "title" in block]
    file = tmp_path / "plan.toml"
    file.write_text(whole, "utf-8")
    plan = read_plan(file, {})
    assert plan.design.kind is Kind.RATES
    assert plan.design.values("ABCD")[Cell("D", None, "燃气经营")] == 3000


def test_every_kind_of_design_is_told_to_planners() -> None:
    told = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs/planning.md").read_text("utf-8"), re.MULTILINE)
    assert set(Kind) <= set(told)


def test_the_trusted_document_of_the_api_page_has_its_digest() -> None:
    text = (ROOT / "docs/api.md").read_text("utf-8")
    [(document, request)] = re.findall(r"```graphql\n(query Campaigns.*?)\n```\n\n```json\n(.*?)\n```", text, re.DOTALL)
    assert json.loads(request)["documentId"] == digest_id(document)
    schema = build_schema((ROOT / "schema/public.graphql").read_text("utf-8"))
    assert validate(schema, parse(document)) == []


def test_the_api_page_tells_what_each_side_allows_without_settings() -> None:
    text = (ROOT / "docs/api.md").read_text("utf-8")
    rows = re.findall(r"^\| `QIAN_([A-Z_]+)`.*? \| (on|off)[^|]* \| (on|off)[^|]* \|$", text, re.MULTILINE)
    assert len(rows) == 4
    settings = Settings()
    for name, public, staff in rows:
        allowed = getattr(settings, name.lower())
        assert (public == "on", staff == "on") == (includes(allowed, Side.PUBLIC), includes(allowed, Side.STAFF)), name
