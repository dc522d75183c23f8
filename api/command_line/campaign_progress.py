"""`campaign progress`: how far a campaign has come."""

import typer
from rich.console import RenderableType

from api.command_line.context import at_desk
from api.command_line.options import Campaign, Json, TokenFile
from api.command_line.output import Output
from ledger.canonical import JSON
from sampling.reports import progress as reports
from sampling.reports.counting import Counts, Share
from sampling.reports.progress import Progress

COUNTED = ("due", "visited", "recorded", "approved", "published", "settled", "overdue")
COLUMNS = ("visits_due", "visits_visited", "visits_recorded", "visits_approved", "published", "visits_settled")
RATES = ("visits_overdue", "completion_rate", "conclusion_rate")


def progress(context: typer.Context, campaign: Campaign, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show how far a campaign has come: all, your department's part, or your own visits (任务进度)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = reports.progress(tx, desk.actor, desk.bureau.now, campaign)
        desk.output.answer({"progress": progress_json(found)}, *_tables(desk.output, found))


def progress_json(found: Progress) -> dict[str, JSON]:
    """Return a progress as it is told to machines."""
    return {
        "campaign": found.campaign,
        "state": found.state,
        "drawn": found.drawn,
        "total": None if found.total is None else counts_json(found.total),
        "departments": [{"department": code, **counts_json(counts)} for code, counts in found.departments.items()],
        "inspectors": [
            {
                "certificate": each.certificate,
                "name": each.name,
                "department": each.department,
                **counts_json(each.counts),
            }
            for each in found.inspectors
        ],
    }


def counts_json(counts: Counts) -> dict[str, JSON]:
    """Return counts with both rates, each as part, whole and permille."""
    rates: dict[str, JSON] = {
        name: {**share._asdict(), "permille": share.permille}
        for name, share in (("completion", counts.completion), ("conclusion", counts.conclusion))
    }
    return {**{name: getattr(counts, name) for name in COUNTED}, **rates}


def percent(share: Share) -> str:
    """Return a share as a percentage with one digit behind the point, rounded down; a dash of nothing."""
    permille = share.permille
    return "–" if permille is None else f"{permille // 10}.{permille % 10}%"


def _tables(output: Output, found: Progress) -> list[RenderableType]:
    facts = [
        ("campaign", found.campaign),
        ("state", output.word(f"states.{found.state}")),
        ("visits_drawn", found.drawn),
    ]
    shown: list[RenderableType] = [output.facts("campaign_progress", facts)]
    rows = [(code, *_row(counts)) for code, counts in found.departments.items()]
    if found.total is not None:
        rows.append((output.word("in_total"), *_row(found.total)))
    if rows:
        shown.append(output.table("progress_of_departments", ("department", *COLUMNS, *RATES), rows))
    people = [(each.department, each.certificate, each.name, *_row(each.counts)) for each in found.inspectors]
    if people:
        columns = ("department", "inspector_certificate", "name", *COLUMNS, *RATES)
        shown.append(output.table("progress_of_inspectors", columns, people))
    return shown


def _row(counts: Counts) -> tuple[object, ...]:
    numbers = tuple(getattr(counts, name) for name in COUNTED)
    return (*numbers, percent(counts.completion), percent(counts.conclusion))
