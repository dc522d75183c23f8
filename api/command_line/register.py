"""`register`: the lists that a bureau keeps, as files that can be taken in again."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import Json, TokenFile, civil_date
from api.command_line.private_files import write_private
from ledger.canonical import JSON
from sampling import registers
from sampling.register_files import Form

app = typer.Typer(
    help="Export registers: items, objects, inspectors (一单两库), departments, divisions.", no_args_is_help=True
)


@app.callback()
def group() -> None:
    """Keep `export` a command of its own."""


@app.command()
def export(
    context: typer.Context,
    register: Annotated[str, typer.Argument(help="item, object, inspector, department or division (名录类别).")],
    form: Annotated[Form, typer.Option("--format", help="(文件格式)")] = Form.CSV,
    department: Annotated[str | None, typer.Option(help="Only what this department keeps (部门代码).")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As it was at the end of this day (截至日期).")] = None,
    to: Annotated[
        Path | None, typer.Option("--output", dir_okay=False, help="The file; none: standard output (输出文件).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write a register as a file; `qian import` takes it in again and finds nothing new (导出名录)."""
    day = None if on is None else civil_date(on)
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            content = registers.export(tx, desk.actor, register, form, day, department)
        output = desk.output
        if to is None:
            output.answer_file({"register": register, "content": content.decode("utf-8-sig")}, content)
            return
        write_private(to, content, replace=True)
        facts: dict[str, JSON] = {"register": register, "file": str(to), "bytes": len(content)}
        output.answer(facts, output.facts("register_exported", list(facts.items())))
