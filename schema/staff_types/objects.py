"""The register of objects of inspection, with their tags (检查对象名录库)."""

from enum import Enum
from typing import Annotated

import strawberry

from sampling.register_filters import RegisterFilter
from sampling.registers import RegisterRow
from schema.filtering import WORDS, filter_of
from schema.nodes import Node
from schema.ordering import Order, order_of
from schema.registers import orders_of
from schema.scalars import USCC


@strawberry.type(description="What a department says of an enterprise that it supervises (检查对象).")
class InspectionObject(Node):
    """An object."""

    enterprise_code: USCC = strawberry.field(description="The enterprise (企业).")
    name: str | None = strawberry.field(description="Its name, as the department tells it (企业名称).")
    department_code: str = strawberry.field(description="The department that keeps this (部门代码).")
    tags: list[str] = strawberry.field(
        description="Of which supervision it is an object; none: of none any more (标签)."
    )

    @classmethod
    def of(cls, row: RegisterRow) -> "InspectionObject":
        """Make the answer of an object's row."""
        content = row[1]
        return cls(
            key=(row[0],),
            enterprise_code=USCC(content["enterprise"]),
            name=content.get("name"),
            department_code=content["department"],
            tags=content.get("tags", []),
        )


@strawberry.input(name="InspectionObjectFilter", description="Which objects; all that is given must hold (筛选对象).")
class InspectionObjectFilterInput:
    """A filter."""

    text: str | None = strawberry.field(
        default=None, description=f"Words of the name, as the department tells it, {WORDS} (企业名称)."
    )
    department_code: str | None = strawberry.field(default=None, description="The department (部门代码).")
    enterprise_code: USCC | None = strawberry.field(default=None, description="The enterprise (统一社会信用代码).")
    tag: str | None = strawberry.field(default=None, description="A tag (标签).")

    def chosen(self) -> RegisterFilter:
        """Return what the use case takes."""
        return RegisterFilter(
            self.text or "", self.department_code or "", self.enterprise_code or "", tag=self.tag or ""
        )


WhichObjects = Annotated[InspectionObjectFilterInput | None, filter_of("Which objects; none: all of them (筛选).")]


@strawberry.enum(description="What objects may go by (检查对象排序字段).")
class InspectionObjectOrderField(Enum):
    """The orders."""

    CODE = strawberry.enum_value("code", description="The department, and the enterprise's code (部门和企业代码).")
    ENTERPRISE = strawberry.enum_value("enterprise", description="The enterprise's code (企业代码).")


OBJECTS_BY = orders_of("object", InspectionObjectOrderField)
ObjectsBy = Annotated[Order[InspectionObjectOrderField] | None, order_of("by department and enterprise (排序).")]
