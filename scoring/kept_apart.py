"""Records of enterprises that are not in the register: kept apart, until they are registered.

A kept row waits until a batch names it as let in. Whatever registers enterprises, or says which code one had before,
lets in what waits for them, in its own transaction and under the source that told it.

Earlier versions named no rows. So one waits no more, either, once the source told of as many records that say the same
by batches that name none as of kept rows that do, up to this one: a source may tell something, then something else,
and then the first again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, FromClause, Select, String, exists, func, or_, select, type_coerce

from ledger import documents
from ledger.actors import Actor, Role
from ledger.bindings import raw_columns
from ledger.canonical import JSON
from ledger.documents import Sealing
from ledger.errors import Invalid
from ledger.log import NewEntry
from ledger.tables import log_entry
from ledger.windows import Window, counted
from scoring import former_codes, held, projections
from scoring.chunks import CHUNK
from scoring.drafts import CHANGE, OBSERVATIONAL, Draft, Drafts
from scoring.entry_kinds import IMPORTED
from scoring.seen import Said
from scoring.tables import (
    BATCH,
    KEPT_APART,
    LET_IN,
    batch,
    enterprise,
    former_code,
    kept_apart,
    let_in,
    record,
    sighting,
)
from scoring.taking import Refuse, Taking

READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
REFUSED_FOR_GOOD = ("row_contradicts", "row_outdated")
"""Why a row that waited becomes no record, and waits no more."""


class Keeping:
    """Drafts of one file that are kept apart, on their way into its document."""

    def __init__(self, tx: Connection, sealing: Sealing, source: str, refuse: Refuse) -> None:
        """Begin; the document binds the table only once there is a row."""
        self.kept = self.same = 0
        self._tx = tx
        self._sealing = sealing
        self._source = source
        self._refuse = refuse
        self._said: Said[str] = Said()

    def keep(self, drafts: Sequence[Draft]) -> None:
        """Keep drafts; what the source told last is not kept twice."""
        if not drafts:
            return
        identities = sorted({each.identity for each in drafts})
        told = self._told_last(identities)
        earlier = self._said.find(identities)
        said: list[tuple[str, str, int]] = []
        new: list[Draft] = []
        for each in drafts:
            says = orjson.dumps(each.says).decode()
            if (first := earlier.get(each.identity)) is not None and first[0] != says:
                self._refuse(each, Invalid("row_contradicts", first=first[1]))
                continue
            if first is not None or told.get(each.identity) == each.says:
                self.same += 1
            else:
                new.append(each)
            if first is None:
                earlier[each.identity] = (says, each.line)
                said.append((each.identity, *earlier[each.identity]))
        self._said.add(said)
        self._sealing.rows(KEPT_APART).add_stored([(*each[:8], self._source, each.unit) for each in new])
        self.kept += len(new)

    def _told_last(self, identities: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        """Return what the source told of each identity last, by another file than this one."""
        columns = "document, source, identity, date, body, number, content, revoked"
        kept = held.ask(self._tx, columns, "kept_apart WHERE identity", identities)
        mine = [
            (document, identity, tuple(says)) for document, source, identity, *says in kept if source == self._source
        ]
        places = held.places(self._tx, {document for document, *_ in mine})
        mine = sorted((each for each in mine if each[0] in places), key=lambda each: places[each[0]])
        return {identity: says for _, identity, says in mine}


def release(tx: Connection, actor: Actor) -> list[NewEntry]:
    """Let in what waits for enterprises that are known by now; the caller appends the entries with its own.

    Each file's rows are a batch of their own, since they came by its source; no row was read for it. Changes go first:
    they say which other rows are of one enterprise, and which codes are known.
    """
    entries: list[NewEntry] = []
    for of_changes in (True, False):
        while found := [
            entry
            for each in _waiting_documents(tx, of_changes)
            if (entry := _release_of(tx, actor, each, of_changes)) is not None
        ]:
            entries += found  # what went in may be what others wait for
    return entries


@dataclass(frozen=True)
class Kept:
    """A record that is kept apart; `place` is where a page after it begins."""

    enterprise: str
    kind: str
    date: date | None
    body: str
    number: str
    content: Any
    source: str
    unit: str
    place: tuple[str, str, int]


@dataclass(frozen=True)
class KeptFilter:
    """Which records that wait are asked for; what is empty asks for nothing."""

    kind: str = ""
    source: str = ""
    enterprise: str = ""


EVERY_KEPT = KeptFilter()


def page(tx: Connection, actor: Actor, window: Window, chosen: KeptFilter = EVERY_KEPT) -> list[Kept]:
    """Return the records that wait, by their place, which begins with the code of their enterprise."""
    actor.require(*READERS)
    query = window.on(_waiting(chosen), kept_apart.c.enterprise, kept_apart.c.document, kept_apart.c.line)
    return [
        Kept(
            row.enterprise,
            row.kind,
            row.date,
            row.body,
            row.number,
            row.content,
            row.source,
            row.unit,
            (row.enterprise, row.document, row.line),
        )
        for row in tx.execute(query)
    ]


def count(tx: Connection, actor: Actor, chosen: KeptFilter = EVERY_KEPT) -> int:
    """Return how many records wait of which `page` tells."""
    actor.require(*READERS)
    return counted(tx, _waiting(chosen))


def _waiting(chosen: KeptFilter) -> Select[Any]:
    asked = {name: value for name, value in vars(chosen).items() if value}
    return select(kept_apart).where(_waits()).filter_by(**asked)


def counts(tx: Connection, actor: Actor) -> list[tuple[str, str, int, int]]:
    """Return (source, kind, number of enterprises, number of records) of what waits."""
    actor.require(*READERS)
    group = (kept_apart.c.source, kept_apart.c.kind)
    numbers = (func.count(kept_apart.c.enterprise.distinct()), func.count())
    query = select(*group, *numbers).where(_waits()).group_by(*group).order_by(*group)
    return [tuple(row) for row in tx.execute(query)]


def named() -> Any:
    """Tell that a batch names a kept row as let in."""
    return exists().where(let_in.c.kept == kept_apart.c.document, let_in.c.place == kept_apart.c.line)


def _waits() -> Any:
    """Tell that no batch names the row, and none that names no row tells what it says as often as kept rows do."""
    told = (sighting.c.identity == record.c.identity) & (sighting.c.version == record.c.version)
    named_first = select(let_in.c.line).where(let_in.c.document == sighting.c.document, let_in.c.line == 0)
    by_others = named_first.correlate(sighting).scalar_subquery().is_(None)
    versions = select(func.count()).where(
        told, sighting.c.source == kept_apart.c.source, by_others, *_say_the_same(record)
    )
    other, entry, own_entry = kept_apart.alias(), log_entry.alias(), log_entry.alias()
    place = select(own_entry.c.seq).where(own_entry.c.subject == kept_apart.c.document, own_entry.c.kind == IMPORTED)
    rows = select(func.count()).where(
        # No index finds the text: a server that has counted no rows yet would go through all of a document for each.
        entry.c.subject == other.c.document + "",
        entry.c.kind == IMPORTED,
        entry.c.seq <= place.correlate(kept_apart).scalar_subquery(),
        other.c.source == kept_apart.c.source,
        *_say_the_same(other),
    )
    told_of, kept = (each.correlate(kept_apart).scalar_subquery() for each in (versions, rows))
    return ~named() & (told_of < kept)


def _say_the_same(table: FromClause) -> list[Any]:
    names = ("identity", "body", "number", "content", "revoked")
    day, kept_day = (func.coalesce(type_coerce(each.c.date, String), "") for each in (table, kept_apart))
    return [day == kept_day, *(table.c[name] == kept_apart.c[name] for name in names)]


def _known() -> Any:
    return or_(
        exists().where(enterprise.c.code == kept_apart.c.enterprise),
        exists().where(former_code.c.code == kept_apart.c.enterprise),
    )


def _ready(of_changes: bool) -> Any:
    return _waits() & _known() & ((kept_apart.c.kind == CHANGE) == of_changes)


def _waiting_documents(tx: Connection, of_changes: bool) -> list[str]:
    """Return the documents with rows that wait for enterprises that are known, in the order of the log."""
    query = (
        select(kept_apart.c.document)
        .join(log_entry, (log_entry.c.subject == kept_apart.c.document) & (log_entry.c.kind == IMPORTED))
        .where(_ready(of_changes))
        .group_by(kept_apart.c.document, log_entry.c.seq)
        .order_by(log_entry.c.seq)
    )
    return list(tx.execute(query).scalars())


def _release_of(tx: Connection, actor: Actor, document: str, of_changes: bool) -> NewEntry | None:
    """Let in what one document keeps of known enterprises; None where nothing of it can go in yet."""
    told = tx.execute(select(batch).where(batch.c.document == document)).one()
    waiting: set[int] = set()
    refused: Counter[str] = Counter()

    def refuse(draft: Draft, error: Invalid) -> None:
        if error.code in REFUSED_FOR_GOOD:
            refused[error.code] += 1
        else:
            waiting.add(draft.line)

    sealing = documents.Sealing(tx, "batch")
    taking = Taking(tx, sealing, told.source, told.kind, refuse, place=held.places(tx, {document})[document])
    let = sealing.rows(LET_IN)
    for drafts in _drafts(tx, document, of_changes):
        projections.project(tx, taking.take(former_codes.admit(tx, drafts, refuse)), sealing.id)
        let.add_stored([(document, each.line) for each in drafts if each.line not in waiting])
    if not let.count:
        return None
    counted = {
        "kind": told.kind,
        "source": told.source,
        "file": told.file,
        "sha256": told.sha256,
        "rows_read": 0,
        "rows_new": taking.new,
        "rows_same": taking.same,
        "rows_superseding": taking.superseding,
        "rows_refused": refused.total(),
        "rows_revoking": taking.revoking,
        "refusals": dict(refused),
    }
    sealing.rows(BATCH).add([counted])
    content: dict[str, JSON] = {"by": actor.subject, "source": None}
    if is_observational(tx, document):
        content[OBSERVATIONAL] = True
    sealed = sealing.seal(content)
    return NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": told.kind})


def is_observational(tx: Connection, document: str) -> bool:
    """Tell whether the source of a batch declared itself observational (`scoring.source`)."""
    return OBSERVATIONAL in documents.read(tx, document).value["content"]


def _drafts(tx: Connection, document: str, of_changes: bool) -> Iterator[Drafts]:
    """Give what is ready of one document by its lines there."""
    columns = raw_columns(kept_apart.c[name] for name in Draft._fields)
    query = select(*columns).where(kept_apart.c.document == document, _ready(of_changes))
    query = query.order_by(kept_apart.c.line).limit(CHUNK)
    after = -1
    while rows := tx.execute(query.where(kept_apart.c.line > after)).all():
        after = rows[-1].line
        yield Drafts.of([Draft._make(row) for row in rows])
