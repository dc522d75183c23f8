"""Departments and the list of inspection items (随机抽查事项清单)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import strawberry

from sampling import registers
from sampling.items import in_use
from schema.connections import Keyset
from schema.context import read_once


@strawberry.type(description="A department that inspects (部门).")
class Department:
    """A department."""

    code: str = strawberry.field(description="Its code in this bureau (部门代码).")
    name: str = strawberry.field(description="Its name (部门名称).")


@strawberry.type(description="An entry of the list of inspection items (随机抽查事项).")
class Item:
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
    requirement: str | None = strawberry.field(description="What is asked of those who inspect (检查人员要求).")
    is_in_use: bool = strawberry.field(description="Whether it may be planned (是否有效).")

    @classmethod
    def of(cls, code: str, content: Mapping[str, Any]) -> "Item":
        """Make an item of its row."""
        names = ("name", "legal_basis", "body", "sectors", "content", "method")
        return cls(
            code=code,
            department_code=content["department"],
            tags=content.get("tags", []),
            is_in_use=in_use(content),
            share=content.get("share"),
            frequency=content.get("frequency"),
            requirement=content.get("requirement"),
            **{name: content[name] for name in names},
        )


ITEMS: Keyset[Item] = Keyset("items", (str,), lambda item: (item.code,))


OnDay = Annotated[date | None, strawberry.argument(description="As the list was at the end of this day (截至日期).")]


async def items(day: date | None = None) -> dict[str, Item]:
    """Return all items by code, as they are or as they were at the end of a day."""
    held = await read_once(f"items {day}", lambda tx: registers.items(tx, day))
    return {code: Item.of(code, content) for code, content in held.items()}


async def departments() -> dict[str, Department]:
    """Return all departments by code."""
    held = await read_once("departments", registers.departments)
    return {code: Department(code=code, name=content["name"]) for code, content in held.items()}
