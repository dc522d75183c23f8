"""A model that others made says where it comes from, and that stays with it."""

import re

import pytest

from ledger.errors import Invalid
from scoring.model import parse_model
from scoring.model_diff import differences
from scoring.origins import Origin
from tests.scoring.model_text import AGE, GRADES, HEAD, PENALTIES

OWN = HEAD + GRADES + PENALTIES + AGE
DIGEST = parse_model(OWN).digest()
ORIGIN = f"""
[origin]
issuer = "某省"
issued_on = 2026-12-01
data = "全省检查数据"
digest = "{DIGEST}"
distribution = [
  {{ indicator = "penalties", bins = [900_000, 60_000, 40_000] }},
  {{ indicator = "age", bins = [300_000, 600_000], missing = 100_000 }},
]
finding_rates = [{{ grade = "D", rate = 250_000 }}]
"""


def refused(text: str) -> str:
    with pytest.raises(Invalid) as error:
        parse_model(OWN + text)
    return error.value.code


def test_a_document_without_an_origin_has_none() -> None:
    assert parse_model(OWN).origin is None


def test_it_is_read_and_leaves_the_digest_as_it_is() -> None:
    model = parse_model(OWN + ORIGIN)
    assert model.digest() == DIGEST
    origin = model.origin
    assert isinstance(origin, Origin)
    assert (origin.issuer, origin.issued_on.isoformat(), origin.data) == ("某省", "2026-12-01", "全省检查数据")
    assert origin.distribution == {"penalties": (900_000, 60_000, 40_000), "age": (300_000, 600_000, 100_000)}
    assert origin.finding_rates == {"D": 250_000}


def test_a_model_that_was_changed_on_the_way_is_refused() -> None:
    changed = (OWN + ORIGIN).replace("points = 25", "points = 24")
    with pytest.raises(Invalid) as error:
        parse_model(changed)
    assert error.value.code == "model_origin_digest"
    assert error.value.parameters["said"] == DIGEST


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ('indicator = "age"', 'indicator = "size"', "model_origin_indicator"),
        ('indicator = "age"', 'indicator = "penalties"', "toml_duplicate"),
        ("[900_000, 60_000, 40_000]", "[900_000, 100_000]", "model_origin_shares"),
        ("[900_000, 60_000, 40_000]", "[900_000, 60_000, 50_000]", "model_origin_shares"),
        ("[900_000, 60_000, 40_000]", "[1_060_000, -60_000, 0]", "model_origin_shares"),
        ("[900_000, 60_000, 40_000]", "[]", "toml_value_wrong"),
        ("[900_000, 60_000, 40_000]", "[900_000, 60_000, true]", "toml_value_wrong"),
        (", missing = 100_000", "", "toml_key_missing"),
        ("60_000, 40_000] }", "60_000, 40_000], missing = 0 }", "toml_key_unknown"),
        ('grade = "D"', 'grade = "E"', "model_origin_grade"),
        ("rate = 250_000", "rate = 1_000_001", "model_origin_rate"),
        ('issuer = "某省"', "", "toml_key_missing"),
        ("issued_on", "made_on", "toml_key_missing"),
    ],
)
def test_what_is_wrong_with_it_is_named(found: str, instead: str, code: str) -> None:
    assert found in ORIGIN
    assert refused(ORIGIN.replace(found, instead)) == code


def test_shares_may_be_rounded() -> None:
    parse_model(OWN + re.sub(r"900_000, 60", "899_999, 60", ORIGIN))


def test_a_comparison_tells_that_it_changed() -> None:
    told = differences(parse_model(OWN), parse_model(OWN + ORIGIN))
    assert [(each.place, each.parameters["key"]) for each in told] == [
        ("origin", key) for key in ("issuer", "issued_on", "data", "distribution", "finding_rates")
    ]
