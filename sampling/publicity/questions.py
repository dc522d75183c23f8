"""Questions of the public (咨询): asked by anybody, answered by two persons, published where both sides allow it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from ledger.windows import Window
from sampling import disclosures
from sampling.public_texts import names_enterprise
from sampling.publicity import submissions
from sampling.publicity.entry_kinds import (
    QUESTION_ANSWERED,
    QUESTION_PROPOSED,
    QUESTION_RECEIVED,
    QUESTION_WITHDRAWN,
)
from sampling.publicity.limits import IntakeLimits, Origin
from sampling.publicity.submissions import (
    CONFIRMED,
    EVERYTHING,
    LONGEST_REASON,
    LONGEST_TEXT,
    PROPOSED,
    SET_ASIDE,
    WITHDRAWN,
    Kind,
    Receipt,
    State,
    Submission,
    SubmissionFilter,
)
from sampling.publicity.telling import tell_proposed, tell_received
from sampling.publicity.texts import contact_text, has_substance, plain_text

LEAST_SUBSTANCE = 4


def checked(text: str, contact: str | None) -> tuple[str, str]:
    """Return the text and the contact of a question as they are kept.

    What is refused for its text alone needs no database, so that who sends much of it keeps nobody else waiting. Raises
    Invalid("question_without_substance"), and what `plain_text` raises.
    """
    said, reached = plain_text(text, "text", LONGEST_TEXT), contact_text(contact)
    if not has_substance(said, LEAST_SUBSTANCE):
        raise Invalid("question_without_substance", field="text", least=LEAST_SUBSTANCE)
    return said, reached


def ask(
    tx: Connection,
    now: datetime,
    text: str,
    campaign: str | None,
    consent: bool,
    contact: str | None,
    origin: Origin,
    limits: IntakeLimits,
) -> Receipt:
    """Take a question in from anybody, about a campaign that is public or about nothing in particular.

    With `consent` its answer may be published, and the question with it. Raises what `checked` raises;
    Missing("campaign_missing"); Conflict: what `admit` raises, log_held.
    """
    said, reached = checked(text, contact)
    about = disclosures.campaign(tx, campaign) if campaign else None
    department = about.plan.departments[0] if about else ""
    now = log.moment(tx, now)
    values = {"department": department, "campaign": campaign or "", "text": said, "consent": int(consent)}
    received = submissions.receive(tx, now, Kind.QUESTION, values, reached, origin, campaign or "", limits)
    tell_received(tx, now, Kind.QUESTION, department, received.id, received.receipt.due)
    log.append(tx, now, [NewEntry(QUESTION_RECEIVED, received.id, received.sealed)])
    return received.receipt


def propose_answer(tx: Connection, actor: Actor, now: datetime, identifier: str, text: str) -> Submission:
    """Propose an answer, also in the place of an earlier proposal; another planner confirms it.

    Who asks is not known, so an answer names no enterprise: it would tell whether one was drawn. Raises
    Invalid("text_names_enterprise"), and what `plain_text` and `for_planner` raise.
    """
    said = plain_text(text, "text", LONGEST_REASON)
    now = log.moment(tx, now)
    found = submissions.for_planner(tx, actor, Kind.QUESTION, identifier, State.RECEIVED, State.PROPOSED)
    _require_nameless(tx, said)
    sealed = submissions.step(tx, actor, now, found, PROPOSED, None, said)
    tell_proposed(tx, now, Kind.QUESTION, found.department, identifier, found.due)
    log.append(tx, now, [NewEntry(QUESTION_PROPOSED, identifier, {"step": sealed})])
    return submissions.read(tx, actor, Kind.QUESTION, identifier)


def answer(tx: Connection, actor: Actor, now: datetime, identifier: str, proposal: int, publish: bool) -> Submission:
    """Give the proposed answer (its turn) as a second person; publish it with the question where who asked consented.

    Raises Conflict("question_without_consent"), Invalid("text_names_enterprise") where the question that is to be
    published does, and what `to_confirm` raises.
    """
    now = log.moment(tx, now)
    found, proposed = submissions.to_confirm(tx, actor, Kind.QUESTION, identifier, proposal)
    number = None
    if publish:
        if not found.consent:
            raise Conflict("question_without_consent", id=identifier)
        _require_nameless(tx, f"{found.text}\n{proposed.text}")
        number = submissions.last_number(tx, QUESTION_ANSWERED) + 1
    sealed = submissions.step(tx, actor, now, found, CONFIRMED, State.ANSWERED, proposed.text, number)
    body: dict[str, JSON] = {"number": number}
    log.append(tx, now, [NewEntry(QUESTION_ANSWERED, identifier, {"step": sealed}, body)])
    return submissions.read(tx, actor, Kind.QUESTION, identifier)


def set_aside(tx: Connection, actor: Actor, now: datetime, identifier: str, reason: str) -> Submission:
    """Refuse to answer, with a reason that whoever asked may read; raises what `propose_answer` raises."""
    said = plain_text(reason, "reason", LONGEST_REASON)
    now = log.moment(tx, now)
    found = submissions.for_planner(tx, actor, Kind.QUESTION, identifier, State.RECEIVED)
    _require_nameless(tx, said)
    sealed = submissions.step(tx, actor, now, found, SET_ASIDE, State.SET_ASIDE, said)
    body: dict[str, JSON] = {"number": None}
    log.append(tx, now, [NewEntry(QUESTION_ANSWERED, identifier, {"step": sealed}, body)])
    return submissions.read(tx, actor, Kind.QUESTION, identifier)


def withdraw(tx: Connection, actor: Actor, now: datetime, identifier: str, note: str) -> Submission:
    """Show a published answer to nobody any more but to whoever asked.

    Raises Conflict("answer_not_published"), and what `plain_text` and `for_planner` raise.
    """
    said = plain_text(note, "note", LONGEST_REASON)
    now = log.moment(tx, now)
    found = submissions.for_planner(tx, actor, Kind.QUESTION, identifier, *State)
    if found.published_number is None:
        raise Conflict("answer_not_published", id=identifier)
    sealed = submissions.step(tx, actor, now, found, WITHDRAWN, None, said)
    log.append(tx, now, [NewEntry(QUESTION_WITHDRAWN, identifier, {"step": sealed})])
    return submissions.read(tx, actor, Kind.QUESTION, identifier)


def read(tx: Connection, actor: Actor, identifier: str) -> Submission:
    """Return a question to those who may see it."""
    return submissions.read(tx, actor, Kind.QUESTION, identifier)


def page(tx: Connection, actor: Actor, window: Window, chosen: SubmissionFilter = EVERYTHING) -> Sequence[Submission]:
    """Return questions, newest first; see `submissions.page`."""
    return submissions.page(tx, actor, Kind.QUESTION, window, chosen)


def count(tx: Connection, actor: Actor, chosen: SubmissionFilter = EVERYTHING) -> int:
    """Return how many questions there are of which `page` tells."""
    return submissions.count(tx, actor, Kind.QUESTION, chosen)


def _require_nameless(tx: Connection, text: str) -> None:
    if names_enterprise(tx, text):
        raise Invalid("text_names_enterprise", field="text")
