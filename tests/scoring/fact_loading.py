"""Facts of every enterprise as the definition of grading takes them; `fact_rows` and `engine` are for very many."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from ledger.tables import log_entry
from scoring import fact_rows, judgements
from scoring.entry_kinds import IMPORTED
from scoring.facts import EnterpriseFacts, Judgement, OutsideGrade, Record, Relation
from scoring.measure_sql import CHANGE, REGISTRATION, RELATION
from scoring.tables import enterprise, outside_grade, record


def load_facts(tx: Connection, as_of: date) -> list[EnterpriseFacts]:
    """Return the newest version of all that is recorded of every enterprise, in the order of codes.

    What is recorded under a former code counts for the present one. The judgements are those in force on the day.
    """
    former = fact_rows.former_codes(tx)
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
    for row in tx.execute(query.where(record.c.revoked == 0).order_by(record.c.enterprise, record.c.identity)):
        code = former.get(row.enterprise, row.enterprise)
        if row.kind == REGISTRATION:
            registrations[row.enterprise] = row.content
        elif row.kind == RELATION:
            party = row.content.get("party_code", row.content["party"])
            relations[code].append(Relation(row.content["type"], party, row.date))
        elif row.kind != CHANGE:
            records[code].append(Record(row.kind, row.date, row.body, row.number, row.content))
    outside: dict[str, list[OutsideGrade]] = defaultdict(list)
    came_in = (log_entry.c.subject == outside_grade.c.document) & (log_entry.c.kind == IMPORTED)
    said = select(outside_grade).join(log_entry, came_in)
    for row in tx.execute(said.order_by(log_entry.c.seq, outside_grade.c.line)):
        outside[former.get(row.enterprise, row.enterprise)].append(OutsideGrade(row.system, row.grade, row.date))
    codes = tx.execute(select(enterprise.c.code).order_by(enterprise.c.code)).scalars()
    return [
        EnterpriseFacts(
            code,
            registrations[code],
            tuple(records[code]),
            tuple(relations[code]),
            outside=tuple(outside[code]),
            judgements=tuple(judged[code]),
        )
        for code in codes
    ]
