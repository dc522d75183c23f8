"""Who may learn a model from whose findings: `scoring.learning` knows no plans."""

from sqlalchemy import Connection

from ledger.actors import Actor
from sampling.evaluating import evaluable
from scoring.learning import proposing
from scoring.learning.proposing import Drafted
from scoring.learning.questions import Question
from scoring.trials import Withheld


def propose(tx: Connection, actor: Actor, question: Question, drafting: bool, purpose: str) -> Withheld[Drafted]:
    """Propose a model from the findings of campaigns that the actor may evaluate; raises as `scoring.learning` does."""
    return proposing.propose(tx, actor, question, drafting, purpose, evaluable(tx, actor))
