"""The trial: a sample bureau with one whole campaign, through the same use cases that every door calls.

Every step begins from what the bureau holds, so a trial that was interrupted goes on where it was.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from api import tokens
from api.auditing import audit_bureau
from api.bureau import Bureau, create, exists
from api.command_line.ceremony import make_kept, read_kept
from api.command_line.output import Output, percent
from api.command_line.private_files import write_private
from api.migrating import migrate_database
from api.sample.bureau import SampleFile, write_sample_bureau
from api.sample.enterprises import CITY
from api.sample.visits import outcome, told
from api.serving import serve_until_stopped
from api.settings import Settings
from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import instant_text, parse_instant
from ledger.canonical import JSON
from ledger.errors import Conflict, Missing
from sampling import (
    announcing,
    annual_planning,
    assigning,
    bundles,
    campaigns,
    closing,
    drawing,
    findings,
    freezing,
    planning,
    previewing,
    publishing,
    registers,
    reviewing,
    sources,
)
from sampling.annual_plans import AnnualPlan, Line
from sampling.beacons import Ceremony, Local, Party
from sampling.campaigns import Campaign
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.entry_kinds import FROZEN
from sampling.listings import CampaignType
from sampling.naming import Terms, name_beacon
from sampling.participants import Participant, departments_of, items_of
from sampling.plans import Plan
from sampling.verification import Trust, verify_bundle
from sampling.visits.confirming import confirm_finding
from sampling.visits.recording import record_finding
from scoring import grades
from scoring.files import read_file
from scoring.grades import NOTICE
from scoring.grading import grade_enterprises
from scoring.results import Result

ORIGIN: Final = "sample.invalid/qian"
LEAD: Final = "ZJ"
ADMINISTRATOR: Final = Actor("trial administrator", Role.ADMINISTRATOR)
ANALYST: Final = Actor("trial analyst", Role.ANALYST)
AUDITOR: Final = Actor("trial auditor", Role.AUDITOR)
PLANNER: Final = Actor("trial planner", Role.PLANNER, LEAD)
REVIEWER: Final = Actor("trial reviewer", Role.PLANNER, LEAD)
PARTIES: Final = ("样例区纪检监察组", "样例区公证处")
REVEALING: Final = timedelta(hours=1)
RATES: Final = {"A": 300, "B": 800, "C": 2000, "D": 4000}
PARTICIPANTS: Final = (
    Participant(LEAD, ("YB-ZJ-001", "YB-ZJ-004"), 1),
    Participant("SC", ("YB-SC-008",), 1),
)
ANNUAL_LINE: Final = "1"
TOGETHER: Final = 25
"""So many visits are recorded in one transaction."""

Item = TypeVar("Item")


def run_trial(settings: Settings, output: Output) -> None:
    """Prepare the trial's bureau unless there is one, and serve it until it is stopped."""
    bureau = prepare(settings, output)
    try:
        tell_what_to_open(bureau, output)
        serve_until_stopped(bureau)
    finally:
        bureau.close()


def prepare(settings: Settings, output: Output) -> Bureau:
    """Return the settings' bureau, its tables migrated.

    Where it is the sample's or there was none, one campaign is run and verified.
    """
    if exists(settings):
        migrated = migrate_database(settings)
        if migrated.before != migrated.after:
            output.say("trial.migrated", before=migrated.before, after=migrated.after)
        bureau = Bureau(settings)
    else:
        output.say("trial.creating", home=settings.home)
        bureau = create(settings, ORIGIN, f"{CITY}（合成样本）")
    if bureau.verifier.name == ORIGIN:
        Trial(bureau, output).run()
    return bureau


class Trial:
    """One run through the sample bureau's campaign."""

    def __init__(self, bureau: Bureau, output: Output) -> None:
        """Keep the sample's files in the bureau's home."""
        self.bureau = bureau
        self.output = output
        self.folder = bureau.settings.home / "sample"

    def run(self) -> None:
        """Do what is not done yet."""
        found = self._campaign()
        if found is None:
            self.import_files()
            self.grade()
            found = self.plan()
        if found.state == "planned":
            self.freeze(found)
            found = self._state(found)
        if found.state == "frozen":
            self.draw(found)
            found = self._state(found)
        if found.state == "drawn":
            self.match(found)
            found = self._state(found)
        if found.state == "matched":
            self.record(found)
            self.confirm(found)
            self.review(found)
            self.publish(found)
        if not self.bundle_file(found).exists():
            self.verify(found)

    def bundle_file(self, found: Campaign) -> Path:
        """Where the auditor's bundle of a campaign goes, as the last thing that is done."""
        return self.folder / f"{found.id}.bundle"

    def import_files(self) -> None:
        """Write the sample as files with their sources, and take them in."""
        files = write_sample_bureau(self.folder)
        new = refused = 0
        with self.output.progress("trial.importing_now") as advance:
            for count, file in enumerate(files):
                advance(count, len(files))
                report = self._import(file)
                new, refused = new + report[0], refused + report[1]
        self.output.say("trial.imported", files=len(files), rows=new, refused=refused, folder=self.folder)

    def _import(self, file: SampleFile) -> tuple[int, int]:
        with self.bureau.write() as tx:
            document = (self.folder / file.document).read_text("utf-8")
            source = sources.add(tx, ADMINISTRATOR, self.now, document).source
        with (self.folder / file.name).open("rb") as stream:
            read = read_file(source.format, source.name, file.name, stream, self.bureau.today)
        with self.bureau.write() as tx:
            report = registers.take_in(tx, ADMINISTRATOR, self.now, read, False, self.bureau.pseudonym_key)
        return report.new, len(report.refused)

    def grade(self) -> None:
        """Grade all enterprises."""
        with self.output.progress("trial.grading_now"), self.bureau.write() as tx:
            run = grade_enterprises(tx, ANALYST, self.now, self.bureau.today)
            counted = grades.distribution(tx, ANALYST, self.now, "trial")
        sums: dict[str, int] = {}
        for _, grade, count in counted:
            sums[grade] = sums.get(grade, 0) + count
        told = "、".join(f"{grade} {count}" for grade, count in sorted(sums.items()))
        self.output.say("trial.graded", enterprises=run.enterprises, grades=told, notice=NOTICE)

    def plan(self) -> Campaign:
        """Plan a campaign of two departments."""
        today = self.bureau.today
        self.plan_year(today)
        plan = Plan(
            title=f"{today.year}年建筑施工、物业服务企业跨部门双随机抽查（合成样本）",
            departments=departments_of(PARTICIPANTS),
            items=items_of(PARTICIPANTS),
            starts=today,
            ends=today + timedelta(days=30),
            conditions=Conditions(("建筑施工", "物业服务"), ()),
            design=DesignPlan.by_grade(RATES),
            participants=PARTICIPANTS,
            annual_line=ANNUAL_LINE,
        )
        settings = self.bureau.settings
        with self.bureau.write() as tx:
            planned = planning.plan_campaign(tx, PLANNER, self.now, plan)
            shown = previewing.preview(tx, PLANNER, self.now, planned.id, settings.limits, settings.inference_bound)
        self.output.say(
            "trial.planned",
            campaign=planned.id,
            title=plan.title,
            slots=shown.design.size,
            visits=shown.design.visits,
            coverage=percent(shown.design.coverage_basis_points),
        )
        return planned

    def plan_year(self, today: date) -> None:
        """Draft the plan of the year, and have another person adopt it."""
        line = Line(
            code=ANNUAL_LINE,
            title="建筑施工、物业服务企业跨部门联合抽查（合成样本）",
            type=CampaignType.TARGETED,
            first_month=1,
            last_month=12,
            departments=departments_of(PARTICIPANTS),
            items=items_of(PARTICIPANTS),
            responsible=("样例负责人",),
            enterprises=100,
        )
        with self.bureau.write() as tx:
            held = annual_planning.draft(tx, PLANNER, self.now, AnnualPlan(LEAD, today.year, (line,)))
            annual_planning.adopt(tx, REVIEWER, self.now, LEAD, today.year, held.version)

    def freeze(self, found: Campaign) -> None:
        """Freeze it under a ceremony of two parties, who commit first."""
        parties: list[JSON] = [Party(name, self._commit(found, name)).to_json() for name in PARTIES]
        settings = self.bureau.settings
        with self.output.progress("freezing"), self.bureau.write() as tx:
            now = self.now
            request: dict[str, JSON] = {
                "kind": Ceremony.kind,
                "parties": parties,
                "deadline": instant_text(now + REVEALING),
                "throw": None,
                "fallback": {"kind": Local.kind},  # so that it needs no network, whenever it is gone on with
            }
            beacon = name_beacon(request, now, Terms())
            entry = freezing.freeze(tx, PLANNER, now, found.id, beacon, settings.limits, settings.inference_bound)
        self.output.say("trial.frozen", slots=entry.body["slots"]["count"], seq=entry.seq, parties="、".join(PARTIES))

    def draw(self, found: Campaign) -> None:
        """Have both parties reveal, and draw."""
        with self.bureau.read() as tx:
            missing = announcing.waiting_for(tx, PLANNER, found.id)
            beacon = campaigns.entry_of(tx, found.id, FROZEN).body["beacon"]
        if self.now <= parse_instant(beacon["deadline"]):
            for name in missing:
                self._reveal(found, name, beacon["deadline"])
        elif missing:
            self.output.say("trial.withheld", parties="、".join(missing))
        with self.output.progress("drawing"), self.bureau.write() as tx:
            entry = drawing.draw_campaign(tx, PLANNER, self.now, found.id)
        self.output.say("trial.drawn", count=entry.body["drawn"]["count"], seq=entry.seq)

    def match(self, found: Campaign) -> None:
        """Match inspectors."""
        with self.output.progress("matching"), self.bureau.write() as tx:
            assigning.match_campaign(tx, PLANNER, self.now, found.id)
            visits = assigning.visits(tx, PLANNER, found.id)
        inspectors = {inspector for visit in visits for _, inspector in visit.team}
        self.output.say("trial.matched", visits=len(visits), inspectors=len(inspectors))

    def record(self, found: Campaign) -> None:
        """Record what every visit found, each as an inspector of its team."""
        with self.bureau.read() as tx:
            recorded = {each.enterprise for each in findings.findings_of(tx, found.id)}
            visits = [each for each in assigning.visits(tx, PLANNER, found.id) if each.enterprise not in recorded]
            departments = {code: each["department"] for code, each in registers.inspectors(tx).items()}
        with self.output.progress("trial.recording_now") as advance:
            for done, together in _chunks(visits):
                advance(done, len(visits))
                with self.bureau.write() as tx:
                    for visit in together:
                        inspector = visit.team[0][1]
                        actor = Actor(inspector, Role.INSPECTOR, departments[inspector])
                        account = told(visit.enterprise, self.bureau.today)
                        record_finding(tx, actor, self.now, found.id, visit.enterprise, account)
        problems = sum(outcome(visit.enterprise)[0] is not Result.NO_PROBLEM for visit in visits)
        self.output.say("trial.recorded", visits=len(visits), problems=problems)

    def confirm(self, found: Campaign) -> None:
        """Have the second inspector of each team confirm what the first one recorded."""
        with self.bureau.read() as tx:
            waiting = {each.enterprise for each in findings.findings_of(tx, found.id) if each.state == "recorded"}
            visits = [each for each in assigning.visits(tx, PLANNER, found.id) if each.enterprise in waiting]
            departments = {code: each["department"] for code, each in registers.inspectors(tx).items()}
        with self.output.progress("trial.confirming_now") as advance:
            for done, together in _chunks(visits):
                advance(done, len(visits))
                with self.bureau.write() as tx:
                    for visit in together:
                        inspector = visit.team[1][1]
                        actor = Actor(inspector, Role.INSPECTOR, departments[inspector])
                        confirm_finding(tx, actor, self.now, found.id, visit.enterprise, True)
        self.output.say("trial.confirmed", findings=len(visits))

    def review(self, found: Campaign) -> None:
        """Have another person approve every finding."""
        with self.bureau.read() as tx:
            waiting = [each for each in findings.findings_of(tx, found.id) if each.state == "confirmed"]
        with self.output.progress("trial.reviewing_now") as advance:
            for done, together in _chunks(waiting):
                advance(done, len(waiting))
                with self.bureau.write() as tx:
                    for each in together:
                        reviewing.review_finding(tx, REVIEWER, self.now, found.id, each.enterprise, True, "")
        self.output.say("trial.reviewed", findings=len(waiting))

    def publish(self, found: Campaign) -> None:
        """Publish all findings and close the campaign."""
        with self.output.progress("publishing"), self.bureau.write() as tx:
            if any(each.state == "approved" for each in findings.findings_of(tx, found.id)):
                publishing.publish_findings(tx, PLANNER, self.now, found.id)
            closed = closing.close(tx, PLANNER, self.now, found.id)
        self.output.say("trial.published", findings=closed.body["published"])

    def verify(self, found: Campaign) -> None:
        """Verify the whole campaign from its bundle alone, and audit the database."""
        with self.output.progress("verifying"):
            with self.bureau.write() as tx:
                bundle = bundles.export_bundle(tx, AUDITOR, self.now, found.id)
            checks = verify_bundle(bundle, Trust((self.bureau.verifier,)))
            faults = audit_bureau(self.bureau, AUDITOR)
        failed = [check for check in checks if not check.passed]
        if failed or faults:
            raise Conflict("trial_not_sound", campaign=found.id, faults=len(failed) + len(faults))
        trust = f'log = ["{self.bureau.verifier.vkey}"]\n'
        (self.folder / "trust.toml").write_text(trust, encoding="utf-8")
        with self.bureau.read() as tx:
            entries = log.size(tx)
        write_private(self.bundle_file(found), bundle, replace=True)
        self.output.say("trial.verified", checks=len(checks), entries=entries, bundle=self.bundle_file(found))

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.bureau.now

    def _campaign(self) -> Campaign | None:
        """Return the trial's campaign, the first one that its planner planned."""
        with self.bureau.read() as tx:
            planned = [each for each in campaigns.visible(tx, PLANNER) if each.planned_by == PLANNER.subject]
        return planned[-1] if planned else None

    def _state(self, found: Campaign) -> Campaign:
        with self.bureau.read() as tx:
            return campaigns.read(tx, PLANNER, found.id)

    def _kept(self, found: Campaign, party: str) -> Path:
        return self.folder / f"{found.id}-{party}.json"

    def _commit(self, found: Campaign, party: str) -> bytes:
        path = self._kept(found, party)
        path.unlink(missing_ok=True)  # of a freeze that was interrupted: what no log names binds nobody
        return make_kept(path, party)

    def _reveal(self, found: Campaign, party: str, deadline: str) -> None:
        path = self._kept(found, party)
        if not path.exists():
            raise Missing("trial_secret_missing", file=path, deadline=deadline)
        name, salt, value = read_kept(path)
        with self.bureau.write() as tx:
            announcing.reveal(tx, PLANNER, self.now, found.id, name, salt, value)
        self.output.say("trial.revealed", party=party)


def _chunks(items: Sequence[Item]) -> Iterator[tuple[int, Sequence[Item]]]:
    for start in range(0, len(items), TOGETHER):
        yield start, items[start : start + TOGETHER]


def tell_what_to_open(bureau: Bureau, output: Output) -> None:
    """Tell where the bureau is served, and of the sample's how to enter the desk."""
    called = Path(sys.argv[0]).absolute()
    command = called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called
    output.say("trial.open", address=bureau.settings.address, command=command, department=LEAD)
    if bureau.verifier.name == ORIGIN:  # of a bureau that is no sample, nobody is handed a token unasked
        _hand_out_tokens(bureau, output)


def _hand_out_tokens(bureau: Bureau, output: Output) -> None:
    """Show a token of each role, which opens the desk."""
    output.say("trial.enter", address=bureau.settings.address, hours=bureau.settings.session_minutes // 60)
    for actor in _people(bureau):
        token = tokens.issue(bureau.token_key, bureau.origin, actor, bureau.now, bureau.session_lifetime)
        output.say("trial.token", role=actor.role.value, token=token)


def _people(bureau: Bureau) -> list[Actor]:
    """Return one of each role; the inspector is one of the sample's."""
    with bureau.read() as tx:
        inspectors = {code: each["department"] for code, each in registers.inspectors(tx).items()}
    visiting = [Actor(code, Role.INSPECTOR, LEAD) for code, department in inspectors.items() if department == LEAD]
    return [PLANNER, *visiting[:1], ANALYST, AUDITOR, ADMINISTRATOR]
