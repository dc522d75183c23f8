"""A bureau in which every list is longer than a short page, asked through its schemas without a server.

What its lists hold is made by the use cases; nothing here checks what it says.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event, select
from strawberry.types import ExecutionResult

from ledger import jobs, outbox
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.deliveries import Item, Operation
from ledger.keys import Secret
from ledger.policy import Policy
from ledger.retention import Retention
from sampling import annual_planning, registers
from sampling.annual_plans import AnnualPlan, Line
from sampling.listings import CampaignType
from sampling.naming import Terms
from sampling.publication import corrections, publications
from sampling.publication.deadlines import Terms as PublicationTerms
from sampling.publicity import questions
from sampling.publicity.claims import Claim
from sampling.publicity.limits import IntakeLimits
from sampling.publicity.submissions import Kind
from sampling.retention import RETENTION
from sampling.users import managing
from sampling.users.secret_texts import UserKeys
from schema.building import Schema
from schema.bureau import Bureau as Served
from schema.bureau import Setting
from schema.context import Context, Serving
from schema.transactions import Transactions
from schema.watching import Watcher
from scoring import grades, judgements, model_steps
from scoring.scorecard import Effect
from scoring.warnings import handling, kinds, raising
from scoring.warnings.kinds import Candidate
from scoring.warnings.looking import Found
from scoring.warnings.tables import warning
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.bureau import ANALYST, CAMPAIGN, LIMITS, OTHER_ANALYST, PLANNER, Bureau
from tests.sampling.publicity import desk
from tests.scoring.model_text import SMALL

MANY = 8
"""More than a short page of every list."""

NOW = desk.NOW
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")


@dataclass
class Held:
    """What the schemas ask of a bureau."""

    database: Database
    now: datetime = NOW
    name: str = "样例局"
    origin: str = steps.ORIGIN
    witness_policy: Policy | None = None
    pseudonym_key: Secret = steps.PSEUDONYM_KEY
    user_keys: UserKeys = field(default_factory=lambda: UserKeys(steps.PSEUDONYM_KEY))
    retention: Retention = RETENTION
    publication_terms: PublicationTerms = field(default_factory=PublicationTerms)
    beacon_terms: Terms = field(default_factory=Terms)
    version: str = "1"
    told_settings: Sequence[Setting] = ()

    @property
    def today(self) -> date:
        """The present civil date."""
        return civil_date(self.now)

    def read(self) -> AbstractContextManager[Connection]:
        """Open a snapshot."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Connection]:
        """Open a transaction that writes."""
        return self.database.write()


def answer(
    schema: Schema, held: Served, query: str, actor: Actor | None = None, variables: Mapping[str, Any] | None = None
) -> ExecutionResult:
    """Return an answer."""
    limits = IntakeLimits(1000, 1000, 1000)
    watcher = Watcher(held.database)
    serving = Serving(held, Transactions(held), watcher, LIMITS, 10_000, 1 << 20, limits)
    context = Context(serving, "en", "test", actor)
    found = asyncio.run(schema.execute(query, dict(variables or {}), context))
    watcher.stop()
    assert isinstance(found, ExecutionResult)
    return found


def codes(found: ExecutionResult) -> set[str]:
    """Return the codes of an answer's errors."""
    return {str((error.extensions or {}).get("code")) for error in found.errors or ()}


def ask(
    schema: Schema, held: Served, query: str, actor: Actor | None = None, variables: Mapping[str, Any] | None = None
) -> Any:
    """Return the data of an answer whose errors, if any, are refusals of a campaign's state."""
    found = answer(schema, held, query, actor, variables)
    assert codes(found) <= {"campaign_state"}, found.errors
    return found.data


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Give the statements that are executed in the block."""
    told: list[str] = []

    def tell(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(database.engine, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        event.remove(database.engine, "before_cursor_execute", tell)


def fill(bureau: Bureau) -> None:
    """Bring an empty bureau to where each list has many rows."""
    steps.build_whole(bureau)
    _take_in(bureau)
    _campaigns(bureau)
    _publicity(bureau)
    _grades(bureau)
    _work(bureau)
    bureau.sign()


def _take_in(bureau: Bureau) -> None:
    strangers = [files.complaint(number, f"诉{number}", "2026-09-01") for number in range(900, 900 + MANY)]
    bureau.do(
        lambda tx: registers.take_in(
            tx, steps.ADMINISTRATOR, NOW, files.file_of("complaint", strangers), False, steps.PSEUDONYM_KEY
        )
    )
    steps.take_in(
        bureau,
        files.file_of("penalty", [files.penalty(1, f"罚多{each}", f"2026-02-{each + 1:02d}") for each in range(MANY)]),
        files.file_of("relation", [files.relation(number, "项目", "样例项目甲") for number in range(1, MANY + 2)]),
        files.file_of("object", [files.inspection_object(number, "ZJ", "样例标签") for number in range(1, 21)]),
        files.file_of("item", [files.item("ZJ", f"ZJ-{number:02d}", f"样例事项{number}") for number in range(10, 24)]),
        files.file_of(
            "inspector",
            [files.inspector(f"YJ{number:03d}", "YJ", "样例所", steps.SECTORS[0]) for number in range(1, 9)],
        ),
        now=NOW,
    )


def _campaigns(bureau: Bureau) -> None:
    for number in range(10, 10 + MANY):
        wanted = steps.flat(replace(steps.OTHER_PLAN, departments=("ZJ",), items=(f"ZJ-{number:02d}",)))
        code = steps.plan(bureau, wanted)
        steps.freeze_by_local_beacon(bureau, code, NOW)

    for year in range(2027, 2027 + MANY):
        _plan_a_year(bureau, year)


def _plan_a_year(bureau: Bureau, year: int) -> None:
    line = Line("1", "年度抽查", CampaignType.UNTARGETED, 1, 12, ("ZJ",), ("ZJ-01",), ("张三",), 30)
    wanted = AnnualPlan("ZJ", year, (line,))
    bureau.do(lambda tx: annual_planning.draft(tx, PLANNER, NOW, wanted))
    bureau.do(lambda tx: annual_planning.adopt(tx, desk.SECOND, NOW, "ZJ", year, 1))


def _publicity(bureau: Bureau) -> None:
    published = bureau.ask(lambda tx: publications.oldest(tx, 2 * MANY))
    half = len(published) // 2
    told = {each.position: each.enterprise for each in steps.visits(bureau)}
    for each in range(MANY):
        desk.published(bureau, title=f"说明{each}")
        desk.ask(bureau, f"第{each}个问题：公示多久？")
        _answer(bureau, desk.newest(bureau, Kind.QUESTION).id)
        desk.object_to(bureau, f"{desk.TEXT}（{each}）", claim=list(Claim)[each % len(Claim)])
    for shown in published[:half]:
        _correct(bureau, told[shown.position])
    bureau.do(lambda tx: publications.end(tx, NOW, [each.number for each in published[half:]]))


def _answer(bureau: Bureau, identifier: str) -> None:
    bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, identifier, "公示一年。"))
    bureau.do(lambda tx: questions.answer(tx, desk.SECOND, NOW, identifier, 1, True))


def _correct(bureau: Bureau, code: str) -> None:
    results = ["other_violation", "corrected"]
    bureau.do(lambda tx: corrections.propose(tx, PLANNER, NOW, CAMPAIGN, code, steps.VISITED, results, "none", "笔误"))


def _grades(bureau: Bureau) -> None:
    for each in range(MANY):
        _draft(bureau, SMALL.replace('version = "1"', f'version = "{each + 10}"'))
        _judge(bureau, files.code(each + 1))


def _draft(bureau: Bureau, text: str) -> None:
    bureau.do(lambda tx: model_steps.draft(tx, ANALYST, NOW, text))


def _judge(bureau: Bureau, code: str) -> None:
    until = civil_date(NOW) + timedelta(days=30)
    bureau.do(lambda tx: judgements.propose(tx, ANALYST, NOW, code, Effect.AT_LEAST, "C", "理由", "依据", until))
    bureau.do(lambda tx: grades.read_grade(tx, OTHER_ANALYST, NOW, code, "核对"))


def _work(bureau: Bureau) -> None:
    bureau.do(
        lambda tx: [jobs.enqueue(tx, ANALYST, NOW + timedelta(seconds=each), "audit", {}) for each in range(MANY)]
    )
    items = [
        Item("paper", "penalty", files.code(each + 1), f"{each:064x}", 1, Operation.DELIVER, civil_date(NOW))
        for each in range(MANY)
    ]
    bureau.do(lambda tx: outbox.enqueue(tx, NOW, items))
    for each in range(MANY):
        _add_user(bureau, f"user-{each}")
    bureau.do(_warnings)


def _add_user(bureau: Bureau, subject: str) -> None:
    bureau.do(lambda tx: managing.add(tx, steps.ADMINISTRATOR, NOW, subject, Role.PLANNER, "ZJ"))


def _warnings(tx: Connection) -> None:
    found = [
        Candidate(kinds.Kind.RELATED, {"via": ["address"]}, (each,), (), (files.code(each),), {})
        for each in range(1, 2 * MANY + 1)
    ]
    raising.raise_found(tx, ANALYST, NOW, Found(tuple(found), "", False))
    references = tx.execute(select(warning.c.reference).order_by(warning.c.line)).scalars().all()
    handling.acknowledge(tx, ANALYST, NOW, references[:MANY])
