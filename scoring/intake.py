"""Intake (归集): records of enterprises go in once, whatever the number of files and sources that tell of them.

A record's identity is its kind, enterprise, issuing body and document number; without a number its date and content
stand for it. A registration's identity is its enterprise, a relation's its enterprise, type and party. The same
identity with the same content is the same record, at most seen in one source more; with another content it is a new
version, which supersedes the earlier one and keeps it. A source that repeats what it said last says nothing new, even
where another source has corrected it since. Persons are kept as keyed pseudonyms only.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.bindings import BoundTable, raw_columns
from ledger.canonical import JSON, canonical, parse_canonical
from ledger.documents import Sealed
from ledger.errors import Invalid
from ledger.keys import Secret
from ledger.log import NewEntry
from ledger.tables import log_entry
from scoring.codes import check_uscc
from scoring.columns import ParsedRow, RefusedRow
from scoring.entry_kinds import IMPORTED
from scoring.files import FileRead, ImportRefused, ImportReport
from scoring.registers import batch_row
from scoring.rows import RowFault
from scoring.tables import BATCH, RECORD, SIGHTING, enterprise, record, sighting

CHUNK = 500
REGISTRATION = "registration"
RELATION = "relation"
REPRESENTATIVE = "法定代表人"


@dataclass(frozen=True)
class Draft:
    """A record before it is compared with what is held."""

    identity: str
    enterprise: str
    kind: str
    date: date | None
    body: str
    number: str
    content: Mapping[str, JSON]
    unit: str = ""
    row: ParsedRow | None = None

    def says(self) -> tuple[Any, ...]:
        """What makes two versions of one identity the same."""
        return (self.date, self.body, self.number, canonical(self.content))


def take_in(
    tx: Connection, actor: Actor, now: datetime, file: FileRead, strict: bool, pseudonym_key: Secret
) -> ImportReport:
    """Take a file of records in, in one batch and one entry of the log; what is held already changes nothing.

    A record of an enterprise without registration is refused, as is a row that contradicts another row of its file.
    Raises ImportRefused where `strict` and a row is bad: then nothing goes in.
    """
    actor.require(Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR)
    log.lock(tx)  # two imports at once would both find the same record missing
    drafts = [_draft(file.format.kind, row, pseudonym_key) for row in file.parsed]
    unknown: list[Draft] = []
    if file.format.kind != REGISTRATION:
        drafts, unknown = _without_unknown(tx, drafts)
    drafts, contradicting = _without_contradictions(drafts)
    header = next(column.header for column in file.format.columns if column.field == "enterprise")
    refused = (
        *file.refused,
        *contradicting,
        *(_refused(draft, Invalid("enterprise_unknown", enterprise=draft.enterprise), header) for draft in unknown),
    )
    refused = tuple(sorted(refused, key=lambda row: row.source.line))
    if strict and refused:
        raise ImportRefused(file.name, refused)
    stored = _compare(tx, drafts, file.source)
    read = len(file.parsed) + len(file.refused)
    report = ImportReport(
        file.format.kind,
        file.name,
        None,
        read,
        sum(row["version"] == 1 for row in stored.records),
        read - len(refused) - len(stored.records),
        sum(row["version"] > 1 for row in stored.records),
        refused,
    )
    if not stored.records and not stored.sightings:
        return report
    sealed = _seal(tx, actor, stored, batch_row(file, report))
    log.append(tx, now, [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": file.format.kind})])
    return replace(report, batch=sealed.id)


def take_in_inspections(
    tx: Connection, actor: Actor, source: str, inspections: Sequence[Mapping[str, Any]]
) -> NewEntry:
    """Take published findings in as records of kind "inspection"; the caller appends the entry with its own.

    Each has enterprise, date, body, number and content {type, results, follow_up}, as imported inspections have.
    """
    drafts = [
        Draft(
            _identity("inspection", each["enterprise"], each["body"], each["number"]),
            each["enterprise"],
            "inspection",
            each["date"],
            each["body"],
            each["number"],
            each["content"],
            each["body"],
        )
        for each in inspections
    ]
    stored = _compare(tx, drafts, source)
    count = len(drafts)
    counts: dict[str, JSON] = {
        "kind": "inspection",
        "source": source,
        "file": "",
        "sha256": "",
        "rows_read": count,
        "rows_new": count,
        "rows_same": 0,
        "rows_superseding": 0,
        "rows_refused": 0,
    }
    sealed = _seal(tx, actor, stored, counts)
    return NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": "inspection"})


def audit_enterprises(tx: Connection) -> Iterator[Fault]:
    """Check that each enterprise's row says what its newest registration says (a check for `ledger.audit`).

    A registration that cannot be read says nothing here: its own row is named.
    """
    expected = _newest_registrations(tx)
    for held in tx.execute(select(*raw_columns(enterprise.columns)).order_by(enterprise.c.code)).mappings():
        if held["code"] not in expected or expected.pop(held["code"]) not in (None, dict(held)):
            yield Fault("enterprise", f"code={held['code']}", "row_changed")
    for code in expected:
        yield Fault("enterprise", f"code={code}", "row_lost")


def newest_ties(tx: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield code and content of each registration and relation as it was told last."""
    newest: dict[str, tuple[str, dict[str, Any]]] = {}
    query = select(record.c.identity, record.c.enterprise, record.c.content)
    query = query.where(record.c.kind.in_((REGISTRATION, RELATION))).order_by(record.c.identity, record.c.version)
    for identity, code, content in tx.execute(query):
        newest[identity] = (code, content)
    yield from newest.values()


@dataclass(frozen=True)
class _Stored:
    records: list[dict[str, Any]]
    sightings: list[dict[str, Any]]


def _draft(kind: str, row: ParsedRow, key: Secret) -> Draft:
    values = dict(row.values)
    if kind == REGISTRATION:
        content = {name: values[name] for name in ("name", "sector", "region", "address", "established", "status")}
        content.update({name: values[name] for name in ("capital", "representative") if values[name] is not None})
    else:
        held: Any = values["content"]
        content = dict(held)
    content.update({name: pseudonym(key, str(content[name])) for name in _personal(kind, content)})
    code, body, number = str(values["enterprise"]), str(values["body"] or ""), str(values["number"] or "")
    day = values["established"] if kind == REGISTRATION else values["date"]
    if kind == REGISTRATION:
        identity = _identity(kind, code)
    elif kind == RELATION:
        identity = _identity(kind, code, content["type"], content.get("party_code", content["party"]))
    elif number:
        identity = _identity(kind, code, body, number)
    else:
        identity = _identity(kind, code, body, day, content)
    when = None if day is None else date.fromisoformat(str(day))
    return Draft(identity, code, kind, when, body, number, content, str(values["source"] or ""), row)


def _identity(*parts: JSON) -> str:
    return hashlib.sha256(b"qian/record/v1" + canonical(list(parts))).hexdigest()


def _personal(kind: str, content: Mapping[str, JSON]) -> list[str]:
    """Return the fields that may name a person: all of a party's but those of an organisation with its USCC."""
    if kind == REGISTRATION:
        return ["representative"] if "representative" in content else []
    if kind != RELATION:
        return []
    organisation = _is_uscc(content.get("party_code"))
    fields = [] if organisation or "party_code" not in content else ["party_code"]
    return fields if organisation and content["type"] != REPRESENTATIVE else ["party", *fields]


def _is_uscc(value: JSON) -> bool:
    try:
        return isinstance(value, str) and bool(check_uscc(value))
    except Invalid:
        return False


def pseudonym(key: Secret, name: str) -> str:
    """Return what is kept of a person's name: the same for the same name, and nothing to anybody without the key."""
    return hmac.new(key.value, name.encode(), hashlib.sha256).hexdigest()[:32]


def _without_contradictions(drafts: Iterable[Draft]) -> tuple[list[Draft], list[RefusedRow]]:
    """Keep one draft of each identity; a later row of the file that says something else is refused."""
    kept: dict[str, Draft] = {}
    refused = []
    for draft in drafts:
        first = kept.setdefault(draft.identity, draft)
        if first.says() != draft.says() and first.row is not None:
            refused.append(_refused(draft, Invalid("row_contradicts", first=first.row.line)))
    return list(kept.values()), refused


def _without_unknown(tx: Connection, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    known: set[str] = set()
    for codes in _chunks(sorted({draft.enterprise for draft in drafts})):
        known.update(tx.execute(select(enterprise.c.code).where(enterprise.c.code.in_(codes))).scalars())
    return (
        [draft for draft in drafts if draft.enterprise in known],
        [draft for draft in drafts if draft.enterprise not in known],
    )


def _refused(draft: Draft, error: Invalid, header: str | None = None) -> RefusedRow:
    assert draft.row is not None  # noqa: S101  - drafts of files have one
    source = draft.row.source
    fault = RowFault.of(error, file=source.file, line=source.line, column=header, value=draft.enterprise)
    return RefusedRow(source, (fault,))


def _compare(tx: Connection, drafts: Sequence[Draft], source: str) -> _Stored:
    """Return the rows to insert: drafts that are new or say something new, and sightings in a source not seen yet."""
    held = _held(tx, [draft.identity for draft in drafts])
    told = _told(tx, [draft.identity for draft in drafts], source)
    stored = _Stored([], [])
    for draft in drafts:
        versions, told_before = held.get(draft.identity, []), told.get(draft.identity, [])
        version = len(versions)
        if not versions or versions[-1] != draft.says():
            if told_before and versions[told_before[-1] - 1] == draft.says():
                continue
            version += 1
            stored.records.append(
                {
                    "identity": draft.identity,
                    "version": version,
                    "enterprise": draft.enterprise,
                    "kind": draft.kind,
                    "date": draft.date,
                    "body": draft.body,
                    "number": draft.number,
                    "content": draft.content,
                }
            )
        if version not in told_before:
            stored.sightings.append(
                {"identity": draft.identity, "version": version, "source": source, "unit": draft.unit}
            )
    return stored


def _held(tx: Connection, identities: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what each version of each identity says; versions count from 1."""
    held: dict[str, list[tuple[Any, ...]]] = {}
    for chunk in _chunks(identities):
        rows = tx.execute(select(record).where(record.c.identity.in_(chunk)).order_by(record.c.version))
        for row in rows:
            held.setdefault(row.identity, []).append((row.date, row.body, row.number, canonical(row.content)))
    return held


def _told(tx: Connection, identities: Sequence[str], source: str) -> dict[str, list[int]]:
    """Return the versions of each identity that a source has told, ascending."""
    told: dict[str, list[int]] = {}
    for chunk in _chunks(identities):
        query = select(sighting.c.identity, sighting.c.version).where(sighting.c.identity.in_(chunk))
        for identity, version in tx.execute(query.where(sighting.c.source == source).order_by(sighting.c.version)):
            told.setdefault(identity, []).append(version)
    return told


def _seal(tx: Connection, actor: Actor, stored: _Stored, counts: Mapping[str, JSON]) -> Sealed:
    rows: list[tuple[BoundTable, Sequence[Mapping[str, Any]]]] = [
        (BATCH, [counts]),
        (RECORD, stored.records),
        (SIGHTING, stored.sightings),
    ]
    sealed = documents.seal(tx, "batch", {"by": actor.subject}, rows)
    registrations = [row for row in stored.records if row["kind"] == REGISTRATION]
    for chunk in _chunks(registrations):
        _upsert(tx, enterprise, [_enterprise_row(row, sealed.id) for row in chunk])
    return sealed


def _enterprise_row(row: Mapping[str, Any], document: str) -> dict[str, Any]:
    content = row["content"]
    return {
        "code": row["enterprise"],
        "name": content["name"],
        "sector": content["sector"],
        "region": content["region"],
        "address": content["address"],
        "established": date.fromisoformat(content["established"]),
        "status": content["status"],
        "registered_in": document,
    }


def _newest_registrations(tx: Connection) -> dict[str, dict[str, Any] | None]:
    """Return by code the row that each enterprise's newest registration makes, as stored; None if it is damaged."""
    newest = (
        select(record.c.identity, func.max(record.c.version).label("version"))
        .where(record.c.kind == REGISTRATION)
        .group_by(record.c.identity)
        .subquery()
    )
    query = (
        select(*raw_columns(record.columns))
        .join(newest, (record.c.identity == newest.c.identity) & (record.c.version == newest.c.version))
        .join(log_entry, (log_entry.c.subject == record.c.document) & (log_entry.c.kind == IMPORTED))
    )
    registrations: dict[str, dict[str, Any] | None] = {}
    for row in tx.execute(query.order_by(record.c.enterprise)).mappings():
        try:
            content = parse_canonical(row["content"].encode())
            made = _enterprise_row({"enterprise": row["enterprise"], "content": content}, row["document"])
            registrations[row["enterprise"]] = {**made, "established": made["established"].isoformat()}
        except (ValueError, KeyError, TypeError, AttributeError):
            registrations[row["enterprise"]] = None
    return registrations


def _upsert(tx: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(table)
    key = [column.name for column in table.primary_key]
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in key}
    tx.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
