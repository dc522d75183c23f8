"""The worker: each kind of job, refusals, cancelling, leases, and a process that is killed in the middle."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from api import worker as worker_module
from api.auditing import audit_bureau
from api.bureau import Bureau
from api.job_handlers import HANDLERS
from api.job_tasks import Commit, Handler, Outcome, Task
from api.sample.bureau import SampleFile
from api.worker import Worker
from ledger import jobs, log
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.calendar import instant_text
from ledger.errors import Conflict
from ledger.jobs import LEASE, Job, JobFile
from ledger.tables import job as job_table
from sampling import announcing, drawing, planning, sources
from sampling.beacons import ceremony_commitment
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.plans import Plan
from scoring.entry_kinds import IMPORTED
from scoring.tables import department

ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR)
PLANNER = Actor("planner", Role.PLANNER, "ZJ")
AUDITOR = Actor("auditor", Role.AUDITOR)
DEPARTMENTS = JobFile("departments.csv", "部门代码,部门名称\nZJ,住建局\n".encode())
DEPARTMENT_IMPORT = {"source": "department", "strict": False}


def ask(
    bureau: Bureau,
    kind: str,
    parameters: Mapping[str, Any] | None = None,
    files: tuple[JobFile, ...] = (),
    actor: Actor = ADMINISTRATOR,
) -> str:
    with bureau.write() as tx:
        return jobs.enqueue(tx, actor, bureau.now, kind, parameters or {}, files)


def read(bureau: Bureau, identifier: str) -> Job:
    with bureau.read() as tx:
        return jobs.read(tx, AUDITOR, identifier)


def done(
    bureau: Bureau,
    kind: str,
    parameters: Mapping[str, Any] | None = None,
    files: tuple[JobFile, ...] = (),
    actor: Actor = ADMINISTRATOR,
) -> Job:
    """Have a job worked on and return it."""
    identifier = ask(bureau, kind, parameters, files, actor)
    assert Worker(bureau).work_one()
    return read(bureau, identifier)


def result_files(bureau: Bureau, job: Job) -> dict[str, bytes]:
    with bureau.read() as tx:
        return {file.name: file.content for file in jobs.files(tx, job.id, "result")}


def entries(bureau: Bureau, kind: str) -> int:
    with bureau.read() as tx:
        return len(log.of_kind(tx, kind))


def departments(bureau: Bureau) -> int:
    with bureau.read() as tx:
        return int(tx.execute(select(func.count()).select_from(department)).scalar_one())


def import_sample(bureau: Bureau, sample: tuple[Path, list[SampleFile]]) -> None:
    folder, files = sample
    for file in files:
        content = (folder / file.name).read_bytes()
        with bureau.write() as tx:
            sources.add(tx, ADMINISTRATOR, bureau.now, (folder / file.document).read_text("utf-8"))
        job = done(
            bureau,
            "import_file",
            {"source": file.source, "strict": True},
            (JobFile(file.name, content),),
        )
        assert job.state == "done", job.refusal


def test_no_job_is_nothing_to_do(bureau: Bureau) -> None:
    assert not Worker(bureau).work_one()


def test_an_import_takes_its_file_in(bureau: Bureau) -> None:
    job = done(bureau, "import_file", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    assert (job.state, job.result["files"][0]["new"]) == ("done", 1)
    assert departments(bureau) == 1
    assert entries(bureau, IMPORTED) == 1


def test_bad_rows_come_back_as_a_file_and_the_good_ones_go_in(bureau: Bureau) -> None:
    bad = JobFile("departments.csv", "部门代码,部门名称\nZJ,住建局\n-,坏\n".encode())
    job = done(bureau, "import_file", DEPARTMENT_IMPORT, (bad,))
    assert (job.state, job.result["files"][0]["refused"]) == ("done", 1)
    refused = result_files(bureau, job)["refused-departments.csv.csv"].decode("utf-8-sig")
    assert "坏" in refused
    assert "住建局" not in refused


def test_a_strict_import_with_a_bad_row_takes_nothing_in_and_hands_the_row_back(bureau: Bureau) -> None:
    bad = JobFile("departments.csv", "部门代码,部门名称\nZJ,住建局\n-,坏\n".encode())
    job = done(bureau, "import_file", {**DEPARTMENT_IMPORT, "strict": True}, (bad,))
    assert (job.state, job.refusal["code"]) == ("failed", "import_refused")
    assert "坏" in result_files(bureau, job)["refused-departments.csv.csv"].decode("utf-8-sig")
    assert departments(bureau) == 0


def test_a_refusal_ends_the_job_with_its_code_and_changes_nothing(bureau: Bureau) -> None:
    job = done(bureau, "grade_enterprises", {"as_of": None})
    assert (job.state, job.refusal) == ("failed", {"code": "register_empty", "parameters": {}})


def test_a_job_may_do_no_more_than_who_asked_for_it(bureau: Bureau) -> None:
    job = done(bureau, "grade_enterprises", {"as_of": None}, actor=PLANNER)
    assert (job.state, job.refusal["code"]) == ("failed", "role_not_allowed")


def test_a_failure_that_nobody_foresaw_is_told_by_an_id_alone(bureau: Bureau) -> None:
    def broken(task: Task) -> Commit:
        raise RuntimeError("the ticket key is …")

    identifier = ask(bureau, "broken")
    assert Worker(bureau, handlers={"broken": broken}).work_one()
    job = read(bureau, identifier)
    assert (job.state, job.refusal["code"]) == ("failed", "job_broke")
    assert "ticket" not in str(job)


def test_a_full_disk_ends_the_job_and_is_told(bureau: Bureau) -> None:
    def handler(task: Task) -> Commit:
        def commit(tx: Connection, now: datetime) -> Outcome:
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise OperationalError("INSERT", {}, full)

        return commit

    identifier = ask(bureau, "given")
    assert Worker(bureau, handlers={"given": handler}).work_one()
    job = read(bureau, identifier)
    assert (job.state, job.refusal["code"]) == ("failed", "database_full")


def test_a_campaign_is_graded_frozen_exported_verified_and_audited_by_jobs(
    bureau: Bureau, sample: tuple[Path, list[SampleFile]]
) -> None:
    import_sample(bureau, sample)
    run = done(bureau, "grade_enterprises", {"as_of": None})
    assert run.result["enterprises"] > 0
    campaign = planned(bureau)
    values = {name: (bytes([number]) * 32, bytes([number + 9]) * 32) for number, name in enumerate(("甲", "乙"))}
    parties = [{"name": name, "commitment": ceremony_commitment(name, *kept).hex()} for name, kept in values.items()]
    deadline = instant_text(bureau.now + timedelta(hours=1))
    ceremony = {"kind": "ceremony", "parties": parties, "deadline": deadline, "throw": None, "fallback": None}
    freezing = {"campaign": campaign, "beacon": ceremony}
    assert done(bureau, "freeze_campaign", freezing, actor=PLANNER).state == "done"
    for name, (salt, value) in values.items():
        with bureau.write() as tx:
            announcing.reveal(tx, PLANNER, bureau.now, campaign, name, salt, value)
    with bureau.write() as tx:
        drawing.draw_campaign(tx, PLANNER, bureau.now, campaign)
    exported = done(bureau, "export_bundle", {"campaign": campaign}, actor=AUDITOR)
    bundle = result_files(bureau, exported)[f"{campaign}.bundle"]
    trust = f'log = ["{bureau.verifier.vkey}"]'.encode()
    verified = done(bureau, "verify_bundle", files=(JobFile("bundle", bundle), JobFile("trust", trust)), actor=AUDITOR)
    assert (verified.result["passed"], verified.result["pinned"]) == (True, True)
    cut = done(bureau, "verify_bundle", files=(JobFile("bundle", bundle[:-9]),), actor=AUDITOR)
    assert (cut.state, cut.result["passed"], cut.result["pinned"]) == ("done", False, False)
    assert done(bureau, "audit", actor=AUDITOR).result == {"faults": [], "expired": 0}


def test_a_local_beacon_needs_no_parties(bureau: Bureau, sample: tuple[Path, list[SampleFile]]) -> None:
    import_sample(bureau, sample)
    done(bureau, "grade_enterprises", {"as_of": None})
    campaign = planned(bureau)
    freezing = {"campaign": campaign, "beacon": {"kind": "local"}}
    assert done(bureau, "freeze_campaign", freezing, actor=PLANNER).state == "done"
    assert done(bureau, "freeze_campaign", freezing, actor=PLANNER).refusal["code"] == "campaign_state"


def planned(bureau: Bureau) -> str:
    today = bureau.today
    plan = Plan(
        title="测试任务",
        departments=("ZJ", "SC"),
        items=("YB-SC-008",),
        starts=today,
        ends=today + timedelta(days=30),
        conditions=Conditions((), ()),
        design=DesignPlan.by_grade({"A": 1000, "B": 2000, "C": 3000, "D": 4000}),
    )
    with bureau.write() as tx:
        return planning.plan_campaign(tx, PLANNER, bureau.now, plan).id


@pytest.fixture
def quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "PULSE_SECONDS", 0.01)


def working_on(bureau: Bureau, handler: Handler) -> tuple[str, Thread]:
    identifier = ask(bureau, "given")
    thread = Thread(target=Worker(bureau, handlers={"given": handler}).work_one)
    thread.start()
    return identifier, thread


def nothing(tx: Connection, now: datetime) -> Outcome:
    return Outcome(None)


@pytest.mark.usefixtures("quick_pulse")
def test_progress_is_seen_while_the_job_runs(bureau: Bureau) -> None:
    seen = Event()

    def handler(task: Task) -> Commit:
        task.report(7, 10)
        assert seen.wait(60)
        return nothing

    identifier, thread = working_on(bureau, handler)
    until(lambda: read(bureau, identifier).done == 7)
    assert read(bureau, identifier).total == 10
    assert read(bureau, identifier).step == "preparing"
    seen.set()
    thread.join()
    assert (read(bureau, identifier).state, read(bureau, identifier).step) == ("done", "")


def test_that_storing_begins_is_told_before_it_does(bureau: Bureau) -> None:
    seen = []

    def handler(task: Task) -> Commit:
        def commit(tx: Connection, now: datetime) -> Outcome:
            seen.append(read(bureau, task.job.id).step)
            return Outcome(None)

        return commit

    _, thread = working_on(bureau, handler)
    thread.join()
    assert seen == ["storing"]


@pytest.mark.usefixtures("quick_pulse")
def test_an_audit_that_is_cancelled_ends_at_its_next_check(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, done = Event(), []

    def check(tx: Connection) -> list[Fault]:
        begun.set()
        time.sleep(0.05)
        done.append(tx)
        return []

    monkeypatch.setattr("api.auditing.CHECKS", (check,) * 200)
    identifier = ask(bureau, "audit", actor=AUDITOR)
    thread = Thread(target=Worker(bureau).work_one)
    thread.start()
    assert begun.wait(60)
    with bureau.write() as tx:
        jobs.cancel(tx, AUDITOR, bureau.now, identifier)
    thread.join()
    assert read(bureau, identifier).state == "cancelled"
    assert 0 < len(done) < 200


@pytest.mark.usefixtures("quick_pulse")
def test_a_running_job_that_is_cancelled_ends_between_its_steps(bureau: Bureau) -> None:
    begun = Event()

    def handler(task: Task) -> Commit:
        begun.set()
        while True:
            task.report(0, 0)

    identifier, thread = working_on(bureau, handler)
    assert begun.wait(60)
    with bureau.write() as tx:
        jobs.cancel(tx, ADMINISTRATOR, bureau.now, identifier)
    thread.join()
    assert read(bureau, identifier).state == "cancelled"


def test_a_job_that_is_cancelled_at_the_last_moment_commits_nothing(bureau: Bureau) -> None:
    def handler(task: Task) -> Commit:
        with bureau.write() as tx:
            jobs.cancel(tx, ADMINISTRATOR, bureau.now, task.job.id)
        return taking_departments_in(task)

    identifier = ask(bureau, "given", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    assert Worker(bureau, handlers={"given": handler}).work_one()
    assert read(bureau, identifier).state == "cancelled"
    assert departments(bureau) == 0


def test_a_cancelled_job_that_waits_is_never_begun(bureau: Bureau) -> None:
    identifier = ask(bureau, "import_file", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    with bureau.write() as tx:
        jobs.cancel(tx, ADMINISTRATOR, bureau.now, identifier)
    assert not Worker(bureau).work_one()
    with pytest.raises(Conflict, match="job_has_ended"), bureau.write() as tx:
        jobs.cancel(tx, ADMINISTRATOR, bureau.now, identifier)


@pytest.mark.usefixtures("quick_pulse")
def test_the_lease_is_renewed_while_the_handler_says_nothing(bureau: Bureau) -> None:
    start = bureau.now
    moments = [start]

    def handler(task: Task) -> Commit:
        moments.append(start + LEASE)  # so late, another worker would take a lease that was not renewed
        until(lambda: leased_until(bureau) == start + 2 * LEASE)
        assert not Worker(bureau, clock=lambda: start + LEASE + timedelta(seconds=1)).work_one()
        return nothing

    identifier = ask(bureau, "given")
    assert Worker(bureau, clock=lambda: moments[-1], handlers={"given": handler}).work_one()
    assert read(bureau, identifier).state == "done"


def leased_until(bureau: Bureau) -> datetime:
    with bureau.read() as tx:
        moment = tx.execute(select(job_table.c.leased_until)).scalar_one()
    assert isinstance(moment, datetime)
    return moment


def test_a_worker_that_was_taken_for_dead_commits_nothing(bureau: Bureau) -> None:
    start = bureau.now  # its clock stands, so that it never renews its lease, however long the machine takes
    late = start + LEASE + timedelta(seconds=1)
    other = Worker(bureau, clock=lambda: late, handlers={"given": taking_departments_in})

    def slow(task: Task) -> Commit:
        until(other.work_one)  # a job that the first one's pulse touches just now is passed over
        return taking_departments_in(task)

    identifier = ask(bureau, "given", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    assert Worker(bureau, clock=lambda: start, handlers={"given": slow}).work_one()
    assert (read(bureau, identifier).state, read(bureau, identifier).attempts) == ("done", 2)
    assert entries(bureau, IMPORTED) == 1


def taking_departments_in(task: Task) -> Commit:
    return HANDLERS["import_file"](task)


def test_a_job_that_was_begun_too_often_is_given_up(bureau: Bureau) -> None:
    identifier = ask(bureau, "given")
    now = bureau.now
    for _ in range(jobs.MAX_ATTEMPTS):
        with bureau.write() as tx:
            assert jobs.claim(tx, now, "a worker that dies") is not None
        now += LEASE + timedelta(seconds=1)
    assert not Worker(bureau, clock=lambda: now).work_one()
    job = read(bureau, identifier)
    assert (job.state, job.refusal["code"]) == ("failed", "job_gave_up")


def test_a_failure_beside_the_jobs_does_not_end_the_worker(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = jobs.claim, []

    def failing_once(*given: Any) -> Job | None:
        calls.append(given)
        if len(calls) == 1:
            raise OperationalError("claim", None, RuntimeError("the database is away"))
        return real(*given)

    monkeypatch.setattr(jobs, "claim", failing_once)
    identifier = ask(bureau, "import_file", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    stop = Event()
    thread = Thread(target=Worker(bureau).run, args=(stop,))
    thread.start()
    until(lambda: read(bureau, identifier).state == "done")
    stop.set()
    thread.join()
    assert len(calls) > 1


def test_a_running_worker_finds_new_jobs_and_stops_when_told(bureau: Bureau) -> None:
    stop = Event()
    thread = Thread(target=Worker(bureau).run, args=(stop,))
    thread.start()
    first = ask(bureau, "import_file", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    until(lambda: read(bureau, first).state == "done")
    stop.set()
    thread.join()
    assert departments(bureau) == 1


# Begins to work in a process of its own, says so at one point of the way, and waits there to be killed.
KILLED = """
import sys, time
from api.bureau import Bureau
from api.settings import Settings
from api.worker import Worker
from api import job_handlers, logs
from ledger import jobs

def stay(*_, **__):
    print("there", flush=True)
    time.sleep(600)

logs.configure("json", "error")
bureau = Bureau(Settings())
point = sys.argv[1]
if point == "reading":
    job_handlers.read_file = stay
elif point == "writing":
    jobs.finish = stay
else:
    Bureau.sign = stay
Worker(bureau).work_one()
"""


@pytest.mark.parametrize("point", ["reading", "writing", "committed"])
def test_the_work_of_a_killed_process_is_done_exactly_once(bureau: Bureau, point: str) -> None:
    identifier = ask(bureau, "import_file", DEPARTMENT_IMPORT, (DEPARTMENTS,))
    environment = {**os.environ, "QIAN_HOME": str(bureau.settings.home)}
    if bureau.settings.database_url is not None:
        environment["QIAN_DATABASE_URL"] = bureau.settings.database_url.get_secret_value()
    with subprocess.Popen([sys.executable, "-c", KILLED, point], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        process.send_signal(signal.SIGKILL)
    assert departments(bureau) == (1 if point == "committed" else 0)
    later = datetime.now(UTC).replace(microsecond=0) + LEASE + timedelta(seconds=1)
    next_worker = Worker(bureau, clock=lambda: later)
    stop = Event()
    thread = Thread(target=next_worker.run, args=(stop,))
    thread.start()
    until(lambda: read(bureau, identifier).state == "done")
    stop.set()
    thread.join()
    assert departments(bureau) == 1
    assert entries(bureau, IMPORTED) == 1
    bureau.sign()
    assert audit_bureau(bureau, AUDITOR) == []


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread or process is to do."""
    end = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
