"""How long documents of publications and proceedings are kept, and which are still needed."""

from sqlalchemy import Connection, select

from ledger.errors import Conflict
from ledger.retention import Bound
from sampling.publication import proceedings, publications
from sampling.publication.proceedings import Kind
from sampling.publication.tables import disclosure_version, proceeding, proceeding_step, publication

YEARS = {
    "corrected_disclosure": 5,
    **{kind.value: 10 for kind in Kind},
    "proceeding_step": 10,
}
"""Whole years, by kind of document. What says that something ended, and a year's holidays, stay."""


def refuse_needed(tx: Connection, bound: Bound) -> None:
    """Refuse what is shown, what goes on, and the steps of what is kept.

    Raises Conflict: expiry_of_shown, expiry_of_open_proceeding, expiry_needed_by_proceeding.
    """
    if bound.kind == "corrected_disclosure":
        same = publication.c.number == disclosure_version.c.number
        query = select(publication.c.number).join(disclosure_version, same)
        query = query.where(disclosure_version.c.document == bound.id, publication.c.state == publications.PUBLISHED)
        if tx.execute(query.limit(1)).first() is not None:
            raise Conflict("expiry_of_shown", document=bound.id)
    elif bound.kind == "proceeding_step":
        of = select(proceeding_step.c.proceeding).where(proceeding_step.c.document == bound.id)
        for kept in tx.execute(select(proceeding.c.document).where(proceeding.c.document.in_(of))).scalars():
            raise Conflict("expiry_needed_by_proceeding", document=bound.id, proceeding=kept)
    elif bound.kind in list(Kind):
        found = proceedings.read(tx, bound.id)
        if not found.is_over:
            raise Conflict("expiry_of_open_proceeding", document=bound.id, state=found.state)


def forget(tx: Connection, bound: Bound) -> None:
    """Show no more what an expired document held."""
    if bound.kind == "disclosure":
        publications.end_of_document(tx, bound.id)
