"""Objections to published findings (异议): received from anybody, decided by two persons, with a reason."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from ledger.windows import Window
from sampling import disclosures
from sampling.disclosures import Disclosure
from sampling.public_texts import names_enterprise
from sampling.publicity import submissions
from sampling.publicity.claims import Claim, same_objection
from sampling.publicity.deadlines import SET_ASIDE_OBJECTION, due_on
from sampling.publicity.entry_kinds import OBJECTION_ANSWERED, OBJECTION_PROPOSED, OBJECTION_RECEIVED
from sampling.publicity.limits import IntakeLimits, Origin
from sampling.publicity.submissions import (
    CONFIRMED,
    EVERYTHING,
    LONGEST_REASON,
    LONGEST_TEXT,
    PROPOSED,
    SET_ASIDE,
    Kind,
    Receipt,
    State,
    Submission,
    SubmissionFilter,
)
from sampling.publicity.telling import tell_proposed, tell_received
from sampling.publicity.texts import contact_text, has_substance, plain_text
from sampling.publicity.upheld import Correction, propose_correction

LEAST_SUBSTANCE = 10


def published_finding(tx: Connection, campaign: str | None, position: int | None, number: int | None) -> Disclosure:
    """Return the published finding at a campaign's position, or by its number.

    Whatever is not published is told alike. Raises Invalid("objection_without_target"); Missing: finding_not_published,
    finding_expired, disclosure_missing.
    """
    if number is not None and campaign is None and position is None:
        found = next(iter(disclosures.findings(tx, Window(1, after=(number + 1,)))), None)
        if found is None or found.number != number:
            raise Missing("disclosure_missing", field="number", number=number)
        return found
    if campaign is None or position is None or number is not None:
        raise Invalid("objection_without_target", field="campaign")
    return disclosures.finding(tx, campaign, position)


def checked(text: str, contact: str | None) -> tuple[str, str]:
    """Return the text and the contact of an objection as they are kept.

    What is refused for its text alone needs no database, so that who sends much of it keeps nobody else waiting. Raises
    Invalid("objection_without_substance"), and what `plain_text` raises.
    """
    said, reached = plain_text(text, "text", LONGEST_TEXT), contact_text(contact)
    if not has_substance(said, LEAST_SUBSTANCE):
        raise Invalid("objection_without_substance", field="text", least=LEAST_SUBSTANCE)
    return said, reached


def object_to(
    tx: Connection,
    now: datetime,
    target: Disclosure,
    claim: Claim,
    text: str,
    contact: str | None,
    origin: Origin,
    limits: IntakeLimits,
) -> Receipt:
    """Take an objection in from anybody, for an enterprise whose finding is published.

    What says the same as an earlier one, whoever said it, leaves nothing. Raises what `checked` raises; Conflict:
    objection_known, what `admit` raises, log_held.
    """
    said, reached = checked(text, contact)
    plan = disclosures.campaign(tx, target.campaign).plan
    now = log.moment(tx, now)
    same = same_objection(target.campaign, target.position, claim, said)
    if submissions.known(tx, same):
        raise Conflict("objection_known")
    values = {
        "same": same,
        "department": plan.departments[0],
        "campaign": target.campaign,
        "position": target.position,
        "disclosure": target.number,
        "enterprise": target.enterprise,
        "claim": claim.value,
        "text": said,
    }
    at = f"{target.campaign}/{target.position}"
    received = submissions.receive(tx, now, Kind.OBJECTION, values, reached, origin, at, limits)
    tell_received(tx, now, Kind.OBJECTION, plan.departments[0], received.id, received.receipt.due)
    log.append(tx, now, [NewEntry(OBJECTION_RECEIVED, received.id, received.sealed)])
    return received.receipt


def set_aside(tx: Connection, actor: Actor, now: datetime, identifier: str, reason: str) -> Submission:
    """Refuse to take an objection up, with a reason, in its first days; later it must be decided.

    Raises Conflict("set_aside_too_late"), Invalid("text_names_enterprise"), and what `plain_text` and `for_planner`
    raise.
    """
    said = plain_text(reason, "reason", LONGEST_REASON)
    now = log.moment(tx, now)
    found = submissions.for_planner(tx, actor, Kind.OBJECTION, identifier, State.RECEIVED)
    until = due_on(tx, civil_date(found.received_at), SET_ASIDE_OBJECTION)
    if civil_date(now) > until:
        raise Conflict("set_aside_too_late", id=identifier, until=until)
    _require_nameless(tx, said)
    sealed = submissions.step(tx, actor, now, found, SET_ASIDE, State.SET_ASIDE, said)
    log.append(tx, now, [NewEntry(OBJECTION_ANSWERED, identifier, {"step": sealed})])
    return submissions.read(tx, actor, Kind.OBJECTION, identifier)


def propose_decision(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    uphold: bool,
    reason: str,
    correction: Correction | None = None,
) -> Submission:
    """Propose to uphold or to reject an objection, also in the place of an earlier proposal; another planner decides.

    With the `correction` that is to follow where it is upheld. The reason is told by the receipt number, also when the
    finding is shown no more, so it names no enterprise. Raises Invalid: text_names_enterprise,
    correction_of_rejected; and what `plain_text` and `for_planner` raise.
    """
    said = plain_text(reason, "reason", LONGEST_REASON)
    if correction is not None and not uphold:
        raise Invalid("correction_of_rejected", field="correction")
    now = log.moment(tx, now)
    found = submissions.for_planner(tx, actor, Kind.OBJECTION, identifier, State.RECEIVED, State.PROPOSED)
    _require_nameless(tx, said)
    outcome = State.UPHELD if uphold else State.REJECTED
    sealed = submissions.step(tx, actor, now, found, PROPOSED, outcome, said, correction=correction)
    tell_proposed(tx, now, Kind.OBJECTION, found.department, identifier, found.due)
    log.append(tx, now, [NewEntry(OBJECTION_PROPOSED, identifier, {"step": sealed})])
    return submissions.read(tx, actor, Kind.OBJECTION, identifier)


def decide(tx: Connection, actor: Actor, now: datetime, identifier: str, proposal: int) -> Submission:
    """Decide as it was proposed (by its turn), as a second person; what is upheld leads to a proposed correction.

    Raises what `to_confirm` and `propose_correction` raise.
    """
    now = log.moment(tx, now)
    found, proposed = submissions.to_confirm(tx, actor, Kind.OBJECTION, identifier, proposal)
    outcome, correction = State(proposed.outcome), proposed.correction
    sealed = submissions.step(tx, actor, now, found, CONFIRMED, outcome, proposed.text, correction=correction)
    if outcome is State.UPHELD:
        reason, at = proposed.text, found.enterprise
        propose_correction(tx, actor, now, found.department, found.campaign, at, correction, reason, identifier)
    log.append(tx, now, [NewEntry(OBJECTION_ANSWERED, identifier, {"step": sealed})])
    return submissions.read(tx, actor, Kind.OBJECTION, identifier)


def read(tx: Connection, actor: Actor, identifier: str) -> Submission:
    """Return an objection to those who may see it."""
    return submissions.read(tx, actor, Kind.OBJECTION, identifier)


def page(tx: Connection, actor: Actor, window: Window, chosen: SubmissionFilter = EVERYTHING) -> Sequence[Submission]:
    """Return objections, newest first; see `submissions.page`."""
    return submissions.page(tx, actor, Kind.OBJECTION, window, chosen)


def count(tx: Connection, actor: Actor, chosen: SubmissionFilter = EVERYTHING) -> int:
    """Return how many objections there are of which `page` tells."""
    return submissions.count(tx, actor, Kind.OBJECTION, chosen)


def _require_nameless(tx: Connection, text: str) -> None:
    if names_enterprise(tx, text):
        raise Invalid("text_names_enterprise", field="reason")
