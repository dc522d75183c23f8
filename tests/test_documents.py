"""The documents say what the code does."""

import re

from graphql import build_schema, parse, validate
from typer.testing import CliRunner

from api.command_line.app import app
from sampling.retention import RETENTION
from tests.documents import ROOT, files_document, with_settings

README = (ROOT / "README.md").read_text("utf-8")
CHINESE_README = (ROOT / "README.zh-CN.md").read_text("utf-8")


def test_the_files_of_a_bureau_are_documented_column_by_column() -> None:
    assert (ROOT / "docs/files.md").read_text("utf-8") == files_document()


def test_the_readme_lists_every_setting_with_its_default() -> None:
    assert with_settings(README) == README


def test_both_readmes_name_only_commands_that_exist() -> None:
    for text in (README, CHINESE_README):
        commands = set(re.findall(r"\bqian ((?:campaign|finding|ceremony) [a-z-]+|[a-z]+)\b", text))
        assert {"campaign plan", "verify", "audit", "token"} <= commands
        for command in commands:
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
    assert {kind: int(years) for kind, years in told} == RETENTION.years


def test_architecture_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for package in ("ledger", "scoring", "sampling"):
        for path in sorted((ROOT / package).glob("*.py")):
            if path.stem not in ("__init__", "tables"):
                assert f"`{path.stem}`" in text, f"{package}/{path.name} has no line"
