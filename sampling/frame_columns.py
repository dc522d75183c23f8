"""The frame by position and column, as the rows of its slots have it; read once, since it may be of a million. Pure.

What seals a slot is read apart: a column of it that cannot be read is a fault of the check that asks for it.
"""

from collections.abc import Sequence
from typing import Any

import numpy

from sampling.bundle_format import Mismatch
from sampling.bundle_rows import BundleRows
from sampling.slots import KEY_BYTES, SlotSecrets

OPENINGS = ("ticket_key", "identity_salt", "stratum_salt", "key_salt")
"""The columns of a slot's row that hold 32 bytes each."""


NAMES = "enterprise", "stratum", "sector"


class FrameNames:
    """Codes, strata's labels and sectors: who is in the frame."""

    def __init__(self, rows: BundleRows, *others: str) -> None:
        """Read the rows; raises Mismatch or KeyError where a code, a label or a sector is none."""
        self.codes: list[str] = []
        self.labels: list[str] = []
        self.sectors: list[str] = []
        known: dict[str, str] = {}  # few texts stand in many rows
        for codes, labels, sectors, *columns in rows.columns(*NAMES, *others, absent=others):
            self._read(columns)
            self.codes += _texts(codes, "enterprise")
            self.labels += [known.setdefault(label, label) for label in _texts(labels, "stratum")]
            self.sectors += [known.setdefault(sector, sector) for sector in _texts(sectors, "sector")]

    def _read(self, columns: Sequence[Sequence[Any]]) -> None:
        """Read the other columns of some rows, before the names."""


class FrameColumns(FrameNames):
    """The names, what seals them, and the first position whose row tells another one or another campaign."""

    def __init__(self, rows: BundleRows, campaign: str) -> None:
        """Read the rows; raises Mismatch or KeyError where a code, a label or a sector is none."""
        self.misplaced: int | None = None
        self._campaign = campaign
        self._openings: dict[str, list[bytes] | Mismatch] = {name: [] for name in OPENINGS}
        super().__init__(rows, "position", "campaign", *OPENINGS)

    def _read(self, columns: Sequence[Sequence[Any]]) -> None:
        places, campaigns, *openings = columns
        if self.misplaced is None:
            self.misplaced = _misplaced(places, campaigns, len(self.codes), self._campaign)
        self._read_openings(openings)

    def _read_openings(self, part: Sequence[Sequence[Any]]) -> None:
        for (name, column), texts in zip(self._openings.items(), part, strict=True):
            if isinstance(column, Mismatch):
                continue
            try:
                column += _from_hex(_texts(texts, name), KEY_BYTES)
            except (ValueError, Mismatch) as error:
                self._openings[name] = Mismatch(f"the column {name} of the slots: {error}")

    def _opening(self, name: str) -> list[bytes]:
        column = self._openings[name]
        if isinstance(column, Mismatch):
            raise column
        return column

    @property
    def keys(self) -> list[bytes]:
        """The ticket keys; raises Mismatch where one is none."""
        return self._opening("ticket_key")

    def secrets(self) -> SlotSecrets:
        """Return what opens the slots; raises Mismatch where a key or a salt is none."""
        return SlotSecrets(self.codes, self.labels, *map(self._opening, OPENINGS))


def _misplaced(places: Sequence[Any], campaigns: Sequence[Any], first: int, campaign: str) -> int | None:
    """Return the first position from `first` on whose row tells another position or campaign."""
    due = range(first, first + len(places))
    if list(places) == list(due) and set(map(type, places)) <= {int} and campaigns.count(campaign) == len(places):
        return None
    told = zip(due, places, campaigns, strict=True)
    return next(at for at, place, of in told if type(place) is not int or place != at or of != campaign)


def _texts(column: Sequence[Any], name: str) -> Sequence[str]:
    """Return a column of rows; raises Mismatch where it is no text in one of them."""
    if not set(map(type, column)) <= {str}:
        raise Mismatch(f"a row's {name} is no text")
    return column


def _from_hex(texts: Sequence[str], size: int) -> list[bytes]:
    """Return bytes from hex in lower case; raises ValueError for any other text, also for what `fromhex` lets pass."""
    joined = "".join(texts)
    together = bytes.fromhex(joined)
    if together.hex() != joined or not set(map(len, texts)) <= {2 * size}:
        raise ValueError(f"{size} bytes are written in hex of lower case")
    parts: list[bytes] = numpy.frombuffer(together, f"V{size}").tolist()  # sooner than slices
    return parts
