"""Options that many commands have."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import output_of
from ledger.calendar import SHANGHAI


def _for_machines(context: typer.Context, value: bool) -> bool:
    if value:
        output_of(context).machine = True
    return value


def civil_date(text: str) -> date:
    """Read a date option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text}: YYYY-MM-DD") from None


def instant(text: str) -> datetime:
    """Read an instant option; without an offset it is of the civil clock."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text}: YYYY-MM-DDTHH:MM[:SS][+08:00]") from None
    return read.replace(microsecond=0) if read.tzinfo else read.replace(microsecond=0, tzinfo=SHANGHAI)


Json = Annotated[
    bool,
    typer.Option(
        "--json", is_eager=True, callback=_for_machines, help="Print one JSON document, for machines (输出 JSON)."
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", exists=True, dir_okay=False, help="File of the staff token; none: QIAN_TOKEN (令牌文件)."
    ),
]
IfVersion = Annotated[
    int | None,
    typer.Option(metavar="VERSION", help="Only if the version that you read, 0 for none, still holds (所依据版本)."),
]
Proposal = Annotated[
    int | None,
    typer.Option(metavar="ENTRY", help="Only if the proposal that you read, by its ledger entry, stands (所依据提议)."),
]
IfNamedVersion = Annotated[
    str | None,
    typer.Option(metavar="VERSION", help="Only if the version that you read, 0 for none, still holds (所依据版本)."),
]
Campaign = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Id of the campaign (抽查任务), such as 2026-0001.")]
