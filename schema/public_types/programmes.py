"""What is published of departments' programmes of a year (年度抽查计划)."""

from enum import Enum
from typing import Annotated

import strawberry

from sampling import annual_planning, annual_plans
from sampling.annual_planning import EVERY_PLAN, PublicPlan, PublicPlanFilter, PublicPlanOrder
from sampling.listings import CampaignType
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Connection, Keyset, Paging, page
from schema.decorators import field
from schema.filtering import chosen, filter_of
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.public_types.items import Department, Item, departments, items
from schema.public_types.ledger import Entry


@strawberry.type(description="One line of a programme, without persons (计划项).")
class ProgrammeLine:
    """A line."""

    line: strawberry.Private[annual_plans.Line]
    code: str = strawberry.field(description="Its code within the programme (编号).")
    title: str = strawberry.field(description="Its title (名称).")
    type: CampaignType = strawberry.field(description="How its campaigns find whom to visit (抽查类型).")
    first_month: int = strawberry.field(description="The first month, 1 to 12 (开始月份).")
    last_month: int = strawberry.field(description="The last month (结束月份).")
    enterprises: int = strawberry.field(description="How many visits it is to come to (检查数).")

    @classmethod
    def of(cls, line: annual_plans.Line) -> "ProgrammeLine":
        """Make the answer of a line."""
        return cls(
            line=line,
            code=line.code,
            title=line.title,
            type=line.type,
            first_month=line.first_month,
            last_month=line.last_month,
            enterprises=line.enterprises,
        )

    @field("The departments that take part, the leading one first (参与部门).")
    async def departments(self) -> list[Department]:
        """Return the departments."""
        known = await departments()
        return [known[code] for code in self.line.departments]

    @field("The items that are inspected (抽查事项).")
    async def items(self) -> list[Item]:
        """Return the items."""
        known = await items()
        return [known[code] for code in self.line.items]


@strawberry.type(description="A department's programme of a year, as it was adopted (年度抽查计划).")
class Programme(Node):
    """A programme."""

    department_code: str = strawberry.field(description="The department (部门代码).")
    year: int = strawberry.field(description="The civil year (年度).")
    version: int = strawberry.field(description="Which version is adopted (版本).")
    item_count: int = strawberry.field(description="How many items it covers (事项数).")
    department_count: int = strawberry.field(description="How many departments take part (部门数).")
    enterprises: int = strawberry.field(description="How many visits it is to come to (检查数).")
    lines: list[ProgrammeLine] = strawberry.field(description="Its lines (计划项).")
    entry: Entry = strawberry.field(description="The ledger's entry that published it (日志条目).")

    @classmethod
    def of(cls, found: PublicPlan) -> "Programme":
        """Make the answer of a published plan."""
        return cls(
            key=PROGRAMMES.key(found),
            department_code=found.plan.department,
            year=found.plan.year,
            version=found.version,
            item_count=found.totals["items"],
            department_count=found.totals["departments"],
            enterprises=found.totals["enterprises"],
            lines=[ProgrammeLine.of(line) for line in found.plan.lines],
            entry=Entry.of(found.entry),
        )


@strawberry.input(name="ProgrammeFilter", description="Which programmes; all that is given must hold (筛选年度计划).")
class ProgrammeFilterInput:
    """A filter."""

    department_code: str | None = strawberry.field(default=None, description="Of this department (部门代码).")
    year: int | None = strawberry.field(default=None, description="Of this civil year (年度).")

    def chosen(self) -> PublicPlanFilter:
        """Return what the use case takes."""
        return PublicPlanFilter(self.department_code or "", self.year)


WhichProgrammes = Annotated[ProgrammeFilterInput | None, filter_of("Which programmes; none: all of them (筛选).")]
PROGRAMMES: Keyset[PublicPlan] = Keyset(
    "programmes", (str, int), lambda found: (found.plan.department, found.plan.year)
)


@strawberry.enum(description="What programmes may go by (年度计划排序字段).")
class ProgrammeOrderField(Enum):
    """The orders."""

    DEPARTMENT = strawberry.enum_value("department", description="The department, and the year (部门).")
    YEAR = strawberry.enum_value("year", description="The year, and the department (年度).")


PROGRAMMES_BY = Orders(
    {
        ProgrammeOrderField.DEPARTMENT: PROGRAMMES,
        ProgrammeOrderField.YEAR: Keyset[PublicPlan](
            "programmes by year", (int, str), lambda found: (found.plan.year, found.plan.department)
        ),
    }
)
ProgrammesBy = Annotated[Order[ProgrammeOrderField] | None, order_of("by department and year (排序).")]


async def programme_page(
    paging: Paging, where: ProgrammeFilterInput | None, order: Order[ProgrammeOrderField] | None
) -> Connection[Programme]:
    """Return a page of what is published."""
    wanted, by = chosen(where, EVERY_PLAN), PublicPlanOrder(str(PROGRAMMES_BY.field(order).value))
    return await page(
        PROGRAMMES_BY.keyset(order),
        paging,
        lambda tx, window: annual_planning.published(tx, window, wanted, by),
        Programme.of,
        count=lambda tx: annual_planning.count_published(tx, wanted),
        filters=wanted,
    )
