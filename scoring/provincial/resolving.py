"""Use case: who is behind a pseudonym that the province asks about; whoever asks is recorded for each one found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from ledger.errors import Invalid
from ledger.keys import Secret
from scoring.grades import checked_purpose, record_reading
from scoring.provincial.pseudonyms import LENGTH, Named, Pseudonyms
from scoring.tables import design_stratum, enterprise, former_code, record

MOST: Final = 1000
RESOLVED: Final = "pseudonym"
"""What stands for the run in the record of a reading."""


@dataclass(frozen=True)
class Resolved:
    """A pseudonym, and whom it stands for: an enterprise or an inspector by code, a campaign, or none that is held."""

    pseudonym: str
    kind: Named | None
    name: str


def resolve(
    tx: Connection, actor: Actor, now: datetime, pseudonyms: Sequence[str], purpose: str, pseudonym_key: Secret
) -> list[Resolved]:
    """Return whom pseudonyms stand for, in their order, and record of each enterprise that was found who asked.

    One that stands for nobody here has no kind: it was made under another key, or by nobody. Raises Forbidden, Invalid:
    purpose_missing, pseudonym_form, pseudonyms_too_many.
    """
    actor.require(Role.ANALYST)
    purpose = checked_purpose(purpose)
    if len(pseudonyms) > MOST:
        raise Invalid("pseudonyms_too_many", field="pseudonyms", count=len(pseudonyms), most=MOST)
    for each in pseudonyms:
        if len(each) != LENGTH or any(character not in "0123456789abcdef" for character in each):
            raise Invalid("pseudonym_form", field="pseudonyms", value=each[:40], length=LENGTH)
    maker = Pseudonyms(pseudonym_key)
    found: dict[str, tuple[Named, str]] = {}
    for kind, names in (
        (Named.ENTERPRISE, _enterprises(tx)),
        (Named.CAMPAIGN, tx.execute(select(design_stratum.c.campaign).distinct()).scalars()),
        (Named.INSPECTOR, _inspectors(tx)),
    ):
        sought = set(pseudonyms) - found.keys()
        found |= {each: (kind, name) for each, name in maker.resolved(sought, kind, names if sought else ()).items()}
    codes = sorted(name for kind, name in found.values() if kind is Named.ENTERPRISE)
    for code in (*codes,) or (None,):
        record_reading(tx, actor, now, RESOLVED, code, purpose)
    return [Resolved(each, *found.get(each, (None, ""))) for each in pseudonyms]


def _enterprises(tx: Connection) -> Iterator[str]:
    yield from tx.execute(select(enterprise.c.code)).scalars()
    yield from tx.execute(select(former_code.c.code)).scalars()


def _inspectors(tx: Connection) -> Iterator[str]:
    contents = tx.execute(select(record.c.content).where(record.c.kind == "inspection")).scalars()
    yield from {inspector for content in contents for inspector in content.get("inspectors", ())}
