"""Telling planners of what came in and waits for them; what was said does not stand in a message."""

from datetime import date, datetime

from sqlalchemy import Connection

from ledger.actors import Role
from sampling import inbox


def tell_received(tx: Connection, now: datetime, kind: str, department: str, about: str, due: date) -> None:
    """Tell the planners of a department, all where it is empty, that a question or an objection came in."""
    to = _planners(department)
    if kind == "objection":
        inbox.tell(tx, now, to, "objection_received", {}, about, due=due)
    else:
        inbox.tell(tx, now, to, "question_received", {}, about, due=due)


def tell_proposed(tx: Connection, now: datetime, kind: str, department: str, about: str, due: date) -> None:
    """Tell them that an answer or a decision waits for a second person."""
    to = _planners(department)
    if kind == "objection":
        inbox.tell(tx, now, to, "decision_proposed", {}, about, due=due)
    else:
        inbox.tell(tx, now, to, "answer_proposed", {}, about, due=due)


def tell_upheld(tx: Connection, now: datetime, department: str, about: str) -> None:
    """Tell them that an objection is upheld, so that the finding is to be corrected."""
    inbox.tell(tx, now, _planners(department), "objection_upheld", {}, about)


def tell_drafted(tx: Connection, now: datetime, department: str, about: str) -> None:
    """Tell them that a notice waits for a second person."""
    inbox.tell(tx, now, _planners(department), "notice_drafted", {}, about)


def _planners(department: str) -> inbox.Recipient:
    return inbox.Recipient.all_of(Role.PLANNER, department or None)
