"""`campaign freeze`: the frame is sealed, and the beacon that will decide is named."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from api.command_line.beacon_answers import beacon_text
from api.command_line.beacon_request import BeaconOptions, beacon_request
from api.command_line.campaign_answers import entry_json
from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, TokenFile
from sampling import freezing
from sampling.naming import name_beacon


class BeaconKind(StrEnum):
    """The beacons that a freeze may name."""

    DRAND = "drand"
    SOURCES = "sources"
    CEREMONY = "ceremony"
    LOCAL = "local"


class FallbackKind(StrEnum):
    """The beacons that may decide where a party withholds its value."""

    DRAND = "drand"
    SOURCES = "sources"
    LOCAL = "local"


def freeze(
    context: typer.Context,
    campaign: Campaign,
    beacon: Annotated[BeaconKind, typer.Option(help="Where the randomness will come from (随机源).")],
    chain: Annotated[str | None, typer.Option(help="The chain of drand; default: quicknet (drand 链).")] = None,
    round_number: Annotated[int | None, typer.Option("--round", help="The round of drand (轮次).")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="The first round of drand from then on; default: soon (时间).")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND:ISSUE@TIME", help="Public numbers, and when they are published: `campaign sources` (公开数)."
        ),
    ] = None,
    party: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=COMMITMENT", help="A party of the ceremony and its commitment (参与方)."),
    ] = None,
    deadline: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when the parties reveal (公开期限).")
    ] = None,
    dice: Annotated[
        str | None, typer.Option(metavar="COUNTxFACES", help="Dice thrown after all reveals, such as 20x6 (骰子).")
    ] = None,
    lots: Annotated[
        str | None, typer.Option(metavar="COUNTxLOTS", help="Lots drawn after all reveals, such as 6x49 (抽签).")
    ] = None,
    before: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="The two persons before whom they fall, as their tokens say (见证人)."),
    ] = None,
    thrown_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when they are entered and confirmed (投掷期限).")
    ] = None,
    fallback: Annotated[
        FallbackKind | None, typer.Option(help="What decides where a party withholds; default: local (备用随机源).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Freeze a planned campaign: from here on nothing can change its outcome (冻结)."""
    options = BeaconOptions(
        chain=chain,
        round=round_number,
        at=at,
        sources=_given(source),
        parties=_given(party),
        deadline=deadline,
        dice=dice,
        lots=lots,
        before=_given(before),
        thrown_by=thrown_by,
        fallback=fallback,
    )
    request = beacon_request(beacon, options)
    with at_desk(context, token_file) as desk:
        with desk.output.progress("freezing"), desk.bureau.write() as tx:
            bureau, now = desk.bureau, desk.bureau.now
            entry = freezing.freeze(
                tx,
                desk.actor,
                now,
                campaign,
                name_beacon(request, now, bureau.beacon_terms),
                bureau.settings.limits,
                bureau.settings.inference_bound,
                bureau.witness_policy,
                bureau.beacon_margin,
            )
        output = desk.output
        facts = [
            ("campaign", campaign),
            ("state", output.word("states.frozen")),
            ("slots", entry.body["slots"]["count"]),
            ("slots_root", entry.body["slots"]["root"]),
            ("to_draw", entry.body["to_draw"]),
            ("beacon", beacon_text(output, entry)),
            ("entry", entry.seq),
            ("leaf_hash", entry.leaf_hash.hex()),
        ]
        answer = {
            "campaign": campaign,
            "state": "frozen",
            "beacon": entry.body["beacon"],
            "entry": entry_json(entry),
        }
        output.answer(answer, output.facts("frozen", facts))


def _given(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(values or ())
