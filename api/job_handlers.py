"""What the worker does for each kind of job.

A handler reads and computes all that needs no lock, then returns what is to be done in the one transaction that also
ends the job. It runs as the actor who asked for the job.

| kind | parameters | input files | result | result files |
| --- | --- | --- | --- | --- |
| import_file | source, strict | the files | files: batch and counts of each | refused rows of each, CSV |
| pull_source | source | | files; unchanged: how many; failed: file, code, parameters | refused rows of each, CSV |
| grade_enterprises | as_of (date; null: today), full | | run, as_of, enterprises, stored | |
| seal_readings | | | days | |
| remind | | | told | |
| mail_inbox | | | sent, refused | |
| seal_receipts | | | days | |
| export_deliveries | platform | | export, deliveries, refused, more | the files in its template |
| check_model | text, purpose | | model, scores, remarks | what it says of the records, JSON |
| export_training_data | of `exporting.Wanted`, purpose | | export, visits | Parquet, CSV, data dictionary |
| check_provincial_model | text, since, until, purpose | | model | what it does here, JSON |
| compare_models | old, new (texts), purpose | | old, new, changes | who would move, JSON |
| learn_model | question, drafting, purpose | | base, draft, filed, advice, changes | the draft, TOML; how, JSON |
| freeze_campaign | campaign, beacon (as `sampling.naming` has the request), replaces | | entry | |
| export_bundle | campaign | | bytes | the bundle |
| verify_bundle | | bundle, trust (optional) | passed, pinned, checks | |
| tend_publications | | | warned, escalated, ended | |
| file_campaign_report | campaign | | report | the report, PDF and XLSX |
| file_annual_report | department, year | | report | the report, PDF and XLSX |
| file_quarterly_report | quarter, purpose | | report | the report, HTML and PDF |
| raise_warnings | | | run, raised | |
| evaluate_campaign | campaign, purpose, target | | visits | evaluation, JSON; prevalence, CSV |
| evaluate_period | first, last, purpose, target | | visits | evaluation, JSON; prevalence, CSV |
| analyse_indicators | text, first, last, purpose, target, observational | | visits | indicators, JSON; bins, CSV |
| audit | | | faults, expired | |
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from api import evaluation_jobs, mailing
from api.auditing import audit_bureau, count_expired
from api.dask_grading import spread_by
from api.exchange_files import WRITERS
from api.filed_reports import Filing, annual_filing, campaign_filing
from api.job_tasks import Commit, Handler, Outcome, RefusedWithFiles, Task, json_file, leaving
from api.learning_jobs import learn_model
from api.model_reports import check_document, coded, comparison_document, named
from api.provincial_jobs import check_provincial_model, export_training_data
from api.pulling import pull_source
from api.quarterly_jobs import file_quarterly_report
from api.refused_rows import refused_file
from api.warning_jobs import raise_warnings
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.jobs import JobFile
from sampling import inbox, registers, sources
from sampling.bundles import export_bundle
from sampling.early_warning import RAISE_WARNINGS
from sampling.exchange import exporting, receipts
from sampling.exchange.exporting import EXPORT_DELIVERIES
from sampling.freezing import freeze
from sampling.naming import name_beacon
from sampling.publication.tending import tend
from sampling.pull_states import PULL_SOURCE
from sampling.reports.quarterly_report import FILE_QUARTERLY_REPORT
from sampling.requests import TEND_PUBLICATIONS
from sampling.verification import Check, Trust, verify_bundle
from sampling.visits.reminding import remind
from scoring import readings, trials
from scoring.columns import Format
from scoring.files import ImportRefused, ImportReport, read_file
from scoring.grade_runs import stored_for
from scoring.grading import grade_enterprises
from scoring.learning.proposing import LEARN_MODEL
from scoring.model import parse_earlier_model, parse_model
from scoring.model_check import outline
from scoring.model_diff import differences
from scoring.provincial.exporting import EXPORT_TRAINING_DATA
from scoring.provincial.taking_back import CHECK_PROVINCIAL_MODEL


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
            "parameters": refusal.told(),
        }
        for file, refusal in pulled.failed
    ]
    result: JSON = {
        "files": [counts(report) for report in pulled.taken],
        "unchanged": pulled.unchanged,
        "failed": failed,
    }
    return leaving(result, _refused_files(task, pulled.source.format, pulled.taken))


def _grade_enterprises(task: Task) -> Commit:
    given, full = task.job.parameters.get("as_of"), bool(task.job.parameters.get("full"))

    def commit(tx: Connection, now: datetime) -> Outcome:
        as_of = civil_date(now) if given is None else date.fromisoformat(given)
        with spread_by(task.bureau.settings) as spread:
            run = grade_enterprises(tx, task.job.actor, now, as_of, full, task.report, spread)
        counted = {"enterprises": run.enterprises, "stored": stored_for(tx, task.job.actor, run)}
        return Outcome({"run": run.document, "as_of": run.as_of.isoformat(), **counted})

    return commit


def _seal_readings(task: Task) -> Commit:
    def commit(tx: Connection, now: datetime) -> Outcome:
        return Outcome({"days": [day.isoformat() for day in readings.seal_readings(tx, now)]})

    return commit


def _remind(task: Task) -> Commit:
    def commit(tx: Connection, now: datetime) -> Outcome:
        return Outcome({"told": remind(tx, now)})

    return commit


def _seal_receipts(task: Task) -> Commit:
    def commit(tx: Connection, now: datetime) -> Outcome:
        return Outcome({"days": [day.isoformat() for day in receipts.seal_receipts(tx, now)]})

    return commit


def _mail_inbox(task: Task) -> Commit:
    bureau = task.bureau
    with bureau.read() as tx:
        due = inbox.mails(tx)
    sent = mailing.send(bureau.settings, bureau.name, due)

    def commit(tx: Connection, now: datetime) -> Outcome:
        for mail in sent.mails:
            inbox.mailed(tx, mail)
        return Outcome({"sent": len(sent.mails), "refused": sent.refused})

    return commit


def _tend_publications(task: Task) -> Commit:
    def commit(tx: Connection, now: datetime) -> Outcome:
        bureau = task.bureau
        done = tend(tx, task.job.actor, now, bureau.publication_terms, bureau.retention.years["disclosure"])
        return Outcome({"warned": done.warned, "escalated": done.escalated, "ended": done.ended})

    return commit


def _export_deliveries(task: Task) -> Commit:
    def commit(tx: Connection, now: datetime) -> Outcome:
        made = exporting.export(tx, task.job.actor, now, task.job.parameters["platform"], WRITERS)
        told: dict[str, JSON] = {"export": made.id, "deliveries": made.count, "refused": made.refused}
        return Outcome({**told, "more": made.more}, made.files)

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
        return Outcome(result, (json_file("model-check.json", document),))

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
        return Outcome(result, (json_file("model-comparison.json", document),))

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


def _file_campaign_report(task: Task) -> Commit:
    return _filed(campaign_filing(task.bureau, task.job.actor, task.job.parameters["campaign"]))


def _file_annual_report(task: Task) -> Commit:
    parameters = task.job.parameters
    return _filed(annual_filing(task.bureau, task.job.actor, parameters["department"], parameters["year"]))


def _filed(filing: Filing) -> Commit:
    files = (JobFile(f"{filing.name}.pdf", filing.pdf()), JobFile(f"{filing.name}.xlsx", filing.xlsx()))
    return leaving({"report": filing.name}, files)


def _verify_bundle(task: Task) -> Commit:
    files = {file.name: file.content for file in task.files}
    trust = Trust.parse(files["trust"].decode("utf-8", "replace")) if "trust" in files else None
    checks = verify_bundle(files["bundle"], trust, report=lambda done: task.report(done, 0))
    return leaving(verification(checks, trust is not None))


def _audit(task: Task) -> Commit:
    faults = audit_bureau(task.bureau, task.job.actor, task.report)
    told: list[JSON] = [{"table": each.table, "row": each.row, "code": each.code} for each in faults]
    return leaving({"faults": told, "expired": count_expired(task.bureau)})


HANDLERS: Final[Mapping[str, Handler]] = {
    "import_file": _import_file,
    PULL_SOURCE: _pull_source,
    "grade_enterprises": _grade_enterprises,
    "check_model": _check_model,
    "compare_models": _compare_models,
    LEARN_MODEL: learn_model,
    EXPORT_TRAINING_DATA: export_training_data,
    CHECK_PROVINCIAL_MODEL: check_provincial_model,
    "seal_readings": _seal_readings,
    "remind": _remind,
    "mail_inbox": _mail_inbox,
    TEND_PUBLICATIONS: _tend_publications,
    "seal_receipts": _seal_receipts,
    EXPORT_DELIVERIES: _export_deliveries,
    "freeze_campaign": _freeze_campaign,
    "export_bundle": _export_bundle,
    "file_campaign_report": _file_campaign_report,
    "file_annual_report": _file_annual_report,
    FILE_QUARTERLY_REPORT: file_quarterly_report,
    "verify_bundle": _verify_bundle,
    RAISE_WARNINGS: raise_warnings,
    "audit": _audit,
    **evaluation_jobs.HANDLERS,
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


def _refused_name(file: str) -> str:
    return f"refused-{file[:200]}.csv"
