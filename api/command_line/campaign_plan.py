"""`campaign plan`: what a planner decides, and what it would give."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.command_line.campaign_answers import plan_facts, plan_json
from api.command_line.context import at_desk
from api.command_line.options import IfVersion, Json, TokenFile, civil_date
from api.command_line.plan_input import exclusions_of, listing_of, rates_of, read_plan, tags_of
from api.command_line.preview_answers import preview_json, preview_tables
from sampling import planning, previewing


def plan(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The plan as TOML; options go before it (计划文件)."),
    ] = None,
    replace: Annotated[
        str | None, typer.Option(metavar="CAMPAIGN", help="Replace the plan of this campaign (重新计划).")
    ] = None,
    title: Annotated[str | None, typer.Option(help="(任务名称)")] = None,
    department: Annotated[list[str] | None, typer.Option(help="Departments, the lead first (部门代码).")] = None,
    item: Annotated[list[str] | None, typer.Option(help="Codes of items (抽查事项编号).")] = None,
    annual_line: Annotated[str | None, typer.Option(help="Line of the plan of the year (年度计划项).")] = None,
    starts: Annotated[str | None, typer.Option(metavar="DATE", help="(开始日期)")] = None,
    ends: Annotated[str | None, typer.Option(metavar="DATE", help="(结束日期)")] = None,
    sector: Annotated[list[str] | None, typer.Option(help="Only these sectors (行业).")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only these regions (区域).")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only this status of registration (登记状态).")] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", help="Only these types (主体类型).")] = None,
    size: Annotated[list[str] | None, typer.Option(help="Only these sizes, where recorded (企业规模).")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG、TAG", help="With one of these tags; all such options (对象标签).")
    ] = None,
    rate: Annotated[
        list[str] | None, typer.Option(metavar="GRADE=BP", help="Rate of a grade in basis points (抽查比例，基点).")
    ] = None,
    flat_reason: Annotated[
        str | None, typer.Option(help="Why all grades have the same rate, if so; sealed (同一比例的理由).")
    ] = None,
    special: Annotated[
        str | None, typer.Option(metavar="REASON", help="No draw: a special check, for this public reason (专项检查).")
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--list", exists=True, dir_okay=False, help="Whom to visit, with 统一社会信用代码 (名单文件)."),
    ] = None,
    origin_body: Annotated[str | None, typer.Option(help="Which superior drew the list (上级印发机关).")] = None,
    origin_number: Annotated[str | None, typer.Option(help="The number of its document (文号).")] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=REASON", help="An enterprise that is not drawn, and why (排除及理由)."),
    ] = None,
    once_a_year: Annotated[
        bool | None,
        typer.Option("--once-a-year/--again-this-year", help="Draw nobody twice in a year (本年已抽不再抽)."),
    ] = None,
    team_size: Annotated[int | None, typer.Option(help="Inspectors of one visit (每组人数).")] = None,
    different_units: Annotated[
        bool | None,
        typer.Option("--different-units/--any-units", help="A team is of distinct units (不同单位)."),
    ] = None,
    cap: Annotated[int | None, typer.Option(help="Most visits of one inspector (每人上限).")] = None,
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Plan a campaign and show what the plan would give; nothing is fixed yet (制定计划)."""
    options: Mapping[str, Any] = {
        "title": title,
        "departments": department,
        "items": item,
        "starts": None if starts is None else civil_date(starts),
        "ends": None if ends is None else civil_date(ends),
        "sectors": sector,
        "regions": region,
        "statuses": status,
        "types": type_,
        "sizes": size,
        "tags": tags_of(tag or ()),
        "rates": rates_of(rate or ()),
        "annual_line": annual_line,
        "flat_reason": flat_reason,
        "exclusions": exclusions_of(exclude or ()),
        "once_a_year": once_a_year,
        "size": team_size,
        "different_units": different_units,
        "cap": cap,
    }
    with at_desk(context, token_file) as desk:
        listing = listing_of(special, listed, origin_body, origin_number, desk.bureau.today)
        settings, now, read = desk.bureau.settings, desk.bureau.now, read_plan(file, {**options, "listing": listing})
        with desk.bureau.write() as tx:
            if replace is None:
                planned = planning.plan_campaign(tx, desk.actor, now, read)
            else:
                planned = planning.change_plan(tx, desk.actor, replace, read, if_version)
            shown = previewing.preview(tx, desk.actor, now, planned.id, settings.limits, settings.inference_bound)
            facts = plan_facts(tx, desk.output, planned)
        desk.output.answer(
            {"campaign": plan_json(planned), "preview": preview_json(shown)},
            facts,
            *preview_tables(desk.output, shown),
        )
