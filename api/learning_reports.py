"""A proposal as a document, the same for the command line and for the files of jobs."""

from api.model_reports import coded, named
from ledger.canonical import JSON
from schema.remark_words import say_remark
from schema.words import Language
from scoring.grades import NOTICE
from scoring.learning.proposing import Drafted


def learning_document(drafted: Drafted, language: Language) -> dict[str, JSON]:
    """Return how a proposal came about, in millionths, and what it says otherwise than the model in force."""
    proposal = drafted.proposal
    changes: list[JSON] = [
        {"code": each.code, "place": each.place, "text": say_remark(each, language)} for each in proposal.changes
    ]
    draft = {"name": proposal.base.name, "version": drafted.version}
    return {**proposal.document(), "draft": draft, "changes": changes, "notice": NOTICE}


def learning_result(drafted: Drafted, filed: bool) -> dict[str, JSON]:
    """Return what a job's result tells of a proposal: no number that follows grades."""
    proposal = drafted.proposal
    return {
        "base": named(proposal.base),
        "draft": {"name": proposal.base.name, "version": drafted.version},
        "filed": filed,
        "advice": proposal.advice.value,
        "changes": coded(proposal.changes),
    }
