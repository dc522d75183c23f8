"""Durable jobs: claimed in order, held by a lease, ended once, in the transaction of their work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from sqlalchemy import Connection, func, select, text

from ledger import documents, jobs
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Conflict, Forbidden, Missing
from ledger.jobs import LEASE, MAX_ATTEMPTS, Job, JobFile, JobLost
from ledger.tables import document
from ledger.windows import Window
from tests.conftest import on_postgresql

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OWNER = Actor("li", Role.ANALYST, "ZJ")
OTHER = Actor("wang", Role.ANALYST, "ZJ")
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR)
AUDITOR = Actor("zhao", Role.AUDITOR)


def enqueue(database: Database, *files: JobFile, actor: Actor = OWNER, kind: str = "grade") -> str:
    with database.write() as tx:
        return jobs.enqueue(tx, actor, NOW, kind, {"as_of": "2026-11-23"}, files)


def claim(database: Database, worker: str = "one", now: datetime = NOW) -> Job | None:
    with database.write() as tx:
        return jobs.claim(tx, now, worker)


def read(database: Database, identifier: str, actor: Actor = OWNER) -> Job:
    with database.read() as tx:
        return jobs.read(tx, actor, identifier)


def work(database: Database, identifier: str, worker: str = "one") -> None:
    """What a handler does: its work and the job's end in one transaction."""
    with database.write() as tx:
        documents.seal(tx, "work", {"by": worker})
        jobs.finish(tx, identifier, worker, NOW, {"by": worker}, [JobFile("report.csv", b"a,b")])


def works_done(database: Database) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(document)).scalar_one()


class TestClaiming:
    def test_a_job_waits_until_it_is_claimed(self, database: Database) -> None:
        identifier = enqueue(database)
        waiting = read(database, identifier)
        assert (waiting.state, waiting.attempts, waiting.started_at) == ("waiting", 0, None)
        job = claim(database)
        assert job is not None
        assert (job.id, job.kind, job.actor) == (identifier, "grade", OWNER)
        assert (job.parameters, job.created_at) == ({"as_of": "2026-11-23"}, NOW)
        assert (job.state, job.attempts, job.started_at) == ("running", 1, NOW)
        assert job == read(database, identifier)

    def test_jobs_are_claimed_in_the_order_they_came_in_though_within_one_second(self, database: Database) -> None:
        identifiers = [enqueue(database) for _ in range(12)]
        claimed = [claim(database) for _ in identifiers]
        assert [job and job.id for job in claimed] == identifiers

    def test_a_job_is_claimed_once(self, database: Database) -> None:
        enqueue(database)
        assert claim(database, "one") is not None
        assert claim(database, "two") is None

    def test_many_workers_claim_each_job_once(self, database: Database) -> None:
        identifiers = [enqueue(database) for _ in range(20)]

        def claim_all(worker: int) -> list[str]:
            found = []
            while (job := claim(database, f"{worker}")) is not None:
                found.append(job.id)
            return found

        with ThreadPoolExecutor(4) as pool:
            claimed = list(pool.map(claim_all, range(4)))
        assert sorted(identifier for each in claimed for identifier in each) == sorted(identifiers)

    @on_postgresql
    def test_a_worker_does_not_wait_for_another_s_claim(self, database: Database) -> None:
        first, second = enqueue(database), enqueue(database)
        with ThreadPoolExecutor(1) as pool, database.write() as tx:
            one = jobs.claim(tx, NOW, "one")
            two = pool.submit(claim, database, "two").result(timeout=30)
        assert one is not None
        assert two is not None
        assert (one.id, two.id) == (first, second)

    def test_input_files_are_kept_in_the_order_of_their_names(self, database: Database) -> None:
        names = ["甲.csv", "b.csv", "B.csv", "_.csv", "a.csv"]
        identifier = enqueue(database, *(JobFile(name, name.encode()) for name in names))
        with database.read() as tx:
            assert jobs.files(tx, identifier, "input") == [JobFile(name, name.encode()) for name in sorted(names)]
            assert jobs.files(tx, identifier, "result") == []


class TestLease:
    def test_a_worker_that_is_gone_loses_its_job_when_the_lease_runs_out(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database, "one")
        assert claim(database, "two", NOW + LEASE) is None
        job = claim(database, "two", NOW + LEASE + SECOND)
        assert job is not None
        assert (job.id, job.attempts, job.started_at) == (identifier, 2, NOW + LEASE + SECOND)

    def test_a_report_tells_the_progress_and_renews_the_lease(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database, "one")
        with database.write() as tx:
            jobs.report(tx, identifier, "one", NOW + LEASE, 300, 1000)
        job = read(database, identifier)
        assert (job.done, job.total) == (300, 1000)
        assert claim(database, "two", NOW + LEASE + LEASE) is None

    def test_a_job_that_is_taken_up_again_starts_from_its_beginning(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database, "one")
        with database.write() as tx:
            jobs.report(tx, identifier, "one", NOW, 300, 1000)
        job = claim(database, "two", NOW + LEASE + SECOND)
        assert job is not None
        assert (job.done, job.total) == (0, 0)

    def test_a_job_is_tried_three_times(self, database: Database) -> None:
        identifier = enqueue(database)
        later = NOW
        for attempt in range(MAX_ATTEMPTS):
            job = claim(database, f"{attempt}", later)
            assert job is not None
            later += LEASE + SECOND
        assert claim(database, "last", later) is None
        job = read(database, identifier)
        assert (job.state, job.finished_at, MAX_ATTEMPTS) == ("failed", later, 3)
        assert job.refusal == {"code": "job_gave_up", "parameters": {"attempts": "3"}}

    def test_a_job_that_is_given_up_does_not_keep_the_next_waiting(self, database: Database) -> None:
        enqueue(database)
        later = NOW
        for attempt in range(MAX_ATTEMPTS):
            claim(database, f"{attempt}", later)
            later += LEASE + SECOND
        behind = enqueue(database)
        job = claim(database, "last", later)
        assert job is not None
        assert job.id == behind


class TestEnding:
    @pytest.mark.parametrize(("reported", "told"), [((3, 10), (10, 10)), ((3, 0), (3, 0))])
    def test_what_is_finished_is_done_whole(
        self, database: Database, reported: tuple[int, int], told: tuple[int, int]
    ) -> None:
        """A worker reports now and then, so hardly ever its last bit; a total of 0 is not known."""
        identifier = enqueue(database)
        claim(database)
        with database.write() as tx:
            jobs.report(tx, identifier, "one", NOW, *reported)
        work(database, identifier)
        job = read(database, identifier)
        assert (job.done, job.total) == told

    def test_a_finished_job_has_its_result_and_files(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        work(database, identifier)
        job = read(database, identifier)
        assert (job.state, job.finished_at, job.result, job.refusal) == ("done", NOW, {"by": "one"}, None)
        with database.read() as tx:
            assert jobs.files(tx, identifier, "result") == [JobFile("report.csv", b"a,b")]
            assert jobs.result_files(tx, [identifier]) == {identifier: {"report.csv": 3}}
            assert jobs.result_file(tx, OWNER, identifier, "report.csv") == b"a,b"

    def test_a_refused_job_has_the_refusal_and_its_files(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        with database.write() as tx:
            refusal = Conflict("register_empty", rows=0)
            jobs.fail(tx, identifier, "one", NOW, refusal, [JobFile("refused.csv", b"a")])
        job = read(database, identifier)
        assert (job.state, job.result) == ("failed", None)
        assert job.refusal == {"code": "register_empty", "parameters": {"rows": "0"}}
        with database.read() as tx:
            assert jobs.result_files(tx, [identifier]) == {identifier: {"refused.csv": 1}}

    def test_an_ended_job_is_not_claimed_again(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        work(database, identifier)
        assert claim(database, "two", NOW + 10 * LEASE) is None

    def test_work_is_rolled_back_where_another_worker_has_the_job(self, database: Database) -> None:
        """The first worker was only slow, not dead."""
        identifier = enqueue(database)
        claim(database, "one")
        claim(database, "two", NOW + LEASE + SECOND)
        with pytest.raises(JobLost):
            work(database, identifier, "one")
        assert works_done(database) == 0
        work(database, identifier, "two")
        with pytest.raises(JobLost):
            work(database, identifier, "one")
        assert works_done(database) == 1
        assert read(database, identifier).result == {"by": "two"}

    def test_work_is_done_once_however_often_it_is_tried(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        work(database, identifier)
        with pytest.raises(JobLost):
            work(database, identifier)
        assert works_done(database) == 1

    def test_a_worker_without_the_job_can_neither_report_nor_fail_it(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database, "one")
        attempts: list[Callable[[Connection], None]] = [
            lambda tx: jobs.report(tx, identifier, "two", NOW, 1, 2),
            lambda tx: jobs.fail(tx, identifier, "two", NOW, Conflict("register_empty")),
        ]
        before = read(database, identifier)
        for attempt in attempts:
            with pytest.raises(JobLost), database.write() as tx:
                attempt(tx)
        assert read(database, identifier) == before


class TestCancelling:
    def cancel(self, database: Database, identifier: str, actor: Actor = OWNER) -> Job:
        with database.write() as tx:
            return jobs.cancel(tx, actor, NOW, identifier)

    def test_a_waiting_job_ends_at_once(self, database: Database) -> None:
        identifier = enqueue(database)
        job = self.cancel(database, identifier)
        assert (job.state, job.finished_at) == ("cancelled", NOW)
        assert claim(database) is None

    def test_a_running_job_commits_nothing_any_more(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        job = self.cancel(database, identifier)
        assert (job.state, job.cancel_requested) == ("running", True)
        with pytest.raises(JobLost), database.write() as tx:
            jobs.report(tx, identifier, "one", NOW, 1, 2)
        with pytest.raises(JobLost):
            work(database, identifier)
        assert works_done(database) == 0

    def test_its_worker_marks_it_ended(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        self.cancel(database, identifier)
        for worker, state in (("two", "running"), ("one", "cancelled")):
            with database.write() as tx:
                jobs.cancelled(tx, identifier, worker, NOW)
            assert read(database, identifier).state == state

    def test_a_running_job_that_nobody_cancelled_is_not_marked(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        with database.write() as tx:
            jobs.cancelled(tx, identifier, "one", NOW)
        assert read(database, identifier).state == "running"

    def test_one_whose_worker_is_gone_ends_when_its_lease_does(self, database: Database) -> None:
        identifier, behind = enqueue(database), enqueue(database)
        claim(database)
        self.cancel(database, identifier)
        job = claim(database, "two", NOW + LEASE + SECOND)
        assert read(database, identifier).state == "cancelled"
        assert job is not None
        assert job.id == behind

    def test_an_ended_job_is_not_cancelled(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        work(database, identifier)
        with pytest.raises(Conflict, match="job_has_ended") as refused:
            self.cancel(database, identifier)
        assert refused.value.parameters == {"state": "done"}
        assert read(database, identifier).state == "done"

    @on_postgresql
    def test_a_job_that_ends_while_it_is_cancelled_stays_done(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        with ThreadPoolExecutor(1) as pool:
            with database.write() as tx:
                jobs.finish(tx, identifier, "one", NOW, {})
                cancelling = pool.submit(self.cancel, database, identifier)
                self.wait_until_somebody_waits_for(database, tx)
            with pytest.raises(Conflict, match="job_has_ended"):
                cancelling.result()
        assert read(database, identifier).state == "done"

    @on_postgresql
    def test_a_job_that_is_cancelled_while_it_ends_commits_nothing(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        with ThreadPoolExecutor(1) as pool:
            with database.write() as tx:
                jobs.cancel(tx, OWNER, NOW, identifier)
                working = pool.submit(work, database, identifier)
                self.wait_until_somebody_waits_for(database, tx)
            with pytest.raises(JobLost):
                working.result()
        assert works_done(database) == 0

    def wait_until_somebody_waits_for(self, database: Database, tx: Connection) -> None:
        """Return once another transaction waits for what this one has locked."""
        this = tx.execute(text("SELECT pg_backend_pid()")).scalar()
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE :this = ANY(pg_blocking_pids(pid))")
        for _ in range(1000):
            with database.read() as other:
                if other.execute(waiting, {"this": this}).scalar():
                    return
            sleep(0.01)
        raise AssertionError("nobody waits")

    def test_an_administrator_may_and_nobody_else_than_the_owner(self, database: Database) -> None:
        first, second = enqueue(database), enqueue(database)
        with pytest.raises(Missing, match="job_missing"):
            self.cancel(database, first, OTHER)
        with pytest.raises(Forbidden, match="role_not_allowed"):
            self.cancel(database, first, AUDITOR)
        assert read(database, first).state == "waiting"
        assert self.cancel(database, first).state == "cancelled"
        assert self.cancel(database, second, ADMINISTRATOR).state == "cancelled"


class TestSeeing:
    def test_the_owner_an_administrator_and_an_auditor_see_a_job(self, database: Database) -> None:
        identifier = enqueue(database)
        for actor in (OWNER, ADMINISTRATOR, AUDITOR):
            assert read(database, identifier, actor).id == identifier
        with pytest.raises(Missing, match="job_missing"):
            read(database, identifier, OTHER)
        with pytest.raises(Missing, match="job_missing"):
            read(database, "a" * 32)

    @pytest.mark.parametrize(
        "now", [Actor("li", Role.INSPECTOR, "ZJ"), Actor("li", Role.ANALYST, "SC"), Actor("li", Role.ANALYST)]
    )
    def test_an_owner_who_is_something_else_by_now_sees_it_no_more(self, database: Database, now: Actor) -> None:
        identifier = enqueue(database)
        with database.read() as tx:
            assert (jobs.own(tx, OWNER, Window(9))[0].id, jobs.count_own(tx, OWNER)) == (identifier, 1)
            assert (jobs.own(tx, now, Window(9)), jobs.count_own(tx, now)) == ([], 0)
        with pytest.raises(Missing, match="job_missing"):
            read(database, identifier, now)
        with pytest.raises(Missing, match="job_missing"), database.write() as tx:
            jobs.cancel(tx, now, NOW, identifier)

    def test_an_administrator_of_a_department_sees_and_ends_none_of_another(self, database: Database) -> None:
        identifier = enqueue(database)
        own, other = (Actor(code, Role.ADMINISTRATOR, code) for code in ("ZJ", "SC"))
        with pytest.raises(Missing, match="job_missing"), database.write() as tx:
            jobs.cancel(tx, other, NOW, identifier)
        with database.write() as tx:
            of_all = jobs.enqueue(tx, ADMINISTRATOR, NOW, "audit", {})
            mine = jobs.enqueue(tx, other, NOW, "audit", {})
            for actor, seen in ((own, {identifier}), (other, {mine}), (ADMINISTRATOR, {identifier, of_all, mine})):
                assert {each.id for each in jobs.own(tx, actor, Window(10))} == seen
                assert jobs.count_own(tx, actor) == len(seen)
                for each in (identifier, of_all, mine):
                    with nullcontext() if each in seen else pytest.raises(Missing, match="job_missing"):
                        assert jobs.read(tx, actor, each).id == each
        with database.write() as tx:
            assert jobs.cancel(tx, own, NOW, identifier).state == "cancelled"

    def test_a_result_file_is_seen_with_its_job(self, database: Database) -> None:
        identifier = enqueue(database, JobFile("input.csv", b"a"))
        claim(database)
        work(database, identifier)
        with database.read() as tx:
            with pytest.raises(Missing, match="job_missing"):
                jobs.result_file(tx, OTHER, identifier, "report.csv")
            for name in ("other.csv", "input.csv"):
                with pytest.raises(Missing, match="job_file_missing"):
                    jobs.result_file(tx, OWNER, identifier, name)

    def test_a_result_file_may_tell_grades_so_no_administrator_reads_it(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        with database.write() as tx:
            jobs.finish(tx, identifier, "one", NOW, {}, [JobFile("bundle", b"grades")])
        with database.read() as tx:
            for actor in (OWNER, AUDITOR):
                assert jobs.result_file(tx, actor, identifier, "bundle") == b"grades"
            with pytest.raises(Missing, match="job_file_missing"):
                jobs.result_file(tx, ADMINISTRATOR, identifier, "bundle")

    def test_a_result_file_is_closed_to_an_owner_of_another_role_or_department_since(self, database: Database) -> None:
        identifier = enqueue(database)
        claim(database)
        with database.write() as tx:
            jobs.finish(tx, identifier, "one", NOW, {}, [JobFile("training.csv", b"grades")])
        with database.read() as tx:
            for actor in (Actor("li", Role.INSPECTOR, "ZJ"), Actor("li", Role.ANALYST, "SC")):
                with pytest.raises(Missing, match="job_missing"):
                    jobs.result_file(tx, actor, identifier, "training.csv")

    def test_what_a_job_was_given_goes_when_it_ends(self, database: Database) -> None:
        identifier = enqueue(database, JobFile("input.csv", b"names"))
        with database.read() as tx:
            assert [file.name for file in jobs.files(tx, identifier, "input")] == ["input.csv"]
        claim(database)
        work(database, identifier)
        with database.read() as tx:
            assert jobs.files(tx, identifier, "input") == []

    def test_each_sees_the_newest_jobs_of_his_own(self, database: Database) -> None:
        with database.write() as tx:
            own = [jobs.enqueue(tx, OWNER, NOW + n * SECOND, "grade", {}) for n in range(3)]
            other = jobs.enqueue(tx, OTHER, NOW, "grade", {})
        with database.read() as tx:
            assert [job.id for job in jobs.own(tx, OWNER, Window(2))] == [own[2], own[1]]
            assert [job.id for job in jobs.own(tx, OTHER, Window(9))] == [other]
            for actor in (ADMINISTRATOR, AUDITOR):
                assert {job.id for job in jobs.own(tx, actor, Window(9))} == {*own, other}

    def test_the_list_goes_on_after_a_job(self, database: Database) -> None:
        with database.write() as tx:
            for n in range(9):
                jobs.enqueue(tx, OWNER, NOW + (n // 3) * SECOND, "grade", {})
        with database.read() as tx:
            listed = jobs.own(tx, OWNER, Window(9))
            paged: list[Job] = []
            while page := jobs.own(tx, OWNER, Window(2, after=(paged[-1].created_at, paged[-1].id) if paged else None)):
                paged += page
        assert paged == listed
        assert len(paged) == 9
