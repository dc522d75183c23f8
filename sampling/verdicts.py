"""An auditor's verdict on a draw: a signed note (c2sp.org/signed-note) that stands alone as a file. Pure.

Its text, each line ended by a line feed:

    qian/verdict/v1
    <origin of the log>
    campaign <id>
    tree <size> <base64 of the root>        the log that was verified
    frozen <hex leaf hash of campaign.frozen>
    drawn <hex leaf hash of campaign.drawn>
    verdict verified | refused
    reason <text>                           where it is refused: 1 to 10 of these lines
    date <the auditor's civil date>

The key's name says whose verdict it is. A verdict becomes an entry of the public log: its reasons name no enterprise
and tell no grade.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.calendar import parse_date
from ledger.merkle import HASH_BYTES
from ledger.note import (
    ED25519,
    LARGEST_SIZE,
    NoteError,
    Signer,
    Verifier,
    decode_base64,
    encode_base64,
    open_note,
    sign_note,
)
from scoring.codes import is_uscc

HEADER = "qian/verdict/v1"
MOST_REASONS = 10
LONGEST_REASON = 500
VERIFIED, REFUSED = "verified", "refused"
_FORM = re.compile(
    rf"{HEADER}\n(?P<origin>[^\n]+)\ncampaign (?P<campaign>[0-9]{{4}}-[0-9]{{4,}})\n"
    r"tree (?P<size>[1-9][0-9]{0,18}) (?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"frozen (?P<frozen>[0-9a-f]{64})\ndrawn (?P<drawn>[0-9a-f]{64})\nverdict (?P<verdict>verified|refused)\n"
    r"(?P<reasons>(?:reason [^\n]+\n)*)date (?P<date>[0-9-]{10})\n"
)


class VerdictError(ValueError):
    """A text that is no verdict, or a verdict that nobody who is trusted signed."""


@dataclass(frozen=True)
class Verdict:
    """What an auditor says of one draw, having verified the log up to a tree of `size` entries; raises VerdictError.

    `frozen` and `drawn` are the leaf hashes of the campaign's entries, 32 bytes each, as is the root.
    """

    origin: str
    campaign: str
    size: int
    root: bytes
    frozen: bytes
    drawn: bytes
    reasons: tuple[str, ...]
    date: date

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_SIZE or any(
            len(each) != HASH_BYTES for each in (self.root, self.frozen, self.drawn)
        ):
            raise VerdictError("a verdict names a tree and two entries")
        if len(self.reasons) > MOST_REASONS or not all(map(_is_reason, self.reasons)):
            raise VerdictError(f"a verdict has up to {MOST_REASONS} reasons of 1 to {LONGEST_REASON} characters a line")
        if any(map(_names_enterprise, self.reasons)):
            raise VerdictError("a reason is public for ever: it names no enterprise")

    @property
    def verified(self) -> bool:
        """Whether the draw is what the log says; a verdict that refuses it says why."""
        return not self.reasons

    def text(self) -> str:
        """Return the text that is signed."""
        return (
            f"{HEADER}\n{self.origin}\ncampaign {self.campaign}\ntree {self.size} {encode_base64(self.root)}\n"
            f"frozen {self.frozen.hex()}\ndrawn {self.drawn.hex()}\nverdict {VERIFIED if self.verified else REFUSED}\n"
            + "".join(f"reason {reason}\n" for reason in self.reasons)
            + f"date {self.date.isoformat()}\n"
        )


@dataclass(frozen=True)
class SignedVerdict:
    """A verdict with the key that signed it; `note` holds that one signature alone."""

    verdict: Verdict
    auditor: Verifier
    note: str


def parse_verdict(text: str) -> Verdict:
    """Return the verdict of a text; raises VerdictError for every text that `Verdict.text` does not write."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise VerdictError("not a verdict")
    reasons = tuple(line.removeprefix("reason ") for line in found["reasons"].split("\n")[:-1])
    try:
        verdict = Verdict(
            found["origin"],
            found["campaign"],
            int(found["size"]),
            decode_base64(found["root"]),
            bytes.fromhex(found["frozen"]),
            bytes.fromhex(found["drawn"]),
            reasons,
            parse_date(found["date"]),
        )
    except NoteError as error:
        raise VerdictError(str(error)) from None
    except ValueError:
        raise VerdictError("a verdict has its date") from None
    if verdict.text() != text:
        raise VerdictError("a verdict has reasons where it refuses, and only there")
    return verdict


def sign_verdict(verdict: Verdict, signer: Signer) -> str:
    """Return the signed note of a verdict; raises NoteError where it cannot be one."""
    parse_verdict(verdict.text())
    return sign_note(verdict.text(), [signer])


def open_verdict(note: str, auditors: Iterable[Verifier]) -> SignedVerdict:
    """Return the verdict of a note that one of these keys signed; raises VerdictError."""
    try:
        opened = open_note(note, auditors)
        signature = opened.signatures[0]
        if signature.verifier.key_type != ED25519:
            raise VerdictError("an auditor signs with an Ed25519 key (type 01)")
    except NoteError as error:
        raise VerdictError(str(error)) from None
    return SignedVerdict(parse_verdict(opened.text), signature.verifier, f"{opened.text}\n{signature.line}\n")


def newest_of_each(verdicts: Sequence[SignedVerdict]) -> list[SignedVerdict]:
    """Return each auditor's last verdict, which stands for the earlier ones, in the order in which they are given."""
    last = {signed.auditor: place for place, signed in enumerate(verdicts)}
    return [verdicts[place] for place in sorted(last.values())]


def _names_enterprise(reason: str) -> bool:
    return any(is_uscc(reason[start : start + 18]) for start in range(len(reason) - 17))


def _is_reason(reason: str) -> bool:
    return 0 < len(reason) <= LONGEST_REASON and reason == reason.strip() and reason.isprintable()
