"""The job that files a quarter's report: what it rests on is read, and recorded, before anything is drawn."""

from api.job_tasks import Commit, Task, leaving
from ledger.jobs import JobFile


def file_quarterly_report(task: Task) -> Commit:
    """Make the report of a quarter as HTML and PDF."""
    from api.quarterly.filing import quarterly_filing  # matplotlib takes a while to load

    parameters = task.job.parameters
    filing = quarterly_filing(task.bureau, task.job.actor, parameters["quarter"], parameters["purpose"])
    files = (JobFile(f"{filing.name}.html", filing.html()), JobFile(f"{filing.name}.pdf", filing.pdf()))
    return leaving({"report": filing.name}, files)
