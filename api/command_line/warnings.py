"""`warn`: early warning, what it noticed, and what becomes of it (风险预警)."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.campaign_answers import plan_facts, plan_json
from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from api.command_line.plan_input import read_plan
from api.command_line.warning_answers import evidence_tables, subject_text
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.windows import Window
from sampling import early_warning
from scoring.grades import NOTICE
from scoring.registers import division_names
from scoring.warnings.kinds import Kind, State
from scoring.warnings.reading import HeldWarning

app = typer.Typer(no_args_is_help=True, help="Early warning, confidential (风险预警，保密).")

Purpose = Annotated[str, typer.Option(help="Why they are read; the reading is recorded (查阅事由).")]
References = Annotated[list[str], typer.Argument(metavar="REFERENCE…", help="References of warnings (预警编号).")]
MOST_LISTED = 1000
PRECISION = (
    "kind",
    "warning_count",
    "borne_out",
    "not_borne_out",
    "unknown_outcomes",
    "precision",
    "interval_low",
    "interval_high",
    "false_alarms_per_million",
)


@app.command("run")
def run(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Look for warnings now, and raise those that are new (运行预警)."""
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with desk.output.progress("looking_for_warnings"):
            with bureau.read() as tx:
                found = early_warning.look(tx, bureau.today, bureau.settings.warning_licence_days)
            with bureau.write() as tx:
                raised = early_warning.raise_warnings(tx, desk.actor, bureau.now, found)
        told: dict[str, JSON] = {
            "run": raised.document,
            "raised": raised.count,
            "models_changed": raised.models_changed,
        }
        desk.output.answer(
            told,
            desk.output.facts(
                "warnings_run",
                [
                    ("warning_run", raised.document),
                    ("warning_count", raised.count),
                    ("models_changed", raised.models_changed),
                ],
            ),
        )


@app.command("list")
def listed(
    context: typer.Context,
    purpose: Purpose,
    kind: Annotated[Kind | None, typer.Option(help="Only those of this kind (类别).")] = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state (状态).")] = None,
    enterprise: Annotated[str | None, typer.Option(help="Only those of this enterprise (统一社会信用代码).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List warnings, newest first, at most a thousand; that you read them is recorded (列出)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = early_warning.page(
                tx, desk.actor, desk.bureau.now, purpose, Window(MOST_LISTED), kind, state, enterprise
            )
            divisions = division_names(tx, [each.subject.get("value", "") for each in found])
        rows = [
            (
                each.reference,
                _kind(desk.output, each.kind),
                subject_text(desk.output, each.subject, divisions),
                _state(desk.output, each.state),
                each.raised_at,
            )
            for each in found
        ]
        columns = ("warning_reference", "kind", "subject", "state", "raised_at")
        answer: dict[str, JSON] = {"warnings": [_told(each) for each in found], "notice": NOTICE}
        desk.output.answer(answer, desk.output.table("warnings", columns, rows), NOTICE)


@app.command("to-plan")
def to_plan(context: typer.Context, purpose: Purpose, token_file: TokenFile = None, machine: Json = False) -> None:
    """List acknowledged warnings as planners see them, at most a thousand; the reading is recorded (待转专项检查)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = early_warning.to_plan(tx, desk.actor, desk.bureau.now, purpose, Window(MOST_LISTED))
        rows = [(each.reference, each.acknowledged_at, list(each.enterprises)) for each in found]
        answer: dict[str, JSON] = {
            "warnings": [
                {
                    "reference": each.reference,
                    "acknowledged_at": instant_text(each.acknowledged_at),
                    "enterprises": list(each.enterprises),
                }
                for each in found
            ]
        }
        columns = ("warning_reference", "acknowledged_at", "warned_enterprises")
        desk.output.answer(answer, desk.output.table("warnings_to_plan", columns, rows))


@app.command("show")
def show(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The warning's reference (预警编号).")],
    purpose: Purpose,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show a warning with its evidence; that you read it is recorded (查看)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            held = early_warning.read(tx, desk.actor, desk.bureau.now, reference, purpose)
            divisions = division_names(tx, [held.subject.get("value", "")])
        output = desk.output
        facts = [
            ("warning_reference", held.reference),
            ("kind", _kind(output, held.kind)),
            ("subject", subject_text(output, held.subject, divisions)),
            ("state", _state(output, held.state)),
            ("raised_at", held.raised_at),
            ("warning_run", held.run),
            ("warned_enterprises", list(held.enterprises)),
        ]
        steps = [(_state(output, each.step), each.by, each.at, each.note, each.campaign) for each in held.steps]
        document: dict[str, JSON] = {
            **_told(held),
            "enterprises": list(held.enterprises),
            "evidence": dict(held.evidence or {}),
            "steps": [
                {
                    "step": each.step.value,
                    "by": each.by,
                    "at": instant_text(each.at),
                    "note": each.note,
                    "campaign": each.campaign or None,
                }
                for each in held.steps
            ],
            "notice": NOTICE,
        }
        columns = ("state", "by", "handled_at", "note", "campaign")
        shown = [*evidence_tables(output, held.evidence or {}), output.table("warning_steps", columns, steps)]
        output.answer(document, output.facts("warning", facts), *shown, NOTICE)


@app.command("acknowledge")
def acknowledge(
    context: typer.Context,
    references: References,
    note: Annotated[str, typer.Option(help="A note (说明).")] = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Say that somebody looks after new warnings; planners may then turn them into a check (确认)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            count = early_warning.acknowledge(tx, desk.actor, desk.bureau.now, references, note)
        _counted(desk, State.ACKNOWLEDGED, count)


@app.command("dismiss")
def dismiss(
    context: typer.Context,
    references: References,
    reason: Annotated[str, typer.Option(help="Why; on the same evidence none is raised again (理由).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Dismiss open warnings with a reason (排除)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            count = early_warning.dismiss(tx, desk.actor, desk.bureau.now, references, reason)
        _counted(desk, State.DISMISSED, count)


@app.command("campaign")
def campaign(
    context: typer.Context,
    references: References,
    file: Annotated[
        Path,
        typer.Option(
            "--plan", exists=True, dir_okay=False, help="A special check's plan as TOML, which names nobody (计划文件)."
        ),
    ],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Plan a special check of the enterprises of acknowledged warnings (转专项检查)."""
    with at_desk(context, token_file) as desk:
        plan = read_plan(file, {})
        with desk.bureau.write() as tx:
            planned = early_warning.plan_special_check(tx, desk.actor, desk.bureau.now, plan, references)
            facts = plan_facts(tx, desk.output, planned)
        desk.output.answer({"campaign": plan_json(planned)}, facts)


@app.command("precision")
def show_precision(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show how many warnings of each kind visits bore out, in basis points with an interval (准确率)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = early_warning.precision(tx, desk.actor, desk.bureau.now)
        told: list[dict[str, JSON]] = [
            {
                "kind": each.kind.value,
                "raised": each.raised,
                "borne_out": each.borne_out,
                "not_borne_out": each.not_borne_out,
                "unknown": each.unknown,
                "precision": each.share,
                "low": each.low,
                "high": each.high,
                "false_alarms_per_million": each.false_alarms,
            }
            for each in found
        ]
        rows = [[_kind(desk.output, found[place].kind), *list(row.values())[1:]] for place, row in enumerate(told)]
        desk.output.answer({"precision": list(told)}, desk.output.table("warning_precision", PRECISION, rows))


def _counted(desk: Desk, step: State, count: int) -> None:
    told: dict[str, JSON] = {"state": step.value, "warnings": count}
    shown = [("state", _state(desk.output, step)), ("warning_count", count)]
    desk.output.answer(told, desk.output.facts("warnings_handled", shown))


def _told(held: HeldWarning) -> dict[str, JSON]:
    return {
        "reference": held.reference,
        "kind": held.kind.value,
        "subject": dict(held.subject),
        "state": held.state.value,
        "raised_at": instant_text(held.raised_at),
        "run": held.run,
    }


def _kind(output: Output, kind: Kind) -> str:
    return output.word_of("warning_kinds", kind)


def _state(output: Output, state: State) -> str:
    return output.word_of("warning_states", state)
