"""Which assignments stand: all but those that a re-match was asked for."""

from sqlalchemy import ColumnElement, select

from sampling.tables import assignment, reopening


def standing() -> ColumnElement[bool]:
    """Return the condition on `assignment` that its inspector was not replaced there."""
    replaced = (
        select(reopening.c.position)
        .where(reopening.c.campaign == assignment.c.campaign)
        .where(reopening.c.position == assignment.c.position)
        .where(reopening.c.inspector == assignment.c.inspector)
    )
    return ~replaced.exists()
