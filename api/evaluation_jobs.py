"""What the worker does for evaluations; what they found is told in files, which only who asked and auditors fetch."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from api.evaluation_documents import evaluation_files, evidence_files
from api.job_tasks import Commit, Handler, Outcome, Task
from ledger.jobs import JobFile
from sampling import evaluating
from sampling.evaluation_requests import ANALYSE_INDICATORS, EVALUATE_CAMPAIGN, EVALUATE_PERIOD
from scoring.model import parse_earlier_model
from scoring.trials import Withheld


def _evaluate_campaign(task: Task) -> Commit:
    given = task.job.parameters
    with task.bureau.read() as tx:
        asked = (given["campaign"], given["purpose"], given["target"])
        withheld = evaluating.evaluate_campaign(tx, task.job.actor, *asked)
    return _told(withheld, evaluation_files, lambda found: {"visits": found.coverage.visited})


def _evaluate_period(task: Task) -> Commit:
    given = task.job.parameters
    with task.bureau.read() as tx:
        asked = (*_period(given), given["purpose"], given["target"])
        withheld = evaluating.evaluate_period(tx, task.job.actor, *asked)
    return _told(withheld, evaluation_files, lambda found: {"visits": found.coverage.visited})


def _analyse_indicators(task: Task) -> Commit:
    given = task.job.parameters
    model = parse_earlier_model(given["text"])
    with task.bureau.read() as tx:
        asked = (*_period(given), given["purpose"], given["target"], given["observational"])
        withheld = evaluating.analyse_model(tx, task.job.actor, model, *asked)
    return _told(withheld, evidence_files, lambda found: {"visits": found.visits})


def _told(
    withheld: Withheld[Any], files: Callable[[Any], tuple[JobFile, ...]], result: Callable[[Any], Mapping[str, int]]
) -> Commit:
    """Return the step that records the reading, and tells what was found."""

    def commit(tx: Connection, now: datetime) -> Outcome:
        found = withheld.tell(tx, now)
        return Outcome(dict(result(found)), files(found))

    return commit


def _period(given: Mapping[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(given["first"]), date.fromisoformat(given["last"])


HANDLERS: Final[Mapping[str, Handler]] = {
    EVALUATE_CAMPAIGN: _evaluate_campaign,
    EVALUATE_PERIOD: _evaluate_period,
    ANALYSE_INDICATORS: _analyse_indicators,
}
