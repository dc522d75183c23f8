"""Codes that changed: which code an enterprise has now, by each that it, or one that it absorbed, had before.

A change leads from a former code to another one, which may have changed itself since; `former_code` holds where each
chain ends. A code leads to one other code only, and never back to itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.bulk import insert_rows
from ledger.errors import Invalid
from scoring import held
from scoring.code_changes import Change, Former, changes_of, resolved
from scoring.drafts import CHANGE, Draft, Drafts
from scoring.tables import former_code, record
from scoring.taking import Refuse, Stored


def admit(tx: Connection, drafts: Drafts, refuse: Refuse) -> Drafts:
    """Return the drafts but for changes that contradict those before them, which are refused.

    The reasons are `code_change_circle` and `code_changed_already`.
    """
    chains = _Chains(tx, _changes(drafts))
    admitted = []
    for draft in drafts:
        try:
            for code, change in _changes([draft]):
                chains.add(code, change)
        except Invalid as error:
            refuse(draft, error)
        else:
            admitted.append(draft)
    return Drafts.of(admitted)


def project(tx: Connection, stored: Sequence[Stored]) -> None:
    """Bring `former_code` up to changes that were stored; one that is corrected or revoked makes it anew."""
    changes = [each for each in stored if each.draft.kind == CHANGE]
    if any(each.version > 1 for each in changes):
        tx.execute(former_code.delete())
        rows = [(code, *former) for code, former in sorted(resolved(_held_changes(tx)).items())]
        insert_rows(tx, former_code, list(former_code.columns), rows)
        return
    drafts = [each.draft for each in changes]
    chains = _Chains(tx, _changes(drafts))
    for code, change in _changes(drafts):
        chains.add(code, change)
    chains.write(tx)


def audit_former_codes(tx: Connection) -> Iterator[Fault]:
    """Check that each former code leads where the recorded changes lead (a check for `ledger.audit`)."""
    expected = resolved(_held_changes(tx))
    for code, *former in tx.execute(select(*raw_columns(former_code.columns)).order_by(former_code.c.code)):
        if expected.pop(code, None) != tuple(former):
            yield Fault("former_code", f"code={code}", "row_changed")
    for code in expected:
        yield Fault("former_code", f"code={code}", "row_lost")


class _Chains:
    """The part of `former_code` that some changes are about."""

    def __init__(self, tx: Connection, changes: Sequence[tuple[str, Change]]) -> None:
        codes = sorted({code for code, _ in changes})
        touched = sorted({*codes, *(change.successor for _, change in changes)})
        columns = "code, enterprise, successor, since, reason"
        rows = [
            *held.ask(tx, columns, "former_code WHERE code", touched),
            *held.ask(tx, columns, "former_code WHERE enterprise", codes),
        ]
        self._held: dict[str, Former] = {}
        self._ending: dict[str, set[str]] = {}
        self._written: dict[str, Former] = {}
        for code, *former in rows:
            self._hold(code, Former(*former))

    def add(self, code: str, change: Change) -> None:
        """Let a code lead where a change says."""
        end = self._end(change.successor)
        if end == code:
            raise Invalid("code_change_circle", field="former_code", code=code, to=change.successor)
        before = self._held.get(code)
        if before is not None and before.successor != change.successor:
            raise Invalid("code_changed_already", field="former_code", code=code, to=before.successor)
        since, reason = change[:2] if before is None else min(change[:2], before[2:])
        self._set(code, Former(end, change.successor, since, reason))
        for other in self._ending.pop(code, ()):
            self._set(other, self._held[other]._replace(enterprise=end))

    def write(self, tx: Connection) -> None:
        """Write what the changes changed."""
        codes = sorted(self._written)
        for start in range(0, len(codes), 500):
            tx.execute(former_code.delete().where(former_code.c.code.in_(codes[start : start + 500])))
        insert_rows(tx, former_code, list(former_code.columns), [(code, *self._written[code]) for code in codes])

    def _end(self, code: str) -> str:
        former = self._held.get(code)
        return code if former is None else former.enterprise

    def _set(self, code: str, former: Former) -> None:
        self._hold(code, former)
        self._written[code] = former

    def _hold(self, code: str, former: Former) -> None:
        self._held[code] = former
        self._ending.setdefault(former.enterprise, set()).add(code)


def _changes(drafts: Iterable[Draft]) -> list[tuple[str, Change]]:
    return [
        (code, Change(draft.date or "", content["type"], draft.enterprise))
        for draft in drafts
        if draft.kind == CHANGE and not draft.revoked
        for content in [orjson.loads(draft.content)]
        if (code := content.get("former_code")) is not None
    ]


def _held_changes(tx: Connection) -> dict[str, Change]:
    """Return by former code the earliest of the changes that hold."""
    newest: dict[str, Any] = {}
    query = select(*raw_columns(record.columns)).where(record.c.kind == CHANGE)
    for row in tx.execute(query):
        if row.identity not in newest or newest[row.identity].version < row.version:
            newest[row.identity] = row
    held_now = (row for row in newest.values() if not row.revoked)
    return changes_of((row.date, row.enterprise, orjson.loads(row.content)) for row in held_now)
