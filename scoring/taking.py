"""Taking drafts in: they are compared with what is held, some thousands at a time, and what is new becomes rows.

The same identity with the same content is the same record, at most seen in one source more; with another content it is
a new version, which supersedes the earlier one and keeps it. A source that repeats what it said last says nothing new,
even where another source has corrected it since. What is held under another code of the same enterprise is the same.
What waited was told earlier than it goes in: it supersedes nothing that was told after it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, exists, select

from ledger.bindings import add_to_each
from ledger.documents import Sealing
from ledger.entries import EXPIRED
from ledger.errors import Invalid
from ledger.tables import log_entry
from scoring import held, other_codes
from scoring.drafts import CHANGE, REGISTRATION, RELATION, REVOCATION, Draft, Drafts
from scoring.other_codes import OF_THEIR_CODE
from scoring.seen import Lines, Said
from scoring.tables import RECORD, SIGHTING

PROJECTED = (REGISTRATION, CHANGE, RELATION)

Refuse = Callable[[Draft, Invalid], None]
"""Told each draft that does not go in, and why."""


class Stored(NamedTuple):
    """A draft that became a record, and what its identity said before, if it said something."""

    draft: Draft
    version: int
    before: tuple[Any, ...] | None


class Taking:
    """The drafts of one file, or of one source, on their way into a document."""

    def __init__(
        self,
        tx: Connection,
        sealing: Sealing,
        source: str,
        kind: str,
        refuse: Refuse,
        *,
        under_other_codes: bool = True,
        place: int | None = None,
    ) -> None:
        """Begin with a file of a kind: revocations are of what is held, a registration stands in its file once.

        `under_other_codes` false takes drafts under their own identities alone. `place` is where in the log the drafts
        were told, if not now.
        """
        self.new = self.same = self.superseding = self.revoking = 0
        self._tx = tx
        self._document = sealing.id
        self._records = sealing.rows(RECORD)
        self._sightings = sealing.rows(SIGHTING)
        self._source = source
        self._kind = kind
        self._place = place
        self._refuse = refuse
        self._expired = bool(tx.execute(select(exists().where(log_entry.c.kind == EXPIRED))).scalar_one())
        self._codes_changed = under_other_codes and kind not in OF_THEIR_CODE and other_codes.any_changed(tx)
        self._lines = Lines()
        self._repeated: Said[int] = Said()  # rows that said nothing new, so that no row of the document tells of them

    def take(self, drafts: Drafts) -> list[Stored]:
        """Insert what is new of some drafts, and return the records that they became, if other tables repeat them."""
        source = self._source
        if self._codes_changed:
            drafts = other_codes.as_held(self._tx, drafts, self._kind == REVOCATION, self._expired)
        chunk = _Chunk(self._tx, drafts, source, self._expired)
        if not (chunk.versions or chunk.told) and chunk.each_once and self._kind != REVOCATION:
            return self._all_new(drafts)
        earlier, later = self._earlier(chunk), self._said_later(chunk)
        first: dict[str, Draft] = {}
        stored: list[Stored] = []
        sightings: list[tuple[str, int, str, str]] = []
        lines: list[int] = []
        repeated: list[tuple[str, int, int]] = []
        for draft in drafts:
            identity = draft.identity
            said = (first[identity].says, first[identity].line) if identity in first else earlier.get(identity)
            if said is not None:
                if self._kind == REGISTRATION:
                    error = Invalid("row_twice", field="enterprise", value=draft.enterprise, first=said[1])
                    self._refuse(draft, error)
                elif said[0] == draft.says:
                    self.same += 1
                else:
                    self._refuse(draft, Invalid("row_contradicts", first=said[1]))
                continue
            versions, told = chunk.versions.get(identity, ()), chunk.told.get(identity, ())
            if self._kind == REVOCATION and not versions:
                self._refuse(draft, Invalid("revoked_record_missing", field="revoked_number"))
                continue
            if identity not in later:
                version, repeats = _version(draft, versions, told) if versions or told else (1, False)
            elif (found := _known_version(draft, versions, told)) is not None:
                version, repeats = found
            else:
                self._refuse(draft, Invalid("row_outdated"))
                continue
            first[identity] = draft
            if not versions or version > versions[-1].version:
                stored.append(Stored(draft, version, versions[-1].says if versions else None))
            else:
                self.same += 1
            if repeats:
                repeated.append((identity, version, draft.line))
            else:
                sightings.append((identity, version, source, draft.unit))
                lines.append(draft.line)
        self._count(stored)
        self._records.add_stored([_record(each) for each in stored])
        self._sightings.add_stored(sightings)
        self._lines.extend(lines)
        self._repeated.add(repeated)
        return [each for each in stored if each.draft.kind in PROJECTED]

    def _all_new(self, drafts: Drafts) -> list[Stored]:
        """Insert drafts of identities that nobody has told of, not this file either."""
        if not drafts:
            return []
        identities, *said, units, lines = drafts.columns
        first = [1] * len(drafts)
        revoked = said[-1]
        told = [identities, first, [self._source] * len(drafts), units]
        add_to_each([(self._records, [identities, first, *said]), (self._sightings, told)])
        self._lines.extend(lines)
        self.revoking += sum(revoked)
        self.new += len(drafts) - sum(revoked)
        return [Stored(draft, 1, None) for draft in drafts] if self._kind in PROJECTED else []

    def _earlier(self, chunk: "_Chunk") -> dict[str, tuple[tuple[Any, ...], int]]:
        """Return what earlier chunks of the same file said of the identities of this one, and on which line."""
        found = {}
        for identity, told in chunk.told.items():
            for each in told:
                if each.document == self._document:
                    found[identity] = (each.version, self._lines[each.line])
        found.update(self._repeated.find(chunk.versions))
        return {
            identity: (_says(chunk.versions[identity], version), line) for identity, (version, line) in found.items()
        }

    def _said_later(self, chunk: "_Chunk") -> set[str]:
        """Return the identities whose newest version some source told after the drafts; revocations wait for it."""
        if self._place is None or self._kind == REVOCATION:
            return set()
        newest = {identity: versions[-1].version for identity, versions in chunk.versions.items()}
        rows = held.ask(self._tx, "identity, version, document", "sighting WHERE identity", list(newest))
        told = [(identity, document) for identity, version, document in rows if version == newest[identity]]
        where = held.told_at(self._tx, {document for _, document in told})
        return {identity for identity, document in told if where.get(document, -1) > self._place}

    def _count(self, stored: Sequence[Stored]) -> None:
        revoking = sum(each.draft.revoked for each in stored)
        new = sum(each.version == 1 and not each.draft.revoked for each in stored)
        self.new += new
        self.revoking += revoking
        self.superseding += len(stored) - new - revoking


class _Chunk:
    """Some drafts with what is held of their identities, and what the source told of them.

    Of a version that has expired, a sighting may be left.
    """

    def __init__(self, tx: Connection, drafts: Drafts, source: str, expired: bool) -> None:
        identities = set(drafts.identities)
        self.each_once = len(identities) == len(drafts)
        self.versions = held.versions(tx, list(identities))
        self.told = held.told(tx, list(identities if expired else self.versions), source)


def _version(draft: Draft, versions: Sequence[held.Version], told: Sequence[held.Told]) -> tuple[int, bool]:
    """Return which version a draft is, and whether its source told that one before."""
    newest = max([each.version for each in versions] + [each.version for each in told])
    if _says(versions, newest) != draft.says:
        last = told[-1].version if told else 0
        if last and _says(versions, last) == draft.says:
            return last, True
        return newest + 1, False
    return newest, any(each.version == newest for each in told)


def _known_version(
    draft: Draft, versions: Sequence[held.Version], told: Sequence[held.Told]
) -> tuple[int, bool] | None:
    """Return which version says what a draft says, and whether its source told that one before; None if none does."""
    for each in reversed(versions):
        if each.says == draft.says:
            return each.version, any(other.version == each.version for other in told)
    return None


def _says(versions: Sequence[held.Version], version: int) -> Any:
    """Return what a version says, None where it has expired."""
    return next((each.says for each in versions if each.version == version), None)


def _record(stored: Stored) -> tuple[Any, ...]:
    draft = stored.draft
    return (
        draft.identity,
        stored.version,
        draft.enterprise,
        draft.kind,
        draft.date,
        draft.body,
        draft.number,
        draft.content,
        draft.revoked,
    )
