"""What the tests of the public's side share: a bureau with published findings, and steps as functions."""

from datetime import UTC, datetime
from typing import Any

from ledger import log
from ledger.actors import Actor, Role
from ledger.windows import Window
from sampling.disclosures import Disclosure, findings
from sampling.publicity import notices, objections, questions, submissions
from sampling.publicity.claims import Claim
from sampling.publicity.limits import IntakeLimits, Origin
from sampling.publicity.notices import Notice, NoticeKind
from sampling.publicity.submissions import Kind, Receipt, Submission
from tests.sampling.bureau import AUDITOR, PLANNER, Bureau

SECOND = Actor("planner-zj-2", Role.PLANNER, "ZJ")
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
LIMITS = IntakeLimits(per_caller=1000, per_target=1000, per_day=10_000)
WEB = Origin.web("192.0.2.7")
TEXT = "该结果有误：我公司消防通道一直畅通，检查当日已当场出示照片。"
QUESTION = "抽查结果公示多长时间？"


def target(bureau: Bureau) -> Disclosure:
    """Return the first published finding."""
    return bureau.ask(lambda tx: findings(tx, Window(1, after=(2,))))[0]


def ask(bureau: Bureau, text: str = QUESTION, now: datetime = NOW, **changes: Any) -> Receipt:
    """Put a question."""
    given: dict[str, Any] = {"campaign": None, "consent": True, "contact": None, "origin": WEB, "limits": LIMITS}
    given.update(changes)
    return bureau.do(lambda tx: questions.ask(tx, now, text, **given))


def object_to(bureau: Bureau, text: str = TEXT, now: datetime = NOW, **changes: Any) -> Receipt:
    """Object to the first published finding."""
    given: dict[str, Any] = {"claim": Claim.WRONG_FACT, "contact": None, "origin": WEB, "limits": LIMITS, **changes}
    at = given.pop("target", None) or target(bureau)
    claim = given.pop("claim")
    return bureau.do(lambda tx: objections.object_to(tx, now, at, claim, text, **given))


def newest(bureau: Bureau, kind: Kind) -> Submission:
    """Return the question or objection that came in last."""
    came = bureau.ask(lambda tx: log.of_kind(tx, f"{kind}.received"))[-1].subject
    return bureau.ask(lambda tx: submissions.read(tx, AUDITOR, kind, came))


def drafted(bureau: Bureau, now: datetime = NOW, title: str = "关于抽查结果公示的说明") -> Notice:
    """Draft a notice."""
    text = "抽查结果自公示之日起公开展示。\n如有异议，请凭回执编号查询办理情况。"
    return bureau.do(lambda tx: notices.draft(tx, PLANNER, now, NoticeKind.NOTICE, title, text))


def published(bureau: Bureau, now: datetime = NOW, title: str = "关于抽查结果公示的说明") -> Notice:
    """Draft a notice, and publish it by a second person."""
    found = drafted(bureau, now, title)
    return bureau.do(lambda tx: notices.publish(tx, SECOND, now, found.id))
