"""Who is signed in, and who inspects (人员)."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from ledger.actors import Actor, Role
from sampling.register_filters import RegisterFilter
from sampling.registers import RegisterRow
from schema import enums  # noqa: F401  - names the enumerations
from schema.filtering import WORDS, filter_of
from schema.nodes import Node
from schema.ordering import Order, order_of
from schema.registers import orders_of


@strawberry.type(description="Who is signed in (当前人员).")
class Me:
    """The actor."""

    subject: str = strawberry.field(description="The person; an inspector's certificate number (人员).")
    role: Role = strawberry.field(description="The role (角色).")
    department_code: str | None = strawberry.field(description="The department; nothing: of all (部门).")

    @classmethod
    def of(cls, actor: Actor) -> "Me":
        """Make the answer of an actor."""
        return cls(subject=actor.subject, role=actor.role, department_code=actor.department)


@strawberry.type(description="Somebody with a certificate to inspect (执法检查人员).")
class Inspector(Node):
    """An inspector; recusals stay with the matching."""

    certificate: str = strawberry.field(description="The certificate's number (证件号).")
    name: str = strawberry.field(description="The name (姓名).")
    department_code: str = strawberry.field(description="The department (部门).")
    unit: str = strawberry.field(description="The unit (单位).")
    sectors: list[str] = strawberry.field(description="The trades that the inspector knows (专业).")
    certificate_valid_to: date = strawberry.field(description="The last day of the certificate (证件有效期至).")
    status: str = strawberry.field(description="Whether on duty (在岗状态).")

    @classmethod
    def of(cls, row: RegisterRow) -> "Inspector":
        """Make the answer of an inspector's row."""
        certificate, content = row
        return cls(
            key=(certificate,),
            certificate=certificate,
            name=content["name"],
            department_code=content["department"],
            unit=content["unit"],
            sectors=content["sectors"],
            certificate_valid_to=date.fromisoformat(content["certificate_valid_to"]),
            status=content["status"],
        )


@strawberry.input(name="InspectorFilter", description="Which inspectors; all that is given must hold (筛选人员).")
class InspectorFilterInput:
    """A filter."""

    text: str | None = strawberry.field(
        default=None, description=f"Words of certificate number, name or unit, {WORDS} (证件号、姓名或单位)."
    )
    department_code: str | None = strawberry.field(default=None, description="The department (部门代码).")
    sector: str | None = strawberry.field(default=None, description="A trade that the inspector knows (专业).")

    def chosen(self) -> RegisterFilter:
        """Return what the use case takes."""
        return RegisterFilter(self.text or "", self.department_code or "", sector=self.sector or "")


WhichInspectors = Annotated[InspectorFilterInput | None, filter_of("Which inspectors; none: all of them (筛选).")]


@strawberry.enum(description="What inspectors may go by (人员排序字段).")
class InspectorOrderField(Enum):
    """The orders."""

    CERTIFICATE = strawberry.enum_value("code", description="The certificate's number (证件号).")
    NAME = strawberry.enum_value("name", description="The name, character by character (姓名).")
    VALID_TO = strawberry.enum_value(
        "certificate_valid_to", description="The last day of the certificate (证件有效期至)."
    )


INSPECTORS_BY = orders_of("inspector", InspectorOrderField)
InspectorsBy = Annotated[Order[InspectorOrderField] | None, order_of("by certificate number (排序).")]
