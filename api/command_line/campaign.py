"""`campaign`: from the plan to the close, in the order in which it is done."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from api.bounded_http import new_client
from api.command_line.campaign_answers import (
    Answer,
    entry_json,
    plan_facts,
    plan_json,
    public_json,
    public_tables,
)
from api.command_line.campaign_beacon import confirm, enter, enter_round, reveal, sources
from api.command_line.campaign_freeze import freeze
from api.command_line.campaign_plan import plan
from api.command_line.campaign_progress import progress
from api.command_line.campaign_rematch import chances, rematch, reopen
from api.command_line.campaign_replace import confirm_replacement, propose_replacement
from api.command_line.campaign_report import report
from api.command_line.campaign_void import confirm_void, propose_void
from api.command_line.context import at_desk
from api.command_line.filing import file_report
from api.command_line.options import Campaign, Json, TokenFile, civil_date
from api.command_line.preview_answers import preview_json, preview_tables
from api.command_line.private_files import write_private
from api.drand_fetching import obtain_round
from ledger.actors import Role
from sampling import assigning, bundles, campaigns, closing, disclosures, drawing, population, previewing, registers
from sampling.campaign_filters import CampaignFilter
from sampling.listings import CampaignType
from scoring.codes import region_text

app = typer.Typer(help="Plan, freeze, draw, match and close campaigns (抽查任务).", no_args_is_help=True)
app.command()(plan)
app.command()(freeze)
for each in (
    *(reveal, enter, confirm, enter_round, sources),
    *(
        reopen,
        rematch,
        chances,
        propose_replacement,
        confirm_replacement,
        propose_void,
        confirm_void,
        report,
        progress,
        file_report,
    ),
):
    app.command("round" if each is enter_round else None)(each)


@app.command()
def draw(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Draw a frozen campaign by its beacon, once; the drawn positions are public with it (抽取).

    A round of drand that is due and not in the log yet is asked for first.
    """
    with at_desk(context, token_file) as desk:
        with new_client() as client:
            obtain_round(desk.bureau, client, desk.actor, campaign)
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
            entry = closing.close(tx, desk.actor, desk.bureau.now, campaign)
            told = {name: campaigns.told_positions(tx, entry, name) for name in ("overdue", "replaced", "substitutes")}
        output, body = desk.output, entry.body
        facts = [
            ("campaign", campaign),
            ("state", output.word("states.closed")),
            ("published", body["published"]),
            ("overdue", told["overdue"] or None),
            ("replaced_positions", told["replaced"] or None),
            ("substitute_positions", told["substitutes"] or None),
            ("entry", entry.seq),
        ]
        output.answer(
            {
                "campaign": campaign,
                "state": "closed",
                "published": body["published"],
                **{name: [*positions] for name, positions in told.items()},
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
            shown: list[RenderableType] = [plan_facts(tx, output, found)]
            if found.state != "planned":
                in_log = disclosures.campaign(tx, campaign)
                answer["in_log"] = public_json(tx, in_log)
                shown += public_tables(tx, output, in_log)
        if found.state == "planned" and desk.actor.role is Role.PLANNER:
            settings = desk.bureau.settings
            with desk.bureau.write() as tx:
                given = previewing.preview(
                    tx, desk.actor, desk.bureau.now, campaign, settings.limits, settings.inference_bound
                )
            answer["preview"] = preview_json(given)
            shown += preview_tables(output, given)
        output.answer(answer, *shown)


@app.command()
def preview(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show what a planned campaign would give if it were frozen now (预览)."""
    with at_desk(context, token_file) as desk:
        settings = desk.bureau.settings
        with desk.bureau.write() as tx:
            shown = previewing.preview(
                tx, desk.actor, desk.bureau.now, campaign, settings.limits, settings.inference_bound
            )
        desk.output.answer({"preview": preview_json(shown)}, *preview_tables(desk.output, shown))


@app.command("list")
def list_campaigns(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Words of the title (名称中的词).")] = "",
    state: Annotated[list[str] | None, typer.Option(help="How far it has come; several times (状态).")] = None,
    kind: Annotated[list[CampaignType] | None, typer.Option("--type", help="Its type, likewise (抽查类型).")] = None,
    department: Annotated[str, typer.Option(help="A department that takes part (部门代码).")] = "",
    since: Annotated[date | None, typer.Option(parser=civil_date, help="Ends then or later (期间起).")] = None,
    until: Annotated[date | None, typer.Option(parser=civil_date, help="Begins then or before (期间止).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List the campaigns that you may see, newest first (任务列表)."""
    wanted = CampaignFilter(tuple(state or ()), tuple(kind or ()), department, since, until, text)
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = campaigns.visible(tx, desk.actor, wanted)
        output = desk.output
        rows = [(each.id, each.plan.title, output.word(f"states.{each.state}"), each.planned_at) for each in found]
        output.answer(
            {"campaigns": [plan_json(each) for each in found]},
            output.table("campaigns", ("campaign", "title", "state", "planned_at"), rows),
        )


@app.command()
def members(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """List who meets a campaign's conditions now, and count whom each leaves out; no grades (抽查范围预览)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = population.planned_membership(tx, desk.actor, campaigns.read(tx, desk.actor, campaign).plan)
            divisions = registers.division_names(tx, [each.region for each in found.members])
        output = desk.output
        shown = [(each.code, each.name, each.sector, region_text(each.region, divisions)) for each in found.members]
        left_out = [(output.word(name), count, alone) for name, count, alone in found.counts.left_out]
        output.answer(
            {
                "registered": found.counts.registered,
                "members": [
                    {
                        **{name: getattr(each, name) for name in ("code", "name", "sector", "region")},
                        "division": divisions.get(each.region),
                    }
                    for each in found.members
                ],
                "left_out": [each._asdict() for each in found.counts.left_out],
            },
            output.table("members", ("code", "name", "sector", "region"), shown),
            output.table("left_out", ("condition", "enterprises", "by_it_alone"), left_out),
            output.facts("in_total", [("registered", found.counts.registered), ("members", found.counts.members)]),
        )


@app.command()
def export(
    context: typer.Context,
    campaign: Campaign,
    to: Annotated[Path, typer.Option("--output", dir_okay=False, help="The bundle, confidential (审计卷宗).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write an auditor's bundle, from which `qian verify` computes the whole draw anew (导出审计卷宗)."""
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
