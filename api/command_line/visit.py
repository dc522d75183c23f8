"""`visit`: what belongs to a visit beside its result: notice, forms, checklist, evidence (现场检查)."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, TokenFile, civil_date
from api.command_line.private_files import write_private
from api.printing.forms import Fields, Form, Grid, Heading, Paragraph, Signatures
from api.printing.visits import form_of
from ledger.calendar import instant_text
from ledger.canonical import JSON
from sampling.visits import checklists, evidence, noticing
from sampling.visits.evidence import KeptFile
from sampling.visits.file_types import read_evidence, without_metadata
from sampling.visits.numbering import FormKind, NumberedForm

app = typer.Typer(help="At the site: notice, forms, checklist, evidence (现场检查).", no_args_is_help=True)

Enterprise = Annotated[str, typer.Option(metavar="CODE", help="Unified social credit code (统一社会信用代码).")]
FileId = Annotated[str, typer.Argument(metavar="FILE", help="Id of a file of evidence (证据编号).")]


@app.command()
def notice(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    day: Annotated[str, typer.Option("--on", metavar="DATE", help="When the inspectors come (检查日期).")],
    remark: Annotated[str, typer.Option(help="What is to be kept ready (需准备的材料).")] = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Issue the inspection notice of a visit, with its number (签发检查通知书)."""
    planned = civil_date(day)
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            form = noticing.issue_notice(tx, desk.actor, desk.bureau.now, campaign, enterprise, planned, remark)
        facts = [("number", form.text), ("enterprise", enterprise), ("visited", form.day)]
        desk.output.answer({"form": _form_json(form)}, desk.output.facts("notice_issued", facts))


@app.command("print")
def print_form(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    kind: Annotated[FormKind, typer.Option(help="The notice or the on-site record (文书).")],
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write it as a PDF to print (PDF 文件).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show what a visit's notice or on-site record says, or write it as a PDF (打印文书)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            printed = noticing.printed(tx, desk.actor, campaign, enterprise, kind)
        form = form_of(printed)
        if pdf is not None:
            from api.printing.pdf import pdf_of  # its libraries take a while to load, which other commands do without

            write_private(pdf, pdf_of(form, font=desk.bureau.settings.font), replace=True)
        text = _text(form)
        desk.output.answer({"form": _form_json(printed.form), "text": text}, text)


@app.command()
def checklist(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """List the check points of a campaign's items, as they were when it was fixed whom to visit (检查要点)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = checklists.checklist(tx, desk.actor, campaign)
        rows = [(code, name, point) for code, (name, points) in found.items() for point in points]
        answer: list[JSON] = [
            {"item": code, "name": name, "points": list(points)} for code, (name, points) in found.items()
        ]
        desk.output.answer({"checklist": answer}, desk.output.table("checklist", ("item", "name", "point"), rows))


@app.command()
def keep(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    file: Annotated[Path, typer.Option(exists=True, dir_okay=False, help=".jpg, .png or .pdf (证据文件).")],
    note: Annotated[str, typer.Option(help="What it shows (说明).")] = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Keep a file of evidence of a visit of yours (提交证据)."""
    with at_desk(context, token_file) as desk:
        evidence.require_keeper(desk.actor)
        with file.open("rb") as stream:
            read = read_evidence(stream, file.name, desk.bureau.settings.evidence_bytes)
        with desk.bureau.write() as tx:
            kept = evidence.keep_evidence(tx, desk.actor, desk.bureau.now, campaign, enterprise, read, note)
        facts = [("file", kept.id), ("name", kept.name), ("type", kept.type), ("bytes", kept.size)]
        desk.output.answer({"file": _file_json(kept)}, desk.output.facts("file_kept", facts))


@app.command("files")
def list_files(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List the evidence of a visit (证据列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = evidence.files_of(tx, desk.actor, campaign, enterprise)
        rows = [(each.id, each.name, each.type, each.size, each.note, each.kept_by) for each in found]
        columns = ("file", "name", "type", "bytes", "note", "by")
        desk.output.answer(
            {"files": [_file_json(each) for each in found]}, desk.output.table("evidence_files", columns, rows)
        )


@app.command()
def fetch(
    context: typer.Context,
    file: FileId,
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where to write it; it must not be there (输出文件).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write a file of evidence out: as it came to auditors, an image without its metadata to all others (取出证据)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            kept, content = evidence.opened_file(tx, desk.actor, file)
        shown = content if evidence.sees_metadata(desk.actor) else without_metadata(content, kept.type)
        write_private(output, shown, replace=False)
        facts = [("file", kept.id), ("name", kept.name), ("bytes", len(shown))]
        desk.output.answer({"file": _file_json(kept), "bytes": len(shown)}, desk.output.facts("evidence_files", facts))


def _form_json(form: NumberedForm) -> dict[str, JSON]:
    return {
        "kind": form.kind.value,
        "number": form.text,
        "campaign": form.campaign,
        "position": form.position,
        "day": None if form.day is None else form.day.isoformat(),
        "remark": form.remark,
        "issued_by": form.issued_by,
        "issued_at": instant_text(form.issued_at),
    }


def _file_json(kept: KeptFile) -> dict[str, JSON]:
    return {**vars(kept), "kept_at": instant_text(kept.kept_at)}


def _text(form: Form) -> str:
    lines = [form.title, form.number]
    for part in form.parts:
        match part:
            case Paragraph(text) | Heading(text):
                lines.append(text)
            case Fields(rows):
                lines += [f"{label}：{value}" for label, value in rows]
            case Grid(heads, rows):
                lines += ["　".join(each) for each in (heads, *rows)]
            case Signatures(labels):
                lines += [f"{label}：＿＿＿＿　日期：＿＿＿＿" for label in labels]
    return "\n".join(lines)
