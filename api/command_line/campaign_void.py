"""`campaign propose-void`, `confirm-void`: a campaign voided by two persons, with a reason that is public for ever."""

from typing import Annotated

import typer

from api.command_line.campaign_answers import entry_json
from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, Proposal, TokenFile
from sampling import voiding


def propose_void(
    context: typer.Context,
    campaign: Campaign,
    reason: Annotated[str, typer.Option(help="Why; public for ever, names no enterprise (作废理由，永久公开).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose a void, before the beacon or after the draw, or of a list; another person confirms it (提议作废)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = voiding.propose_void(tx, desk.actor, desk.bureau.now, campaign, reason)
        facts = [("campaign", campaign), ("reason", entry.body["reason"]), ("entry", entry.seq)]
        answer = {"campaign": campaign, "reason": entry.body["reason"], "entry": entry_json(entry)}
        desk.output.answer(answer, desk.output.facts("void_proposed", facts))


def confirm_void(
    context: typer.Context,
    campaign: Campaign,
    proposal: Proposal = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Make a campaign void, as another person proposed; it is never undone (确认作废)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = voiding.confirm_void(tx, desk.actor, desk.bureau.now, campaign, proposal)
        output, reason = desk.output, entry.body["reason"]
        facts = [
            ("campaign", campaign),
            ("state", output.word("states.voided")),
            ("reason", reason),
            ("entry", entry.seq),
        ]
        answer = {"campaign": campaign, "state": "voided", "reason": reason, "entry": entry_json(entry)}
        output.answer(answer, output.facts("voided", facts))
