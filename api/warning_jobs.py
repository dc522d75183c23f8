"""The job of early warning: it looks in a snapshot, and raises in the transaction that ends it."""

from datetime import datetime

from sqlalchemy import Connection

from api.job_tasks import Commit, Outcome, Task
from ledger.calendar import civil_date
from sampling import early_warning


def raise_warnings(task: Task) -> Commit:
    """Look for warnings, and raise those that are new."""
    with task.bureau.read() as tx:
        found = early_warning.look(tx, civil_date(task.now), task.bureau.settings.warning_licence_days)

    def commit(tx: Connection, now: datetime) -> Outcome:
        raised = early_warning.raise_warnings(tx, task.job.actor, now, found)
        return Outcome({"run": raised.document, "raised": raised.count})

    return commit
