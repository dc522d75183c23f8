"""The public side under its own PostgreSQL role: all that it answers, and no grade that it could read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api import public_role
from api.bureau import Bureau, create
from api.settings import Settings
from api.sides import Side
from ledger.database import Database
from ledger.tables import metadata
from tests.api import public_side, small_bureau
from tests.api.console import Console
from tests.api.house import NAME, ORIGIN, PLANNER, PLENTY, House, served_bureau
from tests.api.states import test_graphql_publicity as publicity
from tests.engines import fresh_database
from tests.service_role import service_role

OBJECTION = "检查当日本企业停业，记录的事实与现场情况不一致，请复核。"
OPEN = {table.name for table in public_role.READS}
ADDED = {table.name for table in public_role.ADDS}
SECRET = re.compile("grade|score|stratum|weight|target")
PARTLY = {column.table.name for column in public_role.COLUMNS}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A bureau on PostgreSQL whose campaign is published, with the address of its public role."""
    folder = tmp_path_factory.mktemp("public role")
    with fresh_database("postgresql", folder) as url:
        settings = Settings(home=folder / "home", database_url=SecretStr(url), **PLENTY)
        with served_bureau(create(settings, ORIGIN, NAME)) as house:
            small_bureau.run_campaign(house, lambda state: None)
            notice = house.do(publicity.DRAFT, PLANNER, title="公告", text="正文")["notice"]["id"]
            house.do(publicity.PUBLISH, small_bureau.REVIEWER, id=notice)
        owner = Database(url)
        with service_role(owner, public_role.grants) as public:
            yield settings.model_copy(update={"public_database_url": SecretStr(public)})
        owner.close()


@pytest.fixture(scope="module")
def house(settings: Settings) -> Iterator[House]:
    """Its public side, served under that role."""
    with served_bureau(Bureau(settings.of_the_public_side), worker=False, sides={Side.PUBLIC}) as house:
        yield house


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Its database, as the public role opens it."""
    database = Database(settings.of_the_public_side.url)
    yield database
    database.close()


def test_every_public_answer_is_what_the_service_gives(house: House, settings: Settings) -> None:
    with served_bureau(Bureau(settings), worker=False, sides={Side.PUBLIC}) as service:
        expected = [_plain(answer) for answer in public_side.answers(service, "2026-0001")]
    given = [_plain(answer) for answer in public_side.answers(house, "2026-0001")]
    assert [line for line in house.logged.getvalue().splitlines() if '"error"' in line] == []
    assert given == expected
    assert '"level": "error"' not in house.logged.getvalue()
    assert house.ask("{ findings(first: 1) { nodes { number } } }")["findings"]["nodes"]


def test_questions_and_objections_come_in(house: House, settings: Settings) -> None:
    number = house.ask("{ findings(first: 1) { nodes { number } } }")["findings"]["nodes"][0]["number"]
    asked = publicity.hand_in(house, publicity.ASK, text="抽查多久一次，依据是什么？", contact="13800000000")
    objected = publicity.hand_in(house, publicity.OBJECT, text=OBJECTION, number=number)
    for receipt in (asked, objected):
        assert house.ask(publicity.RECEIPT, receipt=receipt)["submission"]["state"] == "RECEIVED"
    assert "not_signed" not in house.logged.getvalue()
    with served_bureau(Bureau(settings), worker=False) as service:
        query = "{ questions(first: 1) { nodes { text contact } } objections(first: 1) { nodes { text } } }"
        told = service.ask(query, PLANNER)
    assert told["questions"]["nodes"][0]["contact"] == "13800000000"
    assert told["objections"]["nodes"] == [{"text": OBJECTION}]


def test_a_question_that_is_handed_in_again_under_its_key_comes_in_once(house: House, database: Database) -> None:
    body = {"query": publicity.ASK, "variables": {"text": "何时公布下一次抽查的结果？"}}
    headers = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first, second = (house.http.post("/graphql", json=body, headers=headers).json()["data"] for _ in range(2))
    assert first["askQuestion"]["receipt"]["number"]
    assert second == first
    refused(database, "DELETE FROM idempotency")


@pytest.mark.parametrize("table", sorted(set(metadata.tables) - OPEN))
def test_no_other_table_is_read_as_a_whole(database: Database, table: str) -> None:
    refused(database, f"SELECT * FROM {table} LIMIT 1")
    with database.read() as tx:
        held = tx.execute(text(f"SELECT has_any_column_privilege('{table}', 'SELECT')")).scalar_one()
    assert held == (table in PARTLY)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(("grade", "grade"), ("grade", "score"), ("grade", "enterprise"), ("grade_run", "document")),
        *(("design_member", "stratum"), ("design_stratum", "size"), ("slot", "enterprise"), ("slot", "stratum")),
        *(("document", "content"), ("document", "salt"), ("campaign", "plan"), ("assignment", "inspector")),
        *(("finding", "facts"), ("finding", "results"), ("recognition", "reason"), ("enterprise", "name")),
        *(("inbox_message", "parameters"), ("record", "content"), ("model", "text")),
    ],
)
def test_grades_designs_slots_and_sealed_documents_are_refused(database: Database, table: str, column: str) -> None:
    assert column in metadata.tables[table].columns
    refused(database, f"SELECT {column} FROM {table} LIMIT 1")
    refused(database, f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL")


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_nothing_is_changed_but_what_is_counted_for_a_day(database: Database, table: str) -> None:
    if table not in {each.name for each in public_role.FORGETS}:
        refused(database, f"DELETE FROM {table}")
        column = next(iter(metadata.tables[table].columns)).name
        refused(database, f"UPDATE {table} SET {column} = {column}")
    if table not in {each.name for each in public_role.ADDS}:
        refused(database, f"INSERT INTO {table} DEFAULT VALUES")


SEQUENCES = "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace"


def test_numbers_are_taken_for_its_own_tables_alone(database: Database) -> None:
    """The next number of another table would tell how many rows there were."""
    with database.read() as tx:
        held = f"SELECT relname FROM ({SEQUENCES}) AS each WHERE has_sequence_privilege(relname, 'USAGE')"
        usable = set(tx.execute(text(held)).scalars())
        others = set(tx.execute(text(SEQUENCES)).scalars()) - usable
        read = tx.execute(
            text(f"SELECT count(*) FROM ({SEQUENCES}) AS each WHERE has_sequence_privilege(relname, 'SELECT')")
        )
        assert read.scalar_one() == 0
    assert {name.removesuffix("_number_seq").removesuffix("_id_seq") for name in usable} <= ADDED
    assert others
    for sequence in others:
        refused(database, f"SELECT nextval('{sequence}')")


def test_what_the_server_counts_tells_of_no_grade(database: Database) -> None:
    """It shows to everybody how many rows a table has; no index or part of a table is of one grade alone."""
    with database.read() as tx:
        counted = tx.execute(text("SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'grade'")).scalar_one()
        values = tx.execute(text("SELECT tablename FROM pg_stats WHERE schemaname = current_schema()")).scalars().all()
        parts = (
            "SELECT indexrelid::regclass::text, pg_get_expr(indpred, indrelid) FROM pg_index WHERE indpred IS NOT NULL"
        )
        partial = tx.execute(text(parts + " AND indrelid::regclass::text !~ '^pg_'")).all()
        split = tx.execute(text("SELECT count(*) FROM pg_inherits")).scalar_one()
    assert counted == 1
    assert set(values) <= OPEN | PARTLY
    assert split == 0
    for name, predicate in partial:
        assert not SECRET.search(predicate), name


def test_a_table_that_comes_later_is_closed(settings: Settings, database: Database) -> None:
    owner = Database(settings.url)
    with owner.write() as tx:
        tx.execute(text("CREATE TABLE later (secret text)"))
    refused(database, "SELECT * FROM later")
    with owner.write() as tx:
        tx.execute(text("DROP TABLE later"))
    owner.close()


def test_the_command_prints_the_grants(settings: Settings, tmp_path: Path) -> None:
    printed = Console(settings, tmp_path).run("database", "role", "qian_public", "--public")
    assert printed.code == 0
    assert "GRANT SELECT ON" in printed.stdout
    assert '"grade"' not in printed.stdout
    assert ".grade " not in printed.stdout


def refused(database: Database, statement: str) -> None:
    """See that PostgreSQL refuses a statement for want of a right."""
    with pytest.raises(DBAPIError, match="permission denied"), database.write() as tx:
        tx.execute(text(statement))


def _plain(answer: bytes) -> bytes:
    """Return an answer without what differs from request to request."""
    varying = rb"'(date|x-request-id|content-length|etag)': '[^']*'|127.0.0.1:\d+"
    allowance = rb"\"(resetAt|currentlyAvailable)\":[^,}]*"
    return re.sub(varying + b"|" + allowance, b"", answer)
