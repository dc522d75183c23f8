"""Intake: what goes in, once; what supersedes; what is refused and changes nothing; no person's name anywhere."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from ledger import log
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.database import Database
from ledger.errors import Refusal
from ledger.keys import Secret
from sampling import registers
from scoring import chunks, projections
from scoring.chunks import CHUNK
from scoring.files import FileRead, ImportRefused, ImportReport
from scoring.tables import enterprise, record, sighting
from tests import bureau_files as files
from tests.bureau_files import Row, file_of
from tests.conftest import on_sqlite
from tests.dumping import bytes_of, dump, held
from tests.refusing import refuse
from tests.scoring.fact_loading import load_facts
from tests.scoring.register import ADMINISTRATOR, AS_OF, KEY, NOW, REGISTERED, counts, registrations, take_in


def count(database: Database, table: str) -> int:
    return len(dump(database)[table])


def test_a_file_goes_in_as_one_batch_and_one_entry(register: Database) -> None:
    before = dump(register)
    report = take_in(
        register, file_of("penalty", [files.penalty(1, "罚1", "2026-01-05"), files.penalty(2, "罚2", "2026-01-06")])
    )
    assert counts(report) == (2, 2, 0, 0, 0)
    after = dump(register)
    assert [
        len(after[name]) - len(before[name]) for name in ("batch", "record", "sighting", "document", "log_entry")
    ] == [
        1,
        2,
        2,
        1,
        1,
    ]
    with register.read() as tx:
        entry = log.read(tx, log.size(tx) - 1)
    assert entry.kind == "records.imported"
    assert entry.body.keys() == {"kind", "subject", "documents"}
    assert (entry.subject, entry.body["kind"]) == (report.batch, "penalty")


def test_the_same_file_twice_changes_nothing(register: Database) -> None:
    every = [
        registrations(*REGISTERED),
        file_of("licence", [files.licence(1)]),
        file_of("penalty", [files.penalty(1, "罚1", "2026-01-05")]),
        file_of("confirmation", [files.confirmation(2, "2026-01-05")]),
        file_of("inspection", [files.inspection(2, "检1", "2026-01-05")]),
        file_of("coercion", [files.coercion(3, "2026-01-05")]),
        file_of("breach", [files.breach(3, "经营异常", "2026-01-05")]),
        file_of("relation", [files.relation(1, "股东", "张样例"), files.relation(2, "地址", "虚构路2号")]),
        file_of("complaint", [files.complaint(1, "诉1", "2026-01-05")]),
    ]
    for file in every:
        take_in(register, file, strict=True)
    before = held(register)
    for file in every:
        report = take_in(register, file, strict=True)
        assert counts(report) == (len(file.parsed), 0, len(file.parsed), 0, 0)
    assert held(register) == before


def test_a_record_without_a_number_is_known_by_its_date_and_content(register: Database) -> None:
    rows = [files.coercion(1, day) | {"文书号": ""} for day in ("2026-01-05", "2026-01-06")]
    assert counts(take_in(register, file_of("coercion", rows))) == (2, 2, 0, 0, 0)
    assert counts(take_in(register, file_of("coercion", rows))) == (2, 0, 2, 0, 0)


def test_two_sources_of_one_record_are_two_sightings(register: Database) -> None:
    row = files.penalty(1, "罚1", "2026-01-05")
    take_in(register, file_of("penalty", [row], source="甲平台"))
    report = take_in(register, file_of("penalty", [row], source="乙平台"))
    assert counts(report) == (1, 0, 1, 0, 0)
    assert report.batch is not None
    with register.read() as tx:
        assert tx.execute(select(func.count()).where(record.c.kind == "penalty")).scalar_one() == 1
        identity = tx.execute(select(record.c.identity).where(record.c.kind == "penalty")).scalar_one()
        seen = select(sighting.c.source).where(sighting.c.identity == identity).order_by(sighting.c.source)
        assert sorted(tx.execute(seen).scalars()) == ["乙平台", "甲平台"]


def fines(database: Database) -> list[tuple[int, int]]:
    """Return version and fine of each version of the one penalty."""
    with database.read() as tx:
        rows = tx.execute(select(record.c.version, record.c.content).where(record.c.kind == "penalty"))
        return sorted((version, content["fine"]) for version, content in rows)


def penalty_fined(amount: str, source: str) -> FileRead:
    return file_of("penalty", [files.penalty(1, "罚1", "2026-01-05", **{"罚款金额（万元）": amount})], source=source)


def test_a_decision_whose_number_two_sources_write_with_other_brackets_is_one_record(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(1, "罚〔2026〕1号", "2026-01-05")]))
    report = take_in(register, file_of("penalty", [files.penalty(1, "罚 [2026] 1号", "2026-01-05")], source="另一来源"))
    assert counts(report) == (1, 0, 1, 0, 0)
    assert count(register, "record") == len(REGISTERED) + 1


@pytest.mark.parametrize("body", ["样例市住建局(本级)", "样例市 住建局（本级）"])
def test_a_decision_whose_body_two_sources_write_with_other_brackets_or_spaces_is_one_record(
    register: Database, body: str
) -> None:
    take_in(register, file_of("penalty", [files.penalty(1, "罚1号", "2026-01-05", 处罚机关="样例市住建局（本级）")]))
    other = file_of("penalty", [files.penalty(1, "罚1号", "2026-01-05", 处罚机关=body)], source="另一来源")
    assert counts(take_in(register, other)) == (1, 0, 1, 0, 0)
    assert count(register, "record") == len(REGISTERED) + 1


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("penalty", files.penalty(1, "无", "2026-01-05")),
        ("registration", files.registration(1, 法定代表人="-")),
        ("relation", files.relation(1, "股东", "/")),
        ("penalty", files.penalty(1, "罚1号", "2026-01-05", **{"罚款金额（万元）": "无"})),
        ("penalty", files.penalty(1, "罚1号", "2026-01-05", 公示截止期="N/A")),
    ],
)
def test_what_stands_for_nothing_is_no_number_no_party_and_no_amount(register: Database, kind: str, row: Row) -> None:
    report = take_in(register, file_of(kind, [row]))
    assert [fault.code for bad in report.refused for fault in bad.faults] == ["value_says_nothing"]


def test_a_correction_supersedes_and_keeps_what_it_corrects(register: Database) -> None:
    take_in(register, penalty_fined("4", "甲平台"))
    report = take_in(register, penalty_fined("3", "甲平台"))
    assert counts(report) == (1, 0, 0, 1, 0)
    assert fines(register) == [(1, 4_000_000), (2, 3_000_000)]
    with register.read() as tx:
        (found,) = [each for facts in load_facts(tx, AS_OF) for each in facts.records]
    assert found.content["fine"] == 3_000_000


def test_a_source_that_repeats_itself_does_not_undo_the_correction_of_another(register: Database) -> None:
    take_in(register, penalty_fined("4", "甲平台"))
    take_in(register, penalty_fined("3", "乙平台"))
    before = held(register)
    report = take_in(register, penalty_fined("4", "甲平台"))
    assert counts(report) == (1, 0, 1, 0, 0)
    assert held(register) == before


def test_a_source_that_takes_its_own_correction_back_is_heard(register: Database) -> None:
    for amount in ("4", "3", "4"):
        take_in(register, penalty_fined(amount, "甲平台"))
    assert fines(register) == [(1, 4_000_000), (2, 3_000_000), (3, 4_000_000)]


def test_a_new_registration_changes_the_enterprise(register: Database) -> None:
    moved = files.registration(1, 地址="新路1号", 登记状态="迁出")
    assert counts(take_in(register, file_of("registration", [moved]))) == (1, 0, 0, 1, 0)
    with register.read() as tx:
        row = tx.execute(select(enterprise).where(enterprise.c.code == files.code(1))).one()
        assert (row.address, row.status, row.established) == ("新路1号", "迁出", date(2010, 5, 4))
        assert list(projections.audit_enterprises(tx)) == []


def test_bad_rows_are_handed_back_and_good_ones_go_in(register: Database) -> None:
    rows = [
        files.penalty(1, "罚1", "2026-01-05"),
        files.penalty(1, "罚2", "2026-02-30"),
        files.penalty(2, "罚3", "2026-01-05", **{"罚款金额（万元）": "四"}),
    ]
    report = take_in(register, file_of("penalty", rows))
    assert counts(report) == (3, 1, 0, 0, 2)
    assert [
        (fault.file, fault.line, fault.column, fault.value, fault.code)
        for row in report.refused
        for fault in row.faults
    ] == [
        ("penalty.csv", 3, "处罚决定日期", "2026-02-30", "date_impossible"),
        ("penalty.csv", 4, "罚款金额（万元）", "四", "amount_form"),
    ]


def test_a_strict_import_refuses_a_record_of_an_unknown_enterprise_with_its_row(register: Database) -> None:
    rows = [files.penalty(1, "罚1", "2026-01-05"), files.penalty(77, "罚2", "2026-01-05")]
    file = file_of("penalty", [*rows, rows[1]])
    refusal = refuse(register, "import_refused", lambda tx: registers.take_in(tx, ADMINISTRATOR, NOW, file, True, KEY))
    assert isinstance(refusal, ImportRefused)
    assert [(fault.line, fault.column, fault.value, fault.code) for row in refusal.refused for fault in row.faults] == [
        (line, "行政相对人代码_1(统一社会信用代码)", files.code(77), "enterprise_unknown") for line in (3, 4)
    ]


def test_a_registration_twice_in_a_file_goes_in_once(register: Database) -> None:
    first, other = files.registration(8), files.registration(8, 企业名称="另一个名称有限公司")
    report = take_in(register, file_of("registration", [first, first, other]))
    assert counts(report) == (3, 1, 0, 0, 2)
    faults = [fault for row in report.refused for fault in row.faults]
    assert [(fault.line, fault.column, fault.code, fault.parameters["first"]) for fault in faults] == [
        (line, "统一社会信用代码", "row_twice", 2) for line in (3, 4)
    ]


def test_of_two_rows_that_contradict_each_other_the_later_is_refused(register: Database) -> None:
    rows = [files.penalty(1, "罚1", "2026-01-05"), files.penalty(1, "罚1", "2026-01-06")]
    report = take_in(register, file_of("penalty", rows))
    assert counts(report) == (2, 1, 0, 0, 1)
    ((fault,),) = [row.faults for row in report.refused]
    assert (fault.line, fault.code, fault.parameters) == (3, "row_contradicts", {"first": 2})


def test_a_row_that_stands_twice_in_a_file_goes_in_once(register: Database) -> None:
    row = files.penalty(1, "罚1", "2026-01-05")
    report = take_in(register, file_of("penalty", [row, row]))
    assert counts(report) == (2, 1, 1, 0, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [files.penalty(1, "罚1", "2026-01-05"), files.penalty(1, "罚2", "2026-02-30")],
        [files.penalty(1, "罚1", "2026-01-05"), files.penalty(77, "罚2", "2026-01-05")],
        [files.penalty(1, "罚1", "2026-01-05"), files.penalty(1, "罚1", "2026-01-06")],
    ],
    ids=["bad cell", "unknown enterprise", "contradiction"],
)
def test_a_strict_import_of_one_bad_row_changes_nothing(register: Database, rows: Sequence[Row]) -> None:
    file = file_of("penalty", rows)
    refusal = refuse(register, "import_refused", lambda tx: registers.take_in(tx, ADMINISTRATOR, NOW, file, True, KEY))
    assert isinstance(refusal, ImportRefused)
    assert refusal.parameters == {"file": "penalty.csv", "count": 1}
    assert [row.source.line for row in refusal.refused] == [3]


def test_a_strict_import_of_good_rows_goes_in(register: Database) -> None:
    assert take_in(register, file_of("penalty", [files.penalty(1, "罚1", "2026-01-05")]), strict=True).new == 1


@pytest.mark.parametrize("role", Role)
def test_planners_analysts_and_administrators_import(register: Database, role: Role) -> None:
    file = file_of("penalty", [files.penalty(1, "罚1", "2026-01-05")])
    actor = Actor("someone", role, "ZJ")
    if role in (Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR):
        assert take_in(register, file, actor=actor).new == 1
    else:
        refuse(register, "role_not_allowed", lambda tx: registers.take_in(tx, actor, NOW, file, False, KEY))


PERSONS = ("欧阳样例", "司马样例", "诸葛样例", "上官样例")
PERSONAL_CODE = "E12345678"


def files_with_persons() -> list[FileRead]:
    representative, shareholder, foreigner, owner = PERSONS
    return [
        file_of("registration", [files.registration(1, 法定代表人=representative)]),
        file_of(
            "relation",
            [
                files.relation(1, "法定代表人", representative),
                files.relation(2, "法定代表人", owner, party_code=files.code(2)),
                files.relation(1, "股东", shareholder),
                files.relation(1, "股东", foreigner, party_code=PERSONAL_CODE),
                files.relation(1, "股东", "样例投资集团", party_code=files.code(99)),
            ],
        ),
    ]


def everything_stored(database: Database) -> bytes:
    """All values of all tables, and of the embedded database its files as they lie on the disk."""
    found = bytes_of(database)
    if database.is_sqlite:
        file = Path(str(database.url.database))
        found += b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    return found


def test_no_person_is_kept_by_name_or_number(register: Database) -> None:
    for file in files_with_persons():
        assert counts(take_in(register, file, strict=True))[4] == 0
    stored = everything_stored(register)
    assert files.name(1).encode() in stored, "what is searched is all that is stored"
    for secret in (*PERSONS, PERSONAL_CODE):
        assert secret.encode() not in stored
        assert secret.encode("utf-16-le") not in stored


def test_an_organisation_is_kept_by_name_and_code(register: Database) -> None:
    for file in files_with_persons():
        take_in(register, file, strict=True)
    assert "样例投资集团".encode() in everything_stored(register)
    with register.read() as tx:
        parties = {relation.party for facts in load_facts(tx, AS_OF) for relation in facts.relations}
    assert files.code(99) in parties


def test_a_person_has_one_pseudonym_under_one_key(register: Database) -> None:
    rows = [
        files.relation(1, "股东", PERSONS[0]),
        files.relation(2, "股东", PERSONS[0]),
        files.relation(3, "股东", PERSONS[1]),
    ]
    take_in(register, file_of("relation", rows), strict=True)
    with register.read() as tx:
        first, second, third = [facts.relations[0].party for facts in load_facts(tx, AS_OF) if facts.relations]
    assert first == second != third
    spread = files.relation(1, "股东", "\u3000".join(PERSONS[0]))
    assert counts(take_in(register, file_of("relation", [spread]))) == (1, 0, 1, 0, 0)
    take_in(register, file_of("relation", rows[:1]), key=Secret(bytes(32)))
    with register.read() as tx:
        assert len({relation.party for facts in load_facts(tx, AS_OF)[:1] for relation in facts.relations}) == 2


def test_a_number_of_identity_is_refused(register: Database) -> None:
    rows = [files.relation(1, "股东", PERSONS[0], party_code="11010519491231002X")]
    report = take_in(register, file_of("relation", rows))
    assert [fault.code for row in report.refused for fault in row.faults] == ["identity_number"]
    assert b"11010519491231002X" not in everything_stored(register)


TAMPERINGS: dict[str, tuple[str, list[Fault]]] = {
    "a changed name": (
        f"UPDATE enterprise SET name = '别名' WHERE code = '{files.code(2)}'",
        [Fault("enterprise", f"code={files.code(2)}", "row_changed")],
    ),
    "a date that is none": (
        f"UPDATE enterprise SET established = '2010-05-0x' WHERE code = '{files.code(2)}'",
        [Fault("enterprise", f"code={files.code(2)}", "row_changed")],
    ),
    "a lost row": (
        f"DELETE FROM enterprise WHERE code = '{files.code(2)}'",
        [Fault("enterprise", f"code={files.code(2)}", "row_lost")],
    ),
    "an added row": (
        "INSERT INTO enterprise SELECT '91130304PDY99999', name, sector, region, address, established, status, "
        f"registered_in FROM enterprise WHERE code = '{files.code(2)}'",
        [Fault("enterprise", "code=91130304PDY99999", "row_changed")],
    ),
    "another code": (
        f"UPDATE enterprise SET code = '91130304PDY99999' WHERE code = '{files.code(2)}'",
        [
            Fault("enterprise", "code=91130304PDY99999", "row_changed"),
            Fault("enterprise", f"code={files.code(2)}", "row_lost"),
        ],
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_an_enterprise_that_differs_from_its_registration_is_named(register: Database, tampering: str) -> None:
    statement, faults = TAMPERINGS[tampering]
    with register.write() as tx:
        assert list(projections.audit_enterprises(tx)) == []
        tx.execute(text(statement))
        assert list(projections.audit_enterprises(tx)) == faults


def both_at_once(database: Database, step: Callable[[Database], object]) -> list[object]:
    """Run a step in two threads and return what each gave or the refusal that it met."""

    def attempt(_: int) -> object:
        try:
            return step(database)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(attempt, range(2)))


def test_two_imports_of_one_file_at_once_take_it_in_once(register: Database) -> None:
    file = file_of("penalty", [files.penalty(1, f"罚{number}", "2026-01-05") for number in range(200)])
    reports = both_at_once(register, lambda database: take_in(database, file, strict=True))
    assert sorted(report.new for report in reports if isinstance(report, ImportReport)) == [0, 200]
    assert (count(register, "record"), count(register, "sighting")) == (205, 205)


ROWS = st.lists(
    st.builds(
        lambda enterprise, number, fine: files.penalty(
            enterprise, f"罚{number}", "2026-01-05", **{"罚款金额（万元）": fine}
        ),
        st.sampled_from([1, 2, 77]),
        st.integers(1, 3),
        st.sampled_from(["1", "2", "多"]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("chunk", [1, 2, CHUNK])
@on_sqlite
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(st.tuples(ROWS, st.sampled_from(["甲", "乙"])), min_size=1, max_size=4))
def test_the_counts_of_a_report_tell_each_row_once(
    database: Database, chunk: int, several: Sequence[tuple[Sequence[Row], str]]
) -> None:
    held = select(func.count()).select_from(record)
    with pytest.MonkeyPatch.context() as patch, database.write() as tx:
        patch.setattr(chunks, "CHUNK", chunk)
        example = tx.begin_nested()
        registers.take_in(tx, ADMINISTRATOR, NOW, registrations(1, 2), True, KEY)
        for rows, source in several:
            file = file_of("penalty", rows, source)
            before = tx.execute(held).scalar_one()
            report = registers.take_in(tx, ADMINISTRATOR, NOW, file, False, KEY)
            assert report.read == len(rows) == sum(counts(report)[1:]) + report.kept_apart
            assert tx.execute(held).scalar_one() == before + report.new + report.superseding
            again = registers.take_in(tx, ADMINISTRATOR, NOW, replace(file, name="again.csv"), False, KEY)
            assert (again.new, again.superseding) == (0, 0)
        example.rollback()


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_rows_that_come_some_at_a_time_say_what_they_say_at_once(
    register: Database, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    take_in(register, file_of("penalty", [files.penalty(number, "罚0", "2026-01-01") for number in (1, 2)]))
    rows = [
        files.penalty(1, "罚0", "2026-01-01"),  # line 2, held already
        files.penalty(2, "罚0", "2026-01-02"),  # a correction
        files.penalty(3, "罚1", "2026-01-01"),  # new
        files.penalty(77, "罚2", "2026-01-01"),  # kept apart
        *(files.penalty(number, "罚0", "2026-01-03") for number in (1, 2)),
        files.penalty(3, "罚1", "2026-01-03"),
        files.penalty(77, "罚2", "2026-01-03"),
        *(files.penalty(number, "罚0", f"2026-01-0{number}") for number in (1, 2)),
        files.penalty(3, "罚1", "2026-01-01"),
        files.penalty(77, "罚2", "2026-01-01"),
    ]
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    report = take_in(register, file_of("penalty", rows))
    assert (*counts(report), report.kept_apart) == (12, 1, 5, 1, 4, 1)
    told = [(fault.line, fault.code, fault.parameters) for row in report.refused for fault in row.faults]
    assert told == [(line, "row_contradicts", {"first": line - 4}) for line in (6, 7, 8, 9)]
