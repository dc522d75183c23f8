"""`campaign reopen`, `rematch`, `chances`: inspectors replaced by a later beacon, and what could be foreseen."""

from typing import Annotated

import typer

from api.bounded_http import new_client
from api.command_line.beacon_answers import beacon_text
from api.command_line.beacon_options import names_beacon
from api.command_line.campaign_answers import entry_json
from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, TokenFile
from api.drand_fetching import obtain_round
from ledger.canonical import JSON
from sampling import assigning, rematching
from sampling.naming import name_beacon


@names_beacon
def reopen(
    context: typer.Context,
    campaign: Campaign,
    inspector: Annotated[str, typer.Option(help="The certificate of who is replaced (被替换人员证件号).")],
    cause: Annotated[str, typer.Option(help="Why; it stays sealed (原因).")],
    beacon: dict[str, JSON],
    enterprise: Annotated[
        list[str] | None, typer.Option(help="At which enterprises; default: all without a finding (企业).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Record why an inspector is replaced, and which later beacon decides who comes instead (登记更换)."""
    with at_desk(context, token_file) as desk:
        bureau, now = desk.bureau, desk.bureau.now
        with bureau.write() as tx:
            entry = rematching.reopen(
                tx,
                desk.actor,
                now,
                campaign,
                inspector,
                enterprise,
                cause,
                name_beacon(beacon, now, bureau.beacon_terms),
                bureau.witness_policy,
                bureau.beacon_margin,
            )
        output = desk.output
        facts = [
            ("campaign", campaign),
            ("replaced_inspector", inspector),
            ("beacon", beacon_text(output, entry)),
            ("entry", entry.seq),
        ]
        answer = {"campaign": campaign, "beacon": entry.body["beacon"], "entry": entry_json(entry)}
        output.answer(answer, output.facts("reopened", facts))


def rematch(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Match again what was reopened, once its beacon has come (重新匹配).

    A round of drand that is due and not in the log yet is asked for first.
    """
    with at_desk(context, token_file) as desk:
        with new_client() as client:
            obtain_round(desk.bureau, client, desk.actor, campaign)
        with desk.bureau.write() as tx:
            entry = rematching.rematch(tx, desk.actor, desk.bureau.now, campaign)
        facts = [("campaign", campaign), ("entry", entry.seq)]
        answer = {"campaign": campaign, "output": entry.body["output"], "entry": entry_json(entry)}
        desk.output.answer(answer, desk.output.facts("rematched", facts))


def chances(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show the assignments that could be foreseen: those whose chance was above one half (可预见的匹配)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("matching"), desk.bureau.read() as tx:
            found = assigning.predictable(tx, desk.actor, campaign)
        output = desk.output
        rows = [
            (
                each.enterprise,
                each.chance.assignment.role,
                each.chance.assignment.inspector,
                output.word("chance_certain")
                if each.chance.certain
                else output.word("chance_counted", times=each.chance.times, of=each.chance.of),
            )
            for each in found
        ]
        answer: list[JSON] = [
            {
                "enterprise": each.enterprise,
                "position": each.chance.assignment.position,
                "role": each.chance.assignment.role,
                "inspector": each.chance.assignment.inspector,
                "times": each.chance.times,
                "of": each.chance.of,
                "certain": each.chance.certain,
            }
            for each in found
        ]
        output.answer(
            {"campaign": campaign, "chances": answer},
            output.table("chances", ("enterprise", "role", "inspector", "chance"), rows),
        )
