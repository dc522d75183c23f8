"""The inspection notice (检查通知书) before a visit, and what stands on it and on the on-site record (现场检查笔录)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from sampling import assigning, campaigns, findings, registers
from sampling.assigning import Visit
from sampling.entry_kinds import NOTICED
from sampling.findings import Finding
from sampling.tables import VISIT_FORM
from sampling.visits.accounts import LONGEST_REMARK
from sampling.visits.numbering import FormKind, NumberedForm, form_of, new_row
from sampling.visits.positions import hold_position, visible_position
from scoring.fields import lines_up_to

FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Printed:
    """All that a form of a visit says; `team` holds role, name and certificate number; `finding` is a record's."""

    form: NumberedForm
    visit: Visit
    department: str
    title: str
    items: tuple[str, ...]
    team: tuple[tuple[str, str, str], ...]
    finding: Finding | None


def issue_notice(
    tx: Connection, actor: Actor, now: datetime, identifier: str, code: str, day: date, remark: str = ""
) -> NumberedForm:
    """Issue the notice of a visit, with the next number of its department and year; one notice for a visit.

    `day` is when the inspectors will come, today or later; `remark` what is to be kept ready. Raises Forbidden
    ("finding_not_assigned") to inspectors of other teams; Missing("visit_missing"); Conflict: notice_stands,
    finding_stands where something was recorded; Invalid("notice_day"), and what is wrong with the remark.
    """
    actor.require(Role.PLANNER, Role.INSPECTOR)
    found = campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    position = visible_position(tx, actor, identifier, code)
    if (stands := form_of(tx, identifier, position, FormKind.NOTICE)) is not None:
        raise Conflict("visit_notice_stands", enterprise=code, number=stands.text)
    if (recorded := findings.newest(tx, identifier, position)) is not None:
        raise Conflict("finding_stands", enterprise=code, state=recorded.state)
    today = civil_date(now)
    if not today <= day <= today + FURTHEST:
        raise Invalid("notice_day", field="day", day=day, today=today)
    remark = str(lines_up_to(LONGEST_REMARK)(remark))
    row = new_row(tx, now, FormKind.NOTICE, found.plan.lead, identifier, position, actor.subject, day, remark)
    sealed = documents.seal(tx, "visit_notice", {"campaign": identifier}, [(VISIT_FORM, [row])])
    log.append(tx, now, [NewEntry(NOTICED, identifier, {"notice": sealed})])
    return _form_at(tx, identifier, position, code, FormKind.NOTICE)


def visible_form(tx: Connection, actor: Actor, identifier: str, code: str, kind: FormKind) -> NumberedForm | None:
    """Return a visit's form of a kind, None where none was issued, to its team and those who see the campaign."""
    return form_of(tx, identifier, visible_position(tx, actor, identifier, code), kind)


def printed(tx: Connection, actor: Actor, identifier: str, code: str, kind: FormKind) -> Printed:
    """Return what a form of a visit says, to its team and those who see the campaign.

    Raises Forbidden or Missing to all others, also Missing("form_missing").
    """
    position = visible_position(tx, actor, identifier, code)
    form = _form_at(tx, identifier, position, code, kind)
    visit = next(each for each in assigning.visits(tx, actor, identifier) if each.position == position)
    plan = campaigns.plans_of(tx, [identifier])[identifier]
    items, inspectors = registers.items(tx), registers.inspectors(tx)
    return Printed(
        form,
        visit,
        registers.departments(tx)[plan.lead]["name"],
        plan.title,
        tuple(items[each]["name"] for each in plan.items),
        tuple((role, inspectors[each]["name"], each) for role, each in visit.team),
        findings.newest_at(tx, identifier, position) if kind is FormKind.RECORD else None,
    )


def _form_at(tx: Connection, identifier: str, position: int, code: str, kind: FormKind) -> NumberedForm:
    form = form_of(tx, identifier, position, kind)
    if form is None:
        raise Missing("form_missing", enterprise=code)
    return form
