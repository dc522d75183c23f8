import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import JSON, LARGEST_INTEGER, canonical, parse_canonical
from scoring.facts import EnterpriseFacts, Judgement, OutsideGrade, Record, Relation, with_related
from scoring.grader import GradeResult, grade, grade_all
from scoring.model import Model, parse_model
from scoring.models import default_text
from scoring.scorecard import Effect
from tests.scoring.model_text import GRADES, HEAD, PENALTIES, RULE, SMALL, measuring, ruling

AS_OF = date(2026, 6, 30)
CODES = ("91130304PDY00001XL", "91130304PDY000028L", "91130304PDY000036F", "91130304PDY0001088")


def record(kind: str, days_ago: int = 0, body: str = "局", **content: JSON) -> Record:
    day = AS_OF - timedelta(days=days_ago)
    return Record(kind, day, body, f"{kind}-{day.isoformat()}", content)


def facts(*records: Record, relations: tuple[Relation, ...] = (), **registration: JSON) -> EnterpriseFacts:
    return EnterpriseFacts(CODES[0], registration, records, relations)


def value(measure: str, about: EnterpriseFacts, missing: str = "") -> JSON:
    """Return what one measure says, read from the reasons."""
    indicators = grade(parse_model(measuring(measure, missing)), about, AS_OF).reasons["indicators"]
    assert isinstance(indicators, list)
    found: JSON = indicators[0]["value"]
    return found


def of_records(aggregate: str, kind: str = "penalty", rest: str = "") -> str:
    return f'source = "records"\nkinds = ["{kind}"]\naggregate = "{aggregate}"\n{rest}'


def test_the_score_is_the_sum_of_points_and_the_reasons_add_up() -> None:
    result = grade(parse_model(SMALL), facts(record("penalty"), established="2025-01-01"), AS_OF)
    assert (result.score, result.grade) == (12, "C")
    assert result.reasons == {
        "model": {"name": "small", "version": "1"},
        "stage": "operating",
        "score": 12,
        "score_grade": "B",
        "indicators": [
            {
                "id": "age",
                "title": "成立年限",
                "dimension": "attributes",
                "value": 1,
                "bin": {"from": None, "below": 3},
                "points": 2,
            },
            {
                "id": "penalties",
                "title": "行政处罚次数",
                "dimension": "supervision",
                "value": 1,
                "bin": {"from": 1, "below": 3},
                "points": 10,
            },
        ],
        "rules": [
            {
                "id": "fined",
                "title": "有处罚",
                "effect": "at_least",
                "grade": "C",
                "reason": "受过处罚",
                "legal_basis": "示例",
                "expires": None,
            }
        ],
        "outside": [],
    }


def test_a_missing_value_gives_the_missing_points_and_no_bin() -> None:
    indicators = grade(parse_model(SMALL), facts(), AS_OF).reasons["indicators"]
    assert isinstance(indicators, list)
    assert (indicators[0]["value"], indicators[0]["bin"], indicators[0]["points"]) == (None, None, 4)


@pytest.mark.parametrize(("points", "label"), [(-5, "A"), (9, "A"), (10, "B"), (19, "B"), (20, "C"), (10**12, "D")])
def test_a_grade_starts_at_its_lowest_score(points: int, label: str) -> None:
    assert grade(parse_model(ruling(points=points)), facts(), AS_OF).grade == label


def test_count_exists_and_distinct_look_only_at_their_kinds() -> None:
    about = facts(
        record("penalty", category="罚款"), record("penalty", 5, category="罚款"), record("coercion", category="罚款")
    )
    assert value(of_records("count"), about) == 2
    assert value(of_records("exists"), about) == 1
    assert value(of_records("exists", "breach"), about) == 0
    assert value(of_records("distinct", rest='field = "category"'), about) == 1
    assert value(of_records("count", rest='where = [{ field = "body", is = ["厅"] }]'), about) == 0


def test_distinct_counts_each_value_of_a_list() -> None:
    about = facts(
        record("inspection", results=["uncooperative", "pending"]), record("inspection", 1, results=["pending"])
    )
    assert value(of_records("distinct", "inspection", 'field = "results"'), about) == 2


def test_a_sum_leaves_out_what_is_not_known_and_stays_a_canonical_integer() -> None:
    rest = 'field = "fine"'
    assert value(of_records("sum", rest=rest), facts(record("penalty", fine=250), record("penalty", 1))) == 250
    huge = facts(record("penalty", fine=LARGEST_INTEGER), record("penalty", 1, fine=LARGEST_INTEGER))
    assert value(of_records("sum", rest=rest), huge) == LARGEST_INTEGER


def test_days_since_counts_from_the_latest_record() -> None:
    missing = "missing = 0"
    about = facts(record("inspection", 30), record("inspection", 7), record("inspection", 400))
    assert value(of_records("days_since", "inspection"), about, missing) == 7
    assert value(of_records("days_since", "inspection"), facts(), missing) is None


def test_per_mille_divides_by_the_records_before_the_conditions_and_rounds_down() -> None:
    rest = 'where = [{ field = "results", is_not = ["未发现问题"] }]\nwindow_days = 100'
    found = [record("inspection", days, results=["pending"]) for days in (0, 1, 500)]
    clean = record("inspection", 2, results=["no_problem"])
    assert value(of_records("per_mille", "inspection", rest), facts(*found, clean), "missing = 0") == 666
    assert value(of_records("per_mille", "inspection", rest), facts(), "missing = 0") is None


@pytest.mark.parametrize(("days_ago", "count"), [(-1, 0), (0, 1), (9, 1), (10, 0)])
def test_a_window_of_ten_days_ends_on_the_day_of_grading(days_ago: int, count: int) -> None:
    assert value(of_records("count", rest="window_days = 10"), facts(record("penalty", days_ago))) == count


@pytest.mark.parametrize(
    ("established", "years"),
    [("2020-06-30", 6), ("2020-07-01", 5), ("2024-02-29", 2), ("2026-06-30", 0), ("2026-07-01", None), ("", None)],
)
def test_years_since_counts_whole_years(established: str, years: int | None) -> None:
    measure = 'source = "registration"\naggregate = "years_since"\nfield = "established"'
    assert value(measure, facts(established=established), "missing = 0") == years


def test_a_leap_day_has_its_anniversary_on_the_first_of_march() -> None:
    text = SMALL.replace("below = 3, points = 2", "below = 1, points = 2").replace(
        "from = 3, points = 0", "from = 1, points = 0"
    )
    about = facts(established="2024-02-29")
    years = [grade(parse_model(text), about, day).score for day in (date(2025, 2, 28), date(2025, 3, 1))]
    assert years == [2, 0]


def test_the_registration_gives_its_integers_and_meets_conditions() -> None:
    capital = 'source = "registration"\naggregate = "value"\nfield = "capital"'
    assert value(capital, facts(capital=5_000_000), "missing = 1") == 5_000_000
    assert value(capital, facts(), "missing = 1") is None
    gas = 'source = "registration"\naggregate = "exists"\nwhere = [{ field = "sector", is = ["燃气经营"] }]'
    assert value(gas, facts(sector="燃气经营")) == 1
    assert value(gas, facts(sector="供热")) == 0


@pytest.mark.parametrize(
    ("condition", "content", "met"),
    [
        ('field = "type", is = ["经营异常"]', {"type": "经营异常"}, 1),
        ('field = "type", is = ["经营异常"]', {"type": "严重违法失信"}, 0),
        ('field = "type", is = ["经营异常"]', {}, 0),
        ('field = "type", is_not = ["经营异常"]', {}, 1),
        ('field = "removed", in_force = true', {}, 1),
        ('field = "removed", in_force = true', {"removed": "2026-06-30"}, 1),
        ('field = "removed", in_force = true', {"removed": "2026-06-29"}, 0),
        ('field = "removed", in_force = false', {"removed": "2026-06-29"}, 1),
        ('field = "removed", in_force = false', {}, 0),
    ],
)
def test_conditions_on_texts_and_dates(condition: str, content: Mapping[str, JSON], met: int) -> None:
    about = facts(Record("breach", AS_OF, "局", "1", content))
    assert value(of_records("count", "breach", f"where = [{{ {condition} }}]"), about) == met


@pytest.mark.parametrize(
    ("condition", "fine", "met"),
    [("at_least = 5", 5, 1), ("at_least = 5", 4, 0), ("below = 5", 4, 1), ("below = 5", 5, 0), ("below = 5", None, 0)],
)
def test_conditions_on_integers_hold_only_where_there_is_one(condition: str, fine: int | None, met: int) -> None:
    measure = of_records("count", rest=f'where = [{{ field = "fine", {condition} }}]')
    assert value(measure, facts(record("penalty", fine=fine))) == met


def test_all_conditions_of_a_measure_must_hold() -> None:
    measure = of_records("count", rest='where = [{ field = "fine", at_least = 5 }, { field = "fine", below = 9 }]')
    assert value(measure, facts(record("penalty", fine=7), record("penalty", 1, fine=9))) == 1


def test_relations_count_different_parties_that_have_begun() -> None:
    relations = (
        Relation("股东", "甲"),
        Relation("股东", "甲", AS_OF),
        Relation("股东", "乙", AS_OF + timedelta(days=1)),
        Relation("地址", "丙"),
    )
    measure = 'source = "relations"\nkinds = ["股东"]\naggregate = "{}"'
    assert value(measure.format("count"), facts(relations=relations)) == 1
    assert value(measure.format("exists"), facts()) == 0


SAME_REPRESENTATIVE_WITH_BREACH = """
source = "related"
via = ["法定代表人"]
kinds = ["breach"]
aggregate = "enterprises"
where = [{ field = "type", is = ["严重违法失信"] }]
"""


def district() -> list[EnterpriseFacts]:
    """Return four enterprises: the first shares its representative with the second and third, its address with all."""
    serious = record("breach", type="严重违法失信")
    home = Relation("地址", "一号")
    chief = Relation("法定代表人", "某人")
    return [
        EnterpriseFacts(CODES[0], {}, (serious,), (home, chief)),
        EnterpriseFacts(CODES[1], {}, (serious, record("breach", 3, type="严重违法失信")), (home, chief)),
        EnterpriseFacts(CODES[2], {}, (record("breach", type="经营异常"),), (home, chief)),
        EnterpriseFacts(CODES[3], {}, (serious,), (home,)),
    ]


def test_related_enterprises_are_the_others_that_share_a_party() -> None:
    first = with_related(district())[0]
    assert value(SAME_REPRESENTATIVE_WITH_BREACH, first) == 1
    assert value('source = "related"\nvia = ["法定代表人"]\naggregate = "enterprises"', first) == 2
    assert value('source = "related"\nvia = ["法定代表人", "地址"]\naggregate = "enterprises"', first) == 3


@pytest.mark.parametrize(
    ("first", "second", "related"), [(None, 0, 1), (-9, 0, 1), (-9, 1, 0), (1, None, 0), (None, None, 1)]
)
def test_a_tie_counts_once_it_has_begun_on_both_sides(first: int | None, second: int | None, related: int) -> None:
    def tied(code: str, days: int | None) -> EnterpriseFacts:
        since = None if days is None else AS_OF + timedelta(days=days)
        return EnterpriseFacts(code, {}, (), (Relation("法定代表人", "某人", since),))

    measure = 'source = "related"\nvia = ["法定代表人"]\naggregate = "enterprises"'
    assert value(measure, with_related([tied(CODES[0], first), tied(CODES[1], second)])[0]) == related


def test_all_are_graded_in_the_order_of_their_codes() -> None:
    results = grade_all([parse_model(measuring(SAME_REPRESENTATIVE_WITH_BREACH))], reversed(district()), AS_OF)
    assert [result.enterprise for result in results] == sorted(CODES)


@pytest.mark.parametrize(
    ("points", "rules", "label"),
    [
        (0, [("at_least", "B")], "B"),
        (25, [("at_least", "B")], "C"),
        (25, [("at_most", "B")], "B"),
        (0, [("at_most", "B")], "A"),
        (25, [("exactly", "A")], "A"),
        (0, [("exactly", "A"), ("exactly", "B")], "B"),
        (0, [("exactly", "A"), ("at_least", "C")], "A"),
        (25, [("at_most", "A"), ("at_least", "B")], "B"),
        (0, [("at_least", "B"), ("at_least", "C")], "C"),
        (25, [("at_most", "B"), ("at_most", "A")], "A"),
    ],
)
def test_rules_override_the_score(points: int, rules: list[tuple[str, str]], label: str) -> None:
    for ordered in (rules, rules[::-1]):
        assert grade(parse_model(ruling(*ordered, points=points)), facts(), AS_OF).grade == label


def test_a_rule_fires_only_where_all_its_clauses_hold() -> None:
    clauses = """
[[rules]]
id = "both"
title = "r"
effect = "exactly"
grade = "C"
reason = "r"
legal_basis = "b"
when = [
  { indicator = "penalties", at_least = 1, below = 3 },
  { source = "records", kinds = ["inspection"], aggregate = "days_since", missing = true },
]
"""
    model = parse_model(HEAD + GRADES + PENALTIES + clauses)
    assert grade(model, facts(record("penalty")), AS_OF).grade == "C"
    assert grade(model, facts(record("penalty"), record("inspection")), AS_OF).grade == "B"
    assert grade(model, facts(), AS_OF).grade == "A"


def test_a_bound_on_a_missing_value_does_not_hold() -> None:
    clause = """
[[rules]]
id = "late"
title = "r"
effect = "exactly"
grade = "C"
reason = "r"
legal_basis = "b"
when = [{ source = "records", kinds = ["inspection"], aggregate = "days_since", below = 100 }]
"""
    assert grade(parse_model(HEAD + GRADES + PENALTIES + clause), facts(), AS_OF).grade == "A"


DEFAULT = parse_model(default_text())
KINDS: dict[str, dict[str, st.SearchStrategy[JSON]]] = {
    "penalty": {"fine": st.integers(0, 10**9), "category": st.sampled_from(["罚款", "警告"])},
    "inspection": {"results": st.sampled_from([["no_problem"], ["pending"], ["unreachable"]])},
    "breach": {
        "type": st.sampled_from(["经营异常", "严重违法失信"]),
        "removed": st.sampled_from([None, "2025-01-01", "2026-12-31"]),
    },
    "coercion": {"measure": st.just("查封")},
    "complaint": {"outcome": st.sampled_from(["属实", "不属实"]), "matter": st.sampled_from(["甲", "乙", "丙"])},
    "licence": {"valid_to": st.sampled_from(["2025-01-01", "2099-12-31"])},
    "confirmation": {"outcome": st.sampled_from(["合格", "不合格"])},
}


@st.composite
def records(draw: st.DrawFn, latest: int = -200) -> Record:
    kind = draw(st.sampled_from(sorted(KINDS)))
    content = draw(st.fixed_dictionaries(KINDS[kind]))
    day = AS_OF - timedelta(days=draw(st.integers(latest, 3000)))
    return Record(kind, day, draw(st.sampled_from(["甲局", "乙局"])), str(draw(st.integers(0, 99))), content)


@st.composite
def enterprises(draw: st.DrawFn, code: str) -> EnterpriseFacts:
    registration: dict[str, JSON] = {
        "sector": draw(st.sampled_from(["供热", "建筑施工"])),
        "status": draw(st.sampled_from(["存续", "注销"])),
        "established": draw(st.sampled_from(["2003-05-06", "2025-12-01", ""])),
        "capital": draw(st.sampled_from([None, 10**7, 10**10])),
    }
    kinds, parties = st.sampled_from(["法定代表人", "股东", "地址"]), st.sampled_from(["甲", "乙"])
    relations = draw(st.lists(st.builds(Relation, kinds, parties, st.sampled_from([None, AS_OF])), max_size=4))
    return EnterpriseFacts(code, registration, tuple(draw(st.lists(records(), max_size=12))), tuple(relations))


districts = st.tuples(*(enterprises(code) for code in CODES))


@given(districts, st.data())
def test_the_order_of_facts_never_matters(all_facts: tuple[EnterpriseFacts, ...], data: st.DataObject) -> None:
    def shuffled(values: tuple[Any, ...]) -> list[Any]:
        return data.draw(st.permutations(values))

    mixed_facts = [
        replace(one, records=tuple(shuffled(one.records)), relations=tuple(shuffled(one.relations)))
        for one in all_facts
    ]
    assert grade_all([DEFAULT], shuffled(tuple(mixed_facts)), AS_OF) == grade_all([DEFAULT], all_facts, AS_OF)


@given(enterprises(CODES[0]))
def test_the_points_add_up_and_the_reasons_are_canonical(about: EnterpriseFacts) -> None:
    result = grade(DEFAULT, about, AS_OF)
    indicators = result.reasons["indicators"]
    assert isinstance(indicators, list)
    assert sum(entry["points"] for entry in indicators) == result.score == result.reasons["score"]
    assert parse_canonical(canonical(result.reasons)) == result.reasons


@given(enterprises(CODES[0]))
def test_what_is_dated_after_the_day_of_grading_does_not_exist(about: EnterpriseFacts) -> None:
    past = replace(about, records=tuple(record for record in about.records if record.date <= AS_OF))
    assert grade(DEFAULT, about, AS_OF) == grade(DEFAULT, past, AS_OF)


@given(enterprises(CODES[0]), st.integers(0, 364))
def test_a_further_penalty_never_lowers_the_risk(about: EnterpriseFacts, days_ago: int) -> None:
    worse = replace(about, records=(*about.records, record("penalty", days_ago, fine=10**7)))
    before, after = grade(DEFAULT, about, AS_OF), grade(DEFAULT, worse, AS_OF)
    assert after.score >= before.score
    assert DEFAULT.labels.index(after.grade) >= DEFAULT.labels.index(before.grade)


@given(enterprises(CODES[0]), st.sampled_from(["A", "B", "C"]), st.integers(0, 30))
def test_at_least_never_lowers_the_risk_and_at_most_never_raises_it(
    about: EnterpriseFacts, label: str, points: int
) -> None:
    plain = parse_model(ruling(points=points))

    def level(model: Model) -> int:
        return model.labels.index(grade(model, about, AS_OF).grade)

    raised = level(parse_model(ruling(("at_least", label), points=points)))
    lowered = level(parse_model(ruling(("at_most", label), points=points)))
    assert raised == max(level(plain), plain.labels.index(label))
    assert lowered == min(level(plain), plain.labels.index(label))


def results_digest(results: list[GradeResult]) -> str:
    rows: list[JSON] = [[one.enterprise, one.grade, one.score, one.reasons] for one in results]
    return hashlib.sha256(canonical(rows)).hexdigest()


def test_grades_are_the_same_in_every_process() -> None:
    program = (
        "from tests.scoring.test_grader import *;"
        " print(results_digest(grade_all([DEFAULT], set_of(district()), AS_OF)))"
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
    assert digests == {results_digest(grade_all([DEFAULT], district(), AS_OF))}


def set_of(all_facts: list[EnterpriseFacts]) -> list[EnterpriseFacts]:
    """Return the facts in an order that the process's hash seed decides."""
    by_code = {one.enterprise: one for one in all_facts}
    return [by_code[code] for code in frozenset(by_code)]


def test_under_a_half_life_older_rows_count_less_and_the_value_is_the_floor() -> None:
    decaying = of_records("count", rest="half_life_days = 100")
    assert value(decaying, facts(record("penalty"), record("penalty"))) == 2
    assert value(decaying, facts(record("penalty", 1))) == 0
    assert value(decaying, facts(*(record("penalty", 100) for _ in range(4)))) == 2
    assert value(decaying, facts(*(record("penalty", 3000) for _ in range(100)))) == 0
    amounts = of_records("sum", rest='field = "fine"\nhalf_life_days = 100')
    assert value(amounts, facts(record("penalty", 0, fine=5), record("penalty", 100, fine=7))) == 8
    assert value(amounts, facts(record("penalty", fine=LARGEST_INTEGER), record("penalty", fine=9))) == LARGEST_INTEGER


OUTSIDE = 'source = "outside"\naggregate = "value"\nsystem = "省平台"\nlevels = ["甲", "乙", "丙"]'
PROVINCE = (
    OutsideGrade("省平台", "甲", AS_OF - timedelta(days=9)),
    OutsideGrade("省平台", "丙", AS_OF),
    OutsideGrade("省平台", "乙", AS_OF + timedelta(days=1)),
    OutsideGrade("市平台", "乙", AS_OF),
)


def test_the_newest_grade_of_another_system_is_a_place_among_its_levels() -> None:
    about = replace(facts(), outside=PROVINCE)
    assert value(OUTSIDE, about, "missing = 0") == 2
    assert value(OUTSIDE, replace(about, outside=PROVINCE[:1]), "missing = 0") == 0
    assert value(OUTSIDE, facts(), "missing = 0") is None
    unknown = replace(about, outside=(OutsideGrade("省平台", "丁", AS_OF),))
    assert value(OUTSIDE, unknown, "missing = 0") is None


def test_a_grade_of_another_system_that_the_model_looks_at_is_named_in_the_reasons() -> None:
    clause = f"{{ {OUTSIDE}, at_least = 2 }}".replace("\n", ", ")
    rule = RULE.replace('{ indicator = "penalties", at_least = 1 }', clause)
    looking, not_looking = parse_model(HEAD + GRADES + PENALTIES + rule), parse_model(SMALL)
    about = replace(facts(), outside=PROVINCE)
    found = grade(looking, about, AS_OF)
    assert found.grade == "C"
    assert found.reasons["outside"] == [{"system": "省平台", "grade": "丙", "date": AS_OF.isoformat()}]
    assert grade(not_looking, about, AS_OF).reasons["outside"] == []


def judged(effect: Effect, label: str, days: int = 0) -> Judgement:
    return Judgement(CODES[0], effect, label, "理由", "依据", AS_OF + timedelta(days=days))


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ((), "C"),
        ((judged(Effect.AT_LEAST, "D"),), "D"),
        ((judged(Effect.AT_MOST, "A"),), "C"),  # a rule says at least C
        ((judged(Effect.EXACTLY, "A"),), "A"),
        ((judged(Effect.EXACTLY, "A"), judged(Effect.EXACTLY, "B")), "B"),
        ((judged(Effect.EXACTLY, "A", -1),), "C"),
        ((judged(Effect.EXACTLY, "甲"),), "C"),
    ],
)
def test_a_judgement_acts_like_a_rule_that_fired(said: tuple[Judgement, ...], label: str) -> None:
    about = replace(facts(record("penalty")), judgements=said)
    assert grade(parse_model(SMALL), about, AS_OF).grade == label


def test_a_judgement_stands_in_the_reasons_with_its_basis_and_term() -> None:
    about = replace(facts(), judgements=(judged(Effect.AT_LEAST, "B"), judged(Effect.EXACTLY, "甲")))
    assert grade(parse_model(SMALL), about, AS_OF).reasons["rules"] == [
        {
            "id": "judgement",
            "title": "定性判定",
            "effect": "at_least",
            "grade": "B",
            "reason": "理由",
            "legal_basis": "依据",
            "expires": "2026-06-30",
        }
    ]


def scoped(name: str, scope: str, points: int) -> Model:
    text = ruling(points=points).replace('name = "small"', f'name = "{name}"')
    return parse_model(f"{text}\n[scope]\n{scope}\n")


def test_each_enterprise_is_graded_by_the_most_specific_model_and_by_its_departments_own() -> None:
    models = [
        scoped("general", "", 0),
        scoped("heat", 'sectors = ["供热"]', 10),
        scoped("own", 'departments = ["ZJ"]', 20),
        scoped("closing", 'stages = ["closing"]\ndepartments = ["ZJ"]', 0),
    ]
    registrations: list[dict[str, JSON]] = [
        {"sector": "供热", "established": "2026-01-01", "status": "存续"},
        {"sector": "燃气经营", "established": "2026-01-01", "status": "注销"},
    ]
    all_facts = [EnterpriseFacts(code, said) for code, said in zip(CODES, registrations, strict=False)]
    told = [
        (one.enterprise, one.department, one.grade, one.reasons["model"], one.reasons["stage"])
        for one in grade_all(models, all_facts, AS_OF)
    ]
    assert told == [
        (CODES[0], "", "B", {"name": "heat", "version": "1"}, "newly_registered"),
        (CODES[0], "ZJ", "C", {"name": "own", "version": "1"}, "newly_registered"),
        (CODES[1], "", "A", {"name": "general", "version": "1"}, "closing"),
        (CODES[1], "ZJ", "A", {"name": "closing", "version": "1"}, "closing"),
    ]
    assert grade_all(models[1:2], all_facts[1:], AS_OF) == []
