"""`finding elsewhere`, `recognise` and `recognisable`, `campaign overlap`: inspections that stand for others' own."""

from datetime import datetime
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.findings import Enterprise, tell_finding
from api.command_line.options import Campaign, Json, TokenFile
from ledger.canonical import JSON
from ledger.windows import Window
from sampling.exchange import peers, recognition

ELSEWHERE = ("reference", "body", "date", "number", "results", "follow_up", "items")
OVERLAP = ("members", "inspected", "same_items", "unstated")

RECOGNISABLE = (
    *("number", "version", "enterprise", "name", "department", "campaign", "position", "items", "date"),
    *("results", "follow_up", "published_at", "not_recognised_for"),
)

Days = Annotated[int, typer.Option(help="Within how many days, 1 to 365 (天数).")]


def add_to(findings: typer.Typer, campaigns: typer.Typer) -> None:
    """Add the commands."""
    findings.command("elsewhere")(elsewhere)
    findings.command("recognise")(recognise)
    findings.command("recognisable")(recognisable)
    campaigns.command("overlap")(overlap)


def elsewhere(
    context: typer.Context,
    enterprise: Enterprise,
    days: Days = recognition.MOST_DAYS,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List what other departments' inspections found at an enterprise, the newest first (其他部门检查)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = recognition.inspections_elsewhere(tx, desk.actor, desk.bureau.now, enterprise, days)
        rows = [
            (
                each.reference,
                each.body,
                each.date.isoformat(),
                each.number,
                list(each.results),
                each.follow_up,
                list(each.items),
            )
            for each in found
        ]
        told: list[JSON] = [dict(zip(ELSEWHERE, row, strict=True)) for row in rows]
        desk.output.answer(
            {"enterprise": enterprise, "inspections": told}, desk.output.table("elsewhere", ELSEWHERE, rows)
        )


def recognise(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    reference: Annotated[str, typer.Option(help="The record, as `finding elsewhere` names it (唯一标识).")],
    reason: Annotated[str, typer.Option(help="Why it stands for the visit; never published (理由).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Record, as one of the team, that another department's inspection stands for the visit (互认)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = recognition.recognise(tx, desk.actor, desk.bureau.now, campaign, enterprise, reference, reason)
        tell_finding(desk, found)


def recognisable(
    context: typer.Context,
    enterprise: Annotated[list[str] | None, typer.Option(help="Only those of this enterprise (企业).")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Visited since (起始日期).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Visited until (截止日期).")] = None,
    before: Annotated[int | None, typer.Option(help="Only those below this number, to go on (公示序号).")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many at most (数量).")] = 100,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List published findings under a peer department's token, and whether each may be recognised (互认结果)."""
    with at_desk(context, token_file) as desk:
        days = [None if each is None else each.date() for each in (since, until)]
        with desk.bureau.read() as tx:
            asked = peers.Asked(tuple(enterprise) if enterprise else None, *days)
            window = Window(most, None if before is None else (before,))
            found = peers.recognisable(tx, desk.actor, desk.bureau.now, window, asked)
        rows: list[tuple[JSON, ...]] = [
            (
                each.published.number,
                each.published.version,
                each.published.enterprise,
                each.published.name,
                each.published.department,
                each.published.campaign,
                each.published.position,
                [name for _, name in each.items],
                each.published.visited.isoformat(),
                list(each.published.results),
                each.published.follow_up,
                each.published.published_at.isoformat(),
                each.obstacle,
            )
            for each in found
        ]
        told: list[JSON] = [dict(zip(RECOGNISABLE, row, strict=True)) for row in rows]
        desk.output.answer({"findings": told}, desk.output.table("recognisable", RECOGNISABLE, rows))


def overlap(
    context: typer.Context,
    campaign: Campaign,
    days: Days = 90,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Tell how many members of a planned campaign other departments have inspected already (重复检查预览)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = recognition.overlap(tx, desk.actor, desk.bureau.now, campaign, days)
        told: dict[str, JSON] = {name: getattr(found, name) for name in OVERLAP}
        desk.output.answer(
            {"campaign": campaign, "days": days, **told}, desk.output.facts("overlap", list(told.items()))
        )
