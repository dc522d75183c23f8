"""The worker: takes up one job after another, in a thread of `qian serve` or as `qian work`.

A job's work and its end are one transaction, so it is done once, whatever happens: a worker that is killed leaves the
job to whoever finds its lease run out. While a job is worked on, a second thread renews the lease, tells the progress
and learns whether the job is to be cancelled; where the database is busy it tells later or not at all.
"""

import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

import structlog
from sqlalchemy.exc import OperationalError

from api import logs
from api.bureau import Bureau
from api.job_handlers import HANDLERS
from api.job_tasks import Handler, RefusedWithFiles, Task
from ledger import jobs
from ledger.database import refusal_of
from ledger.errors import Refusal
from ledger.jobs import Job, JobFile, JobLost

WAIT_SECONDS: Final = 0.5
PULSE_SECONDS: Final = 1.0

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present instant in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


class Worker:
    """Works the jobs of one bureau; `clock` gives the times that are written."""

    def __init__(self, bureau: Bureau, clock: Clock = utc_now, handlers: Mapping[str, Handler] = HANDLERS) -> None:
        """Name the worker so that no other one is called so."""
        self.bureau = bureau
        self.clock = clock
        self.handlers = handlers
        self.name = f"{socket.gethostname()[:40]}-{secrets.token_hex(8)}"

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; the job at hand is ended first."""
        while not stop.is_set():
            try:
                found = self.work_one()
            except Exception as error:  # such as a database that is away: what this worker held is claimed again
                logs.unexpected(error, with_trace=True)
                found = False
            if not found:
                stop.wait(WAIT_SECONDS)

    def work_one(self) -> bool:
        """Take up one job and end it; tell whether there was one."""
        with self.bureau.database.write() as tx:
            job = jobs.claim(tx, self.clock(), self.name)
            files = [] if job is None else jobs.files(tx, job.id, "input")
        if job is None:
            return False
        log = structlog.get_logger("qian.worker").bind(job=job.id, kind=job.kind, attempt=job.attempts)
        log.info("job_begun")
        try:
            self._work(job, files)
        except JobLost:
            with self.bureau.database.write() as tx:
                jobs.cancelled(tx, job.id, self.name, self.clock())
            log.info("job_given_up")
        except RefusedWithFiles as error:
            self._fail(job, error.refusal, error.files)
            log.info("job_refused", code=error.refusal.code)
        except Refusal as refusal:
            self._fail(job, refusal)
            log.info("job_refused", code=refusal.code)
        except OperationalError as error:
            full = refusal_of(error)
            if full is None or full.code != "database_full":
                raise
            self._fail(job, full)
            log.info("job_refused", code=full.code)
        except Exception as error:
            identifier = logs.unexpected(error, with_trace=True)
            self._fail(job, Refusal("job_broke", id=identifier))
        else:
            log.info("job_done")
        return True

    def _work(self, job: Job, files: Sequence[JobFile]) -> None:
        with _Pulse(self, job) as pulse:
            commit = self.handlers[job.kind](Task(self.bureau, job, files, self.clock(), pulse.report))
            pulse.store()
            with self.bureau.write() as tx:
                now = self.clock()
                outcome = commit(tx, now)
                jobs.finish(tx, job.id, self.name, now, outcome.result, outcome.files)

    def _fail(self, job: Job, refusal: Refusal, files: Sequence[JobFile] = ()) -> None:
        with self.bureau.database.write() as tx:
            try:
                jobs.fail(tx, job.id, self.name, self.clock(), refusal, files)
            except JobLost:
                jobs.cancelled(tx, job.id, self.name, self.clock())


class _Pulse:
    """Holds a job's lease while the block runs."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self._worker = worker
        self._job = job
        self._progress = (0, 0)
        self._step = jobs.PREPARING
        self._ended = Event()
        self._lost = Event()
        self._thread = Thread(target=self._beat, name=f"pulse of {job.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def report(self, done: int, total: int) -> None:
        self._progress = (done, total)
        self.check()

    def store(self) -> None:
        """Tell that storing begins, which on SQLite nothing but the store itself can tell until it has ended."""
        self._step = jobs.STORING
        self.check()
        with suppress(OperationalError):
            self._tell()

    def check(self) -> None:
        if self._lost.is_set():
            raise JobLost(self._job.id)

    def _tell(self) -> None:
        worker = self._worker
        with worker.bureau.database.write() as tx:
            jobs.report(tx, self._job.id, worker.name, worker.clock(), *self._progress, self._step)

    def _beat(self) -> None:
        while not self._ended.wait(PULSE_SECONDS):
            try:
                self._tell()
            except JobLost:
                self._lost.set()
                return
            except OperationalError:
                continue
