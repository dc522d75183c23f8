"""Other codes of the same enterprise: what a decision told under one of them is when it is held under another.

Codes are of the same enterprise where changes of code alone lead from one to the other. One that was merged away and
the one that it became are of two, which may share a document's number.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, exists, select

from scoring import held
from scoring.drafts import CHANGE, REGISTRATION, Draft, Drafts, identity_under
from scoring.formats import MERGER
from scoring.tables import former_code

OF_THEIR_CODE = (REGISTRATION, CHANGE)
"""Kinds of records that are about a code, so that under another one they are others."""


def any_changed(tx: Connection) -> bool:
    """Tell whether any enterprise has had another code."""
    return bool(tx.execute(select(exists().where(former_code.c.reason != MERGER))).scalar_one())


def others_of(tx: Connection, codes: Collection[str]) -> dict[str, list[str]]:
    """Return by code the other codes of the same enterprise, ascending, for those that have some."""
    present = {code for (code,) in held.ask(tx, "enterprise", "former_code WHERE code", list(codes))}
    alike: dict[str, set[str]] = {}
    columns = "code, successor, reason"
    for code, successor, reason in held.ask(tx, columns, "former_code WHERE enterprise", list(present.union(codes))):
        if reason != MERGER:
            joined = alike.get(code, {code}) | alike.get(successor, {successor})
            alike.update(dict.fromkeys(joined, joined))
    return {code: sorted(alike[code] - {code}) for code in codes if code in alike}


def as_held(tx: Connection, drafts: Drafts, revoking: bool, expired: bool) -> Drafts:
    """Return drafts under the identities that they are held under: their own, else the first under another code.

    What the drafts before one say counts as held. Of what has expired, sightings may be left.
    """
    others = others_of(tx, set(drafts.enterprises))
    if not others:
        return drafts
    rows = [(each, _identities(each, others.get(each.enterprise, ()), revoking)) for each in drafts]
    known = _held(tx, [each for _, identities in rows if len(identities) > 1 for each in identities], expired)
    taken = []
    for draft, identities in rows:
        identity = next((each for each in identities if each in known), draft.identity)
        known.add(identity)
        taken.append(draft if identity == draft.identity else draft._replace(identity=identity))
    return Drafts.of(taken)


def _identities(draft: Draft, codes: Sequence[str], revoking: bool) -> list[str]:
    if draft.kind in OF_THEIR_CODE:
        return [draft.identity]
    return [draft.identity, *(identity_under(code, draft, revoking) for code in codes)]


def _held(tx: Connection, identities: Sequence[str], expired: bool) -> set[str]:
    tables = ("record", "sighting") if expired else ("record",)
    return {
        identity for table in tables for (identity,) in held.ask(tx, "identity", f"{table} WHERE identity", identities)
    }
