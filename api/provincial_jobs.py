"""The jobs of data upward, and of the province's model on its way back."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from api.job_tasks import Commit, Outcome, Task, json_file
from api.model_reports import named
from api.provincial_reports import provincial_check_document
from ledger.jobs import JobFile
from sampling import evaluating
from scoring.provincial.exporting import Export, Wanted, prepare_export
from scoring.provincial.taking_back import parse_provincial


def export_training_data(task: Task) -> Commit:
    """Make the files while nothing is held up, and hand them over in the transaction that ends the job."""
    parameters = dict(task.job.parameters)
    purpose = parameters.pop("purpose")
    wanted = Wanted(**{**parameters, **{name: date.fromisoformat(parameters[name]) for name in ("since", "until")}})
    with task.bureau.read() as tx:
        withheld = prepare_export(tx, task.job.actor, task.now, wanted, purpose, task.bureau.pseudonym_key)

    def commit(tx: Connection, now: datetime) -> Outcome:
        made = withheld.hand_over(tx, now)
        return Outcome({"export": made.id, "visits": made.visits}, tuple(job_files(made)))

    return commit


def check_provincial_model(task: Task) -> Commit:
    """Hold a model against local findings, and tell it once the reading is recorded."""
    parameters = task.job.parameters
    since, until = (date.fromisoformat(parameters[name]) for name in ("since", "until"))
    text, purpose = parameters["text"], parameters["purpose"]
    model = parse_provincial(text)
    with task.bureau.read() as tx:
        withheld = evaluating.check_provincial_model(tx, task.job.actor, task.now, text, since, until, purpose)

    def commit(tx: Connection, now: datetime) -> Outcome:
        found = withheld.tell(tx, now)
        document = provincial_check_document(model, found, since, until, task.bureau.settings.language)
        return Outcome({"model": named(model)}, (json_file("provincial-check.json", document),))

    return commit


def job_files(made: Export) -> Sequence[JobFile]:
    """Return the files of an export, as a job leaves them."""
    return [JobFile(each.name, each.content) for each in made.files]
