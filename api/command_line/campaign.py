"""`campaign`: from the plan to the close, in the order in which it is done."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from api.command_line.campaign_answers import (
    Answer,
    entry_json,
    plan_facts,
    plan_json,
    preview_json,
    preview_tables,
    public_json,
    public_tables,
)
from api.command_line.campaign_plan import plan
from api.command_line.ceremony import parties_of, read_kept
from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, TokenFile, instant
from api.command_line.private_files import write_private
from ledger.actors import Role
from ledger.errors import Invalid
from sampling import assigning, bundles, campaigns, disclosures, drawing, freezing, planning
from sampling.beacons import Beacon

app = typer.Typer(help="Plan, freeze, draw, match and close campaigns (抽查任务).", no_args_is_help=True)
app.command()(plan)


class BeaconKind(StrEnum):
    """The beacons that a freeze may name."""

    LOCAL = "local"
    CEREMONY = "ceremony"


@app.command()
def freeze(
    context: typer.Context,
    campaign: Campaign,
    beacon: Annotated[BeaconKind, typer.Option(help="Where the randomness will come from (随机源).")],
    party: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=COMMITMENT", help="A party of the ceremony and its commitment (参与方)."),
    ] = None,
    deadline: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when the parties reveal (公开期限).")
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
                _beacon(now, bureau.beacon_lead, beacon, party or (), deadline),
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
            ("beacon", output.word(f"beacons.{entry.body['beacon']['kind']}")),
            ("entry", entry.seq),
            ("leaf_hash", entry.leaf_hash.hex()),
        ]
        output.answer(
            {"campaign": campaign, "state": "frozen", "entry": entry_json(entry)}, output.facts("frozen", facts)
        )


@app.command()
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
    """Hand in what a party of the ceremony committed to (公开随机值)."""
    with at_desk(context, token_file) as desk:
        party, salt, value = read_kept(kept)
        with desk.bureau.write() as tx:
            missing = drawing.reveal(tx, desk.actor, desk.bureau.now, campaign, party, salt, value)
        output = desk.output
        facts = [("campaign", campaign), ("party", party), ("waiting_for", missing or None)]
        output.answer({"campaign": campaign, "party": party, "missing": missing}, output.facts("revealed", facts))


@app.command()
def draw(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Draw a frozen campaign by its beacon, once; the drawn positions are public with it (抽取)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("drawing"), desk.bureau.write() as tx:
            drawing.draw_campaign(tx, desk.actor, desk.bureau.now, campaign)
            drawn = disclosures.campaign(tx, campaign)
            answer, shown = public_json(tx, drawn), public_tables(tx, desk.output, drawn)
        desk.output.answer(answer, *shown)


@app.command()
def match(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Match teams of inspectors to the drawn enterprises (随机匹配检查人员)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("matching"), desk.bureau.write() as tx:
            entry = assigning.match_campaign(tx, desk.actor, desk.bureau.now, campaign)
            visits = len(assigning.visits(tx, desk.actor, campaign))
        output = desk.output
        facts = [("campaign", campaign), ("state", output.word("states.matched")), ("visits", visits)]
        output.answer(
            {"campaign": campaign, "state": "matched", "visits": visits, "entry": entry_json(entry)},
            output.facts("matched", [*facts, ("entry", entry.seq)]),
        )


@app.command()
def close(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Close a campaign whose findings are published or whose period is over (结束任务)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = campaigns.close(tx, desk.actor, desk.bureau.now, campaign)
        output, body = desk.output, entry.body
        facts = [
            ("campaign", campaign),
            ("state", output.word("states.closed")),
            ("published", body["published"]),
            ("overdue", body["overdue"] or None),
            ("entry", entry.seq),
        ]
        output.answer(
            {
                "campaign": campaign,
                "state": "closed",
                "published": body["published"],
                "overdue": body["overdue"],
                "entry": entry_json(entry),
            },
            output.facts("closed", facts),
        )


@app.command()
def show(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show a campaign: its plan, and what the log says of it (查看任务)."""
    with at_desk(context, token_file) as desk:
        output = desk.output
        with desk.bureau.read() as tx:
            found = campaigns.read(tx, desk.actor, campaign)
            answer: Answer = {"campaign": plan_json(found)}
            shown: list[RenderableType] = [plan_facts(output, found)]
            if found.state != "planned":
                in_log = disclosures.campaign(tx, campaign)
                answer["in_log"] = public_json(tx, in_log)
                shown += public_tables(tx, output, in_log)
        if found.state == "planned" and desk.actor.role is Role.PLANNER:
            settings = desk.bureau.settings
            with desk.bureau.write() as tx:
                preview = planning.preview(
                    tx, desk.actor, desk.bureau.now, campaign, settings.limits, settings.inference_bound
                )
            answer["preview"] = preview_json(preview)
            shown += preview_tables(output, preview)
        output.answer(answer, *shown)


@app.command("list")
def list_campaigns(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List the campaigns that you may see, newest first (任务列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = campaigns.visible(tx, desk.actor)
        output = desk.output
        rows = [(each.id, each.plan.title, output.word(f"states.{each.state}"), each.planned_at) for each in found]
        output.answer(
            {"campaigns": [plan_json(each) for each in found]},
            output.table("campaigns", ("campaign", "title", "state", "planned_at"), rows),
        )


@app.command()
def export(
    context: typer.Context,
    campaign: Campaign,
    to: Annotated[Path, typer.Option("--output", dir_okay=False, help="The bundle, confidential (核验包).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write an auditor's bundle, from which `qian verify` computes the whole draw anew (导出核验包)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("exporting"), desk.bureau.write() as tx:
            data = bundles.export_bundle(tx, desk.actor, desk.bureau.now, campaign)
        write_private(to, data, replace=True)
        answer: Answer = {
            "campaign": campaign,
            "file": str(to),
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        desk.output.answer(answer, desk.output.facts("exported", list(answer.items())))


def _beacon(now: datetime, lead: timedelta, kind: BeaconKind, parties: Sequence[str], deadline: str | None) -> Beacon:
    if kind is BeaconKind.LOCAL:
        if parties or deadline:
            raise Invalid("local_beacon_has_no_parties", field="beacon")
        return freezing.local_beacon(now, lead)
    if deadline is None:
        raise Invalid("ceremony_incomplete", field="deadline")
    return freezing.ceremony_beacon(parties_of(parties), now, lead, instant(deadline))
