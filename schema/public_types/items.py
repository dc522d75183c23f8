"""Departments and the list of inspection items (随机抽查事项清单)."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from sampling import registers
from sampling.departments import Department as HeldDepartment
from sampling.departments import departments as known_departments
from sampling.items import in_use
from sampling.register_filters import EVERY_ROW, RegisterFilter
from sampling.registers import RegisterRow
from schema.connections import Connection, Paging
from schema.context import read_once
from schema.filtering import WORDS, chosen, filter_of
from schema.nodes import Node
from schema.ordering import Order, order_of
from schema.registers import orders_of, register_page


@strawberry.type(description="A department that inspects (部门).")
class Department(Node):
    """A department."""

    code: str = strawberry.field(description="Its code in this bureau (部门代码).")
    name: str = strawberry.field(description="Its name (部门名称).")
    is_in_use: bool = strawberry.field(description="Whether it may be given users and campaigns (是否有效).")
    version: int = strawberry.field(description="The version that holds, from 1: each change counts (版本).")

    @classmethod
    def of(cls, found: HeldDepartment) -> "Department":
        """Make the answer of a department."""
        return cls(key=(found.code,), code=found.code, name=found.name, is_in_use=found.in_use, version=found.version)


@strawberry.type(description="An entry of the list of inspection items (随机抽查事项).")
class Item(Node):
    """An item as the list has it now."""

    code: str = strawberry.field(description="Its code (事项编号).")
    name: str = strawberry.field(description="Its name (事项名称).")
    department_code: str = strawberry.field(description="The code of the department that inspects it (部门代码).")
    legal_basis: str = strawberry.field(description="The law that it rests on (检查依据).")
    body: str = strawberry.field(description="Who inspects (检查主体).")
    sectors: list[str] = strawberry.field(description="The trades that it is for (检查对象).")
    content: str = strawberry.field(description="What is inspected (检查内容).")
    method: str = strawberry.field(description="How it is inspected (检查方式).")
    tags: list[str] = strawberry.field(description="The tags of its objects; none: its trades suffice (对象标签).")
    share: str | None = strawberry.field(description="How many are drawn, as the list says (抽查数量要求).")
    frequency: str | None = strawberry.field(description="How often, as the list says (抽查频次).")
    check_points: list[str] = strawberry.field(description="What is checked, point by point (检查要点).")
    requirement: str | None = strawberry.field(description="What is asked of those who inspect (检查人员要求).")
    is_in_use: bool = strawberry.field(description="Whether it may be planned (是否有效).")

    @classmethod
    def of(cls, row: RegisterRow) -> "Item":
        """Make an item of its row."""
        code, content = row
        names = ("name", "legal_basis", "body", "sectors", "content", "method")
        return cls(
            key=(code,),
            code=code,
            department_code=content["department"],
            tags=content.get("tags", []),
            is_in_use=in_use(content),
            share=content.get("share"),
            frequency=content.get("frequency"),
            check_points=content.get("points", []),
            requirement=content.get("requirement"),
            **{name: content[name] for name in names},
        )


@strawberry.input(name="ItemFilter", description="Which inspection items; all that is given must hold (筛选事项).")
class ItemFilterInput:
    """A filter."""

    text: str | None = strawberry.field(default=None, description=f"Words of code or name, {WORDS} (编号或名称).")
    department_code: str | None = strawberry.field(default=None, description="The department that inspects (部门代码).")
    sector: str | None = strawberry.field(default=None, description="A trade that the item is for (检查对象).")
    is_in_use: bool | None = strawberry.field(default=None, description="Whether it may be planned (是否有效).")

    def chosen(self) -> RegisterFilter:
        """Return what the use case takes."""
        return RegisterFilter(
            self.text or "", self.department_code or "", sector=self.sector or "", in_use=self.is_in_use
        )


WhichItems = Annotated[ItemFilterInput | None, filter_of("Which items; none: all of them (筛选).")]


@strawberry.enum(description="What items may go by (事项排序字段).")
class ItemOrderField(Enum):
    """The orders."""

    CODE = strawberry.enum_value("code", description="Their code (事项编号).")
    NAME = strawberry.enum_value("name", description="Their name, character by character (事项名称).")


ITEMS_BY = orders_of("item", ItemOrderField)
ItemsBy = Annotated[Order[ItemOrderField] | None, order_of("by code (排序).")]


OnDay = Annotated[date | None, strawberry.argument(description="As the list was at the end of this day (截至日期).")]


async def items(day: date | None = None) -> dict[str, Item]:
    """Return all items by code, as they are or as they were at the end of a day."""
    held = await read_once(f"items {day}", lambda tx: registers.items(tx, day))
    return {row[0]: Item.of(row) for row in held.items()}


async def item_page(
    paging: Paging, day: date | None, where: ItemFilterInput | None, order: Order[ItemOrderField] | None
) -> Connection[Item]:
    """Return a page of items."""
    return await register_page("item", None, ITEMS_BY, order, paging, Item.of, day, chosen(where, EVERY_ROW))


async def departments() -> dict[str, Department]:
    """Return all departments by code."""
    held = await read_once("departments", known_departments)
    return {code: Department.of(found) for code, found in held.items()}
