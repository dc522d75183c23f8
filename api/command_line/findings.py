"""`visits` and `finding`: what inspectors have to visit and what they found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.command_line.campaign_answers import entry_json
from api.command_line.context import Desk, at_desk, opened_bureau, output_of
from api.command_line.options import Campaign, Json, TokenFile, civil_date, instant
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.windows import Window
from sampling import assigning, disclosures, findings, publishing, reviewing
from sampling.exchange.recognition import offers
from sampling.findings import Detail, Finding
from sampling.publication import penalties, reminding, tending
from sampling.publication.penalties import LinkedPenalty
from sampling.visits.accounts import Account, Answer, HandIn, Signature, Signed
from sampling.visits.confirming import confirm_finding
from sampling.visits.recording import record_finding
from sampling.visits.settling import Choice, conflicts, settle_conflict
from scoring.results import FollowUp, Result

MOST_ENDED = 1000

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
            offered = offers(tx, desk.actor, desk.bureau.now, campaign)
        elsewhere = [offered.get((each.campaign, each.position)) for each in found]
        rows = [
            (
                *(each.campaign, each.position, each.enterprise, each.name, each.address),
                [name for _, name in each.team],
                "" if other is None else f"{other.body} {other.date}",
            )
            for each, other in zip(found, elsewhere, strict=True)
        ]
        answer: list[JSON] = [
            {
                "campaign": each.campaign,
                "position": each.position,
                "enterprise": each.enterprise,
                "name": each.name,
                "address": each.address,
                "team": [{"role": role, "inspector": inspector} for role, inspector in each.team],
                "elsewhere": None
                if other is None
                else {"reference": other.reference, "body": other.body, "date": other.date.isoformat()},
            }
            for each, other in zip(found, elsewhere, strict=True)
        ]
        columns = ("campaign", "position", "enterprise", "name", "address", "team", "elsewhere")
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
    measures: Annotated[str, typer.Option(help="The measures that were taken (采取的措施).")] = "",
    correct_by: Annotated[
        str | None, typer.Option(metavar="DATE", help="Deadline; needed with --follow-up correction (整改期限).")
    ] = None,
    signed_by: Annotated[str | None, typer.Option(help="Who signed the on-site record (签字人).")] = None,
    refused_to_sign: Annotated[
        str | None, typer.Option(metavar="REASON", help="They refused to sign it, and why (拒绝签字).")
    ] = None,
    nobody_to_sign: Annotated[
        str | None, typer.Option(metavar="REASON", help="Nobody was there to sign it (现场无人签字).")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help='The checklist: JSON list of {"item", "point", "reply": yes/no/na, "remark"} (检查要点作答).',
        ),
    ] = None,
    hand_in: Annotated[
        str | None, typer.Option(metavar="ID", help="Of what was written down offline: your own id (离线录入编号).")
    ] = None,
    entered_at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="With --hand-in: when it was written down (录入时间).")
    ] = None,
    based_on: Annotated[int, typer.Option(help="With --hand-in: the version that you saw; 0: none (所见版本).")] = 0,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Record what you found at an enterprise that you are assigned to, at once or handed in later (录入结果)."""
    account = Account(
        visited=civil_date(visited),
        results=tuple(each.value for each in result),
        follow_up=follow_up.value,
        facts=facts,
        signature=_signature(signed_by, refused_to_sign, nobody_to_sign),
        measures=measures,
        correct_by=None if correct_by is None else civil_date(correct_by),
        answers=() if answers is None else _answers(answers),
    )
    if (hand_in is None) != (entered_at is None):
        raise typer.BadParameter("--hand-in --entered-at")
    later = None if hand_in is None or entered_at is None else HandIn(hand_in, instant(entered_at), based_on)
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            recorded = record_finding(tx, desk.actor, desk.bureau.now, campaign, enterprise, account, later)
        tell_finding(desk, recorded.finding, recorded.conflict)


@app.command()
def confirm(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    agree: Annotated[bool, typer.Option("--agree/--dispute", help="Whether it is so (确认/不予确认).")],
    note: Annotated[str, typer.Option(help="What is to be recorded otherwise (意见).")] = "",
    version: Annotated[int | None, typer.Option(help="Only this version, the one that you read (版本).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Confirm or dispute what another inspector of your team recorded (两人确认)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = confirm_finding(tx, desk.actor, desk.bureau.now, campaign, enterprise, agree, note, version)
        tell_finding(desk, found)


@app.command()
def settle(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    number: Annotated[int, typer.Option(help="The conflict's number (冲突序号).")],
    choice: Annotated[Choice, typer.Option(help="Keep what stands, or record what was handed in (处理结果).")],
    note: Annotated[str, typer.Option(help="Why (处理说明).")] = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Settle a conflict: what was handed in later although another account stood (处理离线冲突)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = settle_conflict(tx, desk.actor, desk.bureau.now, campaign, enterprise, number, choice, note)
        tell_finding(desk, found)


@app.command("conflicts")
def list_conflicts(
    context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False
) -> None:
    """List what was handed in later although another account stood, open or settled (离线冲突列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = conflicts(tx, desk.actor, campaign)
        rows = [
            (
                each.number,
                each.enterprise,
                each.account.visited,
                _texts(each.account.results),
                each.account.facts,
                each.handed_in_by,
                desk.output.word(f"choices.{each.choice or 'open'}"),
            )
            for each in found
        ]
        columns = ("conflict", "enterprise", "visited", "results", "facts", "by", "state")
        answer: list[JSON] = [
            {
                "enterprise": each.enterprise,
                "number": each.number,
                "stood": each.stood,
                "account": each.account.to_json(),
                "handed_in_by": each.handed_in_by,
                "entered_at": instant_text(each.hand_in.at),
                "choice": each.choice,
                "note": each.note,
                "settled_by": each.settled_by,
            }
            for each in found
        ]
        desk.output.answer({"conflicts": answer}, desk.output.table("conflicts", columns, rows))


@app.command()
def review(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    approve: Annotated[bool, typer.Option("--approve/--return", help="Approve or return it (通过/退回).")],
    note: Annotated[str, typer.Option(help="Why it is returned (审核意见).")] = "",
    version: Annotated[int | None, typer.Option(help="Only this version, the one that you read (版本).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Approve or return a finding that somebody else recorded (审核结果)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            now = desk.bureau.now
            found = reviewing.review_finding(tx, desk.actor, now, campaign, enterprise, approve, note, version)
        tell_finding(desk, found)


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
            entries = publishing.publish_findings(tx, desk.actor, desk.bureau.now, campaign, enterprise or None)
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
            linked = penalties.linked(tx, desk.actor, campaign)
        output = desk.output
        rows = [
            (each.position, each.enterprise, each.visited, _texts(each.results), output.word(f"states.{each.state}"))
            for each in found
        ]
        output.answer(
            {"findings": [{**_json(each), "penalties": _penalties(linked.get(each.position, ()))} for each in found]},
            output.table("findings", ("position", "enterprise", "visited", "results", "state"), rows),
        )


def _signature(signed_by: str | None, refused: str | None, nobody: str | None) -> Signature | None:
    given = [
        *([] if signed_by is None else [Signature(Signed.SIGNED, signed_by)]),
        *([] if refused is None else [Signature(Signed.REFUSED, reason=refused)]),
        *([] if nobody is None else [Signature(Signed.NOBODY_THERE, reason=nobody)]),
    ]
    return given[0] if len(given) == 1 else None


def _answers(file: Path) -> tuple[Answer, ...]:
    try:
        return tuple(map(Answer.from_json, orjson.loads(file.read_bytes())))
    except (ValueError, KeyError, TypeError):
        raise typer.BadParameter('--answers: [{"item", "point", "reply", "remark"}]') from None


@app.command()
def deadlines(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """List by when findings that are not published yet are to be (公示期限)."""
    with at_desk(context, token_file) as desk:
        bureau, output = desk.bureau, desk.output
        with bureau.read() as tx:
            found = reminding.awaited(tx, desk.actor, bureau.now, bureau.publication_terms, campaign)
        rows = [
            (
                each.position,
                each.enterprise,
                each.visited,
                each.deadline.due,
                each.left,
                output.word(f"urgencies.{each.urgency.value}"),
                output.word("provisional" if each.deadline.provisional else "announced"),
            )
            for each in found
        ]
        answer: list[JSON] = [
            {
                "position": each.position,
                "enterprise": each.enterprise,
                "visited": each.visited.isoformat(),
                "warned_on": each.deadline.warn.isoformat(),
                "due": each.deadline.due.isoformat(),
                "provisional": each.deadline.provisional,
                "urgency": each.urgency.value,
                "working_days_left": each.left,
            }
            for each in found
        ]
        columns = ("position", "enterprise", "visited", "due", "working_days_left", "state", "calendar")
        output.answer({"deadlines": answer}, output.table("deadlines", columns, rows))


@app.command("tend")
def tend_publications(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Tell of deadlines and end what is over its retention, as the worker does once a day (处理公示期限)."""
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with bureau.write() as tx:
            years = bureau.retention.years["disclosure"]
            done = tending.tend(tx, desk.actor, bureau.now, bureau.publication_terms, years)
        facts = [("warned", done.warned), ("escalated", done.escalated), ("ended", done.ended)]
        desk.output.answer(dict(facts), desk.output.facts("tended", facts))


@app.command("ended")
def list_ended(
    context: typer.Context,
    after: Annotated[int, typer.Option(min=0, help="Only those that ended after this one (起始序号).")] = 0,
    machine: Json = False,
) -> None:
    """List the numbers of findings that are shown no more, as anybody may read them (停止公示清单)."""
    with opened_bureau() as bureau:
        with bureau.read() as tx:
            found = disclosures.ended(tx, Window(MOST_ENDED, after=(after,)))
        output = output_of(context)
        answer: list[JSON] = [{"number": each.number, "ended_at": instant_text(each.ended_at)} for each in found]
        last = found[-1].end_number if found else after
        rows = [(each.end_number, each.number, each.ended_at) for each in found]
        output.answer(
            {"ended": answer, "last": last}, output.table("ended", ("end_number", "number", "ended_at"), rows)
        )


def tell_finding(desk: Desk, found: Finding, conflict: int | None = None) -> None:
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
    if conflict is not None:
        facts.append(("conflict", conflict))
    output.answer({"finding": _json(found), "conflict": conflict}, output.facts("finding", facts))


def _json(found: Finding) -> dict[str, JSON]:
    told: dict[str, JSON] = {**vars(found), "visited": found.visited.isoformat(), "results": list(found.results)}
    return {**told, "detail": None if found.detail is None else _detail_json(found.detail)}


def _detail_json(detail: Detail) -> JSON:
    return {
        "measures": detail.measures,
        "correct_by": None if detail.correct_by is None else detail.correct_by.isoformat(),
        "signature": detail.signature,
        "answers": detail.answers,
        "hand_in": detail.hand_in,
        "entered_at": None if detail.entered_at is None else instant_text(detail.entered_at),
        "based_on": detail.based_on,
    }


def _penalties(found: Sequence[LinkedPenalty]) -> JSON:
    return [{"number": each.number, "body": each.body, "category": each.category} for each in found]


def _texts(results: Sequence[str]) -> list[str]:
    return [Result(result).text for result in results]
