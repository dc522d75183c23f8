"""By when questions and objections are due, in working days of the day on which they came in."""

from datetime import date

from sqlalchemy import Connection

from sampling.publication import calendars

SET_ASIDE_OBJECTION = 5
DECIDE_OBJECTION = 20
ANSWER_QUESTION = 15


def due_on(tx: Connection, received: date, working_days: int) -> date:
    """Return the last day on which something is in time, by the bureau's calendar."""
    return calendars.working_days(tx).after(received, working_days).day
