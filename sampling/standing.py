"""Which assignments stand and whom to visit: not who was replaced, and nobody in a campaign that is void."""

from functools import cache

from sqlalchemy import ColumnElement, select

from sampling.tables import assignment, campaign, drawn, reopening, replacement, slot


@cache
def standing() -> ColumnElement[bool]:
    """Return the condition on `assignment` that neither inspector nor enterprise was replaced, and nothing is void."""
    replaced = (
        select(reopening.c.position)
        .where(reopening.c.campaign == assignment.c.campaign)
        .where(reopening.c.position == assignment.c.position)
        .where(reopening.c.inspector == assignment.c.inspector)
    )
    void = select(campaign.c.id).where(campaign.c.id == assignment.c.campaign, campaign.c.state == "voided")
    gone = (
        select(replacement.c.position)
        .where(replacement.c.campaign == assignment.c.campaign)
        .where(replacement.c.position == assignment.c.position)
    )
    return ~replaced.exists() & ~gone.exists() & ~void.exists()


def chosen() -> ColumnElement[bool]:
    """Return the condition on `slot` that it was drawn or is a reserve that replaces one."""
    by_ticket = select(drawn.c.position).where(drawn.c.campaign == slot.c.campaign, drawn.c.position == slot.c.position)
    reserve = select(replacement.c.reserve).where(replacement.c.campaign == slot.c.campaign)
    return by_ticket.exists() | reserve.where(replacement.c.reserve == slot.c.position).exists()


def to_visit() -> ColumnElement[bool]:
    """Return the condition on `slot` that it is chosen and no reserve replaces it."""
    gone = select(replacement.c.position).where(replacement.c.campaign == slot.c.campaign)
    return chosen() & ~gone.where(replacement.c.position == slot.c.position).exists()
