"""Published findings taken through all that may follow, as the staff of the tests' bureau do it."""

from datetime import date, datetime, timedelta

from ledger.actors import Actor, Role
from sampling import findings
from sampling.assigning import Visit
from sampling.publication import calendars, corrections, endings, punishments, rechecks, transfers
from sampling.publication.proceedings import Proceeding
from tests.sampling.bureau import ADMINISTRATOR, CAMPAIGN, CLOSED_AT, PLANNER, STRANGER, Bureau, leader, visits

NOW = CLOSED_AT
SECOND = Actor("planner-zj-2", Role.PLANNER, "ZJ")
DAY = date(2026, 11, 26)
LATER = date(2027, 6, 30)


def visit_of(bureau: Bureau, follow_up: str | None = None, place: int = 0) -> Visit:
    """Return one of the visits, of those whose finding says what follows."""
    found = {each.position: each for each in bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, CAMPAIGN))}
    chosen = [each for each in visits(bureau) if follow_up in (None, found[each.position].follow_up)]
    return chosen[place]


def propose_correction(
    bureau: Bureau, visit: Visit, actor: Actor = PLANNER, now: datetime = NOW, results: tuple[str, ...] = ("corrected",)
) -> Proceeding:
    return bureau.do(
        lambda tx: corrections.propose(
            tx, actor, now, CAMPAIGN, visit.enterprise, DAY, results, "correction", "录入有误"
        )
    )


def correct(bureau: Bureau, visit: Visit, approve: bool = True) -> Proceeding:
    made = propose_correction(bureau, visit)
    return bureau.do(lambda tx: corrections.decide(tx, SECOND, NOW, made.id, approve, "已核实"))


def propose_repair(bureau: Bureau, visit: Visit, actor: Actor = PLANNER) -> Proceeding:
    return bureau.do(
        lambda tx: endings.propose_repair(tx, actor, NOW, CAMPAIGN, visit.enterprise, "修复办法第八条", "已履行义务")
    )


def repair(bureau: Bureau, visit: Visit, approve: bool = True) -> Proceeding:
    made = propose_repair(bureau, visit)
    return bureau.do(lambda tx: endings.decide_repair(tx, SECOND, NOW, made.id, approve, "已核实"))


def recheck(bureau: Bureau, visit: Visit, corrected: bool) -> Proceeding:
    return bureau.do(
        lambda tx: rechecks.record(tx, leader(visit), NOW, CAMPAIGN, visit.enterprise, DAY, corrected, "现场复查")
    )


def send(bureau: Bureau, visit: Visit, to: str = "YJ") -> Proceeding:
    return bureau.do(
        lambda tx: transfers.send(tx, PLANNER, NOW, CAMPAIGN, visit.enterprise, to, "安全生产法", "属其职责", LATER)
    )


def punish(bureau: Bureau, visit: Visit) -> Proceeding:
    return bureau.do(
        lambda tx: punishments.propose(
            tx, PLANNER, NOW, CAMPAIGN, visit.enterprise, "拒不整改", "办法第三条", "限制参加评优", "YJ", LATER
        )
    )


def walk(bureau: Bureau) -> None:
    """Take findings of a campaign with published ones through every row that follows."""
    first, second, third = (visit_of(bureau, follow_up) for follow_up in ("correction", "stopped", "none"))
    year = [date(2027, 1, 1), date(2027, 2, 8)], [date(2027, 2, 20)]
    bureau.do(lambda tx: calendars.add_year(tx, ADMINISTRATOR, NOW, 2027, "国办发明电〔2026〕1号", *year))
    correct(bureau, first)
    correct(bureau, second, approve=False)
    for corrected in (False, True):
        recheck(bureau, first, corrected)
    sent = send(bureau, first)
    bureau.do(lambda tx: transfers.answer(tx, STRANGER, NOW, sent.id, "taken"))
    bureau.do(lambda tx: transfers.answer(tx, STRANGER, NOW, sent.id, "ended", "已立案处理"))
    made, refused = punish(bureau, first), punish(bureau, second)
    bureau.do(lambda tx: punishments.decide(tx, SECOND, NOW, made.id, True))
    bureau.do(lambda tx: punishments.decide(tx, SECOND, NOW, refused.id, False, "情节轻微"))
    bureau.do(lambda tx: punishments.answer(tx, STRANGER, NOW, made.id, "已执行"))
    bureau.do(lambda tx: punishments.end(tx, PLANNER, NOW, made.id, "已整改"))
    repair(bureau, third)
    repair(bureau, second, approve=False)


def years_later(years: int) -> datetime:
    """Return an instant so many years after the close."""
    return NOW + timedelta(days=366 * years)
