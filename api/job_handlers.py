"""What the worker does for each kind of job.

A handler reads and computes all that needs no lock, then returns what is to be done in the one transaction that also
ends the job. It runs as the actor who asked for the job.

| kind | parameters | input files | result | result files |
| --- | --- | --- | --- | --- |
| import_file | source, strict | the files | files: batch and counts of each | refused rows of each, CSV |
| pull_source | source | | files; unchanged: how many; failed: file, code, parameters | refused rows of each, CSV |
| grade_enterprises | as_of (date; null: today), full | | run, as_of, enterprises, stored | |
| seal_readings | | | days | |
| check_model | text, purpose | | model, scores, remarks | what it says of the records, JSON |
| compare_models | old, new (texts), purpose | | old, new, changes | who would move, JSON |
| freeze_campaign | campaign, beacon (as `sampling.naming` has the request), replaces | | entry | |
| export_bundle | campaign | | bytes | the bundle |
| verify_bundle | | bundle, trust (optional) | passed, pinned, checks | |
| audit | | | faults, expired | |
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

import orjson
from sqlalchemy import Connection

from api.auditing import audit_bureau, count_expired
from api.bureau import Bureau
from api.dask_grading import spread_by
from api.model_reports import check_document, coded, comparison_document, named
from api.pulling import pull_source
from api.refused_rows import refused_file
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.errors import Refusal
from ledger.jobs import Job, JobFile
from sampling import registers, sources
from sampling.bundles import export_bundle
from sampling.freezing import freeze
from sampling.naming import name_beacon
from sampling.pull_states import PULL_SOURCE
from sampling.verification import Check, Trust, verify_bundle
from scoring import readings, trials
from scoring.columns import Format
from scoring.files import ImportRefused, ImportReport, read_file
from scoring.grading import grade_enterprises
from scoring.model import parse_earlier_model, parse_model
from scoring.model_check import outline
from scoring.model_diff import differences


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


def _import_file(task: Task) -> Commit:
    parameters = task.job.parameters
    today = civil_date(task.now)
    with task.bureau.read() as tx:
        source = sources.find(tx, parameters["source"]).source
    source.require_in_force(today)
    form = source.format
    read = [
        read_file(
            form,
            source.name,
            file.name,
            io.BytesIO(file.content),
            today,
            lambda rows: task.report(rows, 0),
        )
        for file in task.files
    ]

    def commit(tx: Connection, now: datetime) -> Outcome:
        key, actor, strict = task.bureau.pseudonym_key, task.job.actor, bool(parameters["strict"])
        try:
            reports = [registers.take_in(tx, actor, now, file, strict, key) for file in read]
        except ImportRefused as error:
            name = str(error.parameters["file"])
            refused = JobFile(_refused_name(name), refused_file(form, error.refused, task.bureau.settings.language))
            raise RefusedWithFiles(error, (refused,)) from None
        return Outcome({"files": [counts(report) for report in reports]}, tuple(_refused_files(task, form, reports)))

    return commit


def _pull_source(task: Task) -> Commit:
    pulled = pull_source(task.bureau, task.job.actor, task.job.parameters["source"], lambda rows: task.report(rows, 0))
    failed: list[JSON] = [
        {
            "file": file,
            "code": refusal.code,
            "parameters": {key: str(value) for key, value in refusal.parameters.items()},
        }
        for file, refusal in pulled.failed
    ]
    result: JSON = {
        "files": [counts(report) for report in pulled.taken],
        "unchanged": pulled.unchanged,
        "failed": failed,
    }
    return _leaving(result, _refused_files(task, pulled.source.format, pulled.taken))


def _grade_enterprises(task: Task) -> Commit:
    given, full = task.job.parameters.get("as_of"), bool(task.job.parameters.get("full"))

    def commit(tx: Connection, now: datetime) -> Outcome:
        as_of = civil_date(now) if given is None else date.fromisoformat(given)
        with spread_by(task.bureau.settings) as spread:
            run = grade_enterprises(tx, task.job.actor, now, as_of, full, task.report, spread)
        counted = {"enterprises": run.enterprises, "stored": run.stored}
        return Outcome({"run": run.document, "as_of": run.as_of.isoformat(), **counted})

    return commit


def _seal_readings(task: Task) -> Commit:
    def commit(tx: Connection, now: datetime) -> Outcome:
        return Outcome({"days": [day.isoformat() for day in readings.seal_readings(tx, now)]})

    return commit


def _check_model(task: Task) -> Commit:
    model = parse_model(task.job.parameters["text"])
    told, today = outline(model), civil_date(task.now)
    with task.bureau.read() as tx:
        withheld = trials.try_model(tx, task.job.actor, model, today, task.job.parameters["purpose"])

    def commit(tx: Connection, now: datetime) -> Outcome:
        trial = withheld.tell(tx, now)
        document = check_document(model, told, trial, today, task.bureau.settings.language)
        result: JSON = {
            "model": named(model),
            "scores": document["scores"],
            "grades_by_score": document["grades_by_score"],
            "grades_by_rule": document["grades_by_rule"],
            "remarks": coded([*told.remarks, *trial.remarks]),
        }
        return Outcome(result, (_json_file("model-check.json", document),))

    return commit


def _compare_models(task: Task) -> Commit:
    parameters, today = task.job.parameters, civil_date(task.now)
    old, new = (parse_earlier_model(parameters[name]) for name in ("old", "new"))
    changes = differences(old, new)
    with task.bureau.read() as tx:
        withheld = trials.compare_models(tx, task.job.actor, old, new, today, parameters["purpose"])

    def commit(tx: Connection, now: datetime) -> Outcome:
        migration, language = withheld.tell(tx, now), task.bureau.settings.language
        document = comparison_document(old, new, changes, migration, today, language, with_list=True)
        result: JSON = {"old": named(old), "new": named(new), "changes": coded(changes)}
        return Outcome(result, (_json_file("model-comparison.json", document),))

    return commit


def _freeze_campaign(task: Task) -> Commit:
    parameters, bureau = task.job.parameters, task.bureau

    def commit(tx: Connection, now: datetime) -> Outcome:
        entry = freeze(
            tx,
            task.job.actor,
            now,
            parameters["campaign"],
            name_beacon(parameters["beacon"], now, bureau.beacon_terms),
            bureau.settings.limits,
            bureau.settings.inference_bound,
            bureau.witness_policy,
            bureau.beacon_margin,
            parameters.get("replaces", ()),
        )
        return Outcome({"campaign": parameters["campaign"], "entry": entry.seq})

    return commit


def _export_bundle(task: Task) -> Commit:
    campaign = task.job.parameters["campaign"]

    def commit(tx: Connection, now: datetime) -> Outcome:
        data = export_bundle(tx, task.job.actor, now, campaign)
        return Outcome({"campaign": campaign, "bytes": len(data)}, (JobFile(f"{campaign}.bundle", data),))

    return commit


def _verify_bundle(task: Task) -> Commit:
    files = {file.name: file.content for file in task.files}
    trust = Trust.parse(files["trust"].decode("utf-8", "replace")) if "trust" in files else None
    checks = verify_bundle(files["bundle"], trust)
    return _leaving(verification(checks, trust is not None))


def _audit(task: Task) -> Commit:
    faults = audit_bureau(task.bureau, task.job.actor)
    told: list[JSON] = [{"table": each.table, "row": each.row, "code": each.code} for each in faults]
    return _leaving({"faults": told, "expired": count_expired(task.bureau)})


HANDLERS: Final[Mapping[str, Handler]] = {
    "import_file": _import_file,
    PULL_SOURCE: _pull_source,
    "grade_enterprises": _grade_enterprises,
    "check_model": _check_model,
    "compare_models": _compare_models,
    "seal_readings": _seal_readings,
    "freeze_campaign": _freeze_campaign,
    "export_bundle": _export_bundle,
    "verify_bundle": _verify_bundle,
    "audit": _audit,
}


def counts(report: ImportReport) -> dict[str, JSON]:
    """Return what an import did to a file: its batch and counts of rows."""
    return {
        "file": report.file,
        "kind": report.kind,
        "batch": report.batch,
        "read": report.read,
        "new": report.new,
        "same": report.same,
        "superseding": report.superseding,
        "revoking": report.revoking,
        "kept_apart": report.kept_apart,
        "refused": len(report.refused),
    }


def verification(checks: Sequence[Check], pinned: bool) -> dict[str, JSON]:
    """Return the answer of a verification: whether all passed, whether the keys were pinned, and each check."""
    return {
        "passed": all(check.passed for check in checks),
        "pinned": pinned,
        "checks": [{"name": check.name, "compared": check.compared, "fault": check.fault} for check in checks],
    }


def _refused_files(task: Task, form: Format, reports: Sequence[ImportReport]) -> list[JobFile]:
    language = task.bureau.settings.language
    return [
        JobFile(_refused_name(report.file), refused_file(form, report.refused, language))
        for report in reports
        if report.refused
    ]


def _json_file(name: str, document: Mapping[str, JSON]) -> JobFile:
    return JobFile(name, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _refused_name(file: str) -> str:
    return f"refused-{file[:200]}.csv"


def _leaving(result: JSON, files: Sequence[JobFile] = ()) -> Commit:
    return lambda tx, now: Outcome(result, tuple(files))
