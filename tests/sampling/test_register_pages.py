"""Pages of the registers of items, objects and inspectors: the rows that hold, on both engines."""

from datetime import UTC, date, datetime

import pytest

from ledger.windows import Window
from sampling import registers
from sampling.register_filters import EVERY_ROW, RegisterFilter, RegisterOrder
from sampling.registers import RegisterRow
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.sampling.bureau import AUDITOR, OTHER_PLANNER, PLANNER, Bureau, take_in
from tests.sampling.conftest import BureauIn

EARLIER, LATER = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)
FILTERS = [
    EVERY_ROW,
    RegisterFilter(text="样例"),
    RegisterFilter(text="样例 所"),
    RegisterFilter(text="无"),
    RegisterFilter(department="SC"),
    RegisterFilter(enterprise=files.code(1)),
    RegisterFilter(sector="供热"),
    RegisterFilter(tag="锅炉"),
    RegisterFilter(tag="锅"),
    RegisterFilter(in_use=True),
    RegisterFilter(in_use=False),
]


def with_registers(bureau: Bureau) -> None:
    """Take rows in, and some of them again with another content."""
    for now, tag, number in ((EARLIER, "锅炉", 2), (LATER, "电梯、锅炉", 1)):
        take_in(
            bureau,
            file_of("object", [files.inspection_object(each, "SC", tag) for each in range(1, number + 1)]),
            file_of("item", [files.item("ZJ", "ZJ-77", f"样例{tag}", 事项状态="停用" if number == 1 else "有效")]),
            file_of("inspector", [files.inspector("SC901", "SC", "样例所", "供热", 证件有效期至=f"203{number}-01-01")]),
            now=now,
        )


def holds(row: RegisterRow, wanted: RegisterFilter) -> bool:
    """Tell as the specification does whether a row is asked for."""
    code, content = row
    told = (code, content.get("name") or "", content.get("unit") or "")
    return (
        all(any(word in each for each in told) for word in wanted.text.split())
        and (not wanted.department or content.get("department") == wanted.department)
        and (not wanted.enterprise or content.get("enterprise") == wanted.enterprise)
        and (not wanted.sector or wanted.sector in content.get("sectors", ()))
        and (not wanted.tag or wanted.tag in content.get("tags", ()))
        and (wanted.in_use is None or wanted.in_use is (content.get("status", "有效") == "有效"))
    )


@pytest.mark.parametrize("kind", ["item", "object", "inspector"])
def test_a_page_is_a_stretch_of_the_rows_that_hold(bureau_in: BureauIn, kind: str) -> None:
    bureau = bureau_in("imported")
    with_registers(bureau)
    with bureau.read() as tx:
        for day in (None, date(2026, 11, 25), date(2020, 1, 1)):
            held = registers.readable(tx, AUDITOR, kind, day)
            for wanted in FILTERS:
                whole = [row for row in held.items() if holds(row, wanted)]
                assert registers.page(tx, AUDITOR, kind, Window(), wanted, day) == whole
                assert registers.count(tx, AUDITOR, kind, wanted, day) == len(whole)
                backward = registers.page(tx, AUDITOR, kind, Window(3, backward=True), wanted, day)
                assert backward == whole[::-1][:3]
                if whole:
                    after = Window(2, after=(whole[0][0],))
                    assert registers.page(tx, AUDITOR, kind, after, wanted, day) == whole[1:3]


@pytest.mark.parametrize("order", RegisterOrder)
def test_rows_that_say_the_same_go_by_code(bureau_in: BureauIn, order: RegisterOrder) -> None:
    bureau = bureau_in("imported")
    with_registers(bureau)

    def place(row: RegisterRow) -> tuple[str, ...]:
        return (row[0],) if order is RegisterOrder.CODE else (row[1].get(order.value) or "", row[0])

    with bureau.read() as tx:
        for kind in ("item", "object", "inspector"):
            whole = sorted(registers.readable(tx, AUDITOR, kind).items(), key=place)
            assert registers.page(tx, AUDITOR, kind, Window(), order=order) == whole
            assert registers.page(tx, AUDITOR, kind, Window(after=place(whole[1])), order=order) == whole[2:]


def test_a_page_has_what_its_reader_may_read(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    with_registers(bureau)
    with bureau.read() as tx:
        for actor, kind in ((PLANNER, "inspector"), (OTHER_PLANNER, "inspector"), (OTHER_PLANNER, "object")):
            assert registers.page(tx, actor, kind, Window()) == list(registers.readable(tx, actor, kind).items())
        assert registers.tags(tx, OTHER_PLANNER, [files.code(1), files.code(2)]) == {
            files.code(1): {"电梯", "锅炉"},
            files.code(2): {"锅炉"},
        }
        assert registers.tagged(tx, OTHER_PLANNER, "电梯") == (files.code(1),)
    bureau.refuse("token_missing", lambda tx: registers.page(tx, None, "object", Window()))
    bureau.refuse("search_too_long", lambda tx: registers.page(tx, None, "item", Window(), RegisterFilter("长" * 101)))
