"""`model check`, `model diff`: what a model says, what another says otherwise, and whom it would move."""

from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.models import File, read_text
from api.command_line.options import Json, TokenFile
from api.model_reports import check_document, comparison_document
from ledger.errors import Forbidden, Missing
from schema.remark_words import say_remark
from scoring import models, trials
from scoring.grades import NOTICE
from scoring.model import parse_model
from scoring.model_check import Outline, outline
from scoring.model_diff import differences
from scoring.remarks import Remark
from scoring.scorecard import Model
from scoring.trials import Migration, Trial

MOST_SHOWN = 1000
"""So many of the enterprises that move are shown to people; --json tells all."""

Which = Annotated[str, typer.Argument(metavar="MODEL", help="A file, or NAME@VERSION of a held one (模型).")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("check")(check)
    app.command("diff")(diff)


def check(
    context: typer.Context,
    file: File,
    purpose: Annotated[str | None, typer.Option(help="Why the records are asked; it is recorded (查阅事由).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Check a model's document and explain what it would say of today's records; the reading is recorded (检查)."""
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with bureau.read() as tx:
            models.visible(tx, desk.actor)
        model = parse_model(read_text(file))
        told, today = outline(model), bureau.today
        with desk.output.progress("checking_model"):
            trial = _trial(desk, model, today, purpose or f"check of model {model.name} {model.version}")
        document = check_document(model, told, trial, today, desk.output.language)
        desk.output.answer(document, *_shown_check(desk, model, told, trial))


def diff(
    context: typer.Context,
    old: Which,
    new: Which,
    purpose: Annotated[
        str | None, typer.Option(help="Why; recorded, and needed to be told who moves (查阅事由).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Say what a model says otherwise than another, and who would move today; the reading is recorded (比较)."""
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with bureau.read() as tx:
            first, second = (held_or_read(tx, desk, which) for which in (old, new))
        changes, today = differences(first, second), bureau.today
        with desk.output.progress("comparing_models"):
            default = f"comparison of models {first.name} {first.version} and {second.name} {second.version}"
            migration = _migration(desk, first, second, today, purpose or default)
        document = comparison_document(
            first, second, changes, migration, today, desk.output.language, purpose is not None
        )
        desk.output.answer(document, *_shown_diff(desk, changes, migration, purpose is not None))


def held_or_read(tx: Connection, desk: Desk, which: str) -> Model:
    """Return the model of a file, or a held one."""
    visible = models.visible(tx, desk.actor)
    if Path(which).is_file():
        return parse_model(read_text(Path(which)))
    name, at, version = which.rpartition("@")
    if not at:
        raise Missing("model_not_found", given=which)
    return models.find(visible, name, version).model


def _trial(desk: Desk, model: Model, today: date, purpose: str) -> Trial | None:
    """Return what the model says of the records, or None to those who read no grade."""
    try:
        with desk.bureau.read() as tx:
            withheld = trials.try_model(tx, desk.actor, model, today, purpose)
    except Forbidden:
        return None
    with desk.bureau.write() as tx:
        return withheld.tell(tx, desk.bureau.now)


def _migration(desk: Desk, old: Model, new: Model, today: date, purpose: str) -> Migration | None:
    try:
        with desk.bureau.read() as tx:
            withheld = trials.compare_models(tx, desk.actor, old, new, today, purpose)
    except Forbidden:
        return None
    with desk.bureau.write() as tx:
        return withheld.tell(tx, desk.bureau.now)


def _shown_check(desk: Desk, model: Model, told: Outline, trial: Trial | None) -> list[RenderableType]:
    output = desk.output
    facts = [
        ("name", model.name),
        ("version", model.version),
        ("scores", f"{told.scores.least} – {told.scores.greatest}"),
        ("grades_by_score", told.by_score),
        ("grades_by_rule", told.by_rule),
    ]
    remarks = [*told.remarks, *(() if trial is None else trial.remarks)]
    shown: list[RenderableType] = [output.facts("checked_model", facts), *_said(desk, "remarks", remarks)]
    if trial is not None:
        rows = [(each.title, text, count) for each in trial.coverage for text, count in _bins(desk, each)]
        shown.append(output.table("trial_grades", ("grade", "enterprises"), trial.grades))
        shown.append(output.table("coverage_by_bin", ("indicator", "bin", "enterprises"), rows))
        shown.append(output.table("trial_rules", ("rule", "enterprises"), trial.rules))
        shown.append(NOTICE)
    return shown


def _bins(desk: Desk, coverage: trials.Coverage) -> list[tuple[str, int]]:
    lacking = [(desk.output.word("no_value"), coverage.lacking)] if coverage.lacking else []
    return [*coverage.bins, *lacking]


def _shown_diff(
    desk: Desk, changes: list[Remark], migration: Migration | None, with_list: bool
) -> list[RenderableType]:
    output = desk.output
    shown = _said(desk, "changes", changes)
    if migration is None:
        return shown
    out = output.word("out_of_scope")
    columns = [label or out for label in migration.new_labels]
    rows = [
        (old or out, *(migration.matrix.get((old, new), 0) for new in migration.new_labels))
        for old in migration.old_labels
    ]
    shown.append(output.matrix("migration", "old_grade", columns, rows))
    if with_list:
        first = islice(migration.moves, MOST_SHOWN)
        moves = [(each.enterprise, each.old or out, each.new or out) for each in first]
        shown.append(output.table("moves", ("enterprise", "old_grade", "new_grade"), moves))
        if len(migration.moves) > MOST_SHOWN:
            shown.append(output.word("more_moves", count=len(migration.moves) - MOST_SHOWN))
    shown.append(NOTICE)
    return shown


def _said(desk: Desk, title: str, remarks: list[Remark]) -> list[RenderableType]:
    output = desk.output
    if not remarks:
        return [output.word(f"no_{title}")]
    return [output.table(title, ("what",), [(say_remark(each, output.language),) for each in remarks])]
