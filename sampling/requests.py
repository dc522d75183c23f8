"""Asking for long work: each request is checked as far as it can be at once, and left to a worker as a job.

The worker calls the use case as the actor who asked, and there everything is decided anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.jobs import Job, JobFile
from sampling import campaigns, registers, sources
from sampling.naming import Terms, name_beacon
from sampling.replacing import replaced_campaigns
from sampling.reports.annual_report import require_department
from sampling.reports.campaign_report import require_reportable
from scoring import grades, models, trials
from scoring.fields import text_up_to
from scoring.model import parse_model

LONGEST_NAME = 200
MOST_ROWS = 1000
ROWS_NAME = "rows.jsonl"
EXPORT_BUNDLE = "export_bundle"
TEND_PUBLICATIONS = "tend_publications"


@dataclass(frozen=True)
class ModelChoice:
    """A model to be compared: its text, or the name and version of one that is held."""

    text: str | None = None
    name: str | None = None
    version: str | None = None


def request_import(tx: Connection, actor: Actor, now: datetime, source: str, strict: bool, file: JobFile) -> Job:
    """Ask that a file of a source be taken in; raises Missing(source_unknown), Invalid(file_name_unusable).

    Also what `registers.require_importer` raises.
    """
    registers.require_importer(actor, sources.open_to(tx, actor, source).source.format)
    name = PurePath(file.name).name
    try:
        text_up_to(LONGEST_NAME)(name)
    except Invalid:
        name = ""
    if not name:
        raise Invalid("file_name_unusable", field="file", longest=LONGEST_NAME)
    parameters: dict[str, JSON] = {"source": source, "strict": strict}
    return _enqueue(tx, actor, now, "import_file", parameters, [JobFile(name, file.content)])


def request_rows(tx: Connection, actor: Actor, now: datetime, source: str, strict: bool, rows: Sequence[object]) -> Job:
    """Ask that rows be taken in that a program hands over, each an object of a source's columns, as a file's.

    Raises Invalid("rows_count"), and what `request_import` raises.
    """
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Invalid("rows_count", field="rows", least=1, greatest=MOST_ROWS)
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    return request_import(tx, actor, now, source, strict, JobFile(ROWS_NAME, lines.encode()))


def request_grading(tx: Connection, actor: Actor, now: datetime, as_of: date | None, full: bool = False) -> Job:
    """Ask that all enterprises be graded as of the end of a day, by default today's; `full`: on no earlier run."""
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    parameters = {"as_of": as_of.isoformat() if as_of else None, "full": full}
    return _enqueue(tx, actor, now, "grade_enterprises", parameters)


def request_tending(tx: Connection, actor: Actor, now: datetime) -> Job:
    """Ask that deadlines of publications be told of, and that what is over its retention be ended."""
    actor.require(Role.ADMINISTRATOR)
    return _enqueue(tx, actor, now, TEND_PUBLICATIONS, {})


def request_model_check(tx: Connection, actor: Actor, now: datetime, text: str, purpose: str) -> Job:
    """Ask what a model would say of today's records; raises what `parse_model` raises, Invalid("purpose_missing")."""
    actor.require(*trials.READERS)
    parse_model(text)
    return _enqueue(tx, actor, now, "check_model", {"text": text, "purpose": grades.checked_purpose(purpose)})


def request_model_comparison(
    tx: Connection, actor: Actor, now: datetime, old: ModelChoice, new: ModelChoice, purpose: str
) -> Job:
    """Ask whom a model would move that another one grades; raises what `chosen_text` and `parse_model` raise."""
    actor.require(*trials.READERS)
    texts = [chosen_text(tx, actor, choice) for choice in (old, new)]
    parameters: dict[str, JSON] = {"old": texts[0], "new": texts[1], "purpose": grades.checked_purpose(purpose)}
    return _enqueue(tx, actor, now, "compare_models", parameters)


def chosen_text(tx: Connection, actor: Actor, choice: ModelChoice) -> str:
    """Return the text of a model that is given, or of one that is held.

    Raises Invalid("model_choice") unless it is either, Missing("model_version_missing"), or what `parse_model` raises.
    """
    if choice.text is not None and choice.name is None and choice.version is None:
        parse_model(choice.text)
        return choice.text
    if choice.text is not None or choice.name is None or choice.version is None:
        raise Invalid("model_choice")
    return models.read(tx, actor, choice.name, choice.version).text


def request_freeze(
    tx: Connection,
    actor: Actor,
    now: datetime,
    campaign: str,
    beacon: Mapping[str, JSON],
    terms: Terms,
    replaces: Sequence[str] = (),
) -> Job:
    """Ask that a planned campaign be frozen under a beacon, as `sampling.naming` has the request.

    Raises what `campaigns.for_planner`, `name_beacon` and `replaced_campaigns` raise.
    """
    found = campaigns.for_planner(tx, actor, campaign, "planned")
    name_beacon(dict(beacon), now, terms)
    replaced_campaigns(tx, found.plan, replaces)
    parameters: dict[str, JSON] = {"campaign": campaign, "beacon": dict(beacon), "replaces": list(replaces)}
    return _enqueue(tx, actor, now, "freeze_campaign", parameters)


def request_bundle(tx: Connection, actor: Actor, now: datetime, campaign: str) -> Job:
    """Ask for the auditor's bundle of a drawn campaign."""
    actor.require(Role.AUDITOR)
    campaigns.require_drawn(tx, campaigns.read(tx, actor, campaign))
    return _enqueue(tx, actor, now, EXPORT_BUNDLE, {"campaign": campaign})


def request_campaign_report(tx: Connection, actor: Actor, now: datetime, campaign: str) -> Job:
    """Ask for the files of a campaign's report; raises what `campaign_report` raises of who asks and of its state."""
    require_reportable(tx, actor, campaign)
    return _enqueue(tx, actor, now, "file_campaign_report", {"campaign": campaign})


def request_annual_report(tx: Connection, actor: Actor, now: datetime, department: str, year: int) -> Job:
    """Ask for the files of a year's report; raises what `annual_report` raises of who asks."""
    require_department(tx, actor, department)
    return _enqueue(tx, actor, now, "file_annual_report", {"department": department, "year": year})


def request_verification(tx: Connection, actor: Actor, now: datetime, bundle: bytes, trust: str | None) -> Job:
    """Ask that a bundle be verified, under the pinned keys of a trust file if one is given."""
    actor.require_officer()
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
