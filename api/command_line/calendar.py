"""`calendar`: the years by which working days count.

year = 2027
source = "国办发明电〔2026〕…号"
holidays = [2027-01-01, 2027-02-08]
workdays = [2027-02-20]              # Saturdays and Sundays that are worked
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.command_line.context import at_desk
from api.command_line.options import IfVersion, Json, TokenFile
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.publication import calendars
from sampling.publication.calendars import Year

app = typer.Typer(help="Holidays and make-up working days, by which deadlines count (工作日历).", no_args_is_help=True)

FIELDS = {"year": int, "source": str, "holidays": list, "workdays": list}


@app.command()
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The year as TOML (年度安排文件).")],
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Enter a year's holidays and make-up working days, in the place of those that held before (录入)."""
    with at_desk(context, token_file) as desk:
        given = read_year(file)
        with desk.bureau.write() as tx:
            found = calendars.add_year(tx, desk.actor, desk.bureau.now, **given, if_version=if_version)
        facts = [
            ("year", found.table.year),
            ("version", found.version),
            ("announced_by", found.table.source),
            ("holidays", len(found.table.holidays)),
            ("workdays", len(found.table.workdays)),
        ]
        desk.output.answer({"year": _json(found)}, desk.output.facts("calendar_year", facts))


@app.command("list")
def list_years(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List this year, the next one, and those that the bureau entered; and who says which days are free (列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = calendars.years(tx, desk.actor, desk.bureau.now)
        output = desk.output
        rows = [
            (
                each.table.year,
                output.word(f"calendar_sources.{each.told_by.value}"),
                each.table.source,
                each.version,
                len(each.table.holidays),
                len(each.table.workdays),
            )
            for each in found
        ]
        columns = ("year", "told_by", "announced_by", "version", "holidays", "workdays")
        output.answer({"years": [_json(each) for each in found]}, output.table("calendar_years", columns, rows))


def read_year(path: Path) -> Mapping[str, Any]:
    """Read a year's document; raises Invalid("calendar_file_unusable")."""
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Invalid("calendar_file_unusable", path=path, reason=error) from None
    if value.keys() != FIELDS.keys() or not all(type(value[name]) is kind for name, kind in FIELDS.items()):
        raise Invalid("calendar_file_unusable", path=path, reason=list(FIELDS))
    for day in (*value["holidays"], *value["workdays"]):
        if not isinstance(day, date) or isinstance(day, datetime):
            raise Invalid("calendar_file_unusable", path=path, reason=day)
    return value


def _json(found: Year) -> JSON:
    return {
        "year": found.table.year,
        "told_by": found.told_by.value,
        "source": found.table.source,
        "version": found.version,
        "added_by": found.added_by,
        "added_at": None if found.added_at is None else instant_text(found.added_at),
        "holidays": [day.isoformat() for day in sorted(found.table.holidays)],
        "workdays": [day.isoformat() for day in sorted(found.table.workdays)],
    }
