"""The audit of a whole bureau: one byte changed in any row that is bound, or that repeats one, is named by its row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, UniqueConstraint, func, select, text

from ledger import documents, log
from ledger.audit import Fault, audit
from ledger.bindings import BoundTable, raw_columns
from ledger.digests import row_digest
from ledger.log import NewEntry
from ledger.note import Verifier
from ledger.tables import document, log_entry, metadata, public_file
from sampling import registers
from sampling.campaigns import audit_states
from sampling.entry_kinds import CLOSED
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from sampling.tables import campaign
from scoring import readings
from scoring.files import FileRead
from scoring.former_codes import audit_former_codes
from scoring.projections import audit_enterprises
from scoring.tables import BINDINGS as SCORING_BINDINGS
from scoring.tables import enterprise, former_code
from tests import bureau_files as files
from tests import tampering
from tests.engines import ENGINES
from tests.sampling.bureau import ADMINISTRATOR, CAMPAIGN, CLOSED_AT, PSEUDONYM_KEY, SIGNER, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.test_bound_tables import value_of

BINDINGS = (*SCORING_BINDINGS, *SAMPLING_BINDINGS)
PROJECTIONS = (enterprise, former_code, campaign)
BOUND_NAMES = [bound.name for bound in BINDINGS]


@pytest.fixture(scope="module", params=ENGINES)
def tampered(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A closed campaign in the hands of somebody whom no trigger stops; nothing that he does lasts."""
    bureau: Bureau = request.getfixturevalue(f"{request.param}_hamlet")
    with bureau.database.write() as tx:
        everything = tx.begin_nested()
        for file in later_files():
            registers.take_in(tx, ADMINISTRATOR, CLOSED_AT, file, False, PSEUDONYM_KEY)
        readings.seal_readings(tx, CLOSED_AT + timedelta(days=1))
        bind_what_the_campaign_leaves_empty(tx)
        log.sign_checkpoint(tx, SIGNER)
        tampering.drop_triggers(tx)
        yield tx
        everything.rollback()


def bind_what_the_campaign_leaves_empty(tx: Connection) -> None:
    """Bind made-up rows of the tables that have none, so that there are rows to damage."""
    rows = [{"line": line} for line in range(2)]
    empty = [bound for bound in BINDINGS if tx.execute(select(bound.table).limit(1)).first() is None]
    bound = [
        (each, [{str(c.name): value_of(c, row["line"]) for c in each.columns[2:]} for row in rows]) for each in empty
    ]
    sealed = documents.seal(tx, "made up", {}, bound)
    log.append(tx, CLOSED_AT + timedelta(days=1), [NewEntry("test.kept", sealed.id, {"all": sealed})])


def later_files() -> list[FileRead]:
    """Return what fills the tables that the campaign does not need."""
    return [
        files.file_of("change", [files.change(1, "合并", files.code(901)), files.change(2, "合并", files.code(902))]),
        files.file_of("penalty", [files.penalty(number, "罚0", "2026-01-05") for number in (903, 904, 905)]),
        files.file_of("outside_grade", [files.outside_grade(number, "B") for number in (1, 2, 3)]),
    ]


@contextmanager
def tried(tx: Connection) -> Iterator[None]:
    """What is done within is undone."""
    savepoint = tx.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def audited(tx: Connection) -> list[Fault]:
    faults = audit(
        tx, Verifier.from_vkey(SIGNER.verifier_key), BINDINGS, (audit_enterprises, audit_former_codes, audit_states)
    )
    assert "check_stopped" not in {fault.code for fault in faults}, faults
    return faults


def by_table(faults: list[Fault]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.table, []).append(fault)
    return found


def bound_faults(tx: Connection) -> dict[str, list[Fault]]:
    """The faults of the bound tables alone: what repeats their rows differs from them then."""
    return {name: faults for name, faults in by_table(audited(tx)).items() if name in BOUND_NAMES}


def flipped(value: Any) -> Any:
    """Return the value with one byte changed."""
    if isinstance(value, int):
        return value ^ (1 << 20)  # so that no other row has it
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, str) and value:
        middle = len(value) // 2
        return value[:middle] + ("b" if value[middle] == "a" else "a") + value[middle + 1 :]
    return "a"


def raw_rows(tx: Connection, table: Table) -> list[dict[str, Any]]:
    query = select(*raw_columns(table.columns)).order_by(*table.primary_key)
    return [dict(row) for row in tx.execute(query).mappings()]


def row_with(tx: Connection, table: Table, column: Column[Any]) -> dict[str, Any]:
    """Return a row in the middle of the table that holds something in the column."""
    rows = [row for row in raw_rows(tx, table) if row[column.name] not in (None, "")]
    rows = rows or raw_rows(tx, table)
    return rows[len(rows) // 2]


def write(tx: Connection, table: Table, row: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Change a row as it is stored."""
    keys = [column.name for column in table.primary_key]
    changed = ", ".join(f"{name} = :new_{name}" for name in changes)
    found = " AND ".join(f"{name} = :{name}" for name in keys)
    values = {name: row[name] for name in keys} | {f"new_{name}": value for name, value in changes.items()}
    assert tx.execute(text(f"UPDATE {table.name} SET {changed} WHERE {found}"), values).rowcount == 1


def digest_of(bound: BoundTable, row: Mapping[str, Any]) -> bytes:
    """Return what a forger who knows the format writes beside a row."""
    return row_digest(bound.name, bound.raw(row))


def place(row: Mapping[str, Any]) -> str:
    return f"document={row['document']} line={row['line']}"


def test_a_sound_bureau_has_no_fault(tampered: Connection) -> None:
    assert audited(tampered) == []


def test_every_bound_table_and_projection_holds_rows_to_damage(tampered: Connection) -> None:
    for name in (*BOUND_NAMES, *(table.name for table in PROJECTIONS)):
        assert tampered.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() > 0


def test_every_table_that_begins_with_a_document_is_bound() -> None:
    """A table made later must be listed, or nobody would audit it."""
    bound = {"document", "line", "digest"}
    made = {table.name for table in metadata.sorted_tables if bound <= set(table.columns.keys())}
    assert made == set(BOUND_NAMES)


def test_one_changed_byte_in_any_column_names_the_row(tampered: Connection) -> None:
    """One column of each table at a time, so that every table is named for its own row and for no other."""
    for turn in range(max(len(bound.table.columns) for bound in BINDINGS)):
        changed = {bound: list(bound.table.columns)[turn] for bound in BINDINGS if turn < len(bound.table.columns)}
        with tried(tampered):
            rows = {bound: row_with(tampered, bound.table, column) for bound, column in changed.items()}
            for bound, column in changed.items():
                write(tampered, bound.table, rows[bound], {column.name: flipped(rows[bound][column.name])})
            found = by_table(audited(tampered))
        for bound, column in changed.items():
            told = found.get(bound.name, [])
            if column.name in ("document", "line"):
                assert Fault(bound.name, place(rows[bound]), "row_lost") in told, column
            else:
                assert told == [Fault(bound.name, place(rows[bound]), "row_changed")], column


def test_a_changed_row_is_named_also_where_its_digest_was_changed_with_it(tampered: Connection) -> None:
    expected = {}
    with tried(tampered):
        for bound in BINDINGS:
            column = [each for each in bound.table.columns if each.name not in ("document", "line", "digest")][-1]
            row = row_with(tampered, bound.table, column)
            changed = {column.name: flipped(row[column.name])}
            digest = digest_of(bound, {**row, **changed})
            write(tampered, bound.table, row, {**changed, "digest": digest})
            expected[bound.name] = [Fault(bound.name, f"document={row['document']}", "rows_differ_from_document")]
        assert bound_faults(tampered) == expected


@pytest.mark.parametrize("part", [0, 0.5, 1], ids=["first", "middle", "last"])
def test_a_lost_row_is_named(tampered: Connection, part: float) -> None:
    expected = {}
    with tried(tampered):
        for bound in BINDINGS:
            rows = raw_rows(tampered, bound.table)
            row = rows[min(int(len(rows) * part), len(rows) - 1)]
            delete = text(f"DELETE FROM {bound.name} WHERE document = :document AND line = :line")
            tampered.execute(delete, {"document": row["document"], "line": row["line"]})
            expected[bound.name] = [Fault(bound.name, place(row), "row_lost")]
        assert bound_faults(tampered) == expected


def test_an_added_row_is_named(tampered: Connection) -> None:
    expected = {}
    with tried(tampered):
        for bound in BINDINGS:
            rows = raw_rows(tampered, bound.table)
            last = max(
                (row for row in rows if row["document"] == rows[0]["document"]), key=lambda row: int(row["line"])
            )
            unique = [each for each in bound.table.constraints if isinstance(each, UniqueConstraint)]
            for constraint in unique:
                column = list(constraint.columns)[-1]
                if column.name not in ("document", "line"):
                    last[column.name] = last[column.name] + 1000 if isinstance(last[column.name], int) else "x" * 18
            if "number" in last and isinstance(last["number"], int):
                last["number"] += 1000
            added = {**last, "line": last["line"] + 1}
            added["digest"] = digest_of(bound, added)
            names = ", ".join(added)
            tampered.execute(text(f"INSERT INTO {bound.name} ({names}) VALUES (:{', :'.join(added)})"), added)
            expected[bound.name] = [Fault(bound.name, place(added), "row_added")]
        assert bound_faults(tampered) == expected


# It counts how often a plan was edited, so that nobody overwrites what he has not read; nothing rests on it.
UNBOUND = {campaign.c.version}


@pytest.mark.parametrize("table", PROJECTIONS, ids=[table.name for table in PROJECTIONS])
def test_one_changed_byte_in_any_column_of_a_projection_names_the_row(tampered: Connection, table: Table) -> None:
    (key,) = table.primary_key
    for column in set(table.columns) - UNBOUND:
        with tried(tampered):
            row = row_with(tampered, table, column)
            write(tampered, table, row, {column.name: flipped(row[column.name])})
            found = audited(tampered)
        told = [fault for fault in found if fault.row == f"{key.name}={row[key.name]}"]
        assert {fault.table for fault in told} == {table.name}, column.name
        assert {fault.table for fault in found} == {table.name}, column.name


@pytest.mark.parametrize("table", PROJECTIONS, ids=[table.name for table in PROJECTIONS])
def test_a_lost_row_of_a_projection_is_named(tampered: Connection, table: Table) -> None:
    (key,) = table.primary_key
    row = raw_rows(tampered, table)[0]
    with tried(tampered):
        tampered.execute(text(f"DELETE FROM {table.name} WHERE {key.name} = :key"), {"key": row[key.name]})
        assert audited(tampered) == [Fault(table.name, f"{key.name}={row[key.name]}", "row_lost")]


def test_a_campaign_that_the_log_does_not_know_is_named(tampered: Connection) -> None:
    added = raw_rows(tampered, campaign)[0] | {"id": "2026-0002"}
    with tried(tampered):
        tampered.execute(text(f"INSERT INTO campaign ({', '.join(added)}) VALUES (:{', :'.join(added)})"), added)
        told = audited(tampered)
    assert told == [Fault("campaign", "id=2026-0002", "campaign_state_differs_from_log")]


def test_an_enterprise_that_nobody_registered_is_named(tampered: Connection) -> None:
    added = raw_rows(tampered, enterprise)[0] | {"code": "91130304PDY999999X"}
    with tried(tampered):
        tampered.execute(text(f"INSERT INTO enterprise ({', '.join(added)}) VALUES (:{', :'.join(added)})"), added)
        assert audited(tampered) == [Fault("enterprise", "code=91130304PDY999999X", "row_changed")]


def test_a_published_list_of_positions_that_was_changed_or_lost_is_named(tampered: Connection) -> None:
    (row,) = [row for row in raw_rows(tampered, public_file) if row["content"].startswith(b"[")]
    with tried(tampered):
        write(tampered, public_file, row, {"content": row["content"].replace(b",", b", ", 1)})
        assert audited(tampered) == [Fault("public_file", f"sha256={row['sha256']}", "public_file_changed")]
    with tried(tampered):
        tampered.execute(public_file.delete().where(public_file.c.sha256 == row["sha256"]))
        (fault,) = audited(tampered)
        assert (fault.table, fault.code) == ("public_file", "public_file_lost")


def test_a_sealed_plan_that_was_changed_or_lost_is_named(tampered: Connection) -> None:
    (row,) = [row for row in raw_rows(tampered, document) if row["kind"] == "plan"]
    with tried(tampered):
        write(tampered, document, row, {"content": row["content"].replace(b'"quota":1', b'"quota":2', 1)})
        assert Fault("document", f"id={row['id']}", "document_changed") in audited(tampered)
    with tried(tampered):
        tampered.execute(document.delete().where(document.c.id == row["id"]))
        assert {("document", "document_lost"), ("slot", "row_without_document")} == {
            (fault.table, fault.code) for fault in audited(tampered)
        }


def test_damaged_json_stops_no_check(tampered: Connection) -> None:
    """Each check reads what another one finds damaged."""
    with tried(tampered):
        tampered.execute(text("UPDATE record SET content = '{' WHERE kind = 'registration'"))
        tampered.execute(text("UPDATE record SET date = 'x' WHERE kind = 'penalty'"))
        tampered.execute(text("UPDATE campaign SET plan = '['"))
        found = audited(tampered)
    assert Fault("campaign", f"id={CAMPAIGN}", "row_changed") in found
    assert {fault.table for fault in found} == {"record", "campaign"}


@on_one_engine
@pytest.mark.parametrize("table", ["record", "enterprise", "campaign", "finding"])
def test_bytes_that_are_no_text_are_named(bureau_in: BureauIn, table: str) -> None:
    """SQLite keeps them, PostgreSQL does not."""
    bureau = bureau_in("closed")
    column = {"record": "body", "enterprise": "name", "campaign": "plan", "finding": "facts"}[table]
    with bureau.database.write() as tx:
        tampering.drop_triggers(tx)
        first = tx.execute(text(f"SELECT min(rowid) FROM {table}")).scalar_one()
        broken = f"CAST(CAST({column} AS BLOB) || x'ff' AS TEXT)"
        tx.execute(text(f"UPDATE {table} SET {column} = {broken} WHERE rowid = {first}"))
        assert {fault.table for fault in audited(tx)} == {table}


def test_the_log_is_named_where_an_entry_was_changed(tampered: Connection) -> None:
    last = tampered.execute(select(func.max(log_entry.c.seq)).where(log_entry.c.kind == CLOSED)).scalar_one()
    row = raw_rows(tampered, log_entry)[last]
    with tried(tampered):
        write(tampered, log_entry, row, {"data": row["data"].replace(b'"published":4', b'"published":3')})
        assert Fault("log_entry", f"seq={last}", "entry_differs_from_its_columns") in audited(tampered)
