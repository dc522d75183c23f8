"""The sources that a bureau's files come from: those that Qian ships, and versions that the bureau adds of its own.

A version that was added is never changed; the newest of its name holds, also in the place of a shipped one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeGuard

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from ledger.tables import log_entry
from ledger.versions import UNKNOWN, require_version
from sampling.entry_kinds import SOURCE_ADDED
from sampling.registers import FORMATS
from sampling.tables import SOURCE
from sampling.tables import source as source_table
from scoring.source import Source, parse_source

READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class HeldSource:
    """A source as the bureau has it: who added it, and the document that binds it; of a shipped one None."""

    source: Source
    added_by: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class UnreadableSource:
    """A source as it is stored whose document this release reads more strictly than the one under which it was added.

    It stays out of use until a version that can be read takes its place; `refusal` tells what is wrong.
    """

    name: str
    version: str
    kind: str
    text: str
    added_by: str | None
    document: str | None
    refusal: Invalid = field(compare=False)


def parse(text: str) -> Source:
    """Return the source of a document; raises what `parse_source` raises."""
    return parse_source(text, FORMATS)


@cache
def shipped() -> Mapping[str, HeldSource]:
    """Return the sources that Qian ships, by name."""
    found = [
        parse(file.read_text("utf-8"))
        for file in files("scoring").joinpath("sources").iterdir()
        if file.name.endswith(".toml")
    ]
    return {source.name: HeldSource(source) for source in sorted(found, key=lambda source: source.name)}


def find(tx: Connection, name: str) -> HeldSource:
    """Return the version that holds of a source; raises Missing("source_unknown").

    Raises Invalid where this release reads documents more strictly than the one under which it was added.
    """
    return _opened(_versions(tx, name)[0])


def open_to(tx: Connection, actor: Actor, name: str) -> HeldSource:
    """Return what `find` returns to those who may know of a source; a peer's client knows its department's and ours.

    Raises Missing("source_unknown") where it is not there, or not shown; Forbidden.
    """
    if actor.role is not Role.PEER:
        actor.require(*READERS)
        return find(tx, name)
    own = {each.source.name: each for each in read_all(tx, actor)[0]}
    try:
        return {**shipped(), **own}[name]
    except KeyError:
        raise Missing("source_unknown", field="source", source=name, known=list(own)) from None


def own_names(tx: Connection) -> list[str]:
    """Return the names of the sources that the bureau added."""
    return list(tx.execute(select(source_table.c.name).distinct().order_by(source_table.c.name)).scalars())


def read_all(tx: Connection, actor: Actor) -> tuple[list[HeldSource], list[UnreadableSource]]:
    """Return the version that holds of every source, by name: those that can be read, and those that cannot.

    A peer's client reads those of its department alone.
    """
    actor.require(*READERS, Role.PEER)
    found: dict[str, HeldSource | UnreadableSource] = {**shipped()}
    found |= {name: _told(name, _versions(tx, name)[0]) for name in own_names(tx)}
    ordered = [found[name] for name in sorted(found)]
    if actor.role is Role.PEER:
        return [each for each in ordered if _is_of(each, actor.department)], []
    return (
        [each for each in ordered if isinstance(each, HeldSource)],
        [each for each in ordered if isinstance(each, UnreadableSource)],
    )


def _is_of(held: HeldSource | UnreadableSource, department: str | None) -> TypeGuard[HeldSource]:
    return isinstance(held, HeldSource) and held.source.format.department == department


def read(tx: Connection, actor: Actor, name: str, version: str | None = None) -> HeldSource | UnreadableSource:
    """Return a version of a source, by default the one that holds, to be read or mended; raises Missing."""
    actor.require(*READERS)
    known = _versions(tx, name)
    if version is None:
        return _told(name, known[0])
    for each in known:
        if each.version == version:
            return _told(name, each)
    told = list(dict.fromkeys(each.version for each in known))
    raise Missing("source_version_unknown", field="version", source=name, version=version, known=told)


def add(tx: Connection, actor: Actor, now: datetime, text: str, if_version: str | None = None) -> HeldSource:
    """Add a version of a source, unless it is the one that holds; raises what `parse` raises.

    Raises Conflict where the name is that of another kind of file, where the version stands for another text already,
    and where `if_version` is given and another one holds ("0": none).
    """
    actor.require(Role.ADMINISTRATOR)
    source = parse(text)
    log.lock(tx)
    try:
        known = _versions(tx, source.name)
    except Missing:
        known = []
    if known and known[0].text == text:
        return _opened(known[0])
    require_version(known[0].version if known else UNKNOWN, if_version)
    for each in known:
        if each.kind != source.kind:
            raise Conflict("source_kind_changed", source=source.name, kind=each.kind)
        if each.version == source.version and each.text != text:
            raise Conflict("source_version_taken", source=source.name, version=source.version)
    return _seal(tx, actor, now, source)


@dataclass(frozen=True)
class _Version:
    """A version as it is stored, whether this release can read it or not."""

    version: str
    kind: str
    text: str
    added_by: str | None = None
    document: str | None = None


def _versions(tx: Connection, name: str) -> list[_Version]:
    """Return all versions of a source, the one that holds first, a shipped one last; raises Missing."""
    entry = (log_entry.c.subject == source_table.c.document) & (log_entry.c.kind == SOURCE_ADDED)
    query = select(source_table).join(log_entry, entry).where(source_table.c.name == name)
    rows = tx.execute(query.order_by(log_entry.c.seq.desc())).all()
    found = [_Version(row.version, row.kind, row.text, row.added_by, row.document) for row in rows]
    if name in shipped():
        ours = shipped()[name].source
        found.append(_Version(ours.version, ours.kind, ours.text))
    if not found:
        raise Missing("source_unknown", field="source", source=name, known=sorted({*shipped(), *own_names(tx)}))
    return found


def _opened(version: _Version) -> HeldSource:
    return HeldSource(_parsed(version.text), version.added_by, version.document)


def _told(name: str, version: _Version) -> HeldSource | UnreadableSource:
    try:
        return _opened(version)
    except Invalid as refusal:
        return UnreadableSource(name, **vars(version), refusal=refusal)


def _seal(tx: Connection, actor: Actor, now: datetime, source: Source) -> HeldSource:
    row = {
        "name": source.name,
        "version": source.version,
        "kind": source.kind,
        "sha256": source.digest,
        "text": source.text,
        "added_by": actor.subject,
    }
    sealed = documents.seal(tx, "source", {"by": actor.subject}, [(SOURCE, [row])])
    log.append(tx, now, [NewEntry(SOURCE_ADDED, sealed.id, {"source": sealed})])
    return HeldSource(source, actor.subject, sealed.id)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Source:
    return parse(text)
