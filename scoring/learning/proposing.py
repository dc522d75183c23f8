"""Use case: propose a model's points from findings, and keep the proposal as a draft.

What it reads is as secret as grades: the proposal is withheld until its reading is recorded. Nothing comes into force
by it: a draft is reviewed by another person, and put in force by a further step (`scoring.model_steps`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.jobs import Job
from scoring import model_steps, models
from scoring.evaluation.histories import history
from scoring.evaluation.reading import read_period
from scoring.grades import checked_purpose
from scoring.learning.drafting import draft_text, next_version
from scoring.learning.gathering import examples_of
from scoring.learning.learner import Proposal, learn
from scoring.learning.questions import Question
from scoring.models import ModelVersion
from scoring.trials import READERS, Withheld

LEARN_MODEL = "learn_model"
LEARNING = "learning"
"""What stands for the run in the record of a reading."""


@dataclass(frozen=True)
class Drafted:
    """A proposal and its document, under a version that is not taken."""

    proposal: Proposal
    version: str
    text: str


def request_learning(
    tx: Connection, actor: Actor, now: datetime, question: Question, drafting: bool, purpose: str
) -> Job:
    """Ask that a model be learned, and where `drafting` that the proposal be kept as a draft.

    Raises Missing("model_version_missing"), Forbidden("model_of_others"), Invalid("purpose_missing").
    """
    _base(tx, actor, question, drafting)
    parameters: dict[str, JSON] = {
        "question": question.document(),
        "drafting": drafting,
        "purpose": checked_purpose(purpose),
    }
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, LEARN_MODEL, parameters))


def propose(
    tx: Connection,
    actor: Actor,
    question: Question,
    drafting: bool,
    purpose: str,
    campaigns: Collection[str] | None = None,
) -> Withheld[Drafted]:
    """Learn from the visits of the question's days what the points of its model should be; None: of all campaigns.

    Auditors may ask, too, so that they can compute a proposal again; a draft is for analysts. Raises Missing
    ("model_version_missing"), Forbidden("model_of_others"), and what `learn` raises.
    """
    base = _base(tx, actor, question, drafting)
    sample = read_period(tx, question.first, question.last, campaigns).of_kind(question.observational)
    known = history(tx, base.model, sample.visits)
    examples = examples_of(base.model, sample, known.values, known.in_scope, question.target)
    proposal = learn(base.model, examples, question.settings)
    taken = [each.model.version for each in models.versions(tx) if each.model.name == base.model.name]
    version = next_version(base.model.version, taken)
    kind = ["observational"] if question.observational else []
    asked = [f"{question.first} – {question.last}", *question.target, *kind]
    text = draft_text(base.text, proposal, version, question.author, "; ".join(asked))
    return Withheld(Drafted(proposal, version, text), actor, checked_purpose(purpose), LEARNING)


def file_draft(tx: Connection, actor: Actor, now: datetime, drafted: Drafted) -> ModelVersion:
    """Keep a proposal as a draft, for a second person to review; raises what `model_steps.draft` raises."""
    return model_steps.draft(tx, actor, now, drafted.text)


def _base(tx: Connection, actor: Actor, question: Question, drafting: bool) -> ModelVersion:
    actor.require(*((Role.ANALYST,) if drafting else READERS))
    found = models.read(tx, actor, question.name, question.version)
    if actor.role is Role.ANALYST:
        models.require_own(actor, found.model)
    return found
