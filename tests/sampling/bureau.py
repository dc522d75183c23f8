"""A small made-up bureau with one campaign, in each state that it goes through.

About 120 enterprises of five trades in two departments, graded A to D by Qian's example model, 15 items, 8 inspectors.
Everything that chance does not decide is the same each time; what the operating system's randomness decides differs.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.errors import Refusal
from ledger.keys import Ed25519Signer, Secret
from ledger.log import NewEntry
from ledger.note import Verifier
from sampling import (
    announcing,
    annual_planning,
    assigning,
    bundles,
    closing,
    drawing,
    early_warning,
    freezing,
    inbox,
    planning,
    publishing,
    registers,
    rematching,
    reviewing,
)
from sampling.annual_plans import AnnualPlan, Line
from sampling.beacons import Ceremony, Local, Party, ceremony_commitment
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.listings import CampaignType
from sampling.plans import Plan
from sampling.strata import Limits
from sampling.verification import Trust
from sampling.visits.accounts import Account, HandIn, Signature, Signed
from sampling.visits.confirming import confirm_finding
from sampling.visits.evidence import keep_evidence
from sampling.visits.file_types import PDF, ReadFile
from sampling.visits.noticing import issue_notice
from sampling.visits.recording import record_finding
from sampling.visits.settling import Choice, settle_conflict
from scoring import grading, judgements, model_steps, models
from scoring.files import FileRead
from scoring.scorecard import Effect
from scoring.sectors import Sector
from tests import bureau_files as files
from tests.refusing import refuse
from tests.scoring.model_text import SMALL

T = TypeVar("T")

ORIGIN = "sample.invalid/qian"
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
ANALYST = Actor("analyst", Role.ANALYST)
OTHER_ANALYST = Actor("other-analyst", Role.ANALYST)
AUDITOR = Actor("auditor", Role.AUDITOR)
PLANNER = Actor("planner-zj", Role.PLANNER, "ZJ")
OTHER_PLANNER = Actor("planner-sc", Role.PLANNER, "SC")
STRANGER = Actor("planner-yj", Role.PLANNER, "YJ")

CAMPAIGN = "2026-0001"
PSEUDONYM_KEY = Secret(hashlib.sha256(b"pseudonyms of the tests").digest())

IMPORTED_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GRADED_AT = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)
PLANNED_AT = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)
FROZEN_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MARGIN = timedelta(minutes=10)
REVEALED_AT = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)
DEADLINE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DRAWN_AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
MATCHED_AT = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
ILL_AT = datetime(2026, 11, 23, 2, 50, tzinfo=UTC)
REMATCHED_AT = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
RECORDED_AT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
CONFIRMED_AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
REVIEWED_AT = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
PUBLISHED_AT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
CLOSED_AT = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
GRADED_AS_OF = date(2026, 11, 22)
VISITED = date(2026, 11, 25)

SECTORS = tuple(sector.value for sector in Sector)
LIMITS = Limits(10, 50, 500)
BOUND = 5000


@dataclass(frozen=True)
class Size:
    """How many enterprises of each grade, A to D, the records make, and the limits that such a frame needs."""

    grades: tuple[int, int, int, int]
    limits: Limits


DISTRICT = Size((54, 30, 20, 16), LIMITS)
HAMLET = Size((6, 4, 3, 3), Limits(2, 10, 500))

PARTIES = {
    name: (hashlib.sha256(f"salt of {name}".encode()).digest(), hashlib.sha256(f"value of {name}".encode()).digest())
    for name in ("公证处", "群众代表")
}
NOTARY, CITIZENS = PARTIES

SIGNER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"log of the tests").digest()))
TRUST = Trust((Verifier.from_vkey(SIGNER.verifier_key),))

PLAN = Plan(
    title="示例联合抽查",
    departments=("ZJ", "SC"),
    items=("ZJ-01", "SC-01"),
    starts=date(2026, 11, 23),
    ends=date(2026, 12, 31),
    conditions=Conditions((), ()),
    design=DesignPlan.by_grade({"A": 1000, "B": 1500, "C": 2000, "D": 2500}),
)
OTHER_PLAN = replace(PLAN, title="另一次抽查", items=("ZJ-02",))
"""Of other matters, so that it may be frozen beside the first one."""


def flat(plan: Plan) -> Plan:
    """Return a plan whose rates tell nothing of a grade, so that it may stand beside any other campaign."""
    rates = DesignPlan.by_grade(dict.fromkeys("ABCD", 1500))
    return replace(plan, design=rates, flat_reason="首次抽查，等级尚未校验")


class Bureau:
    """One bureau of the tests."""

    def __init__(self, database: Database, size: Size = DISTRICT) -> None:
        self.database = database
        self.size = size

    def read(self) -> AbstractContextManager[Connection]:
        """Open a snapshot."""
        return self.database.read()

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Return what is read in a snapshot."""
        with self.database.read() as tx:
            return question(tx)

    def do(self, step: Callable[[Connection], T]) -> T:
        """Return what a use case does in a transaction of its own."""
        with self.database.write() as tx:
            return step(tx)

    def refuse(self, code: str, step: Callable[[Connection], object]) -> Refusal:
        """The step is refused with this code, and not one stored value is another afterwards; returns the refusal."""
        return refuse(self.database, code, step)

    def sign(self) -> None:
        """Sign the log's present size."""
        with self.database.write() as tx:
            log.lock(tx)
            log.sign_checkpoint(tx, SIGNER)

    def bundle(self, campaign: str = CAMPAIGN, now: datetime = CLOSED_AT) -> bytes:
        """Return a campaign's bundle for the auditor."""
        self.sign()
        return self.do(lambda tx: bundles.export_bundle(tx, AUDITOR, now, campaign))


def take_in(bureau: Bureau, *several: FileRead, now: datetime = IMPORTED_AT) -> None:
    """Take files in, one transaction each."""
    for file in several:
        with bureau.database.write() as tx:
            registers.take_in(tx, ADMINISTRATOR, now, file, True, PSEUDONYM_KEY)


def start(bureau: Bureau) -> None:
    """Begin the log, with the example model in force."""
    body = {"name": "样例局", "vkey": SIGNER.verifier_key}
    bureau.do(lambda tx: log.append(tx, IMPORTED_AT, [NewEntry("ledger.created", ORIGIN, body=body)]))
    bureau.do(lambda tx: model_steps.adopt_first(tx, ADMINISTRATOR, IMPORTED_AT, models.default_text()))


def numbers(size: Size) -> dict[str, range]:
    """Return the numbers of the enterprises of each grade."""
    found, first = {}, 1
    for grade, count in zip("ABCD", size.grades, strict=True):
        found[grade] = range(first, first + count)
        first += count
    return found


def closed_down(size: Size) -> range:
    """Return the numbers of the enterprises that operate no more, and so are in no frame."""
    first = sum(size.grades) + 1
    return range(first, first + 4)


def sector_of(number: int) -> str:
    """Return an enterprise's trade."""
    return SECTORS[number % len(SECTORS)]


def all_files(size: Size) -> list[FileRead]:
    """Return the bureau's files, read."""
    by_grade = numbers(size)
    operating = [number for numbered in by_grade.values() for number in numbered]
    a, c, d = by_grade["A"], by_grade["C"], by_grade["D"]
    visited = [*a, *c, *d]  # B were never inspected
    of = files.file_of
    return [
        of("department", [files.department("ZJ", "样例住建局"), files.department("SC", "样例市场监管局")]),
        of("department", [files.department("YJ", "样例应急局")], name="department-2.csv"),
        of(
            "registration",
            [
                *(files.registration(number, 行业=sector_of(number), 法定代表人=f"甲{number}") for number in operating),
                *(files.registration(number, 登记状态="注销") for number in closed_down(size)),
            ],
        ),
        of("licence", [files.licence(number) for number in operating]),
        of("inspection", [files.inspection(number, f"检{number}", "2025-06-10") for number in visited]),
        of("confirmation", [files.confirmation(number, "2025-03-04") for number in a]),
        of(
            "penalty",
            [
                files.penalty(number, f"罚{number}-{count}", day)
                for number in [*c, *d]
                for count, day in enumerate(("2026-03-01", "2026-05-01"))
            ],
        ),
        of("coercion", [files.coercion(number, "2025-02-03") for number in c]),
        of("breach", [files.breach(number, "严重违法失信", "2025-08-01") for number in d]),
        of("complaint", [files.complaint(number, f"诉{number}", "2025-09-01") for number in c]),
        of("relation", [files.relation(number, "股东", f"股东{number // 3}") for number in [*a, *by_grade["B"]]]),
        of(
            "item",
            [
                files.item(letters, f"{letters}-{number:02d}", f"{letters}样例事项{number}")
                for letters in ("ZJ", "SC", "YJ")
                for number in range(1, 6)
            ],
        ),
        of("object", [files.inspection_object(number, "ZJ", "样例标签") for number in operating[:9]]),
        of("inspector", all_inspectors()),
    ]


def all_inspectors() -> list[files.Row]:
    """Return eight inspectors of two departments, two units each; one is recused from a few enterprises."""
    every = "、".join(SECTORS)
    return [
        files.inspector(
            f"{letters}{number:03d}",
            letters,
            f"{letters}样例{number % 2 + 1}所",
            every,
            回避企业="、".join(map(files.code, range(1, 9))) if number == 1 else "",
        )
        for letters in ("ZJ", "SC")
        for number in range(1, 5)
    ]


def import_files(bureau: Bureau) -> None:
    start(bureau)
    take_in(bureau, *all_files(bureau.size))
    tend_a_model(bureau)
    judge(bureau)


def tend_a_model(bureau: Bureau) -> None:
    """Take another model through its whole life, which ends on the day on which it begins."""
    text, today = f'{SMALL}\n[scope]\nsectors = ["供热"]\n', civil_date(IMPORTED_AT)
    bureau.do(lambda tx: model_steps.draft(tx, ANALYST, IMPORTED_AT, text))
    bureau.do(lambda tx: model_steps.review(tx, OTHER_ANALYST, IMPORTED_AT, "small", "1", True))
    bureau.do(lambda tx: model_steps.enforce(tx, ANALYST, IMPORTED_AT, "small", "1", today))
    bureau.do(lambda tx: model_steps.retire(tx, ANALYST, IMPORTED_AT, "small", "1", today))


def judge(bureau: Bureau) -> None:
    """Take a judgement through its whole life, which ends on the day on which it begins."""
    code, today = files.code(1), civil_date(IMPORTED_AT)
    made = bureau.do(
        lambda tx: judgements.propose(tx, ANALYST, IMPORTED_AT, code, Effect.EXACTLY, "D", "理由", "依据", today)
    )
    bureau.do(lambda tx: judgements.confirm(tx, OTHER_ANALYST, IMPORTED_AT, made.document))
    bureau.do(lambda tx: judgements.withdraw(tx, ANALYST, IMPORTED_AT, made.document, "情况已变"))


def grade(bureau: Bureau) -> None:
    bureau.do(lambda tx: grading.grade_enterprises(tx, ANALYST, GRADED_AT, GRADED_AS_OF))


def plan_a_year(bureau: Bureau, at: datetime = GRADED_AT) -> None:
    """Draft the plan of a year, and have a second planner adopt it."""
    line = Line("1", "年度抽查", CampaignType.UNTARGETED, 1, 12, ("ZJ",), ("ZJ-01",), ("张三",), 30)
    second = Actor("planner-zj-2", Role.PLANNER, "ZJ")
    year = AnnualPlan("ZJ", 2026, (line,))
    bureau.do(lambda tx: annual_planning.draft(tx, PLANNER, at, year))
    bureau.do(lambda tx: annual_planning.adopt(tx, second, at, "ZJ", 2026, 1))


def plan(bureau: Bureau, wanted: Plan = PLAN) -> str:
    return bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, wanted)).id


def secrets_at(now: datetime) -> dict[str, tuple[bytes, bytes]]:
    """Return what the parties keep for a ceremony that is named at an instant: never the same for two of them."""
    if now == FROZEN_AT:
        return PARTIES
    return {name: (salt, hashlib.sha256(f"{name} {now}".encode()).digest()) for name, (salt, _) in PARTIES.items()}


def ceremony(now: datetime = FROZEN_AT) -> Ceremony:
    """Return the ceremony of the two parties, whose commitments they have handed in."""
    parties = [Party(name, ceremony_commitment(name, *secret)) for name, secret in secrets_at(now).items()]
    deadline = now + (DEADLINE - FROZEN_AT)
    return Ceremony(tuple(parties), now + MARGIN, deadline, None, Local(deadline + timedelta(seconds=1)))


def freeze(bureau: Bureau, campaign: str = CAMPAIGN, now: datetime = FROZEN_AT) -> None:
    limits = bureau.size.limits
    bureau.do(lambda tx: freezing.freeze(tx, PLANNER, now, campaign, ceremony(now), limits, BOUND))


def freeze_by_local_beacon(bureau: Bureau, campaign: str = CAMPAIGN, now: datetime = FROZEN_AT) -> None:
    beacon = Local(now + MARGIN)
    bureau.do(lambda tx: freezing.freeze(tx, PLANNER, now, campaign, beacon, bureau.size.limits, BOUND))


def reveal(bureau: Bureau, campaign: str = CAMPAIGN, now: datetime = REVEALED_AT) -> None:
    for name, secret in PARTIES.items():
        with bureau.database.write() as tx:
            announcing.reveal(tx, PLANNER, now, campaign, name, *secret)


def draw(bureau: Bureau, campaign: str = CAMPAIGN, now: datetime = DRAWN_AT) -> None:
    bureau.do(lambda tx: drawing.draw_campaign(tx, PLANNER, now, campaign))


def match(bureau: Bureau, campaign: str = CAMPAIGN, now: datetime = MATCHED_AT) -> None:
    bureau.do(lambda tx: assigning.match_campaign(tx, PLANNER, now, campaign))


def rematch(bureau: Bureau, campaign: str = CAMPAIGN) -> str:
    """Replace the leader of the first visit everywhere, and return who it was."""
    ill = visits(bureau, campaign)[0].team[0][1]
    beacon = Local(ILL_AT + MARGIN)
    bureau.do(lambda tx: rematching.reopen(tx, PLANNER, ILL_AT, campaign, ill, None, "突发疾病", beacon))
    bureau.do(lambda tx: rematching.rematch(tx, PLANNER, REMATCHED_AT, campaign))
    return ill


def visits(bureau: Bureau, campaign: str = CAMPAIGN) -> list[assigning.Visit]:
    """Return all visits of a campaign."""
    return bureau.ask(lambda tx: assigning.visits(tx, PLANNER, campaign))


def leader(visit: assigning.Visit) -> Actor:
    """Return the inspector who leads a visit's team."""
    return Actor(visit.team[0][1], Role.INSPECTOR, visit.team[0][1][:2])


def second(visit: assigning.Visit) -> Actor:
    """Return the inspector of a visit's team who did not record it."""
    return Actor(visit.team[1][1], Role.INSPECTOR, visit.team[1][1][:2])


RESULTS: Sequence[tuple[list[str], str]] = (
    (["no_problem"], "none"),
    (["unreachable"], "stopped"),
    (["other_violation", "pending"], "correction"),
)


def account(results: Sequence[str] = ("no_problem",), follow_up: str = "none", **changes: Any) -> Account:
    """Return what a team tells of a visit; what is ordered to be corrected has its day."""
    day = VISITED + timedelta(days=15) if follow_up == "correction" else None
    signature = Signature(Signed.SIGNED, "样例负责人")
    told = {"visited": VISITED, "facts": "现场核对资料", "signature": signature, "correct_by": day, **changes}
    return Account(results=tuple(results), follow_up=follow_up, **told)


def record_one(
    bureau: Bureau,
    visit: assigning.Visit,
    found: tuple[list[str], str] = RESULTS[0],
    hand_in: HandIn | None = None,
) -> None:
    actor, told = leader(visit), account(*found)
    bureau.do(lambda tx: record_finding(tx, actor, RECORDED_AT, visit.campaign, visit.enterprise, told, hand_in))


def record(bureau: Bureau) -> None:
    later = HandIn("00000000-0000-4000-8000-000000000000", RECORDED_AT, 0)
    for number, visit in enumerate(visits(bureau)):
        record_one(bureau, visit, RESULTS[number % len(RESULTS)], None if number else later)


def confirm_one(bureau: Bureau, visit: assigning.Visit) -> None:
    bureau.do(lambda tx: confirm_finding(tx, second(visit), CONFIRMED_AT, visit.campaign, visit.enterprise, True))


def confirm(bureau: Bureau) -> None:
    for visit in visits(bureau):
        confirm_one(bureau, visit)


def inbox_of(bureau: Bureau, actor: Actor) -> list[inbox.Message]:
    """Return what is in an inbox, but for the findings that wait for review: each test's campaign has many of them."""
    messages = bureau.ask(lambda tx: inbox.messages(tx, actor))
    return [each for each in messages if each.code != "finding_to_review"]


PAGE = ReadFile("page.pdf", PDF, b"%PDF-1.7\n%%EOF\n")


def attend(bureau: Bureau) -> None:
    """Issue a notice of the first visit, and keep a file of evidence of it."""
    visit = visits(bureau)[0]
    code = visit.enterprise
    bureau.do(lambda tx: issue_notice(tx, PLANNER, REMATCHED_AT, visit.campaign, code, VISITED))
    bureau.do(lambda tx: keep_evidence(tx, leader(visit), REMATCHED_AT, visit.campaign, code, PAGE))


def disagree(bureau: Bureau) -> None:
    """Hand in later what the second inspector wrote down offline at the first visit, and keep what was recorded."""
    visit = visits(bureau)[0]
    code, hand_in = visit.enterprise, HandIn("00000000-0000-4000-8000-000000000001", RECORDED_AT, 0)
    told = account(facts="离线录入")
    bureau.do(lambda tx: record_finding(tx, second(visit), RECORDED_AT, visit.campaign, code, told, hand_in))
    keep = Choice.KEPT
    bureau.do(lambda tx: settle_conflict(tx, PLANNER, RECORDED_AT, visit.campaign, code, 1, keep, "以现场笔录为准"))


def warn(bureau: Bureau, now: datetime) -> int:
    """Run early warning, and return how many warnings it raised."""
    found = bureau.ask(lambda tx: early_warning.look(tx, civil_date(now), 30))
    return bureau.do(lambda tx: early_warning.raise_warnings(tx, ANALYST, now, found)).count


def review_one(bureau: Bureau, visit: assigning.Visit, approve: bool = True, note: str = "") -> None:
    bureau.do(
        lambda tx: reviewing.review_finding(tx, PLANNER, REVIEWED_AT, visit.campaign, visit.enterprise, approve, note)
    )


def review(bureau: Bureau) -> None:
    for visit in visits(bureau):
        review_one(bureau, visit)


def publish_of(bureau: Bureau, codes: Sequence[str] | None) -> None:
    bureau.do(lambda tx: publishing.publish_findings(tx, PLANNER, PUBLISHED_AT, CAMPAIGN, codes))


def publish(bureau: Bureau) -> None:
    publish_of(bureau, None)


def close(bureau: Bureau) -> None:
    bureau.do(lambda tx: closing.close(tx, PLANNER, CLOSED_AT, CAMPAIGN))


def second_campaign(bureau: Bureau, wanted: Plan = OTHER_PLAN, now: datetime = CLOSED_AT) -> str:
    """Plan, freeze and draw another campaign, by a local beacon, and return its id."""
    identifier = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, now, wanted)).id
    freeze_by_local_beacon(bureau, identifier, now)
    draw(bureau, identifier, now + MARGIN)
    return identifier


def _drawn(bureau: Bureau) -> None:
    reveal(bureau)
    draw(bureau)


STEPS: dict[str, Callable[[Bureau], object]] = {
    "empty": lambda bureau: None,
    "imported": import_files,
    "graded": grade,
    "planned": plan,
    "frozen": freeze,
    "drawn": _drawn,
    "matched": match,
    "recorded": record,
    "confirmed": confirm,
    "reviewed": review,
    "published": publish,
    "closed": close,
}
"""What leads to each state from the one before."""


def build(bureau: Bureau, state: str) -> None:
    """Bring an empty bureau into a state."""
    for reached, step in STEPS.items():
        step(bureau)
        if reached == state:
            return


def build_whole(bureau: Bureau) -> None:
    """Bring an empty bureau to a closed campaign in which somebody was replaced, so that every table has rows."""
    for reached, step in STEPS.items():
        step(bureau)
        if reached == "graded":
            plan_a_year(bureau)
        if reached == "matched":
            rematch(bureau)
            attend(bureau)
        if reached == "recorded":
            disagree(bureau)
        if reached == "confirmed":
            warn(bureau, CONFIRMED_AT)


Step = Callable[[Bureau], object]


class Templates:
    """The bureau in each state on one engine, built once, in the order of the states, as far as it is asked for.

    `copy` copies the database of an address, to which nobody is connected, and returns the copy's address.
    """

    def __init__(self, growing: str, copy: Callable[[str], str], size: Size = DISTRICT) -> None:
        self._growing = growing
        self._copy = copy
        self._size = size
        self._left: Iterator[str] = iter(STEPS)
        self._kept: dict[tuple[str | Step, ...], str] = {}

    def of(self, state: str, *further: Step) -> str:
        """Return the address of the bureau in a state, or as further steps left it that several tests begin with."""
        if further:
            return self._after(state, *further)
        while (state,) not in self._kept:
            reached = next(self._left)
            self._take(STEPS[reached], self._growing)
            self._kept[reached,] = self._copy(self._growing)
        return self._kept[state,]

    def _after(self, state: str, *further: Step) -> str:
        if (state, *further) not in self._kept:
            url = self._copy(self.of(state, *further[:-1]))
            self._take(further[-1], url)
            self._kept[state, *further] = url
        return self._kept[state, *further]

    def _take(self, step: Step, url: str) -> None:
        with opened(url, self._size) as bureau:
            step(bureau)
            bureau.sign()


@contextmanager
def opened(url: str, size: Size = DISTRICT) -> Iterator[Bureau]:
    """Open the bureau of a database."""
    database = Database(url)
    try:
        yield Bureau(database, size)
    finally:
        database.close()
