"""Designs of draws: kept for evaluation, bound, and as secret as grades."""

from sqlalchemy import select

from ledger import documents, log
from ledger.database import Database
from ledger.log import NewEntry
from scoring.designs import DesignMembers, DesignStratum, record_design
from scoring.tables import design_member, design_stratum
from tests import bureau_files as files
from tests.scoring.register import NOW

STRATA = [DesignStratum("A", 30, 3, 1), DesignStratum("B+C", 20, 4, 0), DesignStratum("excluded", 2, 0, 0)]
CODES = [files.code(3), files.code(1), files.code(2)]
MEMBERS = DesignMembers(CODES, ["A", "B+C", "excluded"], [1, 0, 0], [1, 0, 0])


def test_a_design_is_kept_in_its_order_and_bound(database: Database) -> None:
    with database.write() as tx:
        sealed = record_design(tx, "2026-0001", 7, STRATA, MEMBERS)
        log.append(tx, NOW, [NewEntry("campaign.drawn", "2026-0001", {"design": sealed})])
    with database.read() as tx:
        strata = tx.execute(select(design_stratum).order_by(design_stratum.c.line)).all()
        members = tx.execute(select(design_member).order_by(design_member.c.line)).all()
        document = documents.opened(tx, sealed.commitment)
    assert [(row.campaign, row.stratum, row.size, row.quota, row.uniform) for row in strata] == [
        ("2026-0001", each.stratum, each.size, each.quota, each.uniform) for each in STRATA
    ]
    assert [(row.campaign, row.enterprise, row.stratum, row.drawn, row.uniform) for row in members] == [
        ("2026-0001", CODES[0], "A", 1, 1),
        ("2026-0001", CODES[1], "B+C", 0, 0),
        ("2026-0001", CODES[2], "excluded", 0, 0),
    ]
    assert {name: bound["count"] for name, bound in document.value["tables"].items()} == {
        "design_stratum": 3,
        "design_member": 3,
    }
    assert document.value["content"] == {"campaign": "2026-0001", "grade_run": 7}


def test_one_design_kept_twice_has_two_commitments(database: Database) -> None:
    with database.write() as tx:
        first, second = (record_design(tx, "2026-0001", 7, STRATA, MEMBERS) for _ in range(2))
    assert first.commitment != second.commitment
