"""Related enterprises (关联企业): those that share a representative, shareholder, address or project with one.

What newest registrations and relations tie enterprises to is kept in the table `enterprise_tie`, which the audit
compares with the records that it repeats.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Select, exists, func, or_, select

from ledger.actors import Actor
from ledger.audit import Fault
from ledger.bulk import insert_rows
from ledger.retention import Bound
from ledger.windows import Window
from scoring import held
from scoring.drafts import REGISTRATION, RELATION
from scoring.enterprises import READERS, owners_of
from scoring.parties import Tie, Via, ties_in
from scoring.tables import enterprise, enterprise_tie, former_code, record
from scoring.taking import Stored

KINDS = (REGISTRATION, RELATION)
COLUMNS = tuple(enterprise_tie.columns)
AT_ONCE = 500


@dataclass(frozen=True)
class Related:
    """An enterprise, and what it shares with the one whose code is `of`."""

    of: str
    code: str
    name: str
    address: str
    status: str
    ties: tuple[Tie, ...]


@dataclass(frozen=True)
class RelatedFilter:
    """Which related enterprises are asked for: those tied by any of these kinds; none: by whichever."""

    kinds: tuple[Via, ...] = ()


EVERY_RELATED = RelatedFilter()


def related(
    tx: Connection, actor: Actor, codes: Collection[str], window: Window, chosen: RelatedFilter = EVERY_RELATED
) -> dict[str, list[Related]]:
    """Return by code the rows of a window in the enterprises that are related to each registered one, by code."""
    actor.require(*READERS)
    found = _found(codes, chosen).subquery()
    rows = tx.execute(window.on_each(select(found), found.c.of, found.c.of, found.c.code)).all()
    told: dict[str, list[Related]] = {code: [] for code in codes}
    for each in _with_ties(tx, codes, rows):
        told[each.of].append(each)
    return told


def count(
    tx: Connection, actor: Actor, codes: Collection[str], chosen: RelatedFilter = EVERY_RELATED
) -> dict[str, int]:
    """Return how many enterprises are related to registered ones, by code."""
    actor.require(*READERS)
    found = _found(codes, chosen).subquery()
    counts = {row[0]: row[1] for row in tx.execute(select(found.c.of, func.count()).group_by(found.c.of))}
    return {code: counts.get(code, 0) for code in codes}


def some(tx: Connection, actor: Actor, window: Window) -> list[Related]:
    """Return those of the related enterprises that a window's keys name, each by two codes: related to which, which."""
    actor.require(*READERS)
    codes = {str(of) for of, _ in window.keys or ()}
    found = _found(codes, EVERY_RELATED).subquery()
    return _with_ties(tx, codes, tx.execute(window.on(select(found), found.c.of, found.c.code)).all())


def _found(codes: Collection[str], chosen: RelatedFilter) -> Select[Any]:
    pairs = _pairs(codes).subquery()
    columns = (enterprise.c.code, enterprise.c.name, enterprise.c.address, enterprise.c.status)
    query = select(pairs.c.of, *columns).join(enterprise, enterprise.c.code == pairs.c.code).distinct()
    return query.where(pairs.c.via.in_([each.value for each in chosen.kinds])) if chosen.kinds else query


def _pairs(codes: Collection[str]) -> Select[Any]:
    """Return the query of what each of some enterprises shares with which other one.

    A registration under a former code counts for nobody: the present code has one of its own.
    """
    held_by = owners_of(codes)
    own, other = enterprise_tie.alias("own"), enterprise_tie.alias("other")
    is_own = or_(own.c.kind == RELATION, held_by.c.held == held_by.c.owner)
    present = func.coalesce(former_code.c.enterprise, other.c.enterprise)
    is_present = or_(other.c.kind == RELATION, former_code.c.code.is_(None))
    return (
        select(held_by.c.owner.label("of"), present.label("code"), own.c.via, own.c.party)
        .join(own, own.c.enterprise == held_by.c.held)
        .join(other, (other.c.via == own.c.via) & (other.c.party == own.c.party))
        .outerjoin(former_code, former_code.c.code == other.c.enterprise)
        .where(is_own, is_present, present != held_by.c.owner)
        .distinct()
    )


def _with_ties(tx: Connection, codes: Collection[str], rows: Sequence[Any]) -> list[Related]:
    pairs = _pairs(codes).subquery()
    ties: dict[tuple[str, str], list[Tie]] = {}
    for row in tx.execute(select(pairs).where(pairs.c.code.in_({row.code for row in rows}))):
        ties.setdefault((row.of, row.code), []).append(Tie(row.via, row.party))
    return [
        Related(row.of, row.code, row.name, row.address, row.status, tuple(sorted(ties[row.of, row.code])))
        for row in rows
    ]


def project(tx: Connection, stored: Sequence[Stored]) -> None:
    """Bring the ties up to records that were stored."""
    telling = [each for each in stored if each.draft.kind in KINDS]
    corrected = [each.draft.identity for each in telling if each.version > 1]
    again = {code for (code,) in held.ask(tx, "enterprise", "record WHERE identity", corrected)}
    first = [each.draft for each in telling if each.draft.enterprise not in again]
    rows = [row for each in first for row in _rows(each.enterprise, each.kind, each.content)]
    insert_rows(tx, enterprise_tie, COLUMNS, rows)
    changed = sorted(again)
    for start in range(0, len(changed), AT_ONCE):
        _put_down(tx, changed[start : start + AT_ONCE])


def forget(tx: Connection, bound: Bound) -> None:
    """Remove what repeats an expired document: the ties that it alone told of."""
    last = ""
    telling = select(record.c.enterprise).where(record.c.document == bound.id, record.c.kind.in_(KINDS))
    telling = telling.distinct().order_by(record.c.enterprise).limit(AT_ONCE)
    while codes := tx.execute(telling.where(record.c.enterprise > last)).scalars().all():
        _put_down(tx, codes, without=bound.id)
        last = codes[-1]


def _put_down(tx: Connection, codes: Sequence[str], without: str = "") -> None:
    """Write the rows of some enterprises anew."""
    tx.execute(enterprise_tie.delete().where(enterprise_tie.c.enterprise.in_(codes)))
    insert_rows(tx, enterprise_tie, COLUMNS, sorted(_expected(tx, codes, without)[0]))


def audit_ties(tx: Connection) -> Iterator[Fault]:
    """Check that the ties are those that newest registrations and relations tell (a check for `ledger.audit`).

    A record that cannot be read says nothing of its enterprise here: its own row is named.
    """
    last = ""
    telling = select(record.c.enterprise).where(record.c.kind.in_(KINDS)).distinct().order_by(record.c.enterprise)
    while codes := tx.execute(telling.where(record.c.enterprise > last).limit(AT_ONCE)).scalars().all():
        expected, damaged = _expected(tx, codes)
        query = select(enterprise_tie).where(enterprise_tie.c.enterprise.in_(set(codes) - damaged))
        found = {tuple(row) for row in tx.execute(query)}
        yield from (_fault(row, "row_lost") for row in sorted(expected - found))
        yield from (_fault(row, "row_added") for row in sorted(found - expected))
        last = codes[-1]
    told = exists().where(record.c.enterprise == enterprise_tie.c.enterprise, record.c.kind.in_(KINDS))
    for row in tx.execute(select(enterprise_tie).where(~told).order_by(*COLUMNS)):
        yield _fault(tuple(row), "row_added")


def _fault(row: tuple[str, ...], code: str) -> Fault:
    """Return the fault of a row, which names no party."""
    return Fault("enterprise_tie", f"enterprise={row[0]} kind={row[1]} via={row[2]}", code)


def _expected(tx: Connection, codes: Sequence[str], without: str = "") -> tuple[set[tuple[str, ...]], set[str]]:
    """Return the rows of some enterprises, and which of them have a record that cannot be read.

    `without` is a document that expires: its records say nothing any more.
    """
    columns = "document, enterprise, kind, identity, version, content, revoked"
    newest: dict[str, tuple[Any, ...]] = {}
    for document, code, kind, identity, *said in held.ask(tx, columns, "record WHERE enterprise", codes):
        if kind in KINDS and document != without:
            newest[identity] = max(newest.get(identity, (0,)), (said[0], code, kind, *said[1:]))
    relations = [identity for identity, said in newest.items() if said[2] == RELATION]
    for document, identity, version in held.ask(
        tx, "document, identity, version", "record WHERE version > 1 AND identity", relations
    ):
        if document != without and identity in newest and version > newest[identity][0]:
            del newest[identity]  # told last under another code of the same enterprise
    rows: set[tuple[str, ...]] = set()
    damaged: set[str] = set()
    for _, code, kind, content, revoked in newest.values():
        try:
            rows.update([] if revoked else _rows(code, kind, content))
        except (ValueError, KeyError, TypeError, AttributeError):
            damaged.add(code)
    return {row for row in rows if row[0] not in damaged}, damaged


def _rows(code: str, kind: str, content: str) -> list[tuple[str, ...]]:
    return [(code, kind, tie.via, tie.party) for tie in ties_in(kind, orjson.loads(content))]
