"""Grading (分级): the model in force says of every enterprise of the register how risky it is, in one run."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Conflict
from ledger.log import NewEntry
from scoring import models
from scoring.drafts import CHANGE, REGISTRATION
from scoring.entry_kinds import RUN
from scoring.facts import EnterpriseFacts, Record, Relation
from scoring.grader import grade_all, results_digest
from scoring.grades import GradeRun
from scoring.tables import GRADE, GRADE_RUN, enterprise, former_code, record


def grade_enterprises(tx: Connection, actor: Actor, now: datetime, as_of: date) -> GradeRun:
    """Grade all enterprises as of the end of a civil day and bind the run by one entry of the log.

    Raises Conflict("register_empty"), Conflict("grade_date_in_future") or Missing("model_missing").
    """
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    if as_of > civil_date(now):
        raise Conflict("grade_date_in_future", as_of=as_of)
    log.lock(tx)  # nothing comes in while all is read
    adopted = models.in_force(tx)
    results = grade_all(adopted.model, load_facts(tx), as_of)
    if not results:
        raise Conflict("register_empty")
    run = {
        "model": adopted.document,
        "as_of": as_of,
        "enterprises": len(results),
        "results": results_digest(results),
    }
    rows = [
        {"enterprise": each.enterprise, "grade": each.grade, "score": each.score, "reasons": each.reasons}
        for each in results
    ]
    sealed = documents.seal(tx, "grades", {"by": actor.subject}, [(GRADE_RUN, [run]), (GRADE, rows)])
    log.append(tx, now, [NewEntry(RUN, sealed.id, {"grades": sealed})])
    return GradeRun(sealed.id, adopted.document, as_of, len(results), str(run["results"]))


def load_facts(tx: Connection) -> list[EnterpriseFacts]:
    """Return what holds of all that is recorded of every enterprise, in the order of codes.

    That is the newest version of each record unless it revokes it; records under a code that an enterprise had before
    are its own.
    """
    registrations: dict[str, Mapping[str, Any]] = {}
    records: dict[str, list[Record]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    newest = select(record.c.identity, func.max(record.c.version).label("version")).group_by(record.c.identity)
    latest = newest.subquery()
    query = select(record).join(
        latest, (record.c.identity == latest.c.identity) & (record.c.version == latest.c.version)
    )
    present = dict(tx.execute(select(former_code.c.code, former_code.c.enterprise)).all())
    for row in tx.execute(query.where(record.c.revoked == 0).order_by(record.c.identity)):
        code = present.get(row.enterprise, row.enterprise)
        if row.kind == REGISTRATION:
            registrations[row.enterprise] = row.content
        elif row.kind == "relation":
            party = row.content.get("party_code", row.content["party"])
            relations[code].append(Relation(row.content["type"], party, row.date))
        elif row.kind != CHANGE:
            records[code].append(Record(row.kind, row.date, row.body, row.number, row.content))
    codes = tx.execute(select(enterprise.c.code).order_by(enterprise.c.code)).scalars()
    return [EnterpriseFacts(code, registrations[code], tuple(records[code]), tuple(relations[code])) for code in codes]
