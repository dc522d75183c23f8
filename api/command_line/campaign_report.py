"""`campaign report`: what auditors are told of campaigns that did not go the plain way."""

from typing import Annotated

import typer

from api.command_line.campaign_answers import entry_json
from api.command_line.context import at_desk
from api.command_line.options import Json, TokenFile
from ledger.canonical import JSON
from sampling import reporting


def report(
    context: typer.Context,
    campaign: Annotated[
        str | None, typer.Argument(metavar="CAMPAIGN", help="Only this campaign; default: all (抽查任务).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List for auditors all voids, replacements, re-matches, fallbacks, overdue positions … (偏离情况报告)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = reporting.report(tx, desk.actor, desk.bureau.now, campaign)
        output = desk.output
        rows = [
            (
                each.campaign,
                output.word_of("deviation_kinds", each.kind),
                each.reason,
                each.enterprises or each.positions,
                each.entry.seq,
                each.entry.time,
            )
            for each in found
        ]
        answer: list[JSON] = [
            {
                "campaign": each.campaign,
                "kind": str(each.kind),
                "reason": each.reason,
                "positions": [*each.positions],
                "enterprises": [*each.enterprises],
                "entry": entry_json(each.entry),
            }
            for each in found
        ]
        names = ("campaign", "kind", "reason", "enterprises", "entry", "time")
        output.answer({"deviations": answer}, output.table("deviations_found", names, rows))
