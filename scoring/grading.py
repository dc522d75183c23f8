"""Grading (分级): the models in force say of every enterprise of the register how risky it is, in one run."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Conflict, Missing
from ledger.log import NewEntry
from scoring import judgements, models
from scoring.entry_kinds import RUN
from scoring.facts import EnterpriseFacts, Judgement, Record, Relation
from scoring.grader import grade_all, results_digest
from scoring.grades import GradeRun
from scoring.intake import REGISTRATION
from scoring.scopes import GENERAL
from scoring.tables import GRADE, GRADE_RUN, enterprise, record


def grade_enterprises(tx: Connection, actor: Actor, now: datetime, as_of: date) -> GradeRun:
    """Grade all enterprises as of the end of a civil day and bind the run by one entry of the log.

    Raises Conflict("register_empty"), Conflict("grade_date_in_future") or Missing("model_missing").
    """
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    if as_of > civil_date(now):
        raise Conflict("grade_date_in_future", as_of=as_of)
    log.lock(tx)  # nothing comes in while all is read
    adopted = [each for each in models.in_force_on(tx, as_of) if not each.model.scope.departments]
    if not adopted:
        raise Missing("model_missing", day=as_of)
    facts = load_facts(tx, as_of)
    if not facts:
        raise Conflict("register_empty")
    results = [each for each in grade_all([each.model for each in adopted], facts, as_of) if each.department == GENERAL]
    widest = min(adopted, key=lambda each: (each.model.scope.specificity, each.model.name))
    run = {
        "model": widest.document,
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
    return GradeRun(sealed.id, widest.document, as_of, len(results), str(run["results"]))


def load_facts(tx: Connection, as_of: date) -> list[EnterpriseFacts]:
    """Return the newest version of all that is recorded of every enterprise, in the order of codes.

    The judgements are those in force on the day.
    """
    judged: dict[str, list[Judgement]] = defaultdict(list)
    for each in judgements.in_force_on(tx, as_of):
        judged[each.enterprise].append(each)
    registrations: dict[str, Mapping[str, Any]] = {}
    records: dict[str, list[Record]] = defaultdict(list)
    relations: dict[str, list[Relation]] = defaultdict(list)
    newest = select(record.c.identity, func.max(record.c.version).label("version")).group_by(record.c.identity)
    latest = newest.subquery()
    query = select(record).join(
        latest, (record.c.identity == latest.c.identity) & (record.c.version == latest.c.version)
    )
    for row in tx.execute(query.order_by(record.c.enterprise, record.c.identity)):
        if row.kind == REGISTRATION:
            registrations[row.enterprise] = row.content
        elif row.kind == "relation":
            party = row.content.get("party_code", row.content["party"])
            relations[row.enterprise].append(Relation(row.content["type"], party, row.date))
        else:
            records[row.enterprise].append(Record(row.kind, row.date, row.body, row.number, row.content))
    codes = tx.execute(select(enterprise.c.code).order_by(enterprise.c.code)).scalars()
    return [
        EnterpriseFacts(
            code, registrations[code], tuple(records[code]), tuple(relations[code]), judgements=tuple(judged[code])
        )
        for code in codes
    ]
