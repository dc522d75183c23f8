"""What an objection may claim of a published finding. Pure."""

import hashlib
import unicodedata
from enum import StrEnum

from ledger.canonical import canonical


class Claim(StrEnum):
    """What is said to be wrong."""

    WRONG_ENTERPRISE = "wrong_enterprise"
    WRONG_FACT = "wrong_fact"
    WRONG_RESULT = "wrong_result"
    ALREADY_CORRECTED = "already_corrected"


SAME_TAG = b"qian/objection/v1"


def same_objection(campaign: str, position: int, claim: Claim, text: str) -> str:
    """Return, in hex, what is the same for objections that say the same, however they are spaced and punctuated."""
    said = "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())
    return hashlib.sha256(SAME_TAG + canonical([campaign, position, claim.value, said])).hexdigest()
