"""Records of enterprises that the register does not know: kept apart, and let in when they are registered."""

from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Forbidden
from ledger.windows import Window
from scoring import kept_apart
from scoring.entry_kinds import IMPORTED
from scoring.kept_apart import KeptFilter
from scoring.tables import batch, record, sighting
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.dumping import held
from tests.scoring.register import ANALYST, INSPECTOR, counts, registrations, take_in


def waiting(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as tx:
        return [(each.enterprise, each.number, each.source) for each in kept_apart.page(tx, ANALYST, Window(100))]


def numbers(database: Database, number: int) -> list[str]:
    """Return the numbers of the records of an enterprise in the order of their versions."""
    query = select(record.c.number).where(record.c.enterprise == files.code(number), record.c.kind != "registration")
    with database.read() as tx:
        return list(tx.execute(query.order_by(record.c.version, record.c.number)).scalars())


def test_a_record_of_an_unknown_enterprise_is_no_bad_row_and_no_record(register: Database) -> None:
    rows = [files.penalty(1, "罚1", "2026-01-05"), files.penalty(77, "罚2", "2026-01-05")]
    report = take_in(register, file_of("penalty", rows, source="甲平台"))
    assert (counts(report), report.kept_apart) == ((2, 1, 0, 0, 0), 1)
    assert waiting(register) == [(files.code(77), "罚2", "甲平台")]
    assert numbers(register, 77) == []


def test_the_same_file_twice_keeps_nothing_twice(register: Database) -> None:
    file = file_of("penalty", [files.penalty(77, "罚2", "2026-01-05"), files.penalty(77, "罚2", "2026-01-05")])
    assert (take_in(register, file).kept_apart, take_in(register, file).kept_apart) == (1, 0)
    before = held(register)
    assert counts(take_in(register, file)) == (2, 0, 2, 0, 0)
    assert held(register) == before


def test_the_registration_lets_in_what_waits_in_its_transaction(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(number, "罚2", "2026-01-05") for number in (77, 78)], "甲"))
    take_in(register, file_of("penalty", [files.penalty(77, "罚2", "2026-01-05")], "乙"))
    take_in(register, file_of("complaint", [files.complaint(77, "诉1", "2026-01-05")], "丙"))
    before = log_size(register)
    report = take_in(register, registrations(77))
    assert counts(report) == (1, 1, 0, 0, 0)
    assert numbers(register, 77) == ["罚2", "诉1"]
    assert waiting(register) == [(files.code(78), "罚2", "甲")]
    with register.read() as tx:
        assert [entry.body["kind"] for entry in log.scan(tx, before)] == [
            "registration",
            "penalty",
            "penalty",
            "complaint",
        ]
        told = select(sighting.c.source).join(record, sighting.c.identity == record.c.identity)
        told = told.where(record.c.enterprise == files.code(77), record.c.kind == "penalty")
        assert sorted(tx.execute(told).scalars()) == ["乙", "甲"]
        released = select(batch.c.source, batch.c.rows_read, batch.c.rows_new, batch.c.rows_same)
        rows = tx.execute(released.where(batch.c.rows_read == 0).order_by(batch.c.source))
        assert {tuple(row) for row in rows} == {("甲", 0, 1, 0), ("乙", 0, 0, 1), ("丙", 0, 1, 0)}


def test_a_correction_that_waits_comes_after_what_it_corrects(register: Database) -> None:
    for amount in ("4", "3"):
        take_in(register, file_of("penalty", [files.penalty(77, "罚2", "2026-01-05", **{"罚款金额（万元）": amount})]))
    take_in(register, file_of("revocation", [files.revocation(77, "行政处罚", "罚2", "2026-05-01")]))
    take_in(register, registrations(77))
    with register.read() as tx:
        rows = tx.execute(
            select(record.c.version, record.c.revoked, record.c.content)
            .where(record.c.kind == "penalty")
            .order_by(record.c.version)
        ).all()
    assert [(row.version, row.revoked, row.content.get("fine")) for row in rows] == [
        (1, 0, 4_000_000),
        (2, 0, 3_000_000),
        (3, 1, None),
    ]
    assert waiting(register) == []


@pytest.mark.parametrize("told", [["4", "3", "4"], ["4", "3", "4", "3", "3"], ["4", "4"]])
def test_what_a_source_told_last_holds_in_the_end(register: Database, told: list[str]) -> None:
    for amount in told:
        take_in(register, file_of("penalty", [files.penalty(77, "罚2", "2026-01-05", **{"罚款金额（万元）": amount})]))
    said = [amount for amount, _ in groupby(told)]
    assert len(waiting(register)) == len(said)
    take_in(register, registrations(77))
    query = select(record.c.content).where(record.c.kind == "penalty").order_by(record.c.version)
    with register.read() as tx:
        assert [content["fine"] for content in tx.execute(query).scalars()] == [int(each) * 10**6 for each in said]
    assert waiting(register) == []
    take_in(register, registrations(78))
    take_in(register, file_of("penalty", [files.penalty(77, "罚2", "2026-01-05", **{"罚款金额（万元）": told[-1]})]))
    assert numbers(register, 77) == ["罚2"] * len(said)


def test_registering_an_enterprise_again_lets_nothing_in_twice(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(77, "罚2", "2026-01-05")]))
    take_in(register, registrations(77))
    before = log_size(register)
    take_in(register, file_of("registration", [files.registration(77, 地址="新路1号")]))
    assert (log_size(register), numbers(register, 77)) == (before + 1, ["罚2"])


def test_what_waits_is_counted_by_source_and_kind(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(77, f"罚{each}", "2026-01-05") for each in range(3)], "甲"))
    take_in(register, file_of("complaint", [files.complaint(each, "诉1", "2026-01-05") for each in (77, 78)], "乙"))
    with register.read() as tx:
        assert kept_apart.counts(tx, ANALYST) == [("乙", "complaint", 2, 2), ("甲", "penalty", 1, 3)]
        first = kept_apart.page(tx, ANALYST, Window(2))
        rest = kept_apart.page(tx, ANALYST, Window(100, after=first[-1].place))
        assert [each.number for each in (*first, *rest)].count("诉1") == 2
        assert len({each.place for each in (*first, *rest)}) == 5
        assert [each.kind for each in kept_apart.page(tx, ANALYST, Window(100), KeptFilter("complaint"))] == [
            "complaint"
        ] * 2


def test_what_waits_is_found_by_few_rows_for_each_before_a_server_has_counted_any(register: Database) -> None:
    """A large file that was just handed in is counted in no more than its own number of steps, not in its square."""
    if register.is_sqlite:
        pytest.skip("SQLite plans by what indexes there are")
    rows = 3000
    take_in(register, file_of("penalty", [files.penalty(77, f"罚{each}", "2026-01-05") for each in range(rows)]))
    with register.read() as tx:
        compiled = select(kept_apart._waiting(kept_apart.EVERY_KEPT).subquery()).compile(
            tx, compile_kwargs={"literal_binds": True}
        )
        (told,) = tx.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {compiled}").scalar_one()
    assert touched(told["Plan"]) < 20 * rows


def touched(plan: dict[str, Any]) -> float:
    """Return how many rows or places in indexes the steps of a plan gave, or looked at and threw away."""
    thrown = sum(value for name, value in plan.items() if name.startswith("Rows Removed"))
    own: float = (plan["Actual Rows"] + thrown) * plan["Actual Loops"]
    return own + sum(map(touched, plan.get("Plans", ())))


@pytest.mark.parametrize("actor", [INSPECTOR, Actor("nobody", Role.INSPECTOR)])
def test_inspectors_do_not_read_what_waits(register: Database, actor: Actor) -> None:
    with register.read() as tx:
        for read in (lambda: kept_apart.page(tx, actor, Window(1)), lambda: kept_apart.counts(tx, actor)):
            with pytest.raises(Forbidden):
                read()


def log_size(database: Database) -> int:
    with database.read() as tx:
        found = tx.execute(select(func.count()).select_from(batch)).scalar_one()
        assert len(log.of_kind(tx, IMPORTED)) == found
        return log.size(tx)
