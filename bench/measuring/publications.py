"""A matched campaign whose findings are all approved, and a feed of any length, put into a migrated database."""

from datetime import date, timedelta

from sqlalchemy import Connection, text

from ledger import documents, log
from ledger.bulk import insert_rows
from ledger.calendar import instant_text
from ledger.canonical import canonical
from ledger.database import Database
from ledger.log import NewEntry
from measuring.bureau import NOW, code
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.entry_kinds import RECORDED, REVIEWED
from sampling.frames import Member
from sampling.plans import Plan
from sampling.publication.tables import publication
from sampling.sealing import bind_slots, sealed_slots
from sampling.tables import FINDING, FINDING_REVIEW, ITEM, campaign, disclosure
from scoring.entry_kinds import IMPORTED
from scoring.tables import DEPARTMENT, enterprise

CAMPAIGN = "2026-0001"
VISITED = date(2026, 11, 20)
AT_ONCE = 50_000
PLAN = Plan(
    title="抽查",
    departments=("ZJ",),
    items=("ZJ-01",),
    starts=date(2026, 11, 1),
    ends=date(2026, 12, 31),
    conditions=Conditions((), ()),
    design=DesignPlan.by_grade(dict.fromkeys("ABCD", 2000)),
)


def fill_campaign(database: Database, slots: int, found: int) -> None:
    """Put a campaign of so many slots in, of which the first so many have an approved finding."""
    members = [Member(code(number), f"样例{number:07d}有限公司", "供热", "") for number in range(slots)]
    frame = sealed_slots(members, {each.code: "C" for each in members})
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("ledger.created", "bench.invalid/qian", body={"name": "bench", "vkey": ""})])
        for bound, key, content in ((DEPARTMENT, "ZJ", {"name": "样例局"}), (ITEM, "ZJ-01", {"name": "样例事项"})):
            sealed = documents.seal(tx, "batch", {}, [(bound, [{"code": key, "content": content}])])
            log.append(tx, NOW, [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": bound.name})])
        names = ("code", "name", "sector", "region", "address", "established", "status", "registered_in")
        rows = [
            (code(each), f"样例{each:07d}有限公司", "供热", "", "", "2020-01-01", "存续", "") for each in range(slots)
        ]
        insert_rows(tx, enterprise, [enterprise.c[name] for name in names], rows)
        row = {"id": CAMPAIGN, "department": "ZJ", "plan": PLAN.to_json(), "state": "matched"}
        tx.execute(campaign.insert().values(**row, planned_by="bench", planned_at=NOW))
        sealing = documents.Sealing(tx, "plan")
        bind_slots(sealing, CAMPAIGN, frame, members)
        sealing.seal({})
        findings = [
            {
                "campaign": CAMPAIGN,
                "position": position,
                "version": 1,
                "visited": VISITED,
                "results": ["no_problem"],
                "follow_up": "none",
                "facts": "现场核对",
                "recorded_by": "ZJ001",
            }
            for position in range(found)
        ]
        sealed = documents.seal(tx, "finding", {}, [(FINDING, findings)])
        reviews = [
            {"campaign": CAMPAIGN, "position": each, "version": 1, "approved": 1, "note": "", "reviewed_by": "bench"}
            for each in range(found)
        ]
        reviewed = documents.seal(tx, "review", {}, [(FINDING_REVIEW, reviews)])
        entries = [
            NewEntry(RECORDED, CAMPAIGN, {"finding": sealed}),
            NewEntry(REVIEWED, CAMPAIGN, {"review": reviewed}),
        ]
        log.append(tx, NOW, entries)


def fill_feed(database: Database, size: int) -> None:
    """Put so many published findings in, a thousand a campaign."""
    names = ("number", "campaign", "position", "document", "version", "state", "published_at")
    for start in range(1, size + 1, AT_ONCE):
        end = min(start + AT_ONCE, size + 1)
        states = [(each, *_place(each), "0" * 32, 1, "published", _at(each)) for each in range(start, end)]
        with database.write() as tx:
            insert_disclosures(tx, start, end)
            insert_rows(tx, publication, [publication.c[name] for name in names], states)
    with database.write() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("ANALYZE"))  # as the server does by itself a little later


def insert_disclosures(tx: Connection, start: int, end: int) -> None:
    """Insert disclosures by number, each with an opening whose proof has one step."""
    zeros = "0" * 64
    names = ("root", "slot", "identity_salt", "stratum_commitment", "key_commitment")
    opening = canonical({"position": 0, "slots": 2, **dict.fromkeys(names, zeros), "proof": [zeros]}).decode()
    same = ("样例局", '["样例事项"]', "2026-11-20", '["no_problem"]', "none")
    rows = [
        (
            "0" * 32,
            each,
            bytes(32),
            each,
            *_place(each),
            code(each),
            f"样例{each:07d}有限公司",
            *same,
            _at(each),
            opening,
        )
        for each in range(start, end)
    ]
    insert_rows(tx, disclosure, list(disclosure.columns), rows)


def _place(number: int) -> tuple[str, int]:
    return f"2026-{number // 1000:04d}", number % 1000


def _at(number: int) -> str:
    return instant_text(NOW + timedelta(seconds=number))
