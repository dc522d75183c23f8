"""`grade history`, `migration`, `distribution`: grades over time and over the register; `readings`: who read them."""

from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.grading import OfDepartment, Purpose
from api.command_line.options import Json, TokenFile
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.windows import Window
from sampling import registers
from scoring import grades
from scoring.codes import region_text
from scoring.grades import NOTICE, Attribute
from scoring.scopes import GENERAL


def add_to(group: typer.Typer) -> None:
    """Add the commands."""
    for command in (history, migration, distribution, readings):
        group.command(command.__name__)(command)


def history(
    context: typer.Context,
    enterprise: Annotated[str, typer.Argument(help="Unified social credit code (统一社会信用代码).")],
    purpose: Purpose,
    department: OfDepartment = GENERAL,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Read what an enterprise's grade was, each time that it changed (历次分级)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = grades.history(tx, desk.actor, desk.bureau.now, enterprise, purpose, department)
        answer = [
            {"as_of": each.as_of.isoformat(), "grade": each.grade, "score": each.score, "reasons": each.reasons}
            for each in found
        ]
        rows = [(each.as_of, each.grade, each.score) for each in found]
        shown = desk.output.table("grade_history", ("as_of", "grade", "score"), rows)
        desk.output.answer({"enterprise": enterprise, "grades": answer, "notice": NOTICE}, shown, NOTICE)


def migration(
    context: typer.Context,
    since: Annotated[str, typer.Argument(metavar="SINCE", help="The first month, YYYY-MM (起始月份).")],
    until: Annotated[str, typer.Argument(metavar="UNTIL", help="The second month, YYYY-MM (截止月份).")],
    purpose: Purpose,
    department: OfDepartment = GENERAL,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Count who moved between the grades from the end of one month to that of another (等级迁移矩阵)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = grades.migration(tx, desk.actor, desk.bureau.now, since, until, purpose, department)
        moves: list[JSON] = [
            {"before": before or None, "after": after or None, "enterprises": count}
            for (before, after), count in sorted(found.counts.items())
        ]
        answer: dict[str, JSON] = {
            "since": found.since.isoformat(),
            "until": found.until.isoformat(),
            "scale": list(found.scale),
            "moves": moves,
            "notice": found.notice,
        }
        rows = [
            (before or None, after or None, found.counts[before, after])
            for before in (*found.scale, "")
            for after in (*found.scale, "")
            if (before, after) in found.counts
        ]
        shown = desk.output.table("grade_migration", ("grade_before", "grade_after", "enterprises"), rows)
        desk.output.answer(answer, shown, found.notice)


def distribution(
    context: typer.Context,
    purpose: Purpose,
    by: Annotated[
        list[Attribute] | None, typer.Option(help="What the numbers are told by, also several; none: sector (维度).")
    ] = None,
    department: OfDepartment = GENERAL,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Count the enterprises of each sector, region or stage that have each grade (分级分布)."""
    told_by = list(dict.fromkeys(by or [Attribute.SECTOR]))
    columns = (*(each.value for each in told_by), "grade", "enterprises")
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            counted = grades.distribution(tx, desk.actor, desk.bureau.now, purpose, told_by, department)
            regions = [row[told_by.index(Attribute.REGION)] for row in counted] if Attribute.REGION in told_by else []
            divisions = registers.division_names(tx, regions)
        answer: list[JSON] = [dict(zip(columns, row, strict=True)) for row in counted]
        rows = [
            [
                region_text(cell, divisions) if column == Attribute.REGION.value else cell
                for column, cell in zip(columns, row, strict=True)
            ]
            for row in counted
        ]
        shown = desk.output.table("distribution", columns, rows)
        desk.output.answer({"distribution": answer, "notice": NOTICE}, shown, NOTICE)


def readings(
    context: typer.Context,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest (条数).")] = 100,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List who read grades, when, of whom and why, newest first (查阅记录)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = grades.readings(tx, desk.actor, Window(most))
        answer: list[JSON] = [
            {
                "time": instant_text(each["time"]),
                "subject": each["subject"],
                "role": each["role"],
                "enterprise": each["enterprise"],
                "what": each["run"],
                "purpose": each["purpose"],
            }
            for each in found
        ]
        rows = [[each[name] for name in ("time", "subject", "role", "enterprise", "run", "purpose")] for each in found]
        columns = ("when", "by", "role", "enterprise", "what_was_read", "purpose")
        desk.output.answer({"readings": answer}, desk.output.table("grade_readings", columns, rows))
