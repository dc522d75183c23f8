"""At which positions of a campaign an enterprise stands that somebody may act on, and who stands in its team."""

from sqlalchemy import Connection, select, text

from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Missing
from sampling import campaigns
from sampling.standing import standing, to_visit
from sampling.tables import assignment, slot

VISIT_LOCK = "qian/visit-lock/v1"


def hold_position(tx: Connection, identifier: str, code: str) -> None:
    """Let nobody else act on a campaign's visit of an enterprise until the transaction ends."""
    if tx.dialect.name != "sqlite":  # where every writer is alone
        named = f"{VISIT_LOCK} {identifier} {code}"
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:named, 0))"), {"named": named})


def assigned_position(tx: Connection, actor: Actor, identifier: str, code: str) -> int:
    """Return the position of an enterprise that the actor is assigned to; others learn not even if it was drawn.

    Raises Forbidden("finding_not_assigned").
    """
    query = (
        select(assignment.c.position)
        .join(slot, (slot.c.campaign == assignment.c.campaign) & (slot.c.position == assignment.c.position))
        .where(assignment.c.campaign == identifier, assignment.c.inspector == actor.subject, standing())
        .where(slot.c.enterprise == code)
    )
    position = tx.execute(query).scalar_one_or_none()
    if position is None:
        raise Forbidden("finding_not_assigned", enterprise=code, campaign=identifier)
    return int(position)


def visible_position(tx: Connection, actor: Actor, identifier: str, code: str) -> int:
    """Return the position of an enterprise that is to be visited, to its team and all who may see the campaign.

    Raises Forbidden("finding_not_assigned"), Missing: campaign_missing, visit_missing.
    """
    if actor.role is Role.INSPECTOR:
        return assigned_position(tx, actor, identifier, code)
    campaigns.read(tx, actor, identifier)
    query = select(slot.c.position).where(slot.c.campaign == identifier, slot.c.enterprise == code, to_visit())
    position: int | None = tx.execute(query).scalar_one_or_none()
    if position is None:
        raise Missing("visit_missing", enterprise=code, campaign=identifier)
    return position


def team_of(tx: Connection, identifier: str, position: int) -> set[str]:
    """Return the inspectors who stand in the team of a position."""
    query = select(assignment.c.inspector)
    query = query.where(assignment.c.campaign == identifier, assignment.c.position == position, standing())
    return set(tx.execute(query).scalars())


def confirmation_keys(identifier: str, position: int, version: int, persons: int) -> list[str]:
    """Return the keys of the messages that ask so many persons to confirm a version of a finding."""
    return [f"finding_to_confirm {identifier} {position} {version} {each}" for each in range(persons)]


def review_key(identifier: str, position: int, version: int) -> str:
    """Return the key of the message that asks for the review of a version of a finding."""
    return f"finding_to_review {identifier} {position} {version}"
