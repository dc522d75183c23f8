"""What one model says otherwise than another."""

import pytest

from schema.remark_words import say_remark
from scoring.model import parse_model
from scoring.model_diff import differences
from scoring.remarks import Remark
from tests.scoring.model_text import AGE, PENALTIES, RULE, SMALL

PENALTY_BINS = ("bins_changed", "indicators.penalties", "[1, 3) 10, [3, ) 25 → [, 1) 0, [1, 4) 9, [4, ) 25")


def changes(old: str, new: str) -> list[Remark]:
    return differences(parse_model(old), parse_model(new))


def test_a_model_says_nothing_otherwise_than_itself() -> None:
    assert changes(SMALL, f"# 注\n{SMALL}") == []


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "words"),
    [
        ("小模型", "大模型", "changed", "model", "title: 小模型 → 大模型"),
        ("2020-01-01", "2020-01-01\nvalid_to = 2030-01-01", "changed", "model", "valid_to: — → 2030-01-01"),
        ("[[grades]]", '[scope]\nsectors = ["供热"]\n[[grades]]', "changed", "scope", "sectors: — → 供热"),
        ("\nfrom = 20", "\nfrom = 21", "threshold_changed", "grades.C", "20 → 21"),
        ('meaning = "常查"', 'meaning = "少查"', "changed", "grades.B", "meaning: 常查 → 少查"),
        ('label = "D"', 'label = "E"', "grade_removed", "grades.D", "D"),
        (AGE, "", "indicator_removed", "indicators.age", "成立年限"),
        ("points = 10", "points = 11", "points_changed", "indicators.penalties", "[1, 3): 10 → 11"),
        ("below = 3, points = 10 }, { from = 3", "below = 4, points = 9 }, { from = 4", *PENALTY_BINS),
        ("missing = 4", "missing = 5", "missing_changed", "indicators.age", "4 → 5"),
        (
            '["penalty"]',
            '["penalty", "coercion"]',
            "measure_changed",
            "indicators.penalties",
            "kinds coercion、penalty",
        ),
        (RULE, "", "rule_removed", "rules.fined", "≥ C: penalties at_least 1"),
        ('effect = "at_least"', 'effect = "exactly"', "rule_changed", "rules.fined", "≥ C: penalties at_least 1 → = C"),
        ("at_least = 1 }", "at_least = 0 }", "rule_changed", "rules.fined", "at_least 1 → ≥ C: penalties at_least 0"),
        ('legal_basis = "示例"', 'legal_basis = "新例"', "changed", "rules.fined", "legal_basis: 示例 → 新例"),
    ],
)
def test_every_change_is_said_in_words_with_its_place(old: str, new: str, code: str, place: str, words: str) -> None:
    assert old in SMALL
    found = changes(SMALL, SMALL.replace(old, new, 1))
    (told,) = [each for each in found if (each.code, each.place) == (code, place)]
    assert words in say_remark(told, "en")
    assert say_remark(told, "zh") != say_remark(told, "en")


def test_two_texts_are_told_from_one_that_holds_their_separator() -> None:
    def asking(texts: str) -> str:
        measure = 'source = "records", kinds = ["penalty"], aggregate = "exists"'
        when = f'{{ {measure}, where = [{{ field = "body", is = {texts} }}], at_least = 1 }}'
        return SMALL.replace('{ indicator = "penalties", at_least = 1 }', when)

    (told,) = changes(asking('["乙", "甲"]'), asking('["乙、甲"]'))
    assert (told.code, told.place) == ("rule_changed", "rules.fined")
    assert told.parameters["old"] != told.parameters["new"]


def test_what_others_say_of_their_model_is_compared_too() -> None:
    def shared(share: int, rate: int) -> str:
        said = f'distribution = [{{ indicator = "penalties", bins = [{share}, {1_000_000 - share}, 0] }}]'
        rates = f'finding_rates = [{{ grade = "D", rate = {rate} }}]'
        head = '[origin]\nissuer = "省局"\nissued_on = 2026-01-01\ndata = "全省"'
        return f'{SMALL}\n{head}\ndigest = "{parse_model(SMALL).digest()}"\n{said}\n{rates}\n'

    found = changes(shared(900_000, 410_000), shared(800_000, 420_000))
    assert [say_remark(each, "en") for each in found] == [
        "origin: distribution: penalties 900000 100000 0 → penalties 800000 200000 0",
        "origin: finding_rates: D 410000 → D 420000",
    ]


def test_what_is_added_is_the_other_way_round() -> None:
    less = SMALL.replace(AGE, "").replace(RULE, "")
    assert [each.code for each in changes(less, SMALL)] == ["indicator_added", "rule_added"]
    assert [each.code for each in changes(SMALL, less)] == ["indicator_removed", "rule_removed"]


def test_another_order_of_grades_is_said() -> None:
    swapped = SMALL.replace('label = "B"', 'label = "X"').replace('label = "C"', 'label = "B"')
    swapped = swapped.replace('label = "X"', 'label = "C"')
    assert "grades_reordered" in [each.code for each in changes(SMALL, swapped)]
    assert PENALTIES in swapped
