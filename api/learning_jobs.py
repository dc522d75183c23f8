"""The job that learns a model: it leaves the draft's text and how it came about, and files the draft where asked."""

from datetime import datetime

from sqlalchemy import Connection

from api.job_tasks import Commit, Outcome, Task, json_file
from api.learning_reports import learning_document, learning_result
from ledger.jobs import JobFile
from sampling.learning import propose
from scoring.learning.proposing import file_draft
from scoring.learning.questions import question_of


def learn_model(task: Task) -> Commit:
    """Learn without holding up others; record the reading, and file the draft, in the job's transaction."""
    actor, parameters = task.job.actor, task.job.parameters
    drafting, language = bool(parameters["drafting"]), task.bureau.settings.language
    with task.bureau.read() as tx:
        withheld = propose(tx, actor, question_of(parameters["question"]), drafting, parameters["purpose"])

    def commit(tx: Connection, now: datetime) -> Outcome:
        drafted = withheld.tell(tx, now)
        if drafting:
            file_draft(tx, actor, now, drafted)
        files = (
            JobFile("draft.toml", drafted.text.encode()),
            json_file("learning.json", learning_document(drafted, language)),
        )
        return Outcome(learning_result(drafted, drafting), files)

    return commit
