"""Which documents of a bureau may expire, in which order, and what everybody reads afterwards."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ledger import documents, expiry, jobs, log
from ledger.actors import Actor, Role
from ledger.audit import Fault, audit
from ledger.calendar import civil_date
from ledger.errors import Conflict, Missing
from ledger.jobs import JobFile
from ledger.note import Verifier
from ledger.tables import document, job_file
from ledger.windows import Window
from sampling import attesting, bundles, campaigns, closing, disclosures, findings, registers
from sampling.plans import Plan
from sampling.publication import publications
from sampling.retention import RETENTION
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from sampling.tables import campaign as campaign_table
from scoring import enterprises, grades, projections, shared_parties
from scoring import grading as gradings
from scoring.enterprises import RecordFilter
from scoring.tables import BINDINGS as SCORING_BINDINGS
from scoring.tables import enterprise_tie
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.auditing import PINNED, ZHANG, attest, register, signed, submit
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import ADMINISTRATOR, ANALYST, AUDITOR, CAMPAIGN, CLOSED_AT, PLANNER, SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.test_ledger_document import DOCUMENTS

NOW = datetime(2037, 3, 1, 1, 0, tzinfo=UTC)
OTHER = Actor("另一管理员", Role.ADMINISTRATOR)
ORDER = (
    "disclosure",
    "finding",
    "confirmation",
    "review",
    "assignments",
    "matching",
    "design",
    "draw",
    "plan",
    "grades",
)
CHECKS = (
    projections.audit_enterprises,
    campaigns.audit_states,
    attesting.audit_attestations,
    expiry.audit_expiries,
    shared_parties.audit_ties,
)


@pytest.fixture
def closed(bureau_in: BureauIn) -> Bureau:
    """A closed campaign that an auditor has attested, and grades that are newer than its own."""
    return bureau_in("closed", attested)


def attested(bureau: Bureau) -> None:
    register(bureau, ZHANG)
    attest(bureau)
    bureau.do(lambda tx: gradings.grade_enterprises(tx, ANALYST, CLOSED_AT, civil_date(CLOSED_AT), full=True))


def ids(bureau: Bureau, kind: str, of: str = CAMPAIGN) -> list[str]:
    """Return the documents of a kind whose entries are about a campaign, or about themselves, in order."""
    with bureau.read() as tx:
        kept = {
            row.commitment: row for row in tx.execute(select(document.c.id, document.c.kind, document.c.commitment))
        }
        return [
            kept[commitment].id
            for entry in log.scan(tx)
            for commitment in entry.documents.values()
            if kept[commitment].kind == kind and entry.subject in (of, kept[commitment].id)
        ]


def propose(bureau: Bureau, *identifiers: str, now: datetime = NOW) -> None:
    bureau.do(lambda tx: expiry.propose(tx, ADMINISTRATOR, now, RETENTION, identifiers, "保存期满"))


def expire(bureau: Bureau, *identifiers: str, now: datetime = NOW) -> None:
    propose(bureau, *identifiers, now=now)
    bureau.do(lambda tx: expiry.confirm(tx, OTHER, now, RETENTION, identifiers))
    bureau.sign()


def refused(bureau: Bureau, code: str, identifier: str, now: datetime = NOW) -> None:
    bureau.refuse(code, lambda tx: expiry.propose(tx, ADMINISTRATOR, now, RETENTION, [identifier], "保存期满"))


def audited(bureau: Bureau) -> list[Fault]:
    bureau.sign()
    with bureau.read() as tx:
        bound = (*SCORING_BINDINGS, *SAMPLING_BINDINGS)
        return list(audit(tx, Verifier.from_vkey(SIGNER.verifier_key), bound, CHECKS))


@pytest.fixture
def gone(bureau_in: BureauIn) -> Bureau:
    """The bureau after all documents of its campaign have expired."""
    return bureau_in("closed", attested, expire_campaign)


def expire_campaign(bureau: Bureau) -> None:
    for kind in ORDER:
        for identifier in ids(bureau, kind)[: 1 if kind == "grades" else None]:
            expire(bureau, identifier)


def test_every_kind_of_document_has_its_rule_but_what_explains_the_others() -> None:
    explains = {"expiry", "restoration", "person", "source", "model", "model_step", "judgement", "adoption"}
    explains |= {"judgement_step", "readings", "calendar", "ending", "platform", "export", "user"}
    assert set(RETENTION.years) == set(DOCUMENTS) - explains


def test_a_whole_campaign_expires_and_the_audit_passes(closed: Bureau, gone: Bureau) -> None:
    assert audited(gone) == []
    with gone.read() as tx:
        found = expiry.expiring(tx, AUDITOR, NOW, RETENTION)
    by_kind = {each.bound.kind: each.state for each in found if each.bound.kind in ORDER[:-1]}
    assert by_kind == dict.fromkeys(ORDER[:-1], "expired")
    checks = verify_bundle(closed.bundle(), PINNED)  # exported before
    assert [check for check in checks if not check.passed] == []


def test_whoever_reads_what_is_gone_is_told_or_finds_nothing(gone: Bureau) -> None:
    refusal = gone.refuse("document_expired", lambda tx: bundles.export_bundle(tx, AUDITOR, NOW, CAMPAIGN))
    assert refusal.parameters["document"]
    with gone.read() as tx:
        public = disclosures.campaign(tx, CAMPAIGN)
        assert public.to_be_trusted == ["no_witnesses", "beacon_ceremony"]
        assert disclosures.findings(tx, Window(100)) == []
        positions = disclosures.drawn_positions(tx, public)
        assert disclosures.count_published(tx, CAMPAIGN) == len(positions)
        with pytest.raises(Missing, match="finding_expired"):
            disclosures.finding(tx, CAMPAIGN, positions[0])
        undrawn = next(place for place in range(len(positions) + 1) if place not in positions)
        with pytest.raises(Missing, match="finding_not_published"):
            disclosures.finding(tx, CAMPAIGN, undrawn)
        assert findings.visible_findings(tx, PLANNER, CAMPAIGN) == []
        staff = campaigns.read(tx, PLANNER, CAMPAIGN)
        assert (staff.plan_expired, staff.planned_by) == (True, "")
        assert staff.plan == Plan.public_part(public.frozen.body)
        assert [found.id for found in campaigns.visible(tx, AUDITOR)] == [CAMPAIGN]
    assert steps.visits(gone) == []


def test_the_campaigns_row_does_not_keep_what_the_plan_held(closed: Bureau) -> None:
    for kind in ORDER[:-1]:
        expire(closed, *ids(closed, kind))
    with closed.read() as tx:
        row = tx.execute(select(campaign_table)).one()
    assert (row.plan["rates"], row.plan["exclusions"], row.planned_by) == ({}, [], "")


def test_a_campaigns_row_that_says_more_than_the_log_is_a_fault(gone: Bureau) -> None:
    with gone.database.write() as tx:
        tx.execute(campaign_table.update().values(planned_by="somebody"))
    assert [fault.code for fault in audited(gone)] == ["row_changed"]


def test_the_bureau_goes_on(gone: Bureau) -> None:
    """Another campaign is planned, frozen, drawn and verified after all of the first has expired."""
    gone.do(lambda tx: gradings.grade_enterprises(tx, ANALYST, NOW, civil_date(NOW)))
    later = NOW + (steps.MARGIN * 2)
    identifier = steps.second_campaign(gone, now=later)
    checks = verify_bundle(gone.bundle(identifier, later), TRUST)
    assert [check for check in checks if not check.passed] == []


@on_one_engine
@pytest.mark.parametrize("kind", [*ORDER[:-1]])
def test_nothing_of_a_draw_goes_before_an_auditor_attested_it(bureau_in: BureauIn, kind: str) -> None:
    bureau = bureau_in("closed")
    refused(bureau, "expiry_unattested", ids(bureau, kind)[0])
    register(bureau, ZHANG)
    submit(bureau, signed(bureau, ZHANG, ["仪式未按公告进行"]))
    refused(bureau, "expiry_unattested", ids(bureau, kind)[0])


@on_one_engine
@pytest.mark.parametrize("state", ["frozen", "drawn", "matched"])
def test_nothing_of_a_campaign_goes_before_its_end(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    refused(bureau, "expiry_of_open_campaign", ids(bureau, "plan")[0])


@on_one_engine
def test_what_names_findings_is_kept_as_long_as_they_are(closed: Bureau) -> None:
    for kind in ("plan", "draw", "assignments", "review"):
        refused(closed, "expiry_needed_by_findings", ids(closed, kind)[0])
    refused(closed, "expiry_of_published", ids(closed, "finding")[0])


@on_one_engine
def test_a_finding_whose_disclosure_is_gone_was_published_all_the_same(closed: Bureau) -> None:
    """A disclosure's time is over before that of its findings."""
    five = datetime(2032, 1, 1, tzinfo=UTC)
    expire(closed, *ids(closed, "disclosure"), now=five)
    refused(closed, "expiry_too_early", ids(closed, "finding")[0], five)
    with closed.read() as tx:
        assert {each.state for each in findings.visible_findings(tx, PLANNER, CAMPAIGN)} == {"ended"}
        assert disclosures.findings(tx, Window(9)) == []
    assert audited(closed) == []


@on_one_engine
def test_disclosures_count_on_where_the_expired_ones_ended(closed: Bureau) -> None:
    with closed.read() as tx:
        last = disclosures.findings(tx, Window(1))[0].number
    expire(closed, *ids(closed, "disclosure"))
    steps.take_in(closed, files.file_of("inspector", steps.all_inspectors()), now=NOW)
    closed.do(lambda tx: gradings.grade_enterprises(tx, ANALYST, NOW, civil_date(NOW)))
    identifier = steps.second_campaign(closed, now=NOW)
    with closed.read() as tx:
        assert publications.next_number(tx) == last + 1
        assert campaigns.read(tx, PLANNER, identifier).state == "drawn"


@on_one_engine
def test_what_is_in_force_stays(closed: Bureau) -> None:
    first, second = ids(closed, "grades")
    refused(closed, "expiry_of_grades", second)
    refused(closed, "expiry_needed_by_campaign", first)
    codes: dict[str, str] = {}
    with closed.read() as tx:
        batches = {entry.subject: entry.body["kind"] for entry in log.of_kind(tx, "records.imported")}
        for identifier, kind in batches.items():
            try:
                expiry.propose(tx, ADMINISTRATOR, NOW, RETENTION, [identifier], "x")
            except Conflict as refusal:
                codes[kind] = refusal.code
            except Exception:  # noqa: S110  - a snapshot cannot write: it may expire
                pass
    assert codes == {
        "registration": "expiry_of_registrations",
        **dict.fromkeys(("department", "item", "object", "inspector"), "expiry_of_register"),
        "relation": "expiry_needed_by_campaign",
    }


@on_one_engine
def test_the_names_of_divisions_stay_until_others_take_their_place(closed: Bureau) -> None:
    for name in ("样例区", "样例新区"):
        steps.take_in(closed, files.file_of("division", [files.division("130304", name)]), now=CLOSED_AT)
    before, now = [entry.subject for entry in closed.ask(lambda tx: log.of_kind(tx, "records.imported"))][-2:]
    refused(closed, "expiry_of_register", now)
    expire(closed, before)
    assert audited(closed) == []
    assert closed.ask(lambda tx: registers.division_names(tx, ["130304"])) == {"130304": "样例新区"}


@on_one_engine
def test_changes_of_codes_stay(closed: Bureau) -> None:
    steps.take_in(closed, files.file_of("change", [files.change(1, "合并", files.code(901))]), now=CLOSED_AT)
    batches = closed.ask(lambda tx: log.of_kind(tx, "records.imported"))
    refused(closed, "expiry_of_registrations", batches[-1].subject)


@on_one_engine
def test_what_took_a_record_back_stays_as_long_as_the_record(closed: Bureau) -> None:
    penalty = files.penalty(1, "罚1", "2026-10-01")
    revocation = files.revocation(1, "行政处罚", "罚1", "2026-10-20")
    for kind, row in (("penalty", penalty), ("revocation", revocation)):
        steps.take_in(closed, files.file_of(kind, [row]), now=CLOSED_AT)
    said, revoked = [entry.subject for entry in closed.ask(lambda tx: log.of_kind(tx, "records.imported"))][-2:]
    refused(closed, "expiry_of_correction", revoked)
    expire(closed, said)
    expire(closed, revoked)
    assert audited(closed) == []


@on_one_engine
def test_what_let_in_a_record_that_waited_stays_as_long_as_what_kept_it_apart(closed: Bureau) -> None:
    waiting = files.file_of("penalty", [files.penalty(977, "罚1", "2026-10-01")])
    closed.do(lambda tx: registers.take_in(tx, ADMINISTRATOR, CLOSED_AT, waiting, False, steps.PSEUDONYM_KEY))
    steps.take_in(closed, files.file_of("registration", [files.registration(977)]), now=CLOSED_AT)
    kept, _, released = [entry.subject for entry in closed.ask(lambda tx: log.of_kind(tx, "records.imported"))][-3:]
    refused(closed, "expiry_of_release", released)
    expire(closed, kept)
    expire(closed, released)
    assert audited(closed) == []


@on_one_engine
@pytest.mark.parametrize("source", ["甲", "乙"], ids=["told already", "seen by another source"])
def test_what_let_in_what_is_held_already_stays_as_long_as_what_kept_it_apart(closed: Bureau, source: str) -> None:
    for number, told_by in ((1, "甲"), (977, source)):
        told = files.file_of("penalty", [files.penalty(number, "罚1", "2026-10-01")], source=told_by)
        with closed.database.write() as tx:
            registers.take_in(tx, ADMINISTRATOR, CLOSED_AT, told, False, steps.PSEUDONYM_KEY)
    steps.take_in(closed, files.file_of("change", [files.change(1, "代码变更", files.code(977))]), now=CLOSED_AT)
    batches = closed.ask(lambda tx: log.of_kind(tx, "records.imported"))
    said, kept, _, released = [entry.subject for entry in batches][-4:]
    refused(closed, "expiry_of_release", released)
    expire(closed, said)
    refused(closed, "expiry_of_release", released)
    expire(closed, kept)
    expire(closed, released)
    assert audited(closed) == []


@on_one_engine
def test_with_relations_goes_whom_they_tied_to_an_enterprise(closed: Bureau) -> None:
    def ties() -> set[tuple[str, ...]]:
        return set(closed.ask(lambda tx: [tuple(row) for row in tx.execute(select(enterprise_tie))]))

    steps.take_in(closed, files.file_of("relation", [files.relation(1, "地址", "样例路9号")]), now=CLOSED_AT)
    before = ties()
    rows = [files.relation(1, "地址", "样例路8号"), files.relation(2, "项目", "样例项目8")]
    steps.take_in(closed, files.file_of("relation", rows, name="relations-2.csv"), now=CLOSED_AT)
    assert {via for _, _, via, _ in ties() - before} == {"address", "project"}
    expire(closed, closed.ask(lambda tx: log.of_kind(tx, "records.imported"))[-1].subject)
    assert ties() == before
    assert audited(closed) == []


@on_one_engine
def test_a_register_that_was_superseded_may_go(closed: Bureau) -> None:
    batches = {
        entry.subject: entry.body["kind"] for entry in closed.ask(lambda tx: log.of_kind(tx, "records.imported"))
    }
    (before,) = [identifier for identifier, kind in batches.items() if kind == "inspector"]
    again = [{**row, "姓名": f"{row['姓名']}新"} for row in steps.all_inspectors()]
    steps.take_in(closed, files.file_of("inspector", again), now=NOW)
    (items,) = [identifier for identifier, kind in batches.items() if kind == "item"]
    again = [files.item(code[:2], code, f"{code}新") for code in closed.ask(registers.items)]
    steps.take_in(closed, files.file_of("item", again, name="items-2.csv"), now=NOW)
    held = closed.ask(registers.inspectors)
    refused(closed, "expiry_needed_by_campaign", before)
    refused(closed, "expiry_needed_by_campaign", items)
    for kind in ORDER[:-1]:
        expire(closed, *ids(closed, kind))
    expire(closed, before, items)
    assert closed.ask(registers.inspectors) == held
    assert audited(closed) == []


@on_one_engine
def test_records_that_are_gone_come_in_again_as_new(closed: Bureau) -> None:
    """Whatever versions and sightings are left, an import never collides with them."""
    code = files.code(steps.numbers(closed.size)["D"][0])
    with closed.read() as tx:
        penalties = [entry.subject for entry in log.of_kind(tx, "records.imported") if entry.body["kind"] == "penalty"]
    row = files.penalty(steps.numbers(closed.size)["D"][0], "罚-旧", "2026-03-01")
    steps.take_in(closed, files.file_of("penalty", [row], name="first.csv"), now=NOW)
    steps.take_in(closed, files.file_of("penalty", [row], name="seen-again.csv"), now=NOW)
    expire(closed, *penalties)
    with closed.read() as tx:
        left = enterprises.records(tx, ANALYST, code, Window(99), RecordFilter("penalty"))
    assert [each.number for each in left] == ["罚-旧"]
    before = [
        files.penalty(number, f"罚{number}-{count}", day)
        for number in steps.numbers(closed.size)["D"]
        for count, day in enumerate(("2026-03-01", "2026-05-01"))
    ]
    steps.take_in(closed, files.file_of("penalty", before), now=NOW)
    with closed.read() as tx:
        found = enterprises.records(tx, ANALYST, code, Window(99), RecordFilter("penalty"))
    assert {(each.version, each.superseded) for each in found} == {(1, False)}
    assert len(found) == 3
    assert audited(closed) == []


@on_one_engine
def test_what_a_later_campaign_of_the_year_left_out_is_proved_by_the_earlier_one(closed: Bureau) -> None:
    later = steps.second_campaign(closed, now=CLOSED_AT)
    end = datetime(2027, 1, 1, tzinfo=UTC)
    closed.do(lambda tx: closing.close(tx, PLANNER, end, later))
    attest(closed, later, end)
    for kind in ORDER[:3]:
        expire(closed, *ids(closed, kind))
    refused(closed, "expiry_needed_by_campaign", ids(closed, "draw")[0])
    refused(closed, "expiry_needed_by_campaign", ids(closed, "assignments")[0])
    for kind in ("design", "draw", "plan"):
        expire(closed, *ids(closed, kind, later))
    for kind in ORDER[3:-1]:
        expire(closed, *ids(closed, kind))
    assert audited(closed) == []


@on_one_engine
def test_bundles_that_jobs_have_left_go_too(closed: Bureau) -> None:
    for campaign in (CAMPAIGN, "2026-0009"):
        job = closed.do(
            lambda tx, campaign=campaign: jobs.enqueue(tx, AUDITOR, CLOSED_AT, "export_bundle", {"campaign": campaign})  # type: ignore[misc]
        )
        with closed.database.write() as tx:
            assert jobs.claim(tx, CLOSED_AT, "w") is not None
            jobs.finish(tx, job, "w", CLOSED_AT, {"bytes": 1}, [JobFile(f"{campaign}.bundle", b"sealed")])
    expire(closed, *ids(closed, "disclosure"))
    with closed.read() as tx:
        assert tx.execute(select(job_file.c.name)).scalars().all() == ["2026-0009.bundle"]


@on_one_engine
def test_grades_that_are_gone_are_read_by_nobody(gone: Bureau) -> None:
    with gone.database.write() as tx:
        assert grades.read_grade(tx, ANALYST, NOW, files.code(1), "核对").as_of == civil_date(CLOSED_AT)
        (entry, _newer) = log.of_kind(tx, "grades.run")
        with pytest.raises(Conflict, match="document_expired"):
            documents.opened(tx, entry.documents["grades"])


@on_one_engine
def test_a_voided_campaign_needs_no_auditor(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    body = {"reason": "witness_quorum_late"}
    bureau.do(lambda tx: log.append(tx, CLOSED_AT, [log.NewEntry("campaign.voided", CAMPAIGN, body=body)]))
    bureau.do(lambda tx: campaigns.set_state(tx, CAMPAIGN, "voided"))
    expire(bureau, *ids(bureau, "matching"), *ids(bureau, "plan"))
    assert audited(bureau) == []


@on_one_engine
def test_a_replacement_is_kept_as_long_as_the_plan(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    steps.rematch(bureau)
    register(bureau, ZHANG)
    bureau.do(lambda tx: closing.close(tx, PLANNER, datetime(2027, 1, 1, tzinfo=UTC), CAMPAIGN))
    attest(bureau, CAMPAIGN, datetime(2027, 1, 1, tzinfo=UTC))
    for kind in ("assignments", "matching", "design", "draw"):
        expire(bureau, *ids(bureau, kind))
    refused(bureau, "expiry_needed_by_campaign", ids(bureau, "reopening")[0])
    expire(bureau, *ids(bureau, "plan"))
    expire(bureau, *ids(bureau, "reopening"))
    assert audited(bureau) == []


@on_one_engine
def test_a_later_pool_is_verified_without_what_had_expired_before(gone: Bureau) -> None:
    relations = [
        entry.subject
        for entry in gone.ask(lambda tx: log.of_kind(tx, "records.imported"))
        if entry.body["kind"] == "relation"
    ]
    expire(gone, *relations)
    inspectors = [{**row, "同户人员": "甲3" if row["证件号"] == "ZJ002" else ""} for row in steps.all_inspectors()]
    steps.take_in(gone, files.file_of("inspector", inspectors), now=NOW)
    gone.do(lambda tx: gradings.grade_enterprises(tx, ANALYST, NOW, civil_date(NOW)))
    later = steps.second_campaign(gone, now=NOW)
    checks = verify_bundle(gone.bundle(later, NOW), PINNED)
    assert [check for check in checks if not check.passed] == []
