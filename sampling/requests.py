"""Asking for long work: each request is checked as far as it can be at once, and left to a worker as a job.

The worker calls the use case as the actor who asked, and there everything is decided anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import PurePath

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.jobs import Job, JobFile
from sampling import campaigns, registers
from sampling.beacons import Party
from sampling.freezing import ceremony_beacon

LONGEST_NAME = 200


def request_import(
    tx: Connection, actor: Actor, now: datetime, kind: str, source: str, strict: bool, file: JobFile
) -> Job:
    """Ask that a file be taken in; raises Invalid: file_kind_unknown, source_missing, file_name_unusable."""
    actor.require(*registers.importers(kind))
    if not source.strip():
        raise Invalid("source_missing", field="source")
    name = PurePath(file.name).name
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("file_name_unusable", field="file", longest=LONGEST_NAME)
    parameters: dict[str, JSON] = {"kind": kind, "source": source, "strict": strict}
    return _enqueue(tx, actor, now, "import_file", parameters, [JobFile(name, file.content)])


def request_grading(tx: Connection, actor: Actor, now: datetime, as_of: date | None) -> Job:
    """Ask that all enterprises be graded as of the end of a day, by default today's."""
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    return _enqueue(tx, actor, now, "grade_enterprises", {"as_of": as_of.isoformat() if as_of else None})


def request_freeze(
    tx: Connection, actor: Actor, now: datetime, campaign: str, parties: Sequence[Party], deadline: datetime | None
) -> Job:
    """Ask that a planned campaign be frozen by a ceremony of parties until a deadline, without both by a local beacon.

    Raises what `campaigns.for_planner` and `ceremony_beacon` raise, and Invalid("ceremony_incomplete").
    """
    campaigns.for_planner(tx, actor, campaign, "planned")
    parameters: dict[str, JSON] = {"campaign": campaign}
    if parties and deadline is not None:
        ceremony_beacon(parties, now, timedelta(0), deadline)
        parameters["parties"] = [{"name": each.name, "commitment": each.commitment.hex()} for each in parties]
        parameters["deadline"] = instant_text(deadline)
    elif parties or deadline is not None:
        raise Invalid("ceremony_incomplete", field="ceremony")
    return _enqueue(tx, actor, now, "freeze_campaign", parameters)


def request_bundle(tx: Connection, actor: Actor, now: datetime, campaign: str) -> Job:
    """Ask for the auditor's bundle of a drawn campaign."""
    actor.require(Role.AUDITOR)
    campaigns.require_state(campaigns.read(tx, actor, campaign), "drawn", "matched", "closed")
    return _enqueue(tx, actor, now, "export_bundle", {"campaign": campaign})


def request_verification(tx: Connection, actor: Actor, now: datetime, bundle: bytes, trust: str | None) -> Job:
    """Ask that a bundle be verified, under the pinned keys of a trust file if one is given."""
    files = [JobFile("bundle", bundle)]
    if trust is not None:
        files.append(JobFile("trust", trust.encode()))
    return _enqueue(tx, actor, now, "verify_bundle", {}, files)


def request_audit(tx: Connection, actor: Actor, now: datetime) -> Job:
    """Ask that the whole database be compared with the log."""
    actor.require(Role.AUDITOR, Role.ADMINISTRATOR)
    return _enqueue(tx, actor, now, "audit", {})


def _enqueue(
    tx: Connection,
    actor: Actor,
    now: datetime,
    kind: str,
    parameters: Mapping[str, JSON],
    files: Sequence[JobFile] = (),
) -> Job:
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, kind, parameters, files))
