"""`grade`: the models in force grade the register; `grade show` reads one grade with its reasons."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile, civil_date
from api.dask_grading import spread_by
from ledger.canonical import JSON
from ledger.errors import Forbidden
from scoring import grades, models, outside_grades
from scoring.grade_runs import stored_for
from scoring.grades import NOTICE
from scoring.grading import grade_enterprises
from scoring.scopes import GENERAL

PURPOSE = "distribution after grading"

Purpose = Annotated[str, typer.Option(help="Why it is read; the reading is recorded (查阅事由).")]
OfDepartment = Annotated[
    str, typer.Option(metavar="CODE", help="The grade by this department's own model; none: the general one (部门).")
]


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="grade")


group = typer.Typer()


@group.callback(invoke_without_command=True)
def grade(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Grade as of the end of this day; none: today (截止日期).")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Compute everything anew, on no earlier run (全量重算).")
    ] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Grade all enterprises by the models in force (分级)."""
    if context.invoked_subcommand is not None:
        return
    with at_desk(context, token_file) as desk:
        with (
            desk.output.progress("grading"),
            spread_by(desk.bureau.settings) as spread,
            desk.bureau.write() as tx,
        ):
            now = desk.bureau.now
            day = desk.bureau.today if as_of is None else civil_date(as_of)
            run = grade_enterprises(tx, desk.actor, now, day, full, spread=spread)
            held = [each.model for each in models.in_force_on(tx, day)]
            counted = _distribution(tx, desk)
            stored = stored_for(tx, desk.actor, run)
        answer: dict[str, JSON] = {
            "run": run.document,
            "models": [{"name": each.name, "version": each.version, "notice": each.notice} for each in held],
            "as_of": run.as_of.isoformat(),
            "enterprises": run.enterprises,
            "base": run.base or None,
            "stored": stored,
        }
        facts = [
            ("run", run.document),
            ("models", [f"{each.title} {each.version}" for each in held]),
            ("model_notice", list(dict.fromkeys(each.notice for each in held))),
            ("as_of", run.as_of),
            ("enterprises", run.enterprises),
            ("stored_grades", stored),
        ]
        shown: list[RenderableType] = [desk.output.facts("graded", facts)]
        if counted is not None:
            answer["distribution"] = [{"sector": s, "grade": g, "enterprises": n} for s, g, n in counted]
            answer["notice"] = NOTICE
            shown += [desk.output.table("distribution", ("sector", "grade", "enterprises"), counted), NOTICE]
        desk.output.answer(answer, *shown)


@group.command("show")
def show(
    context: typer.Context,
    enterprise: Annotated[str, typer.Argument(help="Unified social credit code (统一社会信用代码).")],
    purpose: Purpose,
    department: OfDepartment = GENERAL,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Read an enterprise's grade with its reasons; that you read it is recorded (查阅分级)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = grades.read_grade(tx, desk.actor, desk.bureau.now, enterprise, purpose, department)
        answer = {
            "enterprise": found.enterprise,
            "department": found.department or None,
            "grade": found.grade,
            "score": found.score,
            "reasons": found.reasons,
            "as_of": found.as_of.isoformat(),
            "notice": found.notice,
        }
        model = found.reasons.get("model")
        facts = [(name, getattr(found, name)) for name in ("enterprise", "grade", "score", "as_of")]
        facts.append(("model", model and f"{model['name']} {model['version']}"))
        desk.output.answer(answer, desk.output.facts("grade", facts), _reasons(desk, found.reasons), found.notice)


@group.command("outside")
def outside(
    context: typer.Context,
    enterprise: Annotated[str, typer.Argument(help="Unified social credit code (统一社会信用代码).")],
    purpose: Annotated[str, typer.Option(help="Why it is read; the reading is recorded (查阅事由).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Read what other systems graded an enterprise; that you read it is recorded (查阅外部分类)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = outside_grades.read(tx, desk.actor, desk.bureau.now, enterprise, purpose)
        told = [{"system": each.system, "grade": each.grade, "date": each.date.isoformat()} for each in found]
        rows = [(each.system, each.grade, each.date) for each in found]
        table = desk.output.table("outside_grades", ("system", "grade", "date"), rows)
        desk.output.answer({"enterprise": enterprise, "grades": told, "notice": NOTICE}, table, NOTICE)


def _distribution(tx: Connection, desk: Desk) -> list[tuple[Any, ...]] | None:
    """Return how many enterprises have which grade, or None to those who may start a run but read no grade."""
    try:
        return grades.distribution(tx, desk.actor, desk.bureau.now, PURPOSE)
    except Forbidden:
        return None


def _reasons(desk: Desk, reasons: Mapping[str, Any]) -> RenderableType:
    output = desk.output
    rows = [(each["title"], each["value"], each["points"]) for each in reasons["indicators"]]
    rows += [
        (each["title"], f"{output.word_of('effects', each['effect'])} {each['grade']}", each["reason"])
        for each in reasons["rules"]
    ]
    rows += [(each["system"], each["grade"], each["date"]) for each in reasons.get("outside", [])]
    return output.table("reasons", ("indicator_or_rule", "value", "points_or_reason"), rows)
