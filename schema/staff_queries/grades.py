"""What staff may ask of grades; each reading of one is recorded (分类)."""

from typing import Annotated

import strawberry

from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, act
from schema.decorators import field
from schema.filtering import chosen
from schema.staff_mutations.arguments import AnyCode, Purpose
from schema.staff_types.filters import WhichReadings
from schema.staff_types.grades import (
    READINGS_BY,
    Grade,
    GradeDistribution,
    GradeMigration,
    GradeReading,
    OutsideGrade,
    ReadingsBy,
)
from scoring import grades, outside_grades
from scoring.grades import Attribute
from scoring.scopes import GENERAL

OfDepartment = Annotated[
    str | None,
    strawberry.argument(description="The department whose own model grades; none: the general grade (部门)."),
]
GradesMonth = Annotated[str, strawberry.argument(description="A month, YYYY-MM, whose last run counts (月份).")]
ToldBy = Annotated[
    list[Attribute] | None, strawberry.argument(description="What the numbers are told by; none: the trade (维度).")
]


@strawberry.type
class GradeQueries:
    """Grades."""

    @field("An enterprise's grade with its reasons; that you read it is recorded (查阅分类).")
    async def grade(
        self, info: Info, enterprise: AnyCode, purpose: Purpose, department: OfDepartment = None
    ) -> Grade | None:
        """Read a grade."""
        whose = department or GENERAL
        return Grade.of(
            await act(info, lambda tx, actor, now: grades.read_grade(tx, actor, now, enterprise, purpose, whose))
        )

    @field(
        "What an enterprise's grade was, newest first, each time that it changed; the reading is recorded (历次分类)."
    )
    async def grade_history(
        self, info: Info, enterprise: AnyCode, purpose: Purpose, department: OfDepartment = None
    ) -> list[Grade] | None:
        """Read a history."""
        whose = department or GENERAL
        found = await act(info, lambda tx, actor, now: grades.history(tx, actor, now, enterprise, purpose, whose))
        return [Grade.of(each) for each in found]

    @field("Who moved between the grades from the end of one month to another's; the reading is recorded (等级迁移).")
    async def grade_migration(
        self,
        info: Info,
        since: GradesMonth,
        until: GradesMonth,
        purpose: Purpose,
        department: OfDepartment = None,
    ) -> GradeMigration | None:
        """Read a migration matrix."""
        whose = department or GENERAL
        return GradeMigration.of(
            await act(info, lambda tx, actor, now: grades.migration(tx, actor, now, since, until, purpose, whose))
        )

    @field("How many enterprises of each trade, region or stage have each grade; the reading is recorded (分类分布).")
    async def grade_distribution(
        self, info: Info, purpose: Purpose, by: ToldBy = None, department: OfDepartment = None
    ) -> GradeDistribution | None:
        """Read the distribution."""
        told_by, whose = list(dict.fromkeys(by or [Attribute.SECTOR])), department or GENERAL
        counted = await act(info, lambda tx, actor, now: grades.distribution(tx, actor, now, purpose, told_by, whose))
        return GradeDistribution.of(told_by, counted)

    @field("What other systems graded an enterprise; that you read it is recorded (查阅外部分类).")
    async def outside_grades(self, info: Info, enterprise: AnyCode, purpose: Purpose) -> list[OutsideGrade] | None:
        """Read grades from outside."""
        found = await act(info, lambda tx, actor, now: outside_grades.read(tx, actor, now, enterprise, purpose))
        return [OutsideGrade.of(each) for each in found]

    @field("Who read grades, newest first (查阅记录).")
    async def grade_readings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichReadings = None,
        order: ReadingsBy = None,
    ) -> Connection[GradeReading] | None:
        """Return a page of readings."""
        actor, wanted = info.context.signed_in, chosen(where, grades.EVERY_READING)
        return await page(
            READINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: grades.readings(tx, actor, window, wanted),
            GradeReading.of,
            count=lambda tx: grades.count_readings(tx, actor, wanted),
            filters=wanted,
        )
