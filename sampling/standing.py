"""Which assignments stand: all but those that a re-match was asked for, and none of a campaign that is void."""

from sqlalchemy import ColumnElement, select

from sampling.tables import assignment, campaign, reopening


def standing() -> ColumnElement[bool]:
    """Return the condition on `assignment` that its inspector was not replaced there and the campaign is not void."""
    replaced = (
        select(reopening.c.position)
        .where(reopening.c.campaign == assignment.c.campaign)
        .where(reopening.c.position == assignment.c.position)
        .where(reopening.c.inspector == assignment.c.inspector)
    )
    void = select(campaign.c.id).where(campaign.c.id == assignment.c.campaign, campaign.c.state == "voided")
    return ~replaced.exists() & ~void.exists()
