import os
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from string import Formatter
from tomllib import loads

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from scoring.model import parse_model
from scoring.models import default_text
from scoring.scorecard import Bin, Dimension, Model
from tests.scoring.model_text import AGE, GRADES, HEAD, PENALTIES, RULE, SMALL, measuring

MESSAGES = loads((Path(__file__).parents[2] / "schema" / "messages" / "scoring.toml").read_text("utf-8"))

BINS = PENALTIES[PENALTIES.index("bins") :].strip()
LEVEL = '[[grades]]\nlabel = "{0}"\nname = "{0}"\nmeaning = "{0}"\nfrom = 95000000000{1}\n'
D = GRADES[GRADES.index('[[grades]]\nlabel = "D"') :]
OUTSIDE = 'source = "outside"\naggregate = "value"\nsystem = "省平台"\nlevels = LEVELS'
RECORDS = 'source = "records"\nkinds = ["penalty"]\naggregate = "count"'


def refused(text: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse_model(text)
    return caught.value


def test_a_model_says_what_its_document_says() -> None:
    model = parse_model(SMALL)
    assert (model.name, model.version, model.valid_from) == ("small", "1", date(2020, 1, 1))
    assert model.labels == ("A", "B", "C", "D")
    assert [level.lowest_score for level in model.grades] == [None, 10, 20, 9 * 10**11]
    assert [indicator.id for indicator in model.indicators] == ["age", "penalties"]
    assert model.indicators[1].bins == (Bin(None, 1, 0), Bin(1, 3, 10), Bin(3, None, 25))
    assert model.indicators[0].missing == 4
    assert model.rules[0].grade == "C"


def test_what_should_stand_in_place_of_a_value_is_told_as_a_document_writes_it() -> None:
    told = []
    for old, new in (('"1"', "1"), ("points = 10", 'points = "10"'), ('["penalty"]', "[]")):
        with pytest.raises(Invalid) as refused:
            parse_model(SMALL.replace(old, new, 1))
        told.append(refused.value.parameters["expected"])
    assert told == ['"…" (1–40)', "123", '["…", …]']


def test_the_five_national_dimensions_have_their_chinese_names() -> None:
    assert [dimension.text for dimension in Dimension] == ["基础属性", "动态", "监管", "关联关系", "社会评价"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("name = ", "toml_malformed", None),
        ("a = " + "[" * 5000, "toml_malformed", None),
        ("a" + ".a" * 5000 + " = 1", "toml_malformed", None),
        ("a = " + "9" * 5000, "toml_malformed", None),
        (SMALL.replace('version = "1"', ""), "toml_key_missing", "model"),
        (SMALL.replace('version = "1"', "version = 1"), "toml_value_wrong", "model"),
        (SMALL.replace('version = "1"', 'version = " "'), "toml_value_wrong", "model"),
        (SMALL.replace("小模型", "\u200b"), "toml_value_wrong", "model"),
        (SMALL.replace("2020-01-01", "2020-01-01T00:00:00"), "toml_value_wrong", "model"),
        (SMALL.replace("name", "weight = 1\nname", 1), "toml_key_unknown", "model"),
        (SMALL.replace('meaning = "常查"', 'meaning = "常查"\nrate = 5'), "toml_key_unknown", "grades[1]"),
        (SMALL.replace("points = 10", "points = 10.0"), "toml_float", "indicators[0].bins[1].points"),
        (SMALL.replace("points = 10", "points = nan"), "toml_float", "indicators[0].bins[1].points"),
        (SMALL.replace("points = 10", "points = true"), "toml_value_wrong", "indicators[0].bins[1]"),
        (SMALL.replace("points = 10", 'points = "10"'), "toml_value_wrong", "indicators[0].bins[1]"),
        (SMALL.replace("points = 10", f"points = {10**12 + 1}"), "toml_integer_too_large", "indicators[0].bins[1]"),
        (SMALL.replace("points = 10", "points = 10, weight = 2"), "toml_key_unknown", "indicators[0].bins[1]"),
        (SMALL.replace("below = 3, points", "below = 4, points"), "model_bins_overlap", "indicators[0].bins[2]"),
        (SMALL.replace("below = 3, points", "below = 2, points"), "model_bins_gap", "indicators[0].bins[2]"),
        (SMALL.replace("below = 3, points", "below = 1, points"), "model_bin_empty", "indicators[0].bins[1]"),
        (SMALL.replace("{ below = 1,", "{ from = 0, below = 1,"), "toml_key_unknown", "indicators[0].bins[0]"),
        (SMALL.replace("{ from = 3, points = 25", "{ from = 3, below = 9, points = 25"), "toml_key_unknown", None),
        (SMALL.replace("{ from = 1, below = 3,", "{ below = 3,"), "toml_key_missing", "indicators[0].bins[1]"),
        (SMALL.replace(BINS, "bins = []"), "toml_key_missing", "indicators[0]"),
        (SMALL.replace("\nfrom = 20", "\nfrom = 10"), "model_thresholds_order", "grades[2]"),
        (SMALL.replace("\nfrom = 20", "\nfrom = -20"), "model_thresholds_order", "grades[2]"),
        (SMALL.replace("\nfrom = 20", "\n"), "toml_key_missing", "grades[2]"),
        (SMALL.replace('meaning = "少查"', 'meaning = "少查"\nfrom = 0'), "toml_key_unknown", "grades[0]"),
        (HEAD + PENALTIES, "model_grades_count", None),
        (SMALL.replace(D, ""), "model_grades_count", None),
        (SMALL.replace(D, D + LEVEL.format("E", 2) + LEVEL.format("F", 3)), "model_grades_count", None),
        (SMALL.replace('label = "D"', f'label = "{"D" * 21}"'), "model_label_unusable", "grades[3]"),
        (SMALL.replace('label = "D"', 'label = "😀"'), "model_label_unusable", "grades[3]"),
        (SMALL.replace('label = "D"', 'label = "C+"'), "model_label_unusable", "grades[3]"),
        (SMALL.replace("2020-01-01", "2020-01-01\nvalid_to = 2019-12-31"), "model_validity_reversed", "model"),
        (f'{SMALL}[scope]\nsectors = ["餐饮"]', "model_sector_unknown", "scope"),
        (f'{SMALL}[scope]\nstages = ["young"]', "model_stage_unknown", "scope"),
        (f'{SMALL}[scope]\ndepartments = ["住建局"]', "model_department_form", "scope"),
        (f"{SMALL}[scope]\nregions = []", "toml_value_wrong", "scope"),
        (f'{SMALL}[scope]\nsizes = ["大"]', "toml_key_unknown", "scope"),
        (SMALL.replace('source = "records"', 'indicator = "penalties"'), "model_reference", "indicators[0]"),
        (SMALL.replace('source = "records"', 'source = "indicator"'), "model_reference", "indicators[0]"),
        (SMALL.replace('effect = "at_least"', 'effect = "at_least"\nrule = "fined"'), "model_reference", "rules[0]"),
        (
            SMALL.replace('{ indicator = "penalties",', '{ rule = "fined",'),
            "model_reference",
            "rules[0].when[0]",
        ),
        (
            SMALL.replace('indicator = "penalties"', 'indicator = "fined"'),
            "model_indicator_unknown",
            "rules[0].when[0]",
        ),
        (SMALL.replace('legal_basis = "示例"', ""), "toml_key_missing", "rules[0]"),
        (SMALL.replace('title = "小模型"', 'title = "\\u0000"'), "toml_value_wrong", "model"),
        (measuring(f"{RECORDS}\nhalf_life_days = 0"), "model_half_life_range", "indicators[0]"),
        (measuring(f"{RECORDS}\nhalf_life_days = 3654"), "model_half_life_range", "indicators[0]"),
        (
            measuring(RECORDS.replace("count", "exists") + "\nhalf_life_days = 9"),
            "model_half_life_unfit",
            "indicators[0]",
        ),
        (measuring('source = "outside"\naggregate = "count"'), "model_aggregate_unfit", "indicators[0]"),
        (measuring(OUTSIDE.replace("LEVELS", '["甲"]'), "missing = 0"), "model_levels_few", "indicators[0]"),
        (
            measuring(OUTSIDE.replace("LEVELS", '["甲", "甲"]'), "missing = 0"),
            "toml_duplicate",
            "indicators[0].levels",
        ),
        (measuring(OUTSIDE.replace("LEVELS", '["甲", "乙"]')), "toml_key_missing", "indicators[0]"),
        (SMALL.replace('label = "B"', 'label = "A"'), "toml_duplicate", "grades"),
        (HEAD + GRADES, "model_indicators_none", None),
        (SMALL + PENALTIES, "toml_duplicate", "indicators"),
        (SMALL + RULE, "toml_duplicate", "rules"),
        (SMALL.replace('"supervision"', '"credit"'), "model_dimension_unknown", "indicators[0]"),
        (SMALL.replace('"records"', '"rumours"'), "model_source_unknown", "indicators[0]"),
        (SMALL.replace('"count"', '"mean"'), "model_aggregate_unknown", "indicators[0]"),
        (SMALL.replace('"count"', '"value"'), "model_aggregate_unfit", "indicators[0]"),
        (SMALL.replace('["penalty"]', '["fine"]'), "model_kind_unknown", "indicators[0]"),
        (SMALL.replace('["penalty"]', '["relation"]'), "model_kind_unknown", "indicators[0]"),
        (SMALL.replace('["penalty"]', '["penalty", "penalty"]'), "toml_duplicate", "indicators[0].kinds"),
        (SMALL.replace('["penalty"]', "[]"), "toml_value_wrong", "indicators[0]"),
        (SMALL.replace('"established"', '"founded"'), "model_field_unknown", "indicators[1]"),
        (SMALL.replace('"established"', '"enterprise"'), "model_field_unknown", "indicators[1]"),
        (SMALL.replace('"established"', '"sector"'), "model_field_unfit", "indicators[1]"),
        (SMALL.replace("missing = 4", ""), "toml_key_missing", "indicators[1]"),
        (
            SMALL.replace('title = "行政处罚次数"', 'title = "x"\nmissing = 0'),
            "model_missing_needless",
            "indicators[0]",
        ),
        (
            SMALL.replace("at_least = 1", "at_least = 1, missing = true"),
            "model_clause_contradictory",
            "rules[0].when[0]",
        ),
        (SMALL.replace(", at_least = 1", ""), "model_clause_empty", "rules[0].when[0]"),
        (SMALL.replace('{ indicator = "penalties", at_least = 1 }', ""), "model_rule_empty", "rules[0]"),
        (SMALL.replace('indicator = "penalties"', 'indicator = "age2"'), "model_indicator_unknown", "rules[0].when[0]"),
        (SMALL.replace('grade = "C"', 'grade = "E"'), "model_grade_unknown", "rules[0]"),
        (SMALL.replace('"at_least"', '"about"'), "model_effect_unknown", "rules[0]"),
        (measuring(f"{RECORDS}\nwindow_days = 0"), "model_window_empty", "indicators[0]"),
        (measuring(f'{RECORDS}\nwhere = [{{ field = "fine" }}]'), "model_operator_count", "indicators[0].where[0]"),
        (
            measuring(f'{RECORDS}\nwhere = [{{ field = "fine", at_least = 1, below = 2 }}]'),
            "model_operator_count",
            "indicators[0].where[0]",
        ),
        (
            measuring(f'{RECORDS}\nwhere = [{{ field = "fine", is = ["1"] }}]'),
            "model_field_unfit",
            "indicators[0].where[0]",
        ),
        (
            measuring('source = "registration"\naggregate = "exists"\nwhere = [{ field = "status", is = ["在营"] }]'),
            "model_condition_value",
            "indicators[0].where[0]",
        ),
        (
            measuring('source = "registration"\naggregate = "exists"\nwindow_days = 5'),
            "toml_key_unknown",
            "indicators[0]",
        ),
        (
            measuring('source = "relations"\nkinds = ["亲属"]\naggregate = "count"'),
            "model_kind_unknown",
            "indicators[0]",
        ),
    ],
)
def test_a_faulty_document_is_refused_with_its_place_and_words_in_both_languages(
    text: str, code: str, place: str | None
) -> None:
    refusal = refused(text)
    assert refusal.code == code
    if place is not None:
        assert refusal.parameters["place"] == place
    words = MESSAGES[code]
    for language in ("en", "en_remedy", "zh", "zh_remedy"):
        placeholders = {name for _, name, _, _ in Formatter().parse(words[language]) if name}
        assert placeholders <= refusal.parameters.keys()


def test_a_field_must_belong_to_every_kind_it_is_asked_of() -> None:
    both = 'source = "records"\nkinds = ["penalty", "licence"]\naggregate = "distinct"\nfield = "{}"'
    assert parse_model(measuring(both.format("category"))).indicators[0].measure.field == "category"
    assert refused(measuring(both.format("violation"))).code == "model_field_unknown"


def test_a_score_never_sees_who_inspected() -> None:
    asked = 'source = "records"\nkinds = ["inspection"]\naggregate = "{}"\n{}'
    for text in (
        asked.format("distinct", 'field = "inspectors"'),
        asked.format("count", 'where = [{ field = "inspectors", is = "ZJ001" }]'),
        asked.format("exists", 'where = [{ field = "inspectors", is_not = "ZJ001" }]'),
    ):
        refusal = refused(measuring(text))
        assert refusal.code == "model_field_unknown"
        assert "inspectors" not in str(refusal.parameters["known"])


def test_the_matters_of_an_inspection_can_be_asked_for() -> None:
    asked = 'source = "records"\nkinds = ["inspection"]\naggregate = "distinct"\nfield = "{}"\nwhere = [{}]'
    text = asked.format("violated", '{ field = "matters", is = ["资质检查"] }')
    assert parse_model(measuring(text)).indicators[0].measure.field == "violated"


def test_texts_of_conditions_are_kept_as_records_hold_them() -> None:
    text = measuring(
        'source = "records"\nkinds = ["inspection"]\naggregate = "count"\n'
        'where = [{ field = "results", is = ["未发现问题", "注销"] }]'
    )
    assert parse_model(text).indicators[0].measure.where[0].value == ("deregistered", "no_problem")


def test_order_and_comments_of_the_document_do_not_change_the_digest() -> None:
    shuffled = f"# 注\n{HEAD}{RULE}{AGE}{GRADES}{PENALTIES}"
    assert parse_model(shuffled) == parse_model(SMALL)
    assert parse_model(shuffled).digest() == parse_model(SMALL).digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('legal_basis = "示例"', 'legal_basis = "另例"'),
        ("2020-01-01", "2020-01-01\nvalid_to = 2030-01-01"),
        ('["penalty"]\naggregate = "count"', '["penalty"]\naggregate = "count"\nhalf_life_days = 9'),
        ("points = 10", "points = 11"),
        ("\nfrom = 20", "\nfrom = 21"),
        ('"小模型"', '"大模型"'),
        ("missing = 4", "missing = 3"),
        ("at_least = 1", "below = 1"),
        ('reason = "受过处罚"', 'reason = "处罚"'),
        ('["penalty"]', '["penalty", "coercion"]'),
    ],
)
def test_whatever_the_model_says_is_in_its_digest(old: str, new: str) -> None:
    assert old in SMALL
    assert parse_model(SMALL.replace(old, new)).digest() != parse_model(SMALL).digest()


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=6, unique=True), st.integers(-2000, 2000))
def test_every_integer_falls_into_exactly_one_bin(edges: list[int], value: int) -> None:
    edges.sort()
    inner = "".join(f"{{ from = {lower}, below = {upper}, points = 1 }}, " for lower, upper in pairwise(edges))
    bins = f"bins = [{{ below = {edges[0]}, points = 0 }}, {inner}{{ from = {edges[-1]}, points = 2 }}]"
    indicator = parse_model(HEAD + GRADES + PENALTIES.replace(BINS, bins)).indicators[0]
    assert sum(bin_.holds(value) for bin_ in indicator.bins) == 1


def default_model() -> Model:
    return parse_model(default_text())


def test_the_default_model_says_that_it_is_an_example_and_no_official_scheme() -> None:
    assert "示例" in default_model().notice
    assert "不是任何官方方案" in default_model().notice
    assert "不作为对企业的信用评价" in default_model().notice


def test_the_default_model_covers_all_five_dimensions_with_grades_a_to_d() -> None:
    assert {indicator.dimension for indicator in default_model().indicators} == set(Dimension)
    assert default_model().labels == ("A", "B", "C", "D")


def test_the_digest_is_the_same_in_every_process() -> None:
    program = (
        "from scoring.model import parse_model; from scoring.models import default_text;"
        " print(parse_model(default_text()).digest())"
    )
    settings = (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"},
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **setting}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for setting in settings
    }
    assert digests == {default_model().digest()}
