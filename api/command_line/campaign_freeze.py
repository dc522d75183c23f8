"""`campaign freeze`: the frame is sealed, and the beacon that will decide is named."""

from typing import Annotated

import typer

from api.command_line.beacon_answers import beacon_text
from api.command_line.beacon_options import names_beacon
from api.command_line.campaign_answers import entry_json
from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, TokenFile
from ledger.canonical import JSON
from sampling import freezing
from sampling.campaigns import STATES
from sampling.naming import name_beacon
from sampling.tries import named_by


@names_beacon
def freeze(
    context: typer.Context,
    campaign: Campaign,
    beacon: dict[str, JSON],
    replaces: Annotated[
        list[str] | None,
        typer.Option(metavar="CAMPAIGN", help="A voided campaign of the same matters (所替代的任务)."),
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Freeze a planned campaign: from here on nothing can change its outcome (冻结)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("freezing"), desk.bureau.write() as tx:
            bureau, now = desk.bureau, desk.bureau.now
            entry = freezing.freeze(
                tx,
                desk.actor,
                now,
                campaign,
                name_beacon(beacon, now, bureau.beacon_terms),
                bureau.settings.limits,
                bureau.settings.inference_bound,
                bureau.witness_policy,
                bureau.beacon_margin,
                replaces or (),
            )
        output, state = desk.output, STATES[entry.kind]
        facts = [
            ("campaign", campaign),
            ("state", output.word(f"states.{state}")),
            ("slots", entry.body["slots"]["count"]),
            ("slots_root", entry.body["slots"]["root"]),
            ("to_draw", entry.body["to_draw"] or None),
            ("beacon", beacon_text(output, entry)),
            ("replaces", named_by(entry) or None),
            ("entry", entry.seq),
            ("leaf_hash", entry.leaf_hash.hex()),
        ]
        answer = {
            "campaign": campaign,
            "state": state,
            "beacon": entry.body["beacon"],
            "entry": entry_json(entry),
        }
        output.answer(answer, output.facts(state, facts))
