"""Optimistic concurrency: whoever edits may say which version was read, and is refused where it no longer holds."""

from typing import Final

from ledger.errors import Conflict

UNKNOWN: Final = "0"
"""The version of what nobody added yet."""


def require_version(held: int | str, wanted: int | str | None, field: str = "if_version") -> None:
    """Raise Conflict("version_stale") where somebody names the version that he read and another one holds.

    The caller holds the lock under which the version changes.
    """
    if wanted is not None and wanted != held:
        raise Conflict("version_stale", field=field, wanted=wanted, held=held)
