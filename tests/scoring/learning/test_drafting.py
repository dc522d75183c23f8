"""A proposal as a document: integers that parse_model reads, comments that tell how it came about."""

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.learning.documents import toml_text
from scoring.learning.drafting import draft_text, next_version
from scoring.learning.learner import Proposal, learn
from scoring.model import parse_model
from scoring.model_diff import differences
from scoring.models import default_text
from tests.scoring.learning.simulated import MODEL, TEXT, examples


@pytest.fixture(scope="module")
def learned() -> Proposal:
    return learn(MODEL, examples())


def test_the_draft_is_the_learned_model_under_its_version(learned: Proposal) -> None:
    drafted = parse_model(draft_text(TEXT, learned, "2", "评价科"))
    assert drafted == replace(learned.model, version="2", author="评价科")
    assert drafted.rules == MODEL.rules


def test_only_points_and_thresholds_differ(learned: Proposal) -> None:
    changes = differences(MODEL, parse_model(draft_text(TEXT, learned, "2")))
    codes = {each.code for each in changes}
    assert codes <= {"changed", "points_changed", "missing_changed", "threshold_changed"}
    assert [each.place for each in changes if each.code == "changed"] == ["model"]


def test_comments_name_the_data_and_the_model_in_force(learned: Proposal) -> None:
    text = draft_text(TEXT, learned, "2", source="检查 2022\nname = 'x'")
    head = text[: text.index("name =", text.index("\n\n"))]
    assert all(line.startswith("#") or not line for line in head.splitlines())
    for told in (learned.digest, MODEL.digest(), "2022-01-01", learned.advice.value):
        assert told in head


def test_the_same_proposal_gives_the_same_text(learned: Proposal) -> None:
    assert draft_text(TEXT, learned, "2") == draft_text(TEXT, learn(MODEL, examples()), "2")


@pytest.mark.parametrize("text", [TEXT, default_text()])
def test_a_document_written_anew_says_the_same(text: str) -> None:
    assert parse_model(toml_text(tomllib.loads(text))) == parse_model(text)


VALUES = st.recursive(
    st.text() | st.integers(-(2**53), 2**53) | st.booleans() | st.dates(date(1, 1, 1)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.dictionaries(st.text(), VALUES, max_size=4), st.lists(st.text(), max_size=2))
def test_any_tables_come_back_from_their_text(tables: dict[str, object], comments: list[str]) -> None:
    assert tomllib.loads(toml_text(tables, comments)) == tables


@pytest.mark.parametrize(
    ("version", "taken", "expected"),
    [
        ("2", [], "3"),
        ("2026.1", ["2026.2"], "2026.3"),
        ("v9-草", [], "v10-草"),
        ("草", [], "草.2"),
        ("草", ["草.2", "草.3"], "草.4"),
    ],
)
def test_the_next_version_is_not_taken(version: str, taken: list[str], expected: str) -> None:
    assert next_version(version, taken) == expected
