"""Random models and facts, in the shapes that intake makes, for what must hold of all of them."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

import pyarrow
from hypothesis import strategies as st

from ledger.canonical import JSON
from scoring.engine import FACTS, OUTSIDE
from scoring.facts import EnterpriseFacts, Judgement, OutsideGrade, Record, Relation
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.scopes import Scope
from scoring.scorecard import Bin, Clause, Dimension, Effect, GradeLevel, Indicator, Model, Rule
from scoring.stages import Stage

T = TypeVar("T")
DAY = date(2026, 2, 28)
DAYS = st.one_of(
    st.integers(-1500, 40).map(lambda n: DAY + timedelta(n)),
    st.sampled_from(
        [date(2024, 2, 29), date(2020, 2, 29), date(2023, 2, 28), date(2025, 2, 28), date(2025, 3, 1), DAY]
    ),
)
LABELS = ("A", "B", '丙"')
SECTORS, REGIONS, DEPARTMENTS = ("物业服务", "供热"), ("样例区", "示范'区"), ("ZJ", "SC")
KINDS = ("licence", "inspection", "penalty", "breach")
VIA = ("法定代表人", "地址")
SYSTEMS = ("省平台", "other")
RESULTS = ("no_problem", "unreachable", "closed", "pending")
MATTERS = ("资质", "履约")
TEXTS = ("x", "[x]", "O'Neill", "中\\文")


def mostly(values: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.one_of(values, values, st.none())


@st.composite
def contents(draw: st.DrawFn, kind: str) -> dict[str, JSON]:
    content: dict[str, JSON] = {"category": draw(mostly(st.sampled_from(TEXTS)))}
    if kind == "inspection":
        content["results"] = draw(st.lists(st.sampled_from(RESULTS), min_size=1, max_size=3, unique=True))
        matters = draw(st.lists(st.sampled_from(MATTERS), max_size=2, unique=True))
        if matters:
            content["violated"] = matters
    if kind == "penalty":
        content["fine"] = draw(mostly(st.one_of(st.integers(0, 500), st.just(2**53 - 1))))
    if kind in ("licence", "penalty"):
        content["valid_to"] = draw(mostly(st.one_of(DAYS.map(str), st.just("2099-12-31"), st.just(""))))
    return {name: value for name, value in content.items() if value is not None}


@st.composite
def facts_of(draw: st.DrawFn, code: str) -> EnterpriseFacts:
    registration: dict[str, JSON] = {
        "sector": draw(st.sampled_from(SECTORS)),
        "region": draw(st.sampled_from(REGIONS)),
        "status": draw(st.sampled_from(("存续", "存续", "停业", "注销"))),
        "established": str(draw(DAYS)),
    }
    capital = draw(mostly(st.integers(0, 500)))
    if capital is not None:
        registration["capital"] = capital
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=6))
    return EnterpriseFacts(
        code,
        registration,
        tuple(
            Record(
                kind, draw(DAYS), draw(st.sampled_from(TEXTS)), draw(st.sampled_from(("", "1号"))), draw(contents(kind))
            )
            for kind in kinds
        ),
        tuple(
            Relation(draw(st.sampled_from(VIA)), draw(st.sampled_from("pqr")), draw(mostly(DAYS)))
            for _ in range(draw(st.integers(0, 3)))
        ),
        outside=tuple(
            OutsideGrade(draw(st.sampled_from(SYSTEMS)), draw(st.sampled_from(("好", "差", "无"))), draw(DAYS))
            for _ in range(draw(st.integers(0, 2)))
        ),
        judgements=tuple(
            Judgement(code, draw(st.sampled_from(Effect)), draw(st.sampled_from(LABELS)), "理由", "依据", draw(DAYS))
            for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2))))
        ),
    )


registers = st.integers(1, 4).flatmap(
    lambda count: st.tuples(*(facts_of(f"91130304PDY{number:05d}{number}") for number in range(count)))
)


@st.composite
def conditions(draw: st.DrawFn, kinds: Sequence[str]) -> Condition:
    fields = [("category", "text")] if "registration" not in kinds else [("status", "text"), ("capital", "integer")]
    if set(kinds) <= {"inspection"}:
        fields += [("results", "text"), ("violated", "text")]
    if set(kinds) <= {"penalty"}:
        fields += [("fine", "integer")] * 2
    if set(kinds) <= {"licence", "penalty"}:
        fields += [("valid_to", "date")] * 2
    if "registration" not in kinds:
        fields += [("body", "text"), ("number", "text")]
    field, held = draw(st.sampled_from(fields))
    if held == "integer":
        return Condition(field, draw(st.sampled_from((Operator.AT_LEAST, Operator.BELOW))), draw(st.integers(0, 500)))
    if held == "date":
        return Condition(field, Operator.IN_FORCE, draw(st.booleans()))
    lists = {"results": RESULTS, "violated": MATTERS, "status": ("存续", "停业")}
    known = lists.get(field, (*TEXTS, "1号"))
    wanted = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True))
    return Condition(field, draw(st.sampled_from((Operator.IS, Operator.IS_NOT))), tuple(sorted(wanted)))


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    source = draw(st.sampled_from((Source.RECORDS, Source.RECORDS, *Source)))
    kinds = tuple(sorted(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2, unique=True))))
    via = tuple(sorted(draw(st.lists(st.sampled_from(VIA), min_size=1, max_size=2, unique=True))))
    window = draw(mostly(st.sampled_from((1, 30, 365, 1000))))
    if source is Source.RELATIONS:
        return Measure(source, draw(st.sampled_from((Aggregate.COUNT, Aggregate.EXISTS))), via)
    if source is Source.OUTSIDE:
        return Measure(source, Aggregate.VALUE, system=draw(st.sampled_from(SYSTEMS)), levels=("好", "差"))
    if source is Source.REGISTRATION:
        aggregate = draw(st.sampled_from((Aggregate.EXISTS, Aggregate.VALUE, Aggregate.YEARS_SINCE)))
        field = {Aggregate.VALUE: "capital", Aggregate.YEARS_SINCE: "established"}.get(aggregate)
        where = draw(st.lists(conditions(("registration",)), max_size=2)) if field is None else []
        return Measure(source, aggregate, where=tuple(where), field=field)
    if source is Source.RELATED and draw(st.booleans()):
        return Measure(source, Aggregate.ENTERPRISES, via=via)
    aggregate = Aggregate.ENTERPRISES
    if source is Source.RECORDS:
        aggregate = draw(
            st.sampled_from(
                (
                    Aggregate.COUNT,
                    Aggregate.EXISTS,
                    Aggregate.DISTINCT,
                    Aggregate.SUM,
                    Aggregate.DAYS_SINCE,
                    Aggregate.PER_MILLE,
                )
            )
        )
    field = None
    if aggregate is Aggregate.SUM:
        kinds, field = ("penalty",), "fine"
    elif aggregate is Aggregate.DISTINCT:
        field = draw(
            st.sampled_from(
                ("category", "body", "results", "violated") if kinds == ("inspection",) else ("category", "body")
            )
        )
    half_life = draw(mostly(st.sampled_from((30, 365)))) if aggregate in (Aggregate.COUNT, Aggregate.SUM) else None
    where = draw(st.lists(conditions(kinds), max_size=2))
    return Measure(
        source, aggregate, kinds, via if source is Source.RELATED else (), tuple(where), field, window, half_life
    )


@st.composite
def bins(draw: st.DrawFn) -> tuple[Bin, ...]:
    bounds = sorted(draw(st.sets(st.integers(0, 800), max_size=3)) | draw(st.sets(st.integers(0, 4), max_size=2)))
    edges = [None, *bounds, None]
    return tuple(Bin(lower, upper, draw(st.integers(-5, 20))) for lower, upper in pairwise(edges))


@st.composite
def models(draw: st.DrawFn, name: str = "m", departments: bool = False) -> Model:
    indicators = []
    for number in range(draw(st.integers(1, 4))):
        measure = draw(measures())
        missing = draw(st.integers(0, 9)) if measure.may_lack_value else None
        indicators.append(Indicator(f"i{number}", f"指标{number}", Dimension.ACTIVITY, measure, draw(bins()), missing))
    rules = []
    for number in range(draw(st.integers(0, 3))):
        clauses = []
        for _ in range(draw(st.integers(1, 2))):
            own = draw(st.booleans())
            at_least, below = draw(mostly(st.integers(0, 3))), draw(mostly(st.integers(0, 600)))
            missing = draw(mostly(st.booleans()))
            if at_least is None and below is None and missing is None:
                at_least = 1
            clauses.append(
                Clause(
                    None if own else draw(st.sampled_from(indicators)).id,
                    draw(measures()) if own else None,
                    at_least,
                    below,
                    missing if at_least is None and below is None else None,
                )
            )
        rules.append(
            Rule(
                f"r{number}",
                f"规则{number}",
                draw(st.sampled_from(Effect)),
                draw(st.sampled_from(LABELS)),
                "理由",
                "依据",
                tuple(clauses),
            )
        )

    def some(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(draw(st.sampled_from(((), (), (values[0],), tuple(values))))))

    thresholds = sorted(draw(st.sets(st.integers(-5, 30), min_size=2, max_size=2)))
    return Model(
        name,
        "1",
        "模型",
        "作者",
        date(2018, 1, 1),
        None,
        "说明",
        Scope(
            some(SECTORS),
            some(REGIONS),
            tuple(DEPARTMENTS[: draw(st.integers(1, 2))]) if departments else (),
            some([stage.value for stage in Stage][:2]),
        ),
        tuple(GradeLevel(label, label, "", lowest) for label, lowest in zip(LABELS, (None, *thresholds), strict=True)),
        tuple(indicators),
        tuple(rules),
    )


def as_rows(register: Sequence[EnterpriseFacts]) -> list[tuple[str, str, str, str, str, str]]:
    """Return the rows of facts as records hold them."""
    rows: list[tuple[Any, ...]] = []
    for facts in register:
        rows.append((facts.enterprise, "registration", facts.registration["established"], "", "", facts.registration))
        rows += [(facts.enterprise, r.kind, str(r.date), r.body, r.number, r.content) for r in facts.records]
        for tie in facts.relations:
            content = {"type": tie.kind, "party": tie.party}
            rows.append((facts.enterprise, "relation", str(tie.since or ""), "", "", content))
    return [(*row[:5], json.dumps(row[5], ensure_ascii=False, sort_keys=True)) for row in rows]


def as_facts(register: Sequence[EnterpriseFacts]) -> tuple[pyarrow.RecordBatchReader, pyarrow.Table, list[Judgement]]:
    """Return what the engine takes: what is recorded, grades from outside, judgements."""
    columns = list(zip(*as_rows(register), strict=True))
    table = pyarrow.table(dict(zip(FACTS.names, columns, strict=True)), schema=FACTS)
    said = [(f.enterprise, o.system, o.grade, str(o.date)) for f in register for o in f.outside]
    outside = pyarrow.Table.from_pylist([dict(zip(OUTSIDE.names, row, strict=True)) for row in said], schema=OUTSIDE)
    return table.to_reader(), outside, [each for facts in register for each in facts.judgements]
