"""Whole frames of campaigns, by columns: who stood where, and by which score."""

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.types import Text

from ledger import columnar
from scoring import fact_rows
from scoring.evaluation.campaigns import Design, grades_of
from scoring.evaluation.visits import Frame
from scoring.tables import design_member, enterprise


def read_frame(tx: Connection, design: Design) -> Frame:
    """Return the frame of a campaign with what is known of its members."""
    stood = (type_coerce(design_member.c[name], Text).label(name) for name in ("enterprise", "stratum"))
    query = select(*stood).where(design_member.c.campaign == design.campaign).order_by(design_member.c.line)
    codes, strata = (column.to_pylist() for column in columnar.table(tx, query).columns)
    columns = (type_coerce(enterprise.c[name], Text).label(name) for name in ("code", "sector", "region"))
    register = columnar.table(tx, select(*columns))
    places = dict(
        zip(
            register.column("code").to_pylist(),
            zip(register.column("sector").to_pylist(), register.column("region").to_pylist(), strict=True),
            strict=True,
        )
    )
    former = fact_rows.former_codes(tx)
    found = [places.get(former.get(code, code), ("", "")) for code in codes]
    graded = grades_of(tx, design)
    told: list[tuple[str, int | None]] = [graded.get(code, ("", None)) for code in codes]
    return Frame(
        design.campaign,
        [former.get(code, code) for code in codes],
        strata,
        [sector for sector, _ in found],
        [region for _, region in found],
        [letter for letter, _ in told],
        [score for _, score in told],
    )
