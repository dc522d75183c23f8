"""Departments, one by one (部门管理)."""

from typing import Annotated

import strawberry

from sampling import departments
from schema.context import Info
from schema.decorators import mutation
from schema.errors import RefusalAnswer
from schema.public_types.items import Department
from schema.staff_mutations.arguments import IfVersion
from schema.staff_types.payloads import REFUSAL, UseCase, attempt

Code = Annotated[str, strawberry.argument(description="The department's code (部门代码).")]
NewCode = Annotated[
    str, strawberry.argument(description="Its code for ever: two to ten capital letters and digits (部门代码).")
]
Name = Annotated[str, strawberry.argument(description="Its name (部门名称).")]


@strawberry.type(description="A department as it stands, or why nothing was done (部门).")
class DepartmentPayload:
    """The answer of managing departments."""

    department: Department | None = strawberry.field(description="The department (部门).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type
class DepartmentMutations:
    """What administrators do with departments."""

    @mutation("As an administrator, add a department (添加部门).")
    async def add_department(self, info: Info, code: NewCode, name: Name) -> DepartmentPayload:
        """Add a department."""
        return await _answer(info, lambda tx, actor, now: departments.add(tx, actor, now, code, name))

    @mutation("As an administrator, give a department another name (部门更名).")
    async def rename_department(
        self, info: Info, code: Code, name: Name, if_version: IfVersion = None
    ) -> DepartmentPayload:
        """Rename a department."""
        return await _answer(info, lambda tx, actor, now: departments.rename(tx, actor, now, code, name, if_version))

    @mutation("As an administrator, close a department: it goes on, and is given nothing new (停用部门).")
    async def close_department(self, info: Info, code: Code, if_version: IfVersion = None) -> DepartmentPayload:
        """Close a department."""
        return await _answer(info, lambda tx, actor, now: departments.close(tx, actor, now, code, if_version))

    @mutation("As an administrator, put a closed department in use again (重新启用部门).")
    async def reopen_department(self, info: Info, code: Code, if_version: IfVersion = None) -> DepartmentPayload:
        """Reopen a department."""
        return await _answer(info, lambda tx, actor, now: departments.reopen(tx, actor, now, code, if_version))


async def _answer(info: Info, use_case: UseCase[departments.Department]) -> DepartmentPayload:
    found, refusal = await attempt(info, use_case)
    return DepartmentPayload(department=None if found is None else Department.of(found), refusal=refusal)
