"""Who may begin and answer a proceeding, and about which finding."""

from dataclasses import replace

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from ledger.errors import Conflict, Forbidden, Invalid
from sampling import campaigns, findings, registers
from sampling.campaigns import Campaign
from sampling.findings import Finding
from sampling.publication.proceedings import Proceeding
from sampling.publication.tables import disclosure_version, publication

FOUND = ("matched", "closed")
"""The states of a campaign in which there are findings."""
APPROVED = ("approved", "published", "ended")


def finding_for(tx: Connection, actor: Actor, campaign: str, code: str, *states: str) -> tuple[Campaign, Finding]:
    """Return a campaign and its finding at an enterprise to a planner of its lead department, or the visit's team.

    The finding is in one of the states. Raises Forbidden: role_not_allowed, department_not_allowed,
    finding_not_assigned; Missing("finding_missing"); Conflict: campaign_state, finding_stands.
    """
    if actor.role is Role.INSPECTOR:
        found = campaigns.for_participant(tx, actor, campaign, FOUND)
        own = {each.enterprise: each for each in findings.visible_findings(tx, actor, campaign)}
        if code not in own:  # whether it was drawn or not
            raise Forbidden("finding_not_assigned", enterprise=code, campaign=campaign)
        finding = own[code]
    else:
        found = campaigns.for_planner(tx, actor, campaign, *FOUND)
        finding = findings.of_enterprise(tx, campaign, code)
    require_state(finding, *states)
    return found, finding


def require_state(finding: Finding, *states: str) -> None:
    """Raise Conflict("finding_stands") unless a finding is in one of the states."""
    if finding.state not in states:
        raise Conflict("finding_stands", enterprise=finding.enterprise, state=finding.state)


def require_planner_of(actor: Actor, found: Campaign) -> None:
    """Raise Forbidden unless the actor is a planner of the lead department."""
    actor.require(Role.PLANNER)
    actor.require_department(found.plan.lead)


def require_receiver(actor: Actor, found: Proceeding) -> None:
    """Raise Forbidden unless the actor is a planner of the department that a proceeding was sent to."""
    actor.require(Role.PLANNER)
    actor.require_department(str(found.content["to"]))


def other_department(tx: Connection, found: Campaign, code: str) -> str:
    """Return the code of another department than the lead; raises Invalid: receiver_unknown, receiver_is_sender."""
    if code not in registers.departments(tx):
        raise Invalid("receiver_unknown", field="to", department=code)
    if code == found.plan.lead:
        raise Invalid("receiver_is_sender", field="to", department=code)
    return code


def as_it_says_now(tx: Connection, found: Finding) -> Finding:
    """Return a finding with what a correction put in the place of what the visit's record said."""
    newer = disclosure_version.c
    same = (publication.c.number == newer.number) & (publication.c.version == newer.version)
    query = select(disclosure_version).join(publication, same)
    query = query.where(publication.c.campaign == found.campaign, publication.c.position == found.position)
    row = tx.execute(query).one_or_none()
    if row is None:
        return found
    return replace(found, visited=row.visited, results=tuple(row.results), follow_up=row.follow_up)
