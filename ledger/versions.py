"""Optimistic concurrency: whoever edits may say which version was read, and is refused where it no longer holds."""

from typing import Final

from ledger.errors import Conflict

UNKNOWN: Final = "0"
"""The version of what nobody added yet."""


def require_version(held: int | str, wanted: int | str | None) -> None:
    """Raise Conflict("version_stale") where an editor names the version that was read and another one holds.

    The caller holds the lock under which the version changes.
    """
    if wanted is not None and wanted != held:
        raise Conflict("version_stale", field="if_version", wanted=wanted, held=held)
