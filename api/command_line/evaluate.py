"""`evaluate`: how campaigns and periods did, and what visits say of a model's indicators; each reading is recorded."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.evaluation_answers import shown_evaluation, shown_evidence
from api.command_line.model_trials import Which, held_or_read
from api.command_line.options import Json, TokenFile, civil_date
from api.command_line.plot_files import Plots, write_plots
from api.command_line.quarterly import report
from api.evaluation_documents import evaluation_document, evidence_document
from sampling import evaluating
from scoring.evaluation.empirical import Evidence
from scoring.results import Result
from scoring.trials import Withheld

T = TypeVar("T")

app = typer.Typer(help="Evaluate draws and models (评估).", no_args_is_help=True)
app.command("report")(report)

Purpose = Annotated[str, typer.Option(help="Why it is read; the reading is recorded (查阅事由).")]
First = Annotated[str, typer.Option("--from", metavar="DATE", help="The first day of the visits (起始日).")]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help="Their last day, itself included (截止日).")]
Target = Annotated[
    list[Result] | None, typer.Option("--result", help="Results of which one must be found; none: any (目标结果).")
]


@app.command("campaign")
def campaign(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign (任务编号).")],
    purpose: Purpose,
    target: Target = None,
    plots: Plots = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Evaluate a campaign by its published findings; prevalence is estimated, never a rate of hits (任务评估)."""
    with at_desk(context, token_file) as desk:
        found = _told(desk, lambda tx: evaluating.evaluate_campaign(tx, desk.actor, code, purpose, target or ()))
        written = write_plots(desk, plots, found)
        desk.output.answer({**evaluation_document(found), **written}, *shown_evaluation(desk, found))


@app.command("period")
def period(
    context: typer.Context,
    first: First,
    last: Last,
    purpose: Purpose,
    target: Target = None,
    plots: Plots = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Evaluate the visits of a period, of all campaigns that you may evaluate (期间评估)."""
    with at_desk(context, token_file) as desk:
        days = civil_date(first), civil_date(last)
        found = _told(desk, lambda tx: evaluating.evaluate_period(tx, desk.actor, *days, purpose, target or ()))
        written = write_plots(desk, plots, found)
        desk.output.answer({**evaluation_document(found), **written}, *shown_evaluation(desk, found))


@app.command("indicators")
def indicators(
    context: typer.Context,
    which: Which,
    first: First,
    last: Last,
    purpose: Purpose,
    target: Target = None,
    observational: Annotated[
        bool, typer.Option("--observational", help="Of visits that nobody drew, instead of drawn ones (观察性检查).")
    ] = False,
    plots: Plots = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Hold a model's indicators against findings, as they were strictly before each visit (实证分析)."""
    with at_desk(context, token_file) as desk:
        days = civil_date(first), civil_date(last)

        def analyse(tx: Connection) -> Withheld[Evidence]:
            model = held_or_read(tx, desk, which)
            return evaluating.analyse_model(tx, desk.actor, model, *days, purpose, target or (), observational)

        found = _told(desk, analyse)
        written = write_plots(desk, plots, found)
        desk.output.answer({**evidence_document(found), **written}, *shown_evidence(desk, found))


def _told(desk: Desk, work: Callable[[Connection], Withheld[T]]) -> T:
    """Return what was found once its reading is recorded."""
    with desk.output.progress("evaluating"), desk.bureau.read() as tx:
        withheld = work(tx)
    with desk.bureau.write() as tx:
        return withheld.tell(tx, desk.bureau.now)
