"""`grade`: the model in force grades the register; `grade show` reads one grade with its reasons."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile, civil_date
from ledger.canonical import JSON
from ledger.errors import Forbidden, Invalid
from scoring import grades, models, outside_grades
from scoring.grades import NOTICE
from scoring.grading import grade_enterprises

PURPOSE = "distribution after grading"


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="grade")


group = typer.Typer()


@group.callback(invoke_without_command=True)
def grade(
    context: typer.Context,
    model: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Put this model in force first (模型文档).")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Grade as of the end of this day; none: today (截止日期).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Grade all enterprises by the model in force (分级)."""
    if context.invoked_subcommand is not None:
        return
    with at_desk(context, token_file) as desk:
        with desk.output.progress("grading"), desk.bureau.write() as tx:
            now = desk.bureau.now
            if model is not None:
                models.adopt(tx, desk.actor, now, _text(model))
            day = desk.bureau.today if as_of is None else civil_date(as_of)
            run = grade_enterprises(tx, desk.actor, now, day)
            adopted = models.in_force(tx).model
            counted = _distribution(tx, desk)
        answer: dict[str, JSON] = {
            "run": run.document,
            "model": {"name": adopted.name, "version": adopted.version, "notice": adopted.notice},
            "as_of": run.as_of.isoformat(),
            "enterprises": run.enterprises,
        }
        facts = [
            ("run", run.document),
            ("model", f"{adopted.title} {adopted.version}"),
            ("model_notice", adopted.notice),
            ("as_of", run.as_of),
            ("enterprises", run.enterprises),
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
    purpose: Annotated[str, typer.Option(help="Why it is read; the reading is recorded (查阅事由).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Read an enterprise's grade with its reasons; that you read it is recorded (查阅分级)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = grades.read_grade(tx, desk.actor, desk.bureau.now, enterprise, purpose)
        answer = {
            "enterprise": found.enterprise,
            "grade": found.grade,
            "score": found.score,
            "reasons": found.reasons,
            "as_of": found.as_of.isoformat(),
            "notice": found.notice,
        }
        facts = [(name, getattr(found, name)) for name in ("enterprise", "grade", "score", "as_of")]
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


def _distribution(tx: Connection, desk: Desk) -> list[tuple[str, str, int]] | None:
    """Return how many enterprises have which grade, or None to those who may start a run but read no grade."""
    try:
        return grades.distribution(tx, desk.actor, desk.bureau.now, PURPOSE)
    except Forbidden:
        return None


def _reasons(desk: Desk, reasons: Mapping[str, Any]) -> RenderableType:
    output = desk.output
    rows = [(each["title"], each["value"], each["points"]) for each in reasons["indicators"]]
    rows += [(each["title"], f"{each['effect']} {each['grade']}", each["reason"]) for each in reasons["rules"]]
    return output.table("reasons", ("indicator_or_rule", "value", "points_or_reason"), rows)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Invalid("model_not_utf8", path=path) from None
