"""What every kind of job has in common for the worker: what it is given, and what it leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import orjson
from sqlalchemy import Connection

from api.bureau import Bureau
from ledger.canonical import JSON
from ledger.errors import Refusal
from ledger.jobs import Job, JobFile


@dataclass(frozen=True)
class Outcome:
    """What a job leaves."""

    result: JSON
    files: tuple[JobFile, ...] = ()


@dataclass(frozen=True)
class Task:
    """A job that was claimed. `report(done, total)` tells of progress, and raises JobLost where the job is to end."""

    bureau: Bureau
    job: Job
    files: Sequence[JobFile]
    now: datetime
    report: Callable[[int, int], None]


class RefusedWithFiles(Exception):
    """A refusal that leaves files all the same."""

    def __init__(self, refusal: Refusal, files: tuple[JobFile, ...]) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.files = files


Commit: TypeAlias = Callable[[Connection, datetime], Outcome]
Handler: TypeAlias = Callable[[Task], Commit]


def json_file(name: str, document: Mapping[str, JSON]) -> JobFile:
    """Return a document as a file."""
    return JobFile(name, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def leaving(result: JSON, files: Sequence[JobFile] = ()) -> Commit:
    """Return the step of a job that writes nothing."""
    return lambda tx, now: Outcome(result, tuple(files))
