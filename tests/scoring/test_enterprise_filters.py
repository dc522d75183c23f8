"""The register by filters and in its orders: alike on both engines, and nothing that a role may not see."""

import pytest
from sqlalchemy import select

from ledger.database import Database
from ledger.errors import Forbidden, Invalid
from ledger.windows import Window
from sampling import registers
from scoring import enterprises
from scoring.enterprises import _ORDERS, EnterpriseFilter, EnterpriseOrder
from scoring.tables import enterprise
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.scoring.register import ANALYST, AUDITOR, INSPECTOR, PLANNER, take_in

ROWS = [
    {"企业名称": "杭州建筑一", "区域": "330106", "行业": "建筑施工", "成立日期": "2012-01-02", "登记状态": "存续"},
    {"企业名称": "杭州物业二", "区域": "330102", "行业": "物业服务", "成立日期": "2010-01-02", "登记状态": "注销"},
    {"企业名称": "宁波建筑三", "区域": "330203", "行业": "建筑施工", "成立日期": "2012-01-02", "登记状态": "存续"},
    {"企业名称": "ABC %_建材", "区域": "440305", "行业": "供热", "成立日期": "2020-05-05", "登记状态": "存续"},
]


@pytest.fixture
def held(database: Database) -> Database:
    take_in(database, file_of("registration", [files.registration(n, **row) for n, row in enumerate(ROWS, 1)]), True)
    take_in(database, file_of("department", [files.department("ZJ", "住建"), files.department("YJ", "应急")]))
    objects = [("ZJ", 1), ("ZJ", 2), ("YJ", 3)]
    take_in(database, file_of("object", [files.inspection_object(number, of, "重点") for of, number in objects]), True)
    return database


def found(database: Database, order: EnterpriseOrder = EnterpriseOrder.CODE, **asked: object) -> list[int]:
    chosen = EnterpriseFilter(**asked)  # type: ignore[arg-type]
    numbers = {files.code(number): number for number in range(1, 9)}
    with database.read() as tx:
        rows = enterprises.page(tx, ANALYST, Window(100), chosen, order)
        assert enterprises.count(tx, ANALYST, chosen) == len(rows)
        return [numbers[row.code] for row in rows]


def test_each_filter_chooses_and_all_must_hold(held: Database) -> None:
    assert found(held, text="建筑") == [1, 3]
    assert found(held, region_prefix="3301") == [1, 2]
    assert found(held, sectors=("建筑施工", "供热")) == [1, 3, 4]
    assert found(held, statuses=("注销",)) == [2]
    assert found(held, code_prefix=files.code(3)[:-1]) == [3]
    assert found(held, text="建筑", region_prefix="3301", statuses=("存续",)) == [1]
    assert found(held, text="建筑", statuses=("注销",)) == []
    assert found(held, text="%_") == [4]
    assert found(held, region_prefix="%") == []
    assert found(held, codes=(files.code(2), "X")) == [2]
    assert found(held, codes=()) == []


def test_the_orders_are_whole_and_page_from_both_ends(held: Database) -> None:
    assert found(held, EnterpriseOrder.NAME) == [4, 3, 1, 2]
    assert found(held, EnterpriseOrder.REGION) == [2, 1, 3, 4]
    assert found(held, EnterpriseOrder.SECTOR) == [4, 1, 3, 2]
    assert found(held, EnterpriseOrder.ESTABLISHED) == [4, 3, 1, 2]
    with held.read() as tx:
        whole = enterprises.page(tx, ANALYST, Window(10), order=EnterpriseOrder.ESTABLISHED)
        key = (whole[1].established, whole[1].code)
        rest = enterprises.page(tx, ANALYST, Window(10, after=key), order=EnterpriseOrder.ESTABLISHED)
        back = enterprises.page(tx, ANALYST, Window(10, before=key, backward=True), order=EnterpriseOrder.ESTABLISHED)
    assert rest == whole[2:]
    assert back == whole[:1]


@pytest.mark.parametrize("order", list(EnterpriseOrder))
def test_an_order_reads_its_index_and_sorts_nothing(database: Database, order: EnterpriseOrder) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL plans by how many rows there are")
    with database.read() as tx:
        page = Window(10).on(select(enterprise), *_ORDERS[order])
        compiled = page.compile(tx, compile_kwargs={"literal_binds": True})
        plan = " ".join(row[-1] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}"))
    assert plan.startswith("SCAN enterprise USING INDEX")
    assert "TEMP" not in plan


def test_tags_are_those_of_departments_whose_objects_one_reads(held: Database) -> None:
    with held.read() as tx:
        assert registers.tagged(tx, PLANNER, "重点") == tuple(sorted([files.code(1), files.code(2)]))
        assert len(registers.tagged(tx, AUDITOR, "重点")) == 3
        assert registers.tagged(tx, AUDITOR, "没有") == ()
        with pytest.raises(Forbidden):
            registers.tagged(tx, INSPECTOR, "重点")


def test_a_filter_opens_the_register_to_nobody(held: Database) -> None:
    with held.read() as tx, pytest.raises(Forbidden):
        enterprises.page(tx, INSPECTOR, Window(1), EnterpriseFilter("没有这样的名称"))
    with held.read() as tx, pytest.raises(Invalid, match="search_too_long"):
        enterprises.page(tx, ANALYST, Window(1), EnterpriseFilter("长" * 101))
