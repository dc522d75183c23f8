"""Changed names and codes: recorded, led to the enterprise as it is now, and never in a circle."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from ledger.audit import Fault
from ledger.database import Database
from ledger.windows import Window
from sampling import registers
from scoring import chunks, enterprises, kept_apart
from scoring.enterprises import EnterpriseFilter, RecordFilter
from scoring.former_codes import audit_former_codes
from scoring.projections import audit_former_names
from scoring.tables import former_code, former_name
from tests import bureau_files as files
from tests.bureau_files import Row, file_of
from tests.conftest import on_sqlite
from tests.scoring.register import ADMINISTRATOR, ANALYST, KEY, NOW, counts, registrations, take_in

NUMBER = "110108000000016"
OTHER_NUMBER = "110108000000024"


def codes(tx: Connection) -> dict[str, str]:
    return dict(tx.execute(select(former_code.c.code, former_code.c.enterprise)).all())


def names(tx: Connection, number: int) -> list[tuple[str, str | None]]:
    found = enterprises.read(tx, ANALYST, files.code(number)).former_names
    return [(name, until.isoformat() if until else None) for name, until in found]


def sound(tx: Connection) -> bool:
    return [*audit_former_codes(tx), *audit_former_names(tx)] == []


def changed(database: Database, *rows: Row) -> list[str]:
    """Take changes in and return the codes of the refused rows' faults."""
    report = take_in(database, file_of("change", rows))
    with database.read() as tx:
        assert sound(tx)
    return [fault.code for row in report.refused for fault in row.faults]


def test_an_old_registration_number_finds_the_enterprise(register: Database) -> None:
    assert changed(register, files.change(1, "换照", NUMBER)) == []
    with register.read() as tx:
        found = enterprises.read(tx, ANALYST, NUMBER)
        assert found.code == files.code(1)
        assert [(each.code, each.since.isoformat(), each.reason) for each in found.former_codes] == [
            (NUMBER, "2016-03-01", "换照")
        ]
        assert [
            each.code for each in enterprises.page(tx, ANALYST, Window(10), EnterpriseFilter(code_prefix=NUMBER[:9]))
        ] == [files.code(1)]


def test_a_chain_of_changes_ends_at_the_present_code_in_whatever_order_it_is_told(register: Database) -> None:
    assert changed(register, files.change(2, "合并", files.code(1))) == []
    assert changed(register, files.change(1, "换照", NUMBER), files.change(3, "合并", files.code(2))) == []
    with register.read() as tx:
        assert codes(tx) == {NUMBER: files.code(3), files.code(1): files.code(3), files.code(2): files.code(3)}
        assert enterprises.read(tx, ANALYST, NUMBER).code == files.code(3)
        assert enterprises.read(tx, ANALYST, files.code(1)).succeeded_by == files.code(3)
        assert enterprises.read(tx, ANALYST, files.code(3)).succeeded_by is None


def test_a_circle_is_refused_and_so_is_a_second_way(register: Database) -> None:
    rows = [
        files.change(2, "合并", files.code(1)),
        files.change(3, "合并", files.code(2)),
        files.change(1, "合并", files.code(3)),
        files.change(4, "合并", files.code(1)),
    ]
    assert changed(register, *rows) == ["code_change_circle", "code_changed_already"]
    assert changed(register, rows[2]) == ["code_change_circle"]
    with register.read() as tx:
        assert set(codes(tx).values()) == {files.code(3)}


def test_records_under_a_code_that_was_are_those_of_the_enterprise(register: Database) -> None:
    take_in(
        register, file_of("penalty", [files.penalty(1, "罚1", "2026-01-05"), files.penalty(77, "罚2", "2026-01-05")])
    )
    assert changed(register, files.change(2, "合并", files.code(1)), files.change(2, "合并", files.code(77))) == []
    with register.read() as tx:
        found = enterprises.records(tx, ANALYST, files.code(2), Window(100), RecordFilter("penalty"))
        assert sorted(each.number for each in found) == ["罚1", "罚2"], "what waited under the absorbed code went in"
        assert kept_apart.counts(tx, ANALYST) == []


def test_a_change_of_an_unknown_enterprise_waits_with_what_it_would_let_in(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(77, "罚2", "2026-01-05")]))
    report = take_in(register, file_of("change", [files.change(78, "合并", files.code(77))]))
    assert (counts(report), report.kept_apart) == ((1, 0, 0, 0, 0), 1)
    take_in(register, registrations(78))
    with register.read() as tx:
        assert codes(tx) == {files.code(77): files.code(78)}
        assert [
            each.number for each in enterprises.records(tx, ANALYST, files.code(78), Window(9), RecordFilter("penalty"))
        ] == ["罚2"]
        assert kept_apart.counts(tx, ANALYST) == []
        assert sound(tx)


def test_a_revoked_change_leads_nowhere(register: Database) -> None:
    rows = [files.change(2, "合并", files.code(1)), files.change(1, "换照", NUMBER)]
    changed(register, *rows)
    revoked = files.revocation(2, "变更登记", rows[0]["文书号"], "2026-05-01")
    take_in(register, file_of("revocation", [revoked]), strict=True)
    with register.read() as tx:
        assert codes(tx) == {NUMBER: files.code(1)}
        assert sound(tx)
    assert changed(register, files.change(3, "合并", files.code(1))) == []


def test_an_enterprise_is_found_by_a_name_that_it_had(register: Database) -> None:
    changed(register, files.change(1, "名称变更", former_name="样例旧名有限公司"))
    take_in(register, file_of("registration", [files.registration(1, 企业名称="样例新名有限公司")]))
    with register.read() as tx:
        assert names(tx, 1) == [("样例旧名有限公司", "2016-03-01"), (files.name(1), None)]
        for name in ("样例新名", "样例旧名", files.name(1)):
            assert [each.code for each in enterprises.page(tx, ANALYST, Window(10), EnterpriseFilter(name))] == [
                files.code(1)
            ]
        assert sound(tx)


def test_a_name_that_comes_back_is_no_former_name(register: Database) -> None:
    for name in ("样例新名有限公司", files.name(1)):
        take_in(register, file_of("registration", [files.registration(1, 企业名称=name)]))
    with register.read() as tx:
        assert names(tx, 1) == [("样例新名有限公司", None)]
        assert sound(tx)


def test_closure_is_recorded_with_its_day(register: Database) -> None:
    closed = files.registration(1, 登记状态="注销", 注吊销日期="2026-02-01")
    take_in(register, file_of("registration", [closed]), strict=True)
    with register.read() as tx:
        assert enterprises.read(tx, ANALYST, files.code(1)).status == "注销"
        newest = enterprises.records(tx, ANALYST, files.code(1), Window(10), RecordFilter("registration"))[-1]
        assert (newest.version, newest.content["closed"]) == (2, "2026-02-01")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            f"UPDATE former_code SET enterprise = '{files.code(3)}'",
            Fault("former_code", f"code={NUMBER}", "row_changed"),
        ),
        ("DELETE FROM former_code", Fault("former_code", f"code={NUMBER}", "row_lost")),
        (
            "UPDATE former_name SET until = '2016-03-02'",
            Fault("former_name", f"enterprise={files.code(1)} name=旧名", "row_changed"),
        ),
        ("DELETE FROM former_name", Fault("former_name", f"enterprise={files.code(1)} name=旧名", "row_lost")),
    ],
)
def test_a_former_code_or_name_that_differs_from_the_records_is_named(
    register: Database, statement: str, fault: Fault
) -> None:
    changed(register, files.change(1, "换照", NUMBER, former_name="旧名"))
    with register.write() as tx:
        tx.execute(text(statement))
        assert [*audit_former_codes(tx), *audit_former_names(tx)] == [fault]


CHANGES = st.lists(
    st.builds(
        lambda to, old, day: files.change(to, "合并", files.code(old) if old else NUMBER, day=f"2016-03-0{day}"),
        st.integers(1, 5),
        st.integers(0, 5),
        st.integers(1, 3),
    ).filter(lambda row: row["统一社会信用代码"] != row["变更前代码"]),
    min_size=1,
    max_size=8,
)


@on_sqlite
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(CHANGES, min_size=1, max_size=3), chunk=st.sampled_from([1, 3, chunks.CHUNK]))
def test_whatever_changes_come_each_code_ends_at_a_code_that_has_not_changed(
    register: Database, several: list[list[Row]], chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, register.write() as tx:
        patch.setattr(chunks, "CHUNK", chunk)
        example = tx.begin_nested()
        for rows in several:
            registers.take_in(tx, ADMINISTRATOR, NOW, file_of("change", rows), False, KEY)
            held = codes(tx)
            assert not set(held) & set(held.values())
            assert sound(tx)
        example.rollback()


def test_a_name_is_kept_for_one_enterprise_only_once(register: Database) -> None:
    rows = [
        files.change(1, "名称变更", former_name="旧名", day=day) | {"文书号": day}
        for day in ("2016-03-01", "2018-03-01")
    ]
    assert changed(register, *rows) == []
    with register.read() as tx:
        assert [tuple(row) for row in tx.execute(select(former_name.c.name, former_name.c.until))] == [
            ("旧名", date(2018, 3, 1))
        ]
