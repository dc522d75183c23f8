"""Pulling a source: its files are fetched, and each that is new goes in, in a transaction of its own.

The transaction also remembers the file's content, so that a pull that is done twice, or was ended half-way, takes every
file in once. A file that is refused does not hold up the next; it is looked at again with the next pull.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile

import structlog

from api.bureau import Bureau
from api.fetching import Found, Limits
from api.fetching_folder import folder_files
from api.fetching_http import http_files
from api.settings import Settings
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from ledger.keys import load_passphrase
from sampling import pull_states, registers, sources
from sampling.pull_states import Taken
from scoring.files import ImportReport, Progress, read_file, sha256_of
from scoring.pulls import FolderPlace, HttpPlace, Pull
from scoring.source import Source

_log = structlog.get_logger("qian.pulling")


@dataclass
class PullReport:
    """What a pull did: the reports of what went in, how many files were held already, and what was refused why."""

    source: Source
    taken: list[ImportReport] = field(default_factory=list)
    unchanged: int = 0
    failed: list[tuple[str, Refusal]] = field(default_factory=list)


def pull_source(bureau: Bureau, actor: Actor, name: str, progress: Progress = lambda rows: None) -> PullReport:
    """Fetch a source's files and take in what is new, and record how that went.

    Raises Missing or Invalid where there is no such source, or nothing to fetch of it, and Conflict where it is not in
    force or its place cannot be reached.
    """
    actor.require(Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR)
    with bureau.read() as tx:
        source = sources.find(tx, name).source
        pull = pull_states.pull_of(source)
        known = pull_states.taken(tx, source)
    report = PullReport(source)
    try:
        source.require_in_force(bureau.today)
        with _files(pull, bureau.settings) as found:
            for file in found:
                try:
                    _take_in(bureau, actor, report, file, known.get(file.name), progress)
                except Refusal as refusal:
                    refusal.parameters.setdefault("file", file.name)
                    report.failed.append((file.name, refusal))
                    _log.warning("file_not_pulled", source=name, file=file.name, code=refusal.code)
    except Refusal as refusal:
        _record(bureau, source, refusal, None)
        _log.warning("not_pulled", source=name, code=refusal.code)
        raise
    first_file, first = report.failed[0] if report.failed else (None, None)
    _record(bureau, source, first, first_file)
    return report


@contextmanager
def _files(pull: Pull, settings: Settings) -> Iterator[list[Found]]:
    place, limits = pull.place, Limits(pull.largest_bytes, pull.seconds)
    if isinstance(place, FolderPlace):
        opened = folder_files(place, settings.inbox_folder, limits)
    elif isinstance(place, HttpPlace):
        opened = http_files(place, _credential(settings, place.credential), limits)
    else:
        from api.fetching_sftp import sftp_files  # its library takes a while to load, which other sources do without

        opened = sftp_files(place, _credential(settings, place.credential) or b"", limits)
    with opened as found:
        yield found


def _credential(settings: Settings, name: str | None) -> bytes | None:
    return None if name is None else load_passphrase(settings.credentials_folder / name).value


def _take_in(
    bureau: Bureau, actor: Actor, report: PullReport, found: Found, known: Taken | None, progress: Progress
) -> None:
    source = report.source
    with TemporaryFile() as content:
        mark = found.fetch(None if known is None else known.mark, content)
        if mark is None:
            report.unchanged += 1
            return
        content.seek(0)
        taken = Taken(mark, sha256_of(content))
        if known is not None and taken.sha256 == known.sha256:
            with bureau.write() as tx:
                pull_states.remember(tx, bureau.now, source, found.name, taken)
            report.unchanged += 1
            return
        file = read_file(source.format, source.name, found.name, content, bureau.today, progress)
        with bureau.write() as tx:
            imported = registers.take_in(tx, actor, bureau.now, file, False, bureau.pseudonym_key)
            pull_states.remember(tx, bureau.now, source, found.name, taken)
        report.taken.append(imported)


def _record(bureau: Bureau, source: Source, error: Refusal | None, file: str | None) -> None:
    with bureau.write() as tx:
        pull_states.record(tx, bureau.now, source, error, file)
