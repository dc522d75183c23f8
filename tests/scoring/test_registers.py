"""Registers that are kept whole: a code's newest row holds, and what holds already changes nothing."""

import pytest

from ledger import log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Refusal
from sampling import registers
from scoring.files import ImportRefused
from scoring.tables import DEPARTMENT
from tests import bureau_files as files
from tests.actors import somebody
from tests.bureau_files import Row, file_of
from tests.dumping import held
from tests.refusing import refuse
from tests.scoring.register import ADMINISTRATOR, KEY, NOW, counts, take_in

ROWS: dict[str, list[Row]] = {
    "department": [files.department("ZJ", "样例住建局"), files.department("SC", "样例市场监管局")],
    "division": [files.division("130304", "样例区"), files.division("130304001", "样例区示范镇")],
    "item": [files.item("ZJ", "ZJ-01", "样例事项"), files.item("SC", "SC-01", "另一事项")],
    "inspector": [files.inspector("ZJ001", "ZJ", "一所", "燃气经营"), files.inspector("ZJ002", "ZJ", "二所", "供热")],
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_register_goes_in_as_one_batch_and_one_entry(database: Database, kind: str) -> None:
    report = take_in(database, file_of(kind, ROWS[kind]))
    assert counts(report) == (2, 2, 0, 0, 0)
    with database.read() as tx:
        (entry,) = log.scan(tx)
    assert (entry.kind, entry.subject, entry.body["kind"]) == ("records.imported", report.batch, kind)
    assert entry.body.keys() == {"kind", "subject", "documents"}


@pytest.mark.parametrize("kind", ROWS)
def test_the_same_register_twice_changes_nothing(database: Database, kind: str) -> None:
    take_in(database, file_of(kind, ROWS[kind]))
    before = held(database)
    report = take_in(database, file_of(kind, ROWS[kind]))
    assert counts(report) == (2, 0, 2, 0, 0)
    assert held(database) == before


def test_a_code_s_newest_row_holds(database: Database) -> None:
    take_in(database, file_of("department", ROWS["department"]))
    renamed = [files.department("ZJ", "样例住房城乡建设局"), files.department("YJ", "样例应急局")]
    assert counts(take_in(database, file_of("department", renamed))) == (2, 1, 0, 1, 0)
    with database.read() as tx:
        held = {code: content["name"] for code, content in registers.departments(tx).items()}
    assert held == {"SC": "样例市场监管局", "YJ": "样例应急局", "ZJ": "样例住房城乡建设局"}
    assert counts(take_in(database, file_of("department", ROWS["department"][:1]))) == (1, 0, 0, 1, 0)


def test_registers_are_given_by_code(database: Database) -> None:
    for kind, rows in ROWS.items():
        take_in(database, file_of(kind, rows))
    with database.read() as tx:
        assert list(registers.departments(tx)) == ["SC", "ZJ"]
        assert list(registers.items(tx)) == ["SC-01", "ZJ-01"]
        inspectors = registers.inspectors(tx)
    assert inspectors["ZJ001"] == {
        "certificate": "ZJ001",
        "name": "检查员ZJ001",
        "department": "ZJ",
        "unit": "一所",
        "sectors": ["燃气经营"],
        "certificate_valid_to": "2028-12-31",
        "status": "在岗",
    }


def test_bad_rows_are_handed_back_and_good_ones_go_in(database: Database) -> None:
    rows = [*ROWS["inspector"], files.inspector("ZJ003", "ZJ", "一所", "航天")]
    report = take_in(database, file_of("inspector", rows))
    assert counts(report) == (3, 2, 0, 0, 1)
    assert [(fault.line, fault.column, fault.code) for row in report.refused for fault in row.faults] == [
        (4, "专业", "choice_unknown")
    ]


def test_a_code_twice_in_one_file_is_refused(database: Database) -> None:
    rows = [files.department("ZJ", "样例住建局"), files.department("ZJ", "另一个局")]
    report = take_in(database, file_of("department", rows))
    assert [fault.code for row in report.refused for fault in row.faults] == ["row_twice"]
    with database.read() as tx:
        assert registers.departments(tx)["ZJ"]["name"] == "样例住建局"


def test_a_strict_import_of_one_bad_row_changes_nothing(database: Database) -> None:
    file = file_of("inspector", [*ROWS["inspector"], files.inspector("ZJ003", "ZJ", "一所", "航天")])
    refusal = refuse(database, "import_refused", lambda tx: registers.take_in(tx, ADMINISTRATOR, NOW, file, True, KEY))
    assert isinstance(refusal, ImportRefused)
    assert [row.source.line for row in refusal.refused] == [4]


def test_a_region_that_is_a_code_has_the_newest_name_of_its_division(database: Database) -> None:
    take_in(database, file_of("division", ROWS["division"]))
    take_in(database, file_of("division", [files.division("130304", "样例新区")]))
    asked = ("130304", "130304001", "110105", "示范镇", "", "130304" * 40)
    with database.read() as tx:
        assert registers.division_names(tx, asked) == {"130304": "样例新区", "130304001": "样例区示范镇"}
        assert registers.division_names(tx, []) == registers.division_names(tx, ["示范镇"]) == {}


def test_administrators_of_any_department_name_the_divisions_of_all(database: Database) -> None:
    of_one = Actor("administrator-2", Role.ADMINISTRATOR, "ZJ")
    assert take_in(database, file_of("division", ROWS["division"]), actor=of_one).new == 2
    with database.read() as tx:
        assert len(registers.readable(tx, of_one, "division")) == 2
        assert registers.readable(tx, of_one, "division", department="ZJ") == {}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", ["department", "division", "item"])
def test_planners_analysts_and_administrators_import_and_these_alone_departments_and_divisions(
    database: Database, kind: str, role: Role
) -> None:
    file = file_of(kind, ROWS[kind])
    actor = somebody(role)
    allowed = {Role.ADMINISTRATOR} if kind != "item" else {Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR}
    if role in allowed:
        assert take_in(database, file, actor=actor).new == 2
    else:
        refuse(database, "role_not_allowed", lambda tx: registers.take_in(tx, actor, NOW, file, False, KEY))


def test_an_unknown_kind_of_file_is_refused() -> None:
    with pytest.raises(Refusal, match="file_kind_unknown"):
        registers.format_of("horoscope")


def test_every_kind_of_file_has_a_way_in() -> None:
    assert sorted(registers.FORMATS) == [
        "breach",
        "change",
        "coercion",
        "complaint",
        "confirmation",
        "department",
        "division",
        "inspection",
        "inspector",
        "item",
        "licence",
        "object",
        "outside_grade",
        "penalty",
        "registration",
        "relation",
        "revocation",
    ]
    assert DEPARTMENT.name == "department"
