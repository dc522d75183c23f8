"""Campaigns that are no draw: a special check (专项检查), or a list that a superior drew (上级抽取). Pure.

All of a list are visited, and nobody was left to chance here; only the inspectors are matched by lot.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import BinaryIO, NamedTuple

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling import entry_kinds
from sampling.json_shapes import any_text, any_texts, members, wrong_shape
from scoring.codes import check_uscc
from scoring.columns import Column, Format, RefusedRow
from scoring.fields import text_up_to, uscc
from scoring.formats import USCC_HEADER

FIXING = (entry_kinds.FROZEN, entry_kinds.LISTED)
"""The kinds of entries that fix who may be visited, of a draw or of a list that is none."""

LISTED = "listed"
"""The stratum of all slots of a list: there is no other."""

LONGEST_REASON = 1000
LONGEST_NAME = 200

FILE = Format(
    "list",
    "检查名单",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("企业名称", "name", text_up_to(LONGEST_NAME)),
    ),
    identity="enterprise",
)


class CampaignType(StrEnum):
    """How a campaign finds whom to visit."""

    UNTARGETED = "untargeted"
    TARGETED = "targeted"
    SPECIAL = "special"
    SUPERIOR = "superior"


@dataclass(frozen=True)
class Origin:
    """Where a superior's list comes from: who issued it, under which number, and the SHA-256 of its file in hex."""

    body: str
    number: str
    sha256: str

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the log."""
        return {"body": self.body, "number": self.number, "sha256": self.sha256}

    @classmethod
    def from_json(cls, value: JSON) -> "Origin":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        given = members(value, "listing.origin", "body", "number", "sha256")
        return cls(**{name: any_text(text, f"listing.origin.{name}") for name, text in given.items()})


@dataclass(frozen=True)
class Listing:
    """Who is visited without a draw: the named enterprises, or all that meet the plan's conditions where none is named.

    A list with an origin was drawn by a superior; one without is a special check, with its reason. Both are public, the
    names are not.
    """

    reason: str = ""
    enterprises: tuple[str, ...] = ()
    origin: Origin | None = None

    @property
    def type(self) -> CampaignType:
        """Which of the two it is."""
        return CampaignType.SPECIAL if self.origin is None else CampaignType.SUPERIOR

    def check(self) -> None:
        """Check what a planner hands in.

        Raises Invalid: listing_without_reason, listing_empty, list_origin_unusable, listing_twice, what is wrong with a
        code or a text.
        """
        text_up_to(LONGEST_REASON)(self.reason)
        if self.origin is None and not self.reason.strip():
            raise Invalid("listing_without_reason", field="listing")
        if self.origin is not None:
            if not self.enterprises:
                raise Invalid("listing_empty", field="listing")
            for text in (self.origin.body, self.origin.number):
                text_up_to(LONGEST_NAME)(text)
            digits = set(self.origin.sha256)
            named = self.origin.body.strip() and self.origin.number.strip()
            if not named or len(self.origin.sha256) != 64 or not digits <= set("0123456789abcdef"):
                raise Invalid("list_origin_unusable", field="listing")
        seen = set()
        for code in self.enterprises:
            if check_uscc(code) in seen:
                raise Invalid("listing_twice", field="listing", enterprise=code)
            seen.add(code)

    def public(self) -> dict[str, JSON]:
        """Return what the log's entry tells: type, reason, origin, and not whom."""
        origin = None if self.origin is None else self.origin.to_json()
        return {"type": self.type.value, "reason": self.reason, "origin": origin}

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the sealed plan."""
        return {**self.public(), "enterprises": list(self.enterprises)}

    @classmethod
    def from_json(cls, value: JSON) -> "Listing":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        return cls._read(members(value, "listing", "type", "reason", "origin", "enterprises"))

    @classmethod
    def from_entry(cls, value: JSON) -> "Listing":
        """Read what `public` writes, so without names; raises Invalid("json_wrong_shape") for anything else."""
        return cls._read(members(value, "listing", "type", "reason", "origin"))

    @classmethod
    def _read(cls, given: Mapping[str, JSON]) -> "Listing":
        found = cls(
            any_text(given["reason"], "listing.reason"),
            any_texts(given.get("enterprises", []), "listing.enterprises"),
            None if given["origin"] is None else Origin.from_json(given["origin"]),
        )
        if given["type"] != found.type:
            raise wrong_shape("listing.type", found.type)
        return found


def listed_row(identifier: str, position: int) -> dict[str, JSON]:
    """Return the row that has a position of a list visited, which no ticket gave."""
    return {"campaign": identifier, "position": position, "stratum": LISTED, "rank": position, "uniform": 0}


class GivenList(NamedTuple):
    """A list as it was handed in: the codes in its file, in their order, and the file's SHA-256 in hex."""

    codes: tuple[str, ...]
    sha256: str


def read_list(name: str, stream: BinaryIO, today: date) -> GivenList:
    """Return the list in a file.

    It has a column 统一社会信用代码 and may have 企业名称. Raises Invalid("list_row_unusable") at the first bad row,
    and for a fault of the file as a whole.
    """
    content = stream.read()
    stream.seek(0)
    codes = []
    for row in FILE.read(name, stream, today):
        if isinstance(row, RefusedRow):
            fault = row.faults[0]
            raise Invalid("list_row_unusable", line=fault.line, column=fault.column or "—", value=fault.value)
        codes.append(str(row.values["enterprise"]))
    return GivenList(tuple(codes), hashlib.sha256(content).hexdigest())
