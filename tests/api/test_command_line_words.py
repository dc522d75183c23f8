"""The command line's labels and sentences, in both languages."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from sampling import campaigns
from schema.words import state_words

ROOT = Path(__file__).parent.parent.parent
WORDS = {**tomllib.loads((ROOT / "api/command_line/words.toml").read_text("utf-8")), **state_words()}
FINDING_STATES = {"recorded", "confirmed", "returned", "approved", "published", "ended"}


def leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in table.items():
        if all(isinstance(text, str) for text in value.values()):
            yield f"{path}{name}", value
        else:
            yield from leaves(value, f"{path}{name}.")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("name", "texts"), list(leaves(WORDS)))
def test_every_word_stands_in_both_languages_with_the_same_places_to_fill(name: str, texts: dict[str, str]) -> None:
    assert set(texts) == {"zh", "en"}
    assert texts["zh"].strip()
    assert texts["en"].strip()
    assert placeholders(texts["zh"]) == placeholders(texts["en"])


def test_every_state_has_its_word() -> None:
    assert {"planned", *campaigns.STATES.values()} | FINDING_STATES == set(WORDS["states"])


def test_every_fault_of_an_audit_has_its_words() -> None:
    assert sorted(set(audit_codes()) - set(WORDS["fault_codes"])) == []


def audit_codes() -> Iterator[str]:
    for package in ("ledger", "scoring", "sampling"):
        for file in sorted((ROOT / package).glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Fault":
                    code = node.args[2]
                    if isinstance(code, ast.Constant):
                        yield str(code.value)


def test_every_check_of_a_bundle_has_its_words() -> None:
    names = check_names()
    assert "signature" in names
    assert sorted(set(names) - set(WORDS["checks"])) == []


def check_names() -> list[str]:
    found = []
    for file in sorted((ROOT / "sampling").glob("verif*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Yield(value=ast.Tuple(elts=[ast.Constant(value=str(name)), *_])):
                    found.append(name)
                case ast.Tuple(elts=[ast.Constant(value=str(name)), ast.Name()]):
                    found.append(name)
    return found
