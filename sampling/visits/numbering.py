"""Numbers of printed forms: by kind, department and year, each one more than the last, without a gap."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select, tuple_

from ledger import log
from ledger.calendar import civil_date
from sampling.tables import visit_form


class FormKind(StrEnum):
    """The forms of a visit."""

    NOTICE = "notice"
    RECORD = "record"


MARKS = {FormKind.NOTICE: "检通", FormKind.RECORD: "检录"}


@dataclass(frozen=True)
class NumberedForm:
    """A form's number, and what it was issued for; `day` is the planned day of a notice."""

    kind: FormKind
    department: str
    year: int
    number: int
    campaign: str
    position: int
    day: date | None
    remark: str
    issued_by: str
    issued_at: datetime

    @property
    def text(self) -> str:
        """The number as it stands on the form."""
        return f"{self.department}{MARKS[self.kind]}〔{self.year}〕{self.number}号"


def new_row(
    tx: Connection,
    now: datetime,
    kind: FormKind,
    department: str,
    campaign: str,
    position: int,
    by: str,
    day: date | None = None,
    remark: str = "",
) -> dict[str, Any]:
    """Return the row of a form with the next number of its year; nobody else takes it until the transaction ends."""
    log.lock(tx)
    year = civil_date(now).year
    last = select(func.max(visit_form.c.number)).where(
        visit_form.c.department == department, visit_form.c.year == year, visit_form.c.kind == kind.value
    )
    return {
        "kind": kind.value,
        "department": department,
        "year": year,
        "number": 1 + (tx.execute(last).scalar_one() or 0),
        "campaign": campaign,
        "position": position,
        "day": day,
        "remark": remark,
        "issued_by": by,
        "issued_at": now,
    }


def form_of(tx: Connection, campaign: str, position: int, kind: FormKind) -> NumberedForm | None:
    """Return a visit's form of a kind; None where none was issued."""
    query = select(visit_form).where(
        visit_form.c.campaign == campaign, visit_form.c.position == position, visit_form.c.kind == kind.value
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else _form(row)


def forms_at(tx: Connection, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], list[NumberedForm]]:
    """Return the forms of visits, each by campaign and position: notice and record, as far as they were issued."""
    found: dict[tuple[str, int], list[NumberedForm]] = {}
    query = select(visit_form).where(tuple_(visit_form.c.campaign, visit_form.c.position).in_(list(places)))
    for row in tx.execute(query.order_by(visit_form.c.kind)):
        found.setdefault((row.campaign, row.position), []).append(_form(row))
    return found


def _form(row: Row[*tuple[Any, ...]]) -> NumberedForm:
    return NumberedForm(
        FormKind(row.kind),
        row.department,
        row.year,
        row.number,
        row.campaign,
        row.position,
        row.day,
        row.remark,
        row.issued_by,
        row.issued_at,
    )
