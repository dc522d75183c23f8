"""The pool of a campaign's matching, read from registers and earlier campaigns."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from ledger import log
from ledger.errors import Conflict
from sampling import registers
from sampling.entry_kinds import MATCHED
from sampling.matching_inputs import Pool
from sampling.plans import Plan
from sampling.pools import Ties, last_visits_of, make_pool, persons_of
from sampling.standing import standing
from sampling.tables import assignment, slot
from scoring import ties


def read_pool(tx: Connection, plan: Plan) -> Pool:
    """Return the pool of a plan as registers and earlier campaigns are; raises Conflict("inspectors_missing")."""
    inspectors = registers.inspectors(tx)
    pool = make_pool(plan, inspectors, _loads(tx, plan.starts.year), _ties(tx, plan, inspectors))
    for department in plan.departments:
        if not any(inspector.department == department for inspector in pool.inspectors):
            raise Conflict("inspectors_missing", department=department)
    return pool


def _loads(tx: Connection, year: int) -> Counter[str]:
    query = select(assignment.c.inspector).where(assignment.c.campaign.like(f"{year}-%"), standing())
    return Counter(tx.execute(query).scalars())


def _ties(tx: Connection, plan: Plan, inspectors: Mapping[str, Mapping[str, Any]]) -> Ties:
    has_households = plan.matching.household and any("household" in content for content in inspectors.values())
    return Ties(
        persons_of(ties.newest_ties(tx)) if has_households else {},
        _last_visits(tx) if plan.matching.last_visit else {},
    )


def _last_visits(tx: Connection) -> dict[str, set[str]]:
    order = {entry.subject: entry.seq for entry in log.of_kind(tx, MATCHED)}
    query = (
        select(assignment.c.campaign, slot.c.enterprise, assignment.c.inspector)
        .join(slot, (slot.c.campaign == assignment.c.campaign) & (slot.c.position == assignment.c.position))
        .where(standing())
    )
    assignments = sorted(((row[0], row[1], row[2]) for row in tx.execute(query)), key=lambda row: order[row[0]])
    return last_visits_of(assignments)
