"""`campaign propose-replacement`, `confirm-replacement`: reserves for enterprises that were wrongly in the frame."""

from typing import Annotated

import typer

from api.command_line.beacon_answers import beacon_text
from api.command_line.beacon_options import names_beacon
from api.command_line.campaign_answers import Answer, entry_json
from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, Proposal, TokenFile
from ledger.canonical import JSON
from sampling import replacements
from sampling.naming import name_beacon
from sampling.reserves import Cause


def propose_replacement(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Annotated[list[str], typer.Option(help="Which drawn enterprises (被替换企业).")],
    cause: Annotated[Cause, typer.Option(help="Why, of the closed list (替补事由).")],
    explanation: Annotated[str, typer.Option(help="What shows it; it stays sealed (说明).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose that reserves replace drawn enterprises; another person confirms it (提议替补).

    Only what was wrong in the register at the freeze is a cause. What a visit can find is a finding.
    """
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = replacements.propose_replacement(
                tx, desk.actor, desk.bureau.now, campaign, enterprise, cause, explanation
            )
        facts = [("campaign", campaign), ("enterprises", enterprise), ("entry", entry.seq)]
        answer: Answer = {"campaign": campaign, "enterprises": [*enterprise], "entry": entry_json(entry)}
        desk.output.answer(answer, desk.output.facts("replacement_proposed", facts))


@names_beacon
def confirm_replacement(
    context: typer.Context,
    campaign: Campaign,
    beacon: dict[str, JSON],
    proposal: Proposal = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Have the next reserves replace what another person proposed; a later beacon gives their teams (确认替补)."""
    with at_desk(context, token_file) as desk:
        bureau, now = desk.bureau, desk.bureau.now
        with bureau.write() as tx:
            entry = replacements.confirm_replacement(
                tx,
                desk.actor,
                now,
                campaign,
                name_beacon(beacon, now, bureau.beacon_terms),
                bureau.witness_policy,
                bureau.beacon_margin,
                proposal,
            )
        output = desk.output
        facts = [("campaign", campaign), ("beacon", beacon_text(output, entry)), ("entry", entry.seq)]
        answer = {"campaign": campaign, "beacon": entry.body["beacon"], "entry": entry_json(entry)}
        output.answer(answer, output.facts("replacement_confirmed", facts))
