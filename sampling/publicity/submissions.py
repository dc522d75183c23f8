"""What questions and objections have in common: coming in under a receipt number, steps, deadlines, who may see them.

received → proposed → answered, upheld or rejected; received → set aside. A step is a bound row; it is taken under the
log's lock, so of two persons at once the second meets what the first left.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, select

from ledger import documents
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.documents import Sealed
from ledger.entries import parse_entry
from ledger.errors import Conflict, Forbidden, Missing, Refusal
from ledger.tables import log_entry
from ledger.windows import Window, counted, within
from sampling.publication.calendars import working_days
from sampling.publicity.deadlines import ANSWER_QUESTION, DECIDE_OBJECTION, due_on
from sampling.publicity.limits import IntakeLimits, Origin, admit
from sampling.publicity.receipts import SECRET_BYTES, parse_receipt, receipt_hash, receipt_number
from sampling.publicity.tables import SUBMISSION, SUBMISSION_STEP, submission, submission_step
from sampling.publicity.upheld import Correction

LONGEST_TEXT = 2000
LONGEST_REASON = 4000


class Kind(StrEnum):
    """What came in."""

    QUESTION = "question"
    OBJECTION = "objection"


class State(StrEnum):
    """How far it has come."""

    RECEIVED = "received"
    PROPOSED = "proposed"
    ANSWERED = "answered"
    UPHELD = "upheld"
    REJECTED = "rejected"
    SET_ASIDE = "set_aside"


OPEN = (State.RECEIVED, State.PROPOSED)
PROPOSED, CONFIRMED, SET_ASIDE, WITHDRAWN = "proposed", "confirmed", "set_aside", "withdrawn"


@dataclass(frozen=True)
class Step:
    """What was done with it. `turn` counts from 1; `outcome` is a state; `number` is that of a published answer.

    `correction` is what the finding is to say where an objection is upheld, as far as that was said.
    """

    turn: int
    step: str
    outcome: str
    text: str
    number: int | None
    by: str
    at: datetime
    correction: Correction | None = None


@dataclass(frozen=True)
class Submission:
    """A question or an objection with its steps, as staff see it; `due` is its deadline.

    Of a question about nothing in particular `campaign` and `department` are empty; position, disclosure, enterprise
    and claim are an objection's.
    """

    id: str
    kind: Kind
    department: str
    campaign: str
    position: int | None
    disclosure: int | None
    enterprise: str
    claim: str
    text: str
    consent: bool
    channel: str
    contact_document: str
    received_at: datetime
    due: date
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        """What its last step left; a withdrawn answer was still given."""
        lasting = [each for each in self.steps if each.step != WITHDRAWN]
        if not lasting:
            return State.RECEIVED
        last = lasting[-1]
        return State.PROPOSED if last.step == PROPOSED else State(last.outcome)

    @property
    def proposal(self) -> Step | None:
        """The newest proposal, until it is confirmed."""
        return self.steps[-1] if self.state is State.PROPOSED else None

    @property
    def answer(self) -> Step | None:
        """What ended it."""
        return next((each for each in self.steps if each.step in (CONFIRMED, SET_ASIDE)), None)

    @property
    def published_number(self) -> int | None:
        """The number under which everybody may read its answer."""
        if self.answer is None or any(each.step == WITHDRAWN for each in self.steps):
            return None
        return self.answer.number

    def is_overdue(self, today: date) -> bool:
        """Tell whether it should have been answered before today."""
        return self.state in OPEN and self.due < today


@dataclass(frozen=True)
class Receipt:
    """What whoever asked is given, once: the number under which the answer can be read, and by when it is due."""

    number: str
    due: date


@dataclass(frozen=True)
class Told:
    """What a receipt number shows: how far it has come, and how it was answered; no person, and nothing of the text.

    A proposal within the bureau is nothing that was answered.
    """

    kind: Kind
    state: State
    campaign: str
    position: int | None
    received: date
    due: date
    is_overdue: bool
    answered: date | None
    answer: str | None


@dataclass(frozen=True)
class Received:
    """What came in, sealed: its id, the documents that bind it, what it leaves to who asked."""

    id: str
    sealed: Mapping[str, Sealed]
    receipt: Receipt


def receive(
    tx: Connection,
    now: datetime,
    kind: Kind,
    values: Mapping[str, object],
    contact: str,
    origin: Origin,
    target: str,
    limits: IntakeLimits,
) -> Received:
    """Store what came in and give it a receipt; the caller holds the log's lock, has checked it, and logs it.

    Raises what `admit` raises.
    """
    admit(tx, now, kind.value, origin, target, limits)
    secret = secrets.token_bytes(SECRET_BYTES)
    reached = documents.seal(tx, "contact", {"contact": contact})
    row = {
        "department": "",
        "campaign": "",
        "enterprise": "",
        "claim": "",
        "consent": 0,
        **values,
        "kind": kind.value,
        "receipt": receipt_hash(secret),
        "channel": origin.channel,
        "contact": reached.id,
        "received_at": now,
    }
    sealed = documents.seal(tx, kind.value, {}, [(SUBMISSION, [row])])
    due = deadline(tx, kind, now)
    return Received(sealed.id, {kind.value: sealed, "contact": reached}, Receipt(receipt_number(secret), due))


def step(
    tx: Connection,
    actor: Actor,
    now: datetime,
    found: Submission,
    name: str,
    outcome: State | None,
    text: str,
    number: int | None = None,
    correction: Correction | None = None,
) -> Sealed:
    """Store a step; the caller logs it."""
    row = {
        "submission": found.id,
        "turn": len(found.steps) + 1,
        "step": name,
        "outcome": "" if outcome is None else outcome.value,
        "text": text,
        "correction": None if correction is None else correction.to_json(),
        "number": number,
        "by": actor.subject,
        "at": now,
    }
    return documents.seal(tx, f"{found.kind}_step", {}, [(SUBMISSION_STEP, [row])])


def for_planner(tx: Connection, actor: Actor, kind: Kind, identifier: str, *states: State) -> Submission:
    """Return one in one of the states to a planner who may answer it; the caller holds the log's lock.

    Raises Forbidden, Missing("submission_missing") as `read` does, Conflict("submission_stands").
    """
    actor.require(Role.PLANNER)
    found = read(tx, actor, kind, identifier)
    if found.state not in states:
        raise Conflict("submission_stands", id=identifier, state=found.state.value)
    return found


def to_confirm(tx: Connection, actor: Actor, kind: Kind, identifier: str, turn: int) -> tuple[Submission, Step]:
    """Return one, and the proposal that a second person has read (its turn), which must be the newest.

    Raises Forbidden("confirmation_of_own_proposal"), Conflict("proposal_outdated"), and what `for_planner` raises.
    """
    found = for_planner(tx, actor, kind, identifier, State.PROPOSED)
    proposal = found.proposal
    if proposal is None or proposal.turn != turn:
        raise Conflict("proposal_outdated", id=identifier, newest=len(found.steps))
    if proposal.by == actor.subject:
        raise Forbidden("confirmation_of_own_proposal", id=identifier)
    return found, proposal


def read(tx: Connection, actor: Actor, kind: Kind, identifier: str) -> Submission:
    """Return one to auditors and to the planners who may answer it; raises Missing to all others."""
    actor.require(Role.PLANNER, Role.AUDITOR)
    found = _load(tx, kind, identifier)
    if actor.confined_to is not None and found.department not in ("", actor.confined_to):
        raise Missing("submission_missing")
    return found


@dataclass(frozen=True)
class SubmissionFilter:
    """Which of what came in is asked for: what waits for an answer, a department's, about a campaign, in some days."""

    only_open: bool = False
    department: str = ""
    campaign: str = ""
    since: date | None = None
    until: date | None = None


EVERYTHING = SubmissionFilter()


def page(
    tx: Connection,
    actor: Actor,
    kind: Kind | None,
    window: Window,
    chosen: SubmissionFilter = EVERYTHING,
) -> list[Submission]:
    """Return those that an actor may see, newest first, by instant and id: of a kind, or what is asked for."""
    query = _visible(actor, kind, chosen)
    return _submissions(tx, window.on(query, submission.c.received_at.desc(), submission.c.document.desc()))


def count(tx: Connection, actor: Actor, kind: Kind, chosen: SubmissionFilter = EVERYTHING) -> int:
    """Return how many there are of which `page` tells."""
    return counted(tx, _visible(actor, kind, chosen))


def _visible(actor: Actor, kind: Kind | None, chosen: SubmissionFilter) -> Select[Any]:
    actor.require(Role.PLANNER, Role.AUDITOR)
    query = select(submission)
    if kind is not None:
        query = query.where(submission.c.kind == kind.value)
    if actor.confined_to is not None:
        query = query.where(submission.c.department.in_(("", actor.confined_to)))
    for column, value in ((submission.c.department, chosen.department), (submission.c.campaign, chosen.campaign)):
        query = query.where(column == value) if value else query
    query = query.where(within(submission.c.received_at, chosen.since, chosen.until))
    if chosen.only_open:
        ended = select(submission_step.c.submission).where(
            submission_step.c.submission == submission.c.document, submission_step.c.step.in_((CONFIRMED, SET_ASIDE))
        )
        query = query.where(~ended.exists())
    return query


def contact_of(tx: Connection, actor: Actor, found: Submission) -> str | None:
    """Return how whoever asked may be reached, empty where nothing was said, None where it has expired."""
    return contacts_of(tx, actor, [found])[found.id]


def contacts_of(tx: Connection, actor: Actor, found: Sequence[Submission]) -> dict[str, str | None]:
    """Return how those who asked may be reached, by submission, as `contact_of` says it."""
    actor.require(Role.PLANNER, Role.AUDITOR)
    held = documents.read_several(tx, [each.contact_document for each in found])
    return {each.id: _contact(held[each.contact_document]) for each in found}


def _contact(content: documents.Document | Refusal) -> str | None:
    if isinstance(content, Refusal):
        if content.code != "document_expired":
            raise content
        return None
    return str(content.value["content"]["contact"])


def by_receipt(tx: Connection, today: date, number: str) -> Told:
    """Return what became of what came in under a receipt number, to whoever has it.

    Raises Invalid("receipt_malformed"), Missing("receipt_unknown").
    """
    where = submission.c.receipt == receipt_hash(parse_receipt(number))
    found = next(iter(_submissions(tx, select(submission).where(where))), None)
    if found is None:
        raise Missing("receipt_unknown", field="receipt")
    answer = found.answer
    return Told(
        found.kind,
        State.RECEIVED if found.state is State.PROPOSED else found.state,
        found.campaign,
        found.position,
        civil_date(found.received_at),
        found.due,
        found.is_overdue(today),
        None if answer is None else civil_date(answer.at),
        None if answer is None else answer.text,
    )


def deadline(tx: Connection, kind: Kind, received_at: datetime) -> date:
    """Return the last day on which an answer is in time."""
    return due_on(tx, civil_date(received_at), _days_of(kind))


def _days_of(kind: Kind) -> int:
    return ANSWER_QUESTION if kind is Kind.QUESTION else DECIDE_OBJECTION


def count_open(tx: Connection, actor: Actor, kind: Kind, today: date) -> tuple[int, int]:
    """Return how many of those that an actor may see wait for an answer, and how many of them are overdue."""
    found = _submissions(tx, _visible(actor, kind, SubmissionFilter(only_open=True)))
    return len(found), sum(each.is_overdue(today) for each in found)


def known(tx: Connection, same: str) -> bool:
    """Tell whether an objection that says the same came in before."""
    query = select(func.count()).select_from(submission).where(submission.c.same == same)
    return tx.execute(query).scalar_one() > 0


def last_number(tx: Connection, kind: str) -> int:
    """Return the highest number that entries of a kind gave; one that is shown no more keeps its own."""
    query = select(log_entry.c.data).where(log_entry.c.kind == kind).order_by(log_entry.c.seq.desc())
    newest_first = (parse_entry(data) for data in tx.execute(query.execution_options(yield_per=100)).scalars())
    return next((int(entry.body["number"]) for entry in newest_first if entry.body["number"] is not None), 0)


def kept(tx: Connection, kind: Kind, identifier: str) -> list[Submission]:
    """Return one by its id, nothing where it has expired."""
    own = select(submission).where(submission.c.document == identifier, submission.c.kind == kind.value)
    return _submissions(tx, own)


@dataclass(frozen=True)
class AnswerFilter:
    """Which published answers are asked for: about a campaign, given within some days."""

    campaign: str = ""
    since: date | None = None
    until: date | None = None


EVERY_ANSWER = AnswerFilter()


def published(tx: Connection, window: Window, chosen: AnswerFilter = EVERY_ANSWER) -> list[Submission]:
    """Return the questions whose answers everybody may read, by number, newest first."""
    found = list(tx.execute(window.on(_published(chosen), submission_step.c.number.desc())).scalars())
    by_id = {each.id: each for each in _submissions(tx, select(submission).where(submission.c.document.in_(found)))}
    return [by_id[identifier] for identifier in found]


def count_published(tx: Connection, chosen: AnswerFilter = EVERY_ANSWER) -> int:
    """Return how many answers there are of which `published` tells."""
    return counted(tx, _published(chosen))


def _published(chosen: AnswerFilter) -> Select[Any]:
    withdrawn = submission_step.alias()
    gone = select(withdrawn.c.turn).where(
        withdrawn.c.submission == submission_step.c.submission, withdrawn.c.step == WITHDRAWN
    )
    query = select(submission_step.c.submission).where(submission_step.c.number.is_not(None), ~gone.exists())
    query = query.join(submission, submission.c.document == submission_step.c.submission)
    query = query.where(within(submission_step.c.at, chosen.since, chosen.until))
    return query.where(submission.c.campaign == chosen.campaign) if chosen.campaign else query


def _load(tx: Connection, kind: Kind, identifier: str) -> Submission:
    found = next(iter(kept(tx, kind, identifier)), None)
    if found is None:
        raise Missing("submission_missing")
    return found


def _submissions(tx: Connection, query: Select[Any]) -> list[Submission]:
    rows, days = tx.execute(query).all(), working_days(tx)
    steps: dict[str, list[Any]] = {row.document: [] for row in rows}
    taken = select(submission_step).where(submission_step.c.submission.in_(steps))
    for each in tx.execute(taken.order_by(submission_step.c.turn)):
        steps[each.submission].append(each)
    return [
        Submission(
            row.document,
            Kind(row.kind),
            row.department,
            row.campaign,
            row.position,
            row.disclosure,
            row.enterprise,
            row.claim,
            row.text,
            bool(row.consent),
            row.channel,
            row.contact,
            row.received_at,
            days.after(civil_date(row.received_at), _days_of(Kind(row.kind))).day,
            tuple(
                Step(
                    each.turn,
                    each.step,
                    each.outcome,
                    each.text,
                    each.number,
                    each.by,
                    each.at,
                    None if each.correction is None else Correction.from_json(each.correction),
                )
                for each in steps[row.document]
            ),
        )
        for row in rows
    ]
