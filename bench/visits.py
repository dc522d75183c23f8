"""How many findings 50 inspectors enter in a second, all at once, and confirm, on both engines.

Beside it the least that each of them could not do without: a sealed document of one row, and its entry in the log.
"""

import argparse
import io
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from measuring.bureau import ADMINISTRATOR, KEY, NOW, TODAY, code
from measuring.engines import ENGINES, migrated
from measuring.logs import show_table, table
from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.log import NewEntry
from sampling import assigning, freezing, planning, registers
from sampling.beacons import Local
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.entry_kinds import RECORDED
from sampling.listings import Listing
from sampling.matching_plans import MatchingPlan
from sampling.plans import Plan
from sampling.strata import Limits
from sampling.tables import FINDING
from sampling.visits.accounts import Account, Signature, Signed
from sampling.visits.confirming import confirm_finding
from sampling.visits.recording import record_finding
from scoring.files import read_file
from scoring.sectors import Sector

INSPECTORS = 50
VISITS = 2000
PLANNER = Actor("planner", Role.PLANNER, "ZJ")
SECTORS = [sector.value for sector in Sector]
MARGIN = timedelta(minutes=10)
LATER = NOW + timedelta(hours=1)
TOLD = Account(TODAY, ("no_problem",), "none", "现场核对资料", Signature(Signed.SIGNED, "样例负责人"))

Step = Callable[[Connection], object]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=VISITS)
    count = parser.parse_args().visits
    columns = ("engine", "recorded a second", "confirmed a second", "document and entry alone", "ratio")
    shown = table(f"Findings of {count:,} visits, {INSPECTORS} inspectors at once", *columns)
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder, migrated(engine, Path(folder)) as url:
            if url is None:
                continue
            database = Database(url)
            campaign, visits = prepared(database, count)
            recorded = rate(database, [recording(campaign, visit) for visit in visits])
            confirmed = rate(database, [confirming(campaign, visit) for visit in visits])
            bare = rate(database, [alone(number) for number in range(count)])
            shown.add_row(engine, f"{recorded:.0f}", f"{confirmed:.0f}", f"{bare:.0f}", f"{bare / recorded:.1f}")
            database.close()
    show_table(shown)


def rate(database: Database, steps: Sequence[Step]) -> float:
    """Do steps, each in a transaction of its own, by 50 threads at once, and return how many are done in a second."""

    def work(mine: Sequence[Step]) -> None:
        start.wait()
        for step in mine:
            with database.write() as tx:
                step(tx)

    start = threading.Barrier(INSPECTORS + 1)
    threads = [threading.Thread(target=work, args=(steps[place::INSPECTORS],)) for place in range(INSPECTORS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = perf_counter()
    for thread in threads:
        thread.join()
    return len(steps) / (perf_counter() - began)


def recording(campaign: str, visit: assigning.Visit) -> Step:
    """Return the recording of a visit by the first of its team."""
    actor = Actor(visit.team[0][1], Role.INSPECTOR, "ZJ")
    return lambda tx: record_finding(tx, actor, LATER, campaign, visit.enterprise, TOLD)


def confirming(campaign: str, visit: assigning.Visit) -> Step:
    """Return the confirmation by the second."""
    actor = Actor(visit.team[1][1], Role.INSPECTOR, "ZJ")
    return lambda tx: confirm_finding(tx, actor, LATER, campaign, visit.enterprise, True)


def alone(number: int) -> Step:
    """Return the sealing of a document of one row, and its entry."""
    row = {
        "campaign": "bench",
        "position": number,
        "version": 1,
        "visited": TODAY,
        "results": ["no_problem"],
        "follow_up": "none",
        "facts": TOLD.facts,
        "recorded_by": "x",
    }

    def step(tx: Connection) -> None:
        sealed = documents.seal(tx, "finding", {"campaign": "bench"}, [(FINDING, [row])])
        log.append(tx, LATER, [NewEntry(RECORDED, "bench", {"finding": sealed})])

    return step


def prepared(database: Database, count: int) -> tuple[str, list[assigning.Visit]]:
    """Match a special check of so many enterprises with 50 inspectors."""
    every = "、".join(SECTORS)
    files = {
        "department": ("部门代码,部门名称", ["ZJ,样例住建局"]),
        "registration": (
            "统一社会信用代码,企业名称,行业,区域,地址,成立日期,登记状态,登记机关",
            [
                f"{code(number)},样例{number}有限公司,{SECTORS[number % 5]},示范街道,虚构路1号,2001-02-03,存续,样例局"
                for number in range(count)
            ],
        ),
        "item": (
            "事项编号,事项名称,部门代码,检查依据,检查主体,检查对象,检查内容,检查方式",
            [f"ZJ-01,样例事项,ZJ,样例条例,样例局,{every},内容,现场检查"],
        ),
        "inspector": (
            "证件号,姓名,部门代码,单位,专业,证件有效期至,在岗状态",
            [f"ZJ{number:03d},样例{number},ZJ,样例所,{every},2030-12-31,在岗" for number in range(INSPECTORS)],
        ),
    }
    for kind, (head, rows) in files.items():
        content = io.BytesIO("\n".join([head, *rows, ""]).encode())
        read = read_file(registers.format_of(kind), "bench", f"{kind}.csv", content, TODAY)
        with database.write() as tx:
            assert not registers.take_in(tx, ADMINISTRATOR, NOW, read, True, KEY).refused
    plan = Plan(
        title="专项检查",
        departments=("ZJ",),
        items=("ZJ-01",),
        starts=TODAY,
        ends=date(2026, 12, 31),
        conditions=Conditions((), ()),
        design=DesignPlan.by_grade({}),
        matching=MatchingPlan(household=False, former_employer_years=0),
        listing=Listing("样例专项检查"),
    )
    with database.write() as tx:
        campaign = planning.plan_campaign(tx, PLANNER, NOW, plan).id
        freezing.freeze(tx, PLANNER, NOW, campaign, Local(NOW + MARGIN), Limits(10, 50, 500), 5000)
    with database.write() as tx:
        assigning.match_campaign(tx, PLANNER, NOW + MARGIN, campaign)
        visits = assigning.visits(tx, PLANNER, campaign)
    assert len(visits) == count
    return campaign, visits


if __name__ == "__main__":
    main()
