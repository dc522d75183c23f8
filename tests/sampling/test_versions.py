"""Who edits may name the version that was read; where another holds by then, nothing is overwritten."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.calendar import parse_instant
from ledger.database import Database
from ledger.errors import Conflict
from ledger.versions import require_version
from sampling import sources
from sampling.exchange import platforms
from sampling.publication import calendars
from tests.conftest import on_sqlite
from tests.scoring.source_text import PLATFORM as SOURCE

NOW = parse_instant("2026-11-26T08:31:00Z")
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)

Edit = Callable[[Connection, int, Any], Any]


def source(tx: Connection, number: int, if_version: Any) -> str:
    text = SOURCE.replace('version = "1"', f'version = "{number}"')
    return sources.add(tx, ADMINISTRATOR, NOW, text, if_version).source.version


def platform(tx: Connection, number: int, if_version: Any) -> str:
    held = platforms.shipped()["credit-sharing"]
    text = held.text.replace(f'version = "{held.version}"', f'version = "{number}"')
    return platforms.add(tx, ADMINISTRATOR, NOW, text, if_version).platform.version


def year(tx: Connection, number: int, if_version: Any) -> int:
    source = f"第{number}号"
    return calendars.add_year(tx, ADMINISTRATOR, NOW, 2027, source, [], [], if_version).version


@on_sqlite
@pytest.mark.parametrize(("edit", "none"), [(source, "0"), (platform, "0"), (year, 0)])
def test_an_edit_of_what_somebody_else_changed_is_refused(database: Database, edit: Edit, none: Any) -> None:
    with database.write() as tx:
        first = edit(tx, 1, none)
    with database.write() as tx:
        second = edit(tx, 2, first)
    for stale in (none, first):
        with database.write() as tx, pytest.raises(Conflict, match="version_stale") as refusal:
            edit(tx, 3, stale)
        assert refusal.value.parameters == {"wanted": stale, "held": second}
    with database.write() as tx:
        assert edit(tx, 3, None) not in (first, second)  # who names none, overwrites


def test_the_version_that_holds_is_no_conflict() -> None:
    require_version(3, 3)
    require_version("a", None)
    with pytest.raises(Conflict, match="version_stale"):
        require_version(3, 2)
