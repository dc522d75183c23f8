"""`model`: versions of models, from draft to retirement (分类模型)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile, civil_date
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring import model_steps, models
from scoring.codes import region_text
from scoring.models import ModelVersion
from scoring.registers import division_names
from scoring.stages import Stage

app = typer.Typer(
    help="Models: drafted, reviewed by a second person, in force, retired (分类模型).", no_args_is_help=True
)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="The model's document (模型文档).")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The model's name (模型名称).")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="Its version (版本).")]
Day = Annotated[str, typer.Option("--from", metavar="DATE", help="From which day on; none: today (起始日期).")]
Note = Annotated[str, typer.Option(help="A note; a return needs one (意见).")]


@app.command("draft")
def draft(context: typer.Context, file: File, token_file: TokenFile = None, machine: Json = False) -> None:
    """Keep a new version as a draft, for a second person to review (起草)."""
    with at_desk(context, token_file) as desk:
        text = read_text(file)
        with desk.bureau.write() as tx:
            found = model_steps.draft(tx, desk.actor, desk.bureau.now, text)
        answer_version(desk, found)


@app.command("review")
def review(
    context: typer.Context,
    name: Name,
    version: Version,
    returned: Annotated[bool, typer.Option("--return", help="Return it with a note instead (退回).")] = False,
    note: Note = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Approve a draft of another person, or return it (审核)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = model_steps.review(tx, desk.actor, desk.bureau.now, name, version, not returned, note)
        answer_version(desk, found)


@app.command("enforce")
def enforce(
    context: typer.Context,
    name: Name,
    version: Version,
    day: Day = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Put a reviewed version in force from a day on, in place of its earlier versions (启用)."""
    with at_desk(context, token_file) as desk:
        since = civil_date(day) if day else desk.bureau.today
        with desk.bureau.write() as tx:
            found = model_steps.enforce(tx, desk.actor, desk.bureau.now, name, version, since)
        answer_version(desk, found)


@app.command("retire")
def retire(
    context: typer.Context,
    name: Name,
    version: Version,
    day: Day = "",
    note: Note = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Let a version hold no longer, from a day on (停用)."""
    with at_desk(context, token_file) as desk:
        until = civil_date(day) if day else desk.bureau.today
        with desk.bureau.write() as tx:
            found = model_steps.retire(tx, desk.actor, desk.bureau.now, name, version, until, note)
        answer_version(desk, found)


@app.command("list")
def listed(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List the versions that you may see, newest first (列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = models.visible(tx, desk.actor)[::-1]
        divisions = _divisions(desk, found)
        rows = [
            (
                each.model.name,
                each.model.version,
                each.model.title,
                _scope(desk, each, divisions),
                desk.output.word_of("model_states", each.state_on(desk.bureau.today)),
                _period(each),
            )
            for each in found
        ]
        columns = ("name", "version", "model", "scope", "state", "in_force")
        desk.output.answer(
            {"models": [_document(desk, each) for each in found]}, desk.output.table("models", columns, rows)
        )


@app.command("show")
def show(
    context: typer.Context, name: Name, version: Version, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Show a version with its life and its text (查看)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = models.read(tx, desk.actor, name, version)
        answer_version(desk, found, found.text)


def read_text(path: Path) -> str:
    """Return a model's text; raises Invalid("model_not_utf8")."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Invalid("model_not_utf8", path=path) from None


def answer_version(desk: Desk, found: ModelVersion, text: str | None = None) -> None:
    """Answer with a version and its life."""
    output, model = desk.output, found.model
    facts = [
        ("name", model.name),
        ("version", model.version),
        ("model", model.title),
        ("author", model.author),
        ("issuer", None if model.origin is None else f"{model.origin.issuer} {model.origin.issued_on}"),
        ("issued_data", None if model.origin is None else model.origin.data),
        ("model_notice", model.notice),
        ("scope", _scope(desk, found, _divisions(desk, [found]))),
        ("grades", [f"{level.label} {level.name}" for level in model.grades]),
        ("state", output.word_of("model_states", found.state_on(desk.bureau.today))),
        ("in_force", _period(found)),
    ]
    steps = [(output.word_of("model_steps", each.step), each.by, each.at, each.day, each.note) for each in found.steps]
    shown = [output.facts("model", facts), output.table("life", ("step", "by", "when", "from", "note"), steps)]
    output.answer(_document(desk, found), *shown, *([] if text is None else [text]))


def _document(desk: Desk, found: ModelVersion) -> dict[str, JSON]:
    model, adopted = found.model, found.adopted
    return {
        "name": model.name,
        "version": model.version,
        "title": model.title,
        "author": model.author,
        "origin": None
        if model.origin is None
        else {
            "issuer": model.origin.issuer,
            "issued_on": model.origin.issued_on.isoformat(),
            "data": model.origin.data,
            "digest": model.origin.digest,
        },
        "notice": model.notice,
        "scope": model.scope.document(),
        "grades": list(model.labels),
        "state": found.state_on(desk.bureau.today).value,
        "in_force_from": None if adopted is None else adopted.since.isoformat(),
        "in_force_to": None if adopted is None or adopted.until is None else _last_day(adopted.until),
        "steps": [
            {
                "step": each.step.value,
                "by": each.by,
                "at": instant_text(each.at),
                "from": None if each.day is None else each.day.isoformat(),
                "note": each.note,
            }
            for each in found.steps
        ],
        "text": found.text,
    }


def _period(found: ModelVersion) -> str:
    adopted = found.adopted
    if adopted is None or adopted.since == adopted.until:
        return ""
    return f"{adopted.since} – {'' if adopted.until is None else _last_day(adopted.until)}"


def _last_day(until: date) -> str:
    return (until - timedelta(days=1)).isoformat()


def _divisions(desk: Desk, found: Sequence[ModelVersion]) -> dict[str, str]:
    with desk.bureau.read() as tx:
        return division_names(tx, [region for each in found for region in each.model.scope.regions])


def _scope(desk: Desk, found: ModelVersion, divisions: Mapping[str, str]) -> str:
    scope = found.model.scope
    stages = [Stage(stage).text for stage in scope.stages]
    regions = [region_text(each, divisions) for each in scope.regions]
    parts = [*scope.departments, *scope.sectors, *regions, *stages]
    return "、".join(parts) or desk.output.word("all")
