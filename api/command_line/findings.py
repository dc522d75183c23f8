"""`visits` and `finding`: what inspectors have to visit and what they found."""

from collections.abc import Sequence
from typing import Annotated

import typer

from api.command_line.campaign_answers import entry_json
from api.command_line.context import Desk, at_desk
from api.command_line.options import Campaign, Json, TokenFile, civil_date
from ledger.canonical import JSON
from sampling import assigning, findings
from sampling.findings import Finding
from scoring.results import FollowUp, Result

app = typer.Typer(help="Record, review and publish findings (检查结果).", no_args_is_help=True)

Enterprise = Annotated[str, typer.Option(metavar="CODE", help="Unified social credit code (统一社会信用代码).")]


def add_to(parent: typer.Typer) -> None:
    """Add the command that stands outside the group."""
    parent.command("visits")(visits)


def visits(
    context: typer.Context,
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign (抽查任务).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List whom to visit: an inspector's own visits, or all that you may see; names are confidential (检查对象)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = assigning.visits(tx, desk.actor, campaign)
        rows = [
            (each.campaign, each.position, each.enterprise, each.name, each.address, [name for _, name in each.team])
            for each in found
        ]
        answer: list[JSON] = [
            {
                "campaign": each.campaign,
                "position": each.position,
                "enterprise": each.enterprise,
                "name": each.name,
                "address": each.address,
                "team": [{"role": role, "inspector": inspector} for role, inspector in each.team],
            }
            for each in found
        ]
        columns = ("campaign", "position", "enterprise", "name", "address", "team")
        desk.output.answer({"visits": answer}, desk.output.table("visits", columns, rows))


@app.command()
def record(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    visited: Annotated[str, typer.Option(metavar="DATE", help="Day of the visit (检查日期).")],
    result: Annotated[list[Result], typer.Option(help="Official result codes; no_problem stands alone (检查结果).")],
    follow_up: Annotated[FollowUp, typer.Option(help="What follows (后续处理).")] = FollowUp.NONE,
    facts: Annotated[str, typer.Option(help="What was found; never published (检查情况).")] = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Record what you found at an enterprise that you are assigned to (录入结果)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = findings.record_finding(
                tx, desk.actor, desk.bureau.now, campaign, enterprise, civil_date(visited), result, follow_up, facts
            )
        _answer(desk, found)


@app.command()
def review(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    approve: Annotated[bool, typer.Option("--approve/--return", help="Approve or return it (通过/退回).")],
    note: Annotated[str, typer.Option(help="Why it is returned (审核意见).")] = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Approve or return a finding that somebody else recorded (审核结果)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = findings.review_finding(tx, desk.actor, desk.bureau.now, campaign, enterprise, approve, note)
        _answer(desk, found)


@app.command()
def publish(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only of these (统一社会信用代码).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Publish approved findings: names and results become public, each with the opening of its slot (公示结果)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("publishing"), desk.bureau.write() as tx:
            entries = findings.publish_findings(tx, desk.actor, desk.bureau.now, campaign, enterprise or None)
        count = entries[0].body["count"]
        answer: dict[str, JSON] = {
            "campaign": campaign,
            "published": count,
            "entries": [entry_json(entry) for entry in entries],
        }
        facts = [("campaign", campaign), ("published", count), ("entries", [entry.seq for entry in entries])]
        desk.output.answer(answer, desk.output.facts("published", facts))


@app.command("list")
def list_findings(
    context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False
) -> None:
    """List a campaign's findings, newest version of each; an inspector's own (结果列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = findings.visible_findings(tx, desk.actor, campaign)
        output = desk.output
        rows = [
            (each.position, each.enterprise, each.visited, _texts(each.results), output.word(f"states.{each.state}"))
            for each in found
        ]
        output.answer(
            {"findings": [_json(each) for each in found]},
            output.table("findings", ("position", "enterprise", "visited", "results", "state"), rows),
        )


def _answer(desk: Desk, found: Finding) -> None:
    output = desk.output
    facts = [
        ("campaign", found.campaign),
        ("enterprise", found.enterprise),
        ("version", found.version),
        ("visited", found.visited),
        ("results", _texts(found.results)),
        ("follow_up", FollowUp(found.follow_up).text),
        ("state", output.word(f"states.{found.state}")),
    ]
    output.answer({"finding": _json(found)}, output.facts("finding", facts))


def _json(found: Finding) -> dict[str, JSON]:
    return {**vars(found), "visited": found.visited.isoformat(), "results": list(found.results)}


def _texts(results: Sequence[str]) -> list[str]:
    return [Result(result).text for result in results]
