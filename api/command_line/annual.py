"""`plan`: a department's plan of a year, how far it has come, and the year's report.

department = "ZJ"
year = 2027

[[lines]]
code = "1"
title = "…"
type = "targeted"                    # untargeted, targeted, special, superior
first_month = 3
last_month = 6
departments = ["ZJ", "SC"]           # the lead first
items = ["ZJ-01", "SC-01"]
responsible = ["…"]                  # not public
enterprises = 120
"""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.filing import annual_report
from api.command_line.options import IfVersion, Json, TokenFile
from api.command_line.output import Output
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling import annual_planning
from sampling.annual_planning import Progress, Version
from sampling.annual_plans import AnnualPlan

app = typer.Typer(help="Plans of a year: draft, adopt, progress (年度抽查计划).", no_args_is_help=True)
app.command("report")(annual_report)

DepartmentCode = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="(部门代码)")]
Year = Annotated[int, typer.Argument(metavar="YEAR", help="(年度)")]


@app.command()
def draft(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The plan as TOML (计划文件).")],
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Hand in the next version of a plan (起草)."""
    with at_desk(context, token_file) as desk:
        given = read_annual_plan(file)
        with desk.bureau.write() as tx:
            found = annual_planning.draft(tx, desk.actor, desk.bureau.now, given, if_version)
        _tell(desk.output, found)


@app.command()
def adopt(
    context: typer.Context,
    department: DepartmentCode,
    year: Year,
    version: Annotated[int, typer.Option(help="The newest version (版本).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Adopt and publish the newest version, as another person than who drafted it (通过并公示)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = annual_planning.adopt(tx, desk.actor, desk.bureau.now, department, year, version)
        _tell(desk.output, found)


@app.command()
def progress(
    context: typer.Context,
    department: DepartmentCode,
    year: Year,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show how far each line has come: campaigns, visits, coverage (进度)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = annual_planning.progress(tx, desk.actor, department, year)
        counted = ("campaigns", "fixed", "to_visit", "visits_made", "published", "enterprises", "target")
        rows = [
            (
                each.line.code,
                each.line.title,
                each.planned,
                each.fixed,
                each.to_visit,
                each.visited,
                each.published,
                len(each.enterprises),
                each.line.enterprises,
            )
            for each in found
        ]
        answer: dict[str, JSON] = {"lines": [_progress_json(each) for each in found]}
        desk.output.answer(answer, desk.output.table("annual_progress", ("annual_line", "title", *counted), rows))


def read_annual_plan(path: Path) -> AnnualPlan:
    """Read a plan; raises Invalid: plan_file_unreadable, annual_file_unusable."""
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Invalid("plan_file_unreadable", path=path, reason=error) from None
    try:
        plan = AnnualPlan.from_json(value)
        if plan.to_json() != value:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Invalid("annual_file_unusable", path=path) from None
    return plan


def _tell(output: Output, found: Version) -> None:
    adopted = None if found.adopted_at is None else instant_text(found.adopted_at)
    answer: dict[str, JSON] = {**found.plan.to_json(), "version": found.version, "adopted_at": adopted}
    facts = [
        ("plan_name", found.plan.name),
        ("version", found.version),
        ("lines", len(found.plan.lines)),
        ("enterprises", sum(line.enterprises for line in found.plan.lines)),
        ("adopted_at", found.adopted_at),
    ]
    output.answer(answer, output.facts("annual_plan", facts))


def _progress_json(found: Progress) -> JSON:
    return {
        "line": found.line.to_json(),
        "planned": found.planned,
        "fixed": found.fixed,
        "drawn": found.drawn,
        "closed": found.closed,
        "to_visit": found.to_visit,
        "visited": found.visited,
        "published": found.published,
        "enterprises": len(found.enterprises),
        "items_left": list(found.items_left),
        "departments_left": list(found.departments_left),
    }
