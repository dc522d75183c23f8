"""Whom representatives, addresses and shareholders tie together, of some enterprises."""

from collections import defaultdict
from collections.abc import Collection

import orjson
from sqlalchemy import Connection

from scoring.drafts import REGISTRATION, RELATION
from scoring.fact_rows import former_codes, rows_of
from scoring.parties import Tie, Via, ties_in


def ties_of(tx: Connection, codes: Collection[str]) -> dict[Tie, set[str]]:
    """Return what ties at least two of some enterprises, and which of them; persons are pseudonyms."""
    present = {former: code for former, code in former_codes(tx).items() if code in codes}
    tied: dict[Tie, set[str]] = defaultdict(set)
    for batch in rows_of(tx, sorted({*codes, *present}), (REGISTRATION, RELATION)):
        columns = (batch.column(name).to_pylist() for name in ("enterprise", "kind", "content"))
        for code, kind, content in zip(*columns, strict=True):
            if kind == REGISTRATION and code in present:
                continue  # the present code has a registration of its own
            for tie in ties_in(kind, orjson.loads(content)):
                if tie.via != Via.PROJECT:
                    tied[tie].add(present.get(code, code))
    return {tie: members for tie, members in tied.items() if len(members) > 1}
