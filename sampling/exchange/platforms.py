"""The platforms that a bureau reports to: documents that Qian ships as a start, and versions that the bureau adds.

Only what was added holds; the newest version of a name does, and none is ever changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Select, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from ledger.tables import log_entry
from ledger.versions import UNKNOWN, require_version
from sampling.entry_kinds import PLATFORM_ADDED
from sampling.exchange.platform import Platform, parse_platform
from sampling.tables import PLATFORM
from sampling.tables import platform as platform_table

READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class HeldPlatform:
    """A platform as the bureau has it: who added it, and the document that binds it; of a shipped one None."""

    platform: Platform
    added_by: str | None = None
    document: str | None = None


@cache
def shipped() -> Mapping[str, Platform]:
    """Return the platforms that Qian ships, by name: to begin with, and in use only once they are added."""
    folder = files("sampling.exchange").joinpath("platforms")
    found = [parse_platform(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}


def all_held(tx: Connection) -> dict[str, HeldPlatform]:
    """Return the version that holds of every platform that was added, by name.

    Left out is one whose document this release reads more strictly than the one under which it was added.
    """
    found: dict[str, HeldPlatform] = {}
    for row in tx.execute(_newest_last()):
        try:
            found[row.name] = HeldPlatform(_parsed(row.text), row.added_by, row.document)
        except Invalid:
            found.pop(row.name, None)
    return dict(sorted(found.items()))


def in_force(tx: Connection, day: date) -> list[Platform]:
    """Return the platforms to which deliveries go on a day, by name."""
    return [each.platform for each in all_held(tx).values() if each.platform.is_in_force(day)]


def find(tx: Connection, name: str) -> Platform:
    """Return the version that holds of a platform that was added; raises Missing("platform_unknown")."""
    held = all_held(tx)
    if name not in held:
        raise Missing("platform_unknown", field="platform", platform=name, known=list(held))
    return held[name].platform


def read_all(tx: Connection, actor: Actor) -> list[HeldPlatform]:
    """Return the platforms that hold, and the shipped ones that were not added, by name."""
    actor.require(*READERS)
    found = {**{name: HeldPlatform(each) for name, each in shipped().items()}, **all_held(tx)}
    return [found[name] for name in sorted(found)]


def read(tx: Connection, actor: Actor, name: str) -> HeldPlatform:
    """Return the version that holds of a platform, or a shipped one; raises Missing("platform_unknown")."""
    found = {each.platform.name: each for each in read_all(tx, actor)}
    if name not in found:
        raise Missing("platform_unknown", field="platform", platform=name, known=list(found))
    return found[name]


def add(tx: Connection, actor: Actor, now: datetime, text: str, if_version: str | None = None) -> HeldPlatform:
    """Add a version of a platform, unless it is the one that holds; raises what `parse_platform` raises.

    Raises Conflict("version_stale") where another version was read than the one that holds (none: "0"), and
    Conflict("platform_version_taken") where the version stands for another text already.
    """
    actor.require(Role.ADMINISTRATOR)
    platform = parse_platform(text)
    log.lock(tx)
    held = all_held(tx).get(platform.name)
    if held is not None and held.platform.text == text:
        return held
    require_version(UNKNOWN if held is None else held.platform.version, if_version)
    versions = select(platform_table.c.text).where(
        platform_table.c.name == platform.name, platform_table.c.version == platform.version
    )
    if any(each != text for each in tx.execute(versions).scalars()):
        raise Conflict("platform_version_taken", platform=platform.name, version=platform.version)
    row = {
        "name": platform.name,
        "version": platform.version,
        "sha256": platform.digest,
        "text": text,
        "added_by": actor.subject,
    }
    sealed = documents.seal(tx, "platform", {"by": actor.subject}, [(PLATFORM, [row])])
    log.append(tx, now, [NewEntry(PLATFORM_ADDED, sealed.id, {"platform": sealed})])
    return HeldPlatform(platform, actor.subject, sealed.id)


def _newest_last() -> Select[Any]:
    entry = (log_entry.c.subject == platform_table.c.document) & (log_entry.c.kind == PLATFORM_ADDED)
    return select(platform_table).join(log_entry, entry).order_by(log_entry.c.seq)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Platform:
    return parse_platform(text)
