"""Plans of a year: versions, adoption and progress, as staff see them (年度抽查计划)."""

from datetime import datetime

import strawberry

from sampling import annual_plans
from sampling.annual_planning import Progress, Version
from sampling.listings import CampaignType
from schema import enums  # noqa: F401  - names the enumerations
from schema.errors import RefusalAnswer


@strawberry.input(description="One line of a plan of a year (计划项).")
class AnnualLineInput:
    """A line."""

    code: str = strawberry.field(description="Its code within the plan (编号).")
    title: str = strawberry.field(description="Its title (名称).")
    type: CampaignType = strawberry.field(description="How its campaigns find whom to visit (抽查类型).")
    first_month: int = strawberry.field(description="The first month, 1 to 12 (开始月份).")
    last_month: int = strawberry.field(description="The last month (结束月份).")
    departments: list[str] = strawberry.field(description="Who takes part, the leading one first (参与部门).")
    items: list[str] = strawberry.field(description="Codes of the items (抽查事项).")
    responsible: list[str] = strawberry.field(description="Who is responsible; not public (责任人).")
    enterprises: int = strawberry.field(description="How many visits it is to come to (检查数).")


@strawberry.input(description="A department's plan of a year (年度抽查计划).")
class AnnualPlanInput:
    """A plan."""

    department: str = strawberry.field(description="The department (部门代码).")
    year: int = strawberry.field(description="The civil year (年度).")
    lines: list[AnnualLineInput] = strawberry.field(description="Its lines (计划项).")

    def plan(self) -> annual_plans.AnnualPlan:
        """Return the plan."""
        lists = ("departments", "items", "responsible")
        lines = (
            annual_plans.Line(**{**vars(line), **{name: tuple(getattr(line, name)) for name in lists}})
            for line in self.lines
        )
        return annual_plans.AnnualPlan(self.department, self.year, tuple(lines))


@strawberry.type(description="One line of a plan of a year (计划项).")
class AnnualLine:
    """A line."""

    code: str = strawberry.field(description="Its code within the plan (编号).")
    title: str = strawberry.field(description="Its title (名称).")
    type: CampaignType = strawberry.field(description="How its campaigns find whom to visit (抽查类型).")
    first_month: int = strawberry.field(description="The first month (开始月份).")
    last_month: int = strawberry.field(description="The last month (结束月份).")
    department_codes: list[str] = strawberry.field(description="Who takes part, the leading one first (参与部门).")
    item_codes: list[str] = strawberry.field(description="The items (抽查事项).")
    responsible: list[str] = strawberry.field(description="Who is responsible (责任人).")
    enterprises: int = strawberry.field(description="How many visits it is to come to (检查数).")

    @classmethod
    def of(cls, line: annual_plans.Line) -> "AnnualLine":
        """Make the answer of a line."""
        return cls(
            code=line.code,
            title=line.title,
            type=line.type,
            first_month=line.first_month,
            last_month=line.last_month,
            department_codes=list(line.departments),
            item_codes=list(line.items),
            responsible=list(line.responsible),
            enterprises=line.enterprises,
        )


@strawberry.type(description="A version of a department's plan of a year (年度抽查计划).")
class AnnualPlanVersion:
    """A version."""

    department_code: str = strawberry.field(description="The department (部门代码).")
    year: int = strawberry.field(description="The civil year (年度).")
    version: int = strawberry.field(description="Which version (版本).")
    drafted_by: str = strawberry.field(description="Who drafted it (起草人).")
    drafted_at: datetime = strawberry.field(description="When it was drafted (起草时间).")
    adopted_at: datetime | None = strawberry.field(description="When it was adopted, if it was (通过时间).")
    lines: list[AnnualLine] = strawberry.field(description="Its lines (计划项).")

    @classmethod
    def of(cls, found: Version) -> "AnnualPlanVersion":
        """Make the answer of a version."""
        return cls(
            department_code=found.plan.department,
            year=found.plan.year,
            version=found.version,
            drafted_by=found.drafted_by,
            drafted_at=found.drafted_at,
            adopted_at=found.adopted_at,
            lines=[AnnualLine.of(line) for line in found.plan.lines],
        )


@strawberry.type(description="How far a line of a plan has come (计划进度).")
class AnnualProgress:
    """A line's progress."""

    line: AnnualLine = strawberry.field(description="The line (计划项).")
    planned: int = strawberry.field(description="How many campaigns name it (任务数).")
    fixed: int = strawberry.field(description="How many of these are frozen, or their lists fixed (已冻结数).")
    drawn: int = strawberry.field(description="How many are drawn, or matched without a draw (已抽取数).")
    closed: int = strawberry.field(description="How many have ended (已结束数).")
    to_visit: int = strawberry.field(description="How many visits are to be made so far (应检查数).")
    visited: int = strawberry.field(description="Of how many a finding is recorded (已检查数).")
    published: int = strawberry.field(description="How many findings are published (已公示数).")
    enterprises: int = strawberry.field(description="How many different enterprises were visited (已覆盖企业数).")
    items_left: list[str] = strawberry.field(description="Items that no fixed campaign has yet (未覆盖事项).")
    departments_left: list[str] = strawberry.field(
        description="Departments that take part in no fixed campaign yet (未参与部门)."
    )

    @classmethod
    def of(cls, found: Progress) -> "AnnualProgress":
        """Make the answer of a line's progress."""
        return cls(
            line=AnnualLine.of(found.line),
            planned=found.planned,
            fixed=found.fixed,
            drawn=found.drawn,
            closed=found.closed,
            to_visit=found.to_visit,
            visited=found.visited,
            published=found.published,
            enterprises=len(found.enterprises),
            items_left=list(found.items_left),
            departments_left=list(found.departments_left),
        )


@strawberry.type(description="A version of a plan of a year after a step, or why the step was not done (年度计划版本).")
class AnnualPlanPayload:
    """The answer of drafting and adopting."""

    plan: AnnualPlanVersion | None = strawberry.field(description="The version as it is now (当前版本).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")
