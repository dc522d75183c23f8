"""docs/model.md says what a model is: its examples are models, its tables are the code's."""

import re

import pytest

from scoring.decay import weight
from scoring.measures import Aggregate, Operator, Source
from scoring.model import parse_model
from scoring.model_check import outline
from scoring.scorecard import Dimension, Effect
from scoring.stages import Stage
from tests.documents import ROOT, with_fields

TEXT = (ROOT / "docs/model.md").read_text("utf-8")
WHOLE, *PARTS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_first_example_is_a_whole_model_without_anything_that_cannot_happen() -> None:
    assert [each.code for each in outline(parse_model(WHOLE)).remarks] == []


@pytest.mark.parametrize("part", PARTS)
def test_every_other_example_is_a_part_of_a_model(part: str) -> None:
    whole, added = parse_model(WHOLE), parse_model(WHOLE + part)
    assert len(added.indicators) + len(added.rules) == len(whole.indicators) + len(whole.rules) + part.count("[[")
    assert [each.code for each in outline(added).remarks if each.code != "bin_unreachable"] == []


def test_the_examples_are_found() -> None:
    assert len(PARTS) == TEXT.count("```toml") - 1 >= 2


def test_the_fields_are_those_of_the_formats() -> None:
    """`python -m tests.documents` writes them anew."""
    assert with_fields(TEXT) == TEXT


@pytest.mark.parametrize("words", [Source, Aggregate, Operator, Dimension, Effect, Stage])
def test_every_word_of_the_code_is_explained(words: type) -> None:
    assert [word for word in words if f"`{word}" not in TEXT] == []  # type: ignore[attr-defined]


def test_the_weights_of_the_half_life_are_those_that_count() -> None:
    (ages, weights) = re.findall(r"^\| (?:age|w) \| (.*) \|$", TEXT, re.MULTILINE)
    half_life = 1000
    parts = {"0": 0, "h/10": 100, "h/2": 500, "h": 1000, "later": 21 * half_life + 1}
    days = [parts.get(age) or int(age.rstrip("h")) * half_life for age in ages.split(" | ")]
    assert [weight(age, half_life) for age in days] == [int(each) for each in weights.split(" | ")]
