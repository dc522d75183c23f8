"""The register of objects of inspection, with their tags (检查对象名录库)."""

from collections.abc import Mapping
from typing import Any

import strawberry

from schema.connections import Keyset
from schema.scalars import USCC


@strawberry.type(description="What a department says of an enterprise that it supervises (检查对象).")
class InspectionObject:
    """An object."""

    enterprise_code: USCC = strawberry.field(description="The enterprise.")
    name: str | None = strawberry.field(description="Its name, as the department tells it (企业名称).")
    department_code: str = strawberry.field(description="The department that keeps this (部门代码).")
    tags: list[str] = strawberry.field(
        description="Of which supervision it is an object; none: of none any more (标签)."
    )

    @classmethod
    def of(cls, row: tuple[str, Mapping[str, Any]]) -> "InspectionObject":
        """Make the answer of an object's row."""
        content = row[1]
        return cls(
            enterprise_code=USCC(content["enterprise"]),
            name=content.get("name"),
            department_code=content["department"],
            tags=content.get("tags", []),
        )


OBJECTS: Keyset[tuple[str, Mapping[str, Any]]] = Keyset("objects", (str,), lambda row: (row[0],))
