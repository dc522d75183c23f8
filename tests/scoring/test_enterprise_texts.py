"""Enterprises are found by names, former names and addresses: the same ones on both engines, by an index."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from ledger import full_text
from ledger.audit import Fault
from ledger.database import Database
from ledger.search_text import folded, words
from scoring import enterprise_texts
from scoring.enterprise_texts import audit_texts
from scoring.tables import enterprise, enterprise_text
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.engines import fresh_database
from tests.scoring.register import take_in

NAMED = {
    1: ("杭州宏远建筑工程有限公司", "西湖区文三路12号"),
    2: ("宁波德昌物业管理有限公司", "海曙区中山西路100%号"),
    3: ("ＡＢＣ（Ｃｈｉｎａ） Trading Co., Ltd.", "建德市新安江_街道"),
    4: ("𠮷野家𡈽木建筑装饰经营部", "余杭区五常大道1-2号"),
}

NUMBERS = {files.code(number): number for number in range(1, 10)}


@pytest.fixture
def named(database: Database) -> Database:
    rows = [files.registration(number, 企业名称=name, 地址=address) for number, (name, address) in NAMED.items()]
    take_in(database, file_of("registration", rows), strict=True)
    return database


def found(tx: Connection, query: str) -> list[str]:
    """Return the codes of the enterprises that a query finds."""
    condition = full_text.matching(tx, enterprise.c.code, enterprise_text.c.enterprise, query)
    rows = select(enterprise.c.code).order_by(enterprise.c.code)
    return list(tx.execute(rows if condition is None else rows.where(condition)).scalars())


def numbers(tx: Connection, query: str) -> list[int]:
    """Return the numbers of the enterprises that a query finds."""
    return [NUMBERS[code] for code in found(tx, query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("建筑", [1, 4]),
        ("筑", [1, 4]),
        ("司", [1, 2]),
        ("宏远建筑", [1]),
        ("建筑 西湖", [1]),
        ("西湖　建筑", [1]),
        ("建筑 海曙", []),
        ("筑建", []),
        ("abc(china)", [3]),
        ("abc（ＣＨＩＮＡ）tradingco", [3]),
        ("𡈽木", [4]),
        ("𠮷", [4]),
        ("100%", [2]),
        ("%", [2]),
        ("_", [3]),
        ("/", []),
        ("\\", []),
        ("'", []),
        ('"', []),
        ("1-2号", [4]),
        ("12号", [1]),
        ("公司西湖", []),
        ("", [1, 2, 3, 4]),
        (" 　", [1, 2, 3, 4]),
    ],
)
def test_words_are_found_wherever_they_stand(named: Database, query: str, expected: list[int]) -> None:
    with named.read() as tx:
        assert numbers(tx, query) == expected


def test_what_many_hold_is_found_as_what_few_hold(named: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with named.read() as tx:
        few = [found(tx, query) for query in ("建筑", "号", "有限公司 德昌", "%")]
        monkeypatch.setattr(full_text, "FEW", 0)
        assert [found(tx, query) for query in ("建筑", "号", "有限公司 德昌", "%")] == few


def test_a_new_name_and_the_former_one_are_found(register: Database) -> None:
    renamed = files.registration(1, 企业名称="样例新名科技有限公司", 地址="新地路8号")
    take_in(register, file_of("registration", [renamed]))
    with register.read() as tx:
        assert numbers(tx, "新名科技") == [1]
        assert numbers(tx, files.name(1)) == [1]
        assert numbers(tx, "新地路") == [1]
        assert numbers(tx, "虚构路1号") == []  # an address that it left
        assert [*audit_texts(tx)] == []


def test_a_former_name_that_only_a_change_tells_is_found(register: Database) -> None:
    take_in(register, file_of("change", [files.change(2, "名称变更", former_name="样例旧称建材厂")]))
    with register.read() as tx:
        assert numbers(tx, "旧称建材") == [2]
        assert [*audit_texts(tx)] == []


def tampered(database: Database, statement: str) -> list[Fault]:
    with database.write() as tx:
        tx.execute(text(statement))
    with database.read() as tx:
        return [*audit_texts(tx)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE enterprise_text SET text = 'x' WHERE id = 1", "row_changed"),
        ("DELETE FROM enterprise_text WHERE id = 1", "row_lost"),
        ("INSERT INTO enterprise_text (enterprise, text, grams) VALUES ('X', 'x', 'x')", "row_added"),
    ],
)
def test_the_audit_finds_what_is_otherwise_than_in_the_register(register: Database, statement: str, code: str) -> None:
    (fault,) = tampered(register, statement)
    assert (fault.table, fault.code) == ("enterprise_text", code)


SIGNED = st.text(st.sampled_from("建筑业公司（）()ＡａA１1𠮷𡈽 　%_-\u200b"), max_size=12)


@pytest.fixture(scope="module")
def both(
    sqlite_template: str, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Database]]:
    """A bureau's empty tables on each engine."""
    folder = tmp_path_factory.mktemp("both")
    with (
        fresh_database("sqlite", folder, sqlite_template) as one,
        fresh_database("postgresql", folder, postgresql_template) as other,
        closing(Database(one)) as sqlite,
        closing(Database(other)) as postgresql,
    ):
        yield sqlite, postgresql


@contextmanager
def registered(database: Database, texts: Sequence[tuple[str, str]]) -> Iterator[Connection]:
    """Register enterprises with any name and address, by numbers as codes, in a transaction that leaves nothing."""
    rows = [(f"{number:018d}", name, address) for number, (name, address) in enumerate(texts)]
    empty = {"sector": "", "region": "", "status": "", "registered_in": "", "established": date(2020, 1, 1)}
    values = [{**empty, "code": code, "name": name, "address": address} for code, name, address in rows]
    with database.write() as tx:
        tx.execute(enterprise.insert(), values)
        enterprise_texts.add(tx, rows)
        yield tx
        tx.rollback()


def searched(database: Database, texts: Sequence[tuple[str, str]], queries: Sequence[str]) -> list[list[int]]:
    """Return which of some texts each query finds, by their place."""
    with registered(database, texts) as tx:
        return [[int(code) for code in found(tx, query)] for query in queries]


@settings(max_examples=40)
@given(st.lists(st.tuples(SIGNED, SIGNED), min_size=1, max_size=8), st.lists(SIGNED, min_size=1, max_size=6), st.data())
def test_both_engines_find_what_holds_all_words(
    both: tuple[Database, Database], texts: list[tuple[str, str]], queries: list[str], data: st.DataObject
) -> None:
    part = data.draw(st.sampled_from([name for pair in texts for name in pair]))
    asked = [*queries, part, part[1:3]]
    expected = [
        [
            place
            for place, held in enumerate(texts)
            if all(any(word in folded(one) for one in held) for word in words(query))
        ]
        for query in asked
    ]
    for database in both:
        assert searched(database, texts, asked) == expected


def test_a_search_asks_the_index(both: tuple[Database, Database]) -> None:
    plans = []
    for database in both:
        with registered(database, [(f"第{number}号建筑公司", f"某路{number}号") for number in range(3_000)]) as tx:
            if not database.is_sqlite:
                tx.exec_driver_sql("SET LOCAL enable_seqscan = off")  # so few rows are sooner read all
            query = full_text.candidates(tx, enterprise_text.c.enterprise, words("第2817号"))
            asked = str(query.compile(tx.engine, compile_kwargs={"literal_binds": True}))
            plan = tx.exec_driver_sql(("EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN ") + asked)
            plans.append("\n".join(str(row) for row in plan))
    assert "enterprise_text_grams VIRTUAL TABLE INDEX" in plans[0]
    assert "Bitmap Index Scan on enterprise_text_grams" in plans[1]
