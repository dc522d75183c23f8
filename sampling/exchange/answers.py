"""What is sent to a platform, and what its answers mean. Pure.

A delivery is a JSON object {reference, version, operation, kind, enterprise, fields}; the answer to it is one of
{reference, version, receipt}, and of a question about it {reference, version, state, reason}.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from ledger.canonical import JSON, canonical
from ledger.deliveries import Delivery, Operation, Outcome, State
from ledger.errors import Conflict

KEY_TAG: Final = b"qian/delivery/v1"
LONGEST_REASON: Final = 500
LONGEST_KEPT: Final = 200
REFUSALS: Final = frozenset({400, 410, 413, 415, 422})
"""Answers that say no to what was sent, and will say it again."""


def idempotency_key(origin: str, delivery: Delivery, content: JSON) -> str:
    """Return the key of a delivery in hex: the same for the same content, also from a bureau that was restored."""
    told: list[JSON] = [
        origin,
        delivery.channel,
        delivery.reference,
        delivery.version,
        delivery.operation.value,
        content,
    ]
    return hashlib.sha256(KEY_TAG + canonical(told)).hexdigest()


def message(delivery: Delivery, fields: Mapping[str, str]) -> dict[str, JSON]:
    """Return what is sent of a delivery; of a withdrawal `fields` is empty."""
    return {
        "reference": delivery.reference,
        "version": delivery.version,
        "operation": delivery.operation.value,
        "kind": delivery.topic,
        "enterprise": delivery.lane,
        "fields": dict(fields),
    }


def answered(
    delivery: Delivery, status: int, answer: Any, retry_after: str = "", check: timedelta | None = None
) -> Outcome:
    """Return what an answer to a delivery means; `answer` is its JSON, None where it has none.

    Only an acknowledgement that names what was sent counts as one; a redirection is not followed.
    """
    if 200 <= status < 300:
        unlike = _unlike(delivery, answer)
        if unlike is not None:
            return Outcome(State.FAILED, refusal=unlike)
        receipt = answer.get("receipt")
        if not isinstance(receipt, str) or not receipt.strip():
            return Outcome(State.FAILED, refusal=Conflict("delivery_without_receipt"))
        return Outcome(State.DELIVERED, receipt=_plain(receipt, LONGEST_KEPT), check=check)
    if 300 <= status < 400:
        return Outcome(State.FAILED, refusal=Conflict("delivery_redirected", status=status))
    if delivery.operation is Operation.WITHDRAW and status in (404, 410):
        return Outcome(State.DELIVERED, receipt=f"HTTP {status}")  # what is not there needs no withdrawal
    if status in REFUSALS:
        reason = _reason(answer)
        refusal = Conflict("delivery_refused", status=status, reason=reason)
        return Outcome(State.REFUSED, f"HTTP {status} {reason}".strip(), refusal)
    pause = timedelta(seconds=int(retry_after)) if re.fullmatch("[0-9]{1,6}", retry_after) else None
    return Outcome(State.FAILED, refusal=Conflict("delivery_answered_badly", status=status), pause=pause)


def told_later(delivery: Delivery, status: int, answer: Any) -> Outcome:
    """Return what the answer to a question about a delivery means, which was accepted before."""
    if status != 200 or _unlike(delivery, answer) is not None:
        return Outcome(None)
    if answer.get("state") == "denied":
        reason = _reason(answer)
        return Outcome(State.REFUSED, f"denied {reason}".strip(), Conflict("delivery_denied", reason=reason))
    if answer.get("state") == "accepted":
        return Outcome(State.DELIVERED)
    return Outcome(None)


def _unlike(delivery: Delivery, answer: Any) -> Conflict | None:
    """Return what is wrong with an answer that is about something else than a delivery."""
    if not isinstance(answer, dict):
        return Conflict("delivery_answer_unreadable")
    told = (answer.get("reference"), answer.get("version"))
    return None if told == (delivery.reference, delivery.version) else Conflict("delivery_answer_of_another")


def _reason(answer: Any) -> str:
    reason = answer.get("reason") if isinstance(answer, dict) else None
    return _plain(reason, LONGEST_REASON) if isinstance(reason, str) else ""


def _plain(text: str, longest: int) -> str:
    """Return a text of strangers as one printable line."""
    return "".join(each if each.isprintable() else " " for each in text[:longest]).strip()
