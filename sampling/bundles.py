"""Handing out an auditor's bundle: all that a campaign's draw follows from, opened."""

from datetime import datetime

from sqlalchemy import Connection

from ledger import bindings, documents, log, note
from ledger.actors import Actor, Role
from ledger.errors import Conflict
from sampling import campaigns
from sampling.bundle_format import Bundle, OpenedDocument
from sampling.bundle_rows import BundleRows, written_rows
from sampling.needed import needed_documents
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from scoring import grades
from scoring.tables import BINDINGS as SCORING_BINDINGS
from scoring.tables import GRADE

TABLES = {bound.name: bound for bound in (*SCORING_BINDINGS, *SAMPLING_BINDINGS)}


def export_bundle(tx: Connection, actor: Actor, now: datetime, identifier: str) -> bytes:
    """Return the bundle of a campaign that was drawn, or of one that is no draw and matched, for an auditor.

    The reading of its grades is recorded.

    Raises Conflict("campaign_state"), or Conflict("checkpoint_behind") where the newest entries are not signed yet.
    """
    actor.require(Role.AUDITOR)
    found = campaigns.read(tx, actor, identifier)
    campaigns.require_drawn(tx, found)
    signed = log.checkpoint(tx)
    size = note.parse_checkpoint(signed.split("\n\n")[0] + "\n").size
    entries = list(log.scan(tx, 0, size))
    if log.about(tx, identifier)[-1].seq >= size:
        raise Conflict("checkpoint_behind", campaign=identifier)
    plan = documents.opened(tx, campaigns.fixing_entry(tx, identifier).documents["plan"])
    needed = needed_documents(entries, identifier, plan.value["content"])
    opened = {commitment: _opened(tx, actor, now, identifier, commitment) for commitment in needed}
    return Bundle(identifier, signed, [entry.data for entry in entries], opened).to_bytes()


def _opened(tx: Connection, actor: Actor, now: datetime, identifier: str, commitment: str) -> OpenedDocument:
    document = documents.opened(tx, commitment)
    rows: dict[str, BundleRows] = {}
    for table in document.value["tables"]:
        if table == GRADE.name:
            stored = grades.read_rows(tx, actor, now, document.id, f"campaign {identifier}: bundle")
        else:
            stored = bindings.stored_rows(tx, TABLES[table], document.id)
        rows[table] = written_rows(table, document.id, stored)
    return OpenedDocument(document.id, document.salt, document.content, rows)
