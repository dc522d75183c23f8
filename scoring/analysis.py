"""Grades and records as pandas DataFrames, for analysts who explore; needs the extra `analysis`.

It stands at the edge: nothing that grades reads a frame. Every frame that tells grades is a reading, recorded with its
purpose like any other; what is done with it is for placing supervision only.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from ledger import columnar
from ledger.actors import Actor, Role
from scoring import fact_rows, kept, models
from scoring.enterprises import READERS
from scoring.grade_runs import held_rows, latest_run
from scoring.grades import record_reading, require_own
from scoring.scopes import GENERAL
from scoring.tables import enterprise, grade

if TYPE_CHECKING:
    import pandas

REGISTER = ("code", "name", "sector", "region", "established", "status")


def grades_frame(
    tx: Connection, actor: Actor, now: datetime, purpose: str, department: str = GENERAL
) -> "pandas.DataFrame":
    """Return the newest run's grades by enterprise: sector, region, stage, grade, score, and a column `model`.

    Then for each indicator of the models that held, by its id, what it measured as of the run's day (Int64, none where
    there is no value). `attrs` has the run, its day and the grades of its scale, risk rising.
    """
    import pandas

    actor.require(Role.ANALYST, Role.AUDITOR)
    require_own(actor, department)
    run = latest_run(tx)
    record_reading(tx, actor, now, run.document, None, purpose, department)
    held = held_rows(tx, run, grade.c.department == department).subquery()
    query = select(held, enterprise.c.sector, enterprise.c.region).join(
        enterprise, enterprise.c.code == held.c.enterprise
    )
    known = {document: models.of_document(tx, document) for document in run.models}
    rows: list[dict[str, Any]] = []
    for row in tx.execute(query.order_by(held.c.enterprise)):
        told = {name: getattr(row, name) for name in ("enterprise", "sector", "region", "stage", "grade", "score")}
        model = known[row.model]
        values = kept.measured(model, row.reasons, run.as_of)
        rows.append({**told, "model": f"{model.name} {model.version}", **values})
    frame = pandas.DataFrame(rows).set_index("enterprise")
    measured = [each.id for model in known.values() for each in model.indicators if each.id in frame]
    frame = frame.astype(dict.fromkeys(["score", *measured], "Int64"))
    frame.attrs.update(run=run.document, as_of=run.as_of, scale=models.scale_of(tx, run.model))
    return frame


def records_frame(tx: Connection, actor: Actor) -> "pandas.DataFrame":
    """Return the newest version of every record that is not revoked: enterprise, kind, date, body, number, content.

    `content` is the JSON text of the fields (docs/files.md); `enterprise` the code as recorded.
    """
    actor.require(*READERS)
    frame: pandas.DataFrame = fact_rows.all_rows(tx).read_all().to_pandas()
    return frame


def register_frame(tx: Connection, actor: Actor) -> "pandas.DataFrame":
    """Return the register of enterprises by code: name, sector, region, established, status."""
    actor.require(*READERS)
    columns = [enterprise.c[name] for name in REGISTER]
    frame: pandas.DataFrame = columnar.table(tx, select(*columns)).to_pandas().set_index("code")
    return frame
