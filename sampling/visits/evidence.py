"""Evidence (证据) of a visit: files in the document store, to each of which the log holds a salted commitment."""

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Missing
from ledger.log import NewEntry
from sampling import campaigns, findings
from sampling.entry_kinds import EVIDENCE
from sampling.tables import EVIDENCE_FILE, evidence_file, slot
from sampling.visits.accounts import LONGEST_REMARK
from sampling.visits.file_types import ReadFile
from sampling.visits.positions import assigned_position, hold_position, visible_position
from scoring.fields import text_up_to

MOST_FILES = 100


@dataclass(frozen=True)
class KeptFile:
    """A file of evidence: `id` is its document's, `sha256` that of the bytes as they came."""

    id: str
    campaign: str
    position: int
    enterprise: str
    name: str
    type: str
    size: int
    sha256: str
    note: str
    kept_by: str
    kept_at: datetime


def keep_evidence(
    tx: Connection, actor: Actor, now: datetime, identifier: str, code: str, file: ReadFile, note: str = ""
) -> KeptFile:
    """Keep a file of evidence of a visit, from its assignment until the team has confirmed the finding.

    The same bytes again are the file that is kept. Raises Forbidden("finding_not_assigned"); Conflict: finding_stands,
    evidence_full; and what is wrong with the note, or with the storage.
    """
    require_keeper(actor)
    campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    position = assigned_position(tx, actor, identifier, code)
    stands = findings.newest(tx, identifier, position)
    if stands is not None and stands.state not in ("recorded", "returned"):
        raise Conflict("finding_stands", enterprise=code, state=stands.state)
    note, digest = str(text_up_to(LONGEST_REMARK)(note)), hashlib.sha256(file.content).hexdigest()
    held = _files(tx, identifier, position)
    for each in held:
        if each.sha256 == digest:
            return each
    if len(held) >= MOST_FILES:
        raise Conflict("evidence_full", enterprise=code, most=MOST_FILES)
    row: dict[str, Any] = {
        "campaign": identifier,
        "position": position,
        "name": file.name,
        "type": file.type,
        "size": len(file.content),
        "sha256": digest,
        "note": note,
        "kept_by": actor.subject,
        "kept_at": now,
    }
    content = {"campaign": identifier, "file": base64.b64encode(file.content).decode()}
    sealed = documents.seal(tx, "evidence", content, [(EVIDENCE_FILE, [row])])
    log.append(tx, now, [NewEntry(EVIDENCE, sealed.id, {"evidence": sealed})])
    return KeptFile(sealed.id, enterprise=code, **row)


def require_keeper(actor: Actor) -> None:
    """Raise Forbidden for who keeps no evidence, before a file is read."""
    actor.require(Role.INSPECTOR)


def files_of(tx: Connection, actor: Actor, identifier: str, code: str) -> list[KeptFile]:
    """Return the evidence of a visit, to its team and all who may see the campaign, in the order in which it came."""
    return _files(tx, identifier, visible_position(tx, actor, identifier, code))


def kept_files(tx: Connection, actor: Actor, identifiers: Collection[str]) -> list[KeptFile]:
    """Return those files of evidence with some ids that the actor may see, as `files_of` decides."""
    seen = findings.seen_at(tx, actor, evidence_file.c.campaign, evidence_file.c.position)
    return [_kept(row) for row in tx.execute(_query().where(evidence_file.c.document.in_(identifiers), seen))]


def opened_file(tx: Connection, actor: Actor, identifier: str) -> tuple[KeptFile, bytes]:
    """Return a file of evidence with the bytes as they came; whoever is no auditor is shown images without metadata.

    Raises Missing("evidence_missing") also to those who may not see it, and Conflict where it has expired.
    """
    found = kept_files(tx, actor, [identifier])
    if not found:
        raise Missing("evidence_missing", file=identifier)
    content = documents.read(tx, identifier).value["content"]["file"]
    return found[0], base64.b64decode(content)


def sees_metadata(actor: Actor) -> bool:
    """Tell whether the actor is shown what an image tells beside the picture."""
    return actor.role is Role.AUDITOR


def _query() -> Select[Any]:
    at = (slot.c.campaign == evidence_file.c.campaign) & (slot.c.position == evidence_file.c.position)
    return select(evidence_file, slot.c.enterprise).join(slot, at)


def _files(tx: Connection, identifier: str, position: int) -> list[KeptFile]:
    here = (evidence_file.c.campaign == identifier) & (evidence_file.c.position == position)
    query = _query().where(here).order_by(evidence_file.c.kept_at, evidence_file.c.document)
    return [_kept(row) for row in tx.execute(query)]


def _kept(row: Row[*tuple[Any, ...]]) -> KeptFile:
    return KeptFile(
        row.document,
        row.campaign,
        row.position,
        row.enterprise,
        row.name,
        row.type,
        row.size,
        row.sha256,
        row.note,
        row.kept_by,
        row.kept_at,
    )
