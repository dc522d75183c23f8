"""`province`: data for the province to build its model on, and its model on the way back."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.models import File, answer_version, read_text
from api.command_line.options import Json, TokenFile, civil_date
from api.command_line.private_files import write_private
from api.provincial_reports import provincial_check_document
from ledger.canonical import JSON
from sampling import evaluating
from schema.remark_words import say_remark
from scoring.evaluation.intervals import Estimate
from scoring.grades import NOTICE
from scoring.provincial import taking_back
from scoring.provincial.exporting import Wanted, prepare_export
from scoring.provincial.local_findings import LocalFindings
from scoring.provincial.resolving import resolve

app = typer.Typer(help="Data for the province's model, and the model on its way back (省级建模).", no_args_is_help=True)

Since = Annotated[str, typer.Option("--since", metavar="DATE", help="The first day of the visits (检查首日).")]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="The last day of the visits (检查末日).")]
Purpose = Annotated[str, typer.Option(help="What it is read for; it is recorded (查阅事由).")]


@app.command("export")
def export(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model whose indicators (模型名称).")],
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Its version (版本).")],
    since: Since,
    until: Until,
    purpose: Purpose,
    folder: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the files (输出目录).")],
    enterprises: Annotated[
        bool, typer.Option("--enterprises", help="Add what all enterprises' indicators are today (含企业指标数据).")
    ] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write visits under pseudonyms, with a model's indicators; that you read them is recorded (上报建模数据)."""
    wanted = Wanted(name, version, civil_date(since), civil_date(until), enterprises)
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with desk.output.progress("exporting"), bureau.read() as tx:
            withheld = prepare_export(tx, desk.actor, bureau.now, wanted, purpose, bureau.pseudonym_key)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with bureau.write() as tx:
            made = withheld.hand_over(tx, bureau.now)
            written = []
            for file in made.files:  # in the transaction: what was not written was not handed over
                path = folder / file.name
                write_private(path, file.content, replace=False)
                written.append(str(path))
        told: dict[str, JSON] = {"export": made.id, "visits": made.visits, "files": list(written)}
        shown = [("id", made.id), ("visits", made.visits), ("written_files", written)]
        desk.output.answer(told, desk.output.facts("training_data_exported", shown))


@app.command("resolve")
def resolve_pseudonyms(
    context: typer.Context,
    pseudonyms: Annotated[list[str], typer.Argument(metavar="PSEUDONYM…", help="As the data has them (假名).")],
    purpose: Purpose,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Tell whom pseudonyms stand for; that you asked is recorded. Exit code 0 only if all are known (假名还原)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = resolve(tx, desk.actor, desk.bureau.now, pseudonyms, purpose, desk.bureau.pseudonym_key)
        rows = [(each.pseudonym, "" if each.kind is None else desk.output.word(each.kind), each.name) for each in found]
        told: list[JSON] = [
            {"pseudonym": each.pseudonym, "kind": each.kind and each.kind.value, "name": each.name or None}
            for each in found
        ]
        desk.output.answer(
            {"pseudonyms": told}, desk.output.table("resolved_pseudonyms", ("pseudonym", "kind", "code"), rows)
        )
        raise typer.Exit(0 if all(each.kind for each in found) else 1)


@app.command("check")
def check(
    context: typer.Context,
    file: File,
    since: Since,
    until: Until,
    purpose: Purpose,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Hold the province's model against local findings; that you read them is recorded (检验)."""
    first, last = civil_date(since), civil_date(until)
    with at_desk(context, token_file) as desk:
        bureau, text = desk.bureau, read_text(file)
        with desk.output.progress("checking_model"), bureau.read() as tx:
            withheld = evaluating.check_provincial_model(tx, desk.actor, bureau.now, text, first, last, purpose)
        with bureau.write() as tx:
            found = withheld.tell(tx, bureau.now)
        model = taking_back.parse_provincial(text)
        document = provincial_check_document(model, found, first, last, desk.output.language)
        _show(desk, document, found, first, last)


@app.command("import")
def import_model(context: typer.Context, file: File, token_file: TokenFile = None, machine: Json = False) -> None:
    """Keep the province's model as a draft, for a second person to review (导入)."""
    with at_desk(context, token_file) as desk:
        text = read_text(file)
        with desk.bureau.write() as tx:
            found = taking_back.import_model(tx, desk.actor, desk.bureau.now, text)
        answer_version(desk, found)


def _show(desk: Desk, document: dict[str, JSON], found: LocalFindings, since: date, until: date) -> None:
    output, origin = desk.output, found.origin
    facts = [
        ("issuer", origin and f"{origin.issuer} {origin.issued_on}"),
        ("issued_data", origin and origin.data),
        ("span", f"{since} – {until}"),
        ("visits", found.visits),
        ("auc", None if found.score.auc is None else f"{found.score.auc:.3f}"),
    ]
    grades = [
        (
            each.prevalence.domain,
            each.enterprises,
            each.prevalence.inspectable,
            each.prevalence.found,
            _share(each.prevalence.share),
            "" if each.expected is None else f"{each.expected:.1%}",
        )
        for each in found.grades
    ]
    bins = [
        (each.indicator.title, one.bin.label, count, one.visits, one.found, _share(one.rate))
        for each in found.indicators
        for one, count in zip(each.association.bins, each.enterprises, strict=True)
    ]
    columns = ("enterprises", "inspectable_visits", "findings", "finding_rate")
    remarks = [(say_remark(each, output.language),) for each in found.remarks]
    shown = [
        output.facts("provincial_model", facts),
        output.table("rates_by_grade", ("grade", *columns, "expected_rate"), grades),
        output.table("rates_by_bin", ("indicator", "bin", *columns), bins),
        output.table("remarks", ("what",), remarks) if remarks else output.word("no_remarks"),
        NOTICE,
    ]
    output.answer(document, *shown)


def _share(estimate: Estimate) -> str:
    if estimate.value is None:
        return ""
    interval = estimate.interval
    told = f"{estimate.value:.1%}"
    return told if interval is None else f"{told} ({interval.low:.1%} – {interval.high:.1%})"
