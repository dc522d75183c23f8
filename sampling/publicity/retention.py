"""How long notices, questions and objections are kept, and what of them is still needed."""

from sqlalchemy import Connection, select

from ledger.errors import Conflict
from ledger.retention import Bound
from sampling.publicity import submissions
from sampling.publicity.submissions import OPEN, Kind
from sampling.publicity.tables import notice, notice_step, submission

YEARS = {
    "notice": 10,
    "notice_step": 10,
    "question": 5,
    "question_step": 5,
    "objection": 10,
    "objection_step": 10,
    "contact": 1,
}
"""Whole years, by kind of document. Public; settings lengthen them."""

_OF_SUBMISSION = ("question", "objection", "contact")
_STEPS = ("question_step", "objection_step")


def refuse_needed(tx: Connection, bound: Bound) -> None:
    """Refuse what is still to be answered or to be read, and steps whose beginning is kept.

    Raises Conflict: expiry_of_open_submission, expiry_of_published_answer, expiry_of_published_notice,
    expiry_needed_by_beginning.
    """
    subject = bound.entry.subject
    if bound.kind in _OF_SUBMISSION:
        for kind in Kind:
            for found in submissions.kept(tx, kind, subject):
                if found.state in OPEN:
                    raise Conflict("expiry_of_open_submission", document=bound.id)
                if bound.kind == "question" and found.published_number is not None:
                    raise Conflict("expiry_of_published_answer", document=bound.id)
    elif bound.kind == "notice":
        query = select(notice_step.c.step).where(notice_step.c.notice == subject)
        if set(tx.execute(query).scalars()) == {"published"}:
            raise Conflict("expiry_of_published_notice", document=bound.id)
    elif bound.kind in _STEPS or bound.kind == "notice_step":
        table = notice if bound.kind == "notice_step" else submission
        if tx.execute(select(table.c.document).where(table.c.document == subject)).first() is not None:
            raise Conflict("expiry_needed_by_beginning", document=bound.id, beginning=subject)
