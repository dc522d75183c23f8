"""`campaign reveal`, `enter`, `confirm`, `round`, `sources`: what comes of a beacon between freeze and draw."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import Connection

from api.command_line.campaign_answers import entry_json
from api.command_line.ceremony import read_kept
from api.command_line.context import at_desk, output_of
from api.command_line.options import Campaign, Json, TokenFile
from ledger.actors import Actor
from ledger.entries import Entry
from ledger.errors import Invalid
from sampling import announcing
from sampling.source_kinds import source_kinds

Values = Annotated[
    list[str],
    typer.Option(
        "--values", help="What fell, or what a source published; one option for each source, in their order (数值)."
    ),
]


def reveal(
    context: typer.Context,
    campaign: Campaign,
    kept: Annotated[
        Path,
        typer.Option("--kept", exists=True, dir_okay=False, help="The file of `ceremony commit` (秘密文件)."),
    ],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Hand in what a party of the ceremony committed to (揭示随机值)."""
    with at_desk(context, token_file) as desk:
        party, salt, value = read_kept(kept)
        with desk.bureau.write() as tx:
            missing = announcing.reveal(tx, desk.actor, desk.bureau.now, campaign, party, salt, value)
        output = desk.output
        facts = [("campaign", campaign), ("party", party), ("waiting_for", missing or None)]
        output.answer({"campaign": campaign, "party": party, "missing": missing}, output.facts("revealed", facts))


def enter(
    context: typer.Context, campaign: Campaign, values: Values, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Enter what the dice showed or the sources published; another person confirms it (录入数值)."""
    _values(context, token_file, campaign, values, announcing.enter_values, "entered")


def confirm(
    context: typer.Context, campaign: Campaign, values: Values, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Confirm what another person entered, by reading it from the dice or the publication yourself (复核数值)."""
    _values(context, token_file, campaign, values, announcing.confirm_values, "confirmed")


def enter_round(
    context: typer.Context,
    campaign: Campaign,
    signature: Annotated[str | None, typer.Option(metavar="HEX", help="The round's signature (签名).")] = None,
    previous: Annotated[
        str | None, typer.Option(metavar="HEX", help="The signature before it, for the chain `default` (上一轮签名).")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A node's answer instead, as it gave it (节点应答文件)."),
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Hand in the round of drand that a campaign names, on a network that reaches no node (录入 drand 轮次)."""
    given = _answer(file) if file is not None else {"signature": signature, "previous_signature": previous}
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = announcing.enter_round(
                tx,
                desk.actor,
                desk.bureau.now,
                campaign,
                given.get("round"),
                given.get("signature"),
                given.get("previous_signature"),
            )
        output = desk.output
        facts = [("campaign", campaign), ("round", entry.body["round"]), ("entry", entry.seq)]
        output.answer(
            {"campaign": campaign, "round": entry.body["round"], "entry": entry_json(entry)},
            output.facts("round_recorded", facts),
        )


def sources(context: typer.Context, machine: Json = False) -> None:
    """List the kinds of public numbers that a campaign may name as its beacon (公开数来源)."""
    output = output_of(context)
    kinds = list(source_kinds().values())
    rows = [
        (each.code, each.names[output.language], each.published[output.language], each.at, each.outcomes)
        for each in kinds
    ]
    answer = [
        {
            "code": each.code,
            "name": each.names[output.language],
            "published": each.published[output.language],
            "at": each.at,
            "outcomes": str(each.outcomes),
        }
        for each in kinds
    ]
    output.answer(
        {"sources": answer}, output.table("public_numbers", ("code", "name", "numbers", "moment", "outcomes"), rows)
    )


def _values(
    context: typer.Context,
    token_file: Path | None,
    campaign: str,
    values: Sequence[str],
    step: Callable[[Connection, Actor, datetime, str, Sequence[str]], Entry],
    title: str,
) -> None:
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = step(tx, desk.actor, desk.bureau.now, campaign, values)
        output, read = desk.output, entry.body["values"]
        facts = [("campaign", campaign), ("values", read), ("entry", entry.seq)]
        output.answer(
            {"campaign": campaign, "values": read, "entry": entry_json(entry)}, output.facts(f"values_{title}", facts)
        )


def _answer(file: Path) -> dict[str, Any]:
    try:
        answer = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        answer = None
    if not isinstance(answer, dict):
        raise Invalid("round_file_unreadable", field="file", path=file)
    return answer
