"""What a team tells of a visit, and whether it can be so. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ledger.calendar import civil_date, instant_text, parse_instant
from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.fields import lines_up_to, text_up_to
from scoring.results import FollowUp, check_outcome, check_results, was_inspectable

LONGEST_FACTS = 4000
LONGEST_NAME = 200
LONGEST_REMARK = 1000
FURTHEST_CORRECTION = timedelta(days=366)
CLOCKS_DIFFER = timedelta(hours=1)
_HAND_IN = re.compile(r"[0-9A-Za-z-]{8,64}")


class Signed(StrEnum):
    """How the on-site record (现场检查笔录) was signed for the enterprise."""

    SIGNED = "signed"
    REFUSED = "refused"
    NOBODY_THERE = "nobody"


class Reply(StrEnum):
    """What a team answers to a check point."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


@dataclass(frozen=True)
class Signature:
    """Who signed the on-site record for the enterprise, or why nobody did."""

    how: Signed
    by: str = ""
    reason: str = ""

    def checked(self) -> "Signature":
        """Return it; raises Invalid: signature_without_name, unsigned_without_reason, and what is wrong with a text."""
        if self.how is Signed.SIGNED:
            if not self.by.strip() or self.reason:
                raise Invalid("signature_without_name", field="signature")
        elif not self.reason.strip() or self.by:
            raise Invalid("unsigned_without_reason", field="signature")
        text_up_to(LONGEST_NAME)(self.by)
        text_up_to(LONGEST_REMARK)(self.reason)
        return self

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept."""
        return {"how": self.how.value, "by": self.by, "reason": self.reason}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Signature":
        """Read what `to_json` writes."""
        return cls(Signed(value["how"]), value["by"], value["reason"])


@dataclass(frozen=True)
class Answer:
    """What a team answers to a point of an item's checklist, which is named by its text."""

    item: str
    point: str
    reply: Reply
    remark: str = ""

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept."""
        return {"item": self.item, "point": self.point, "reply": self.reply.value, "remark": self.remark}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Answer":
        """Read what `to_json` writes."""
        return cls(value["item"], value["point"], Reply(value["reply"]), value["remark"])


@dataclass(frozen=True)
class HandIn:
    """What a client says of an account that it hands in later: its own id and time, and the version that it saw.

    `based_on` is 0 where the client saw no finding.
    """

    id: str
    at: datetime
    based_on: int

    def check(self, now: datetime) -> None:
        """Raise Invalid: hand_in_id_unusable, hand_in_in_future, hand_in_version."""
        if not _HAND_IN.fullmatch(self.id):
            raise Invalid("hand_in_id_unusable", field="id")
        if self.at > now + CLOCKS_DIFFER:
            raise Invalid("hand_in_in_future", field="at", at=instant_text(self.at))
        if self.based_on < 0:
            raise Invalid("hand_in_version", field="based_on", based_on=self.based_on)


@dataclass(frozen=True)
class Account:
    """What a team tells of one visit; the checklist's answers by item and point.

    `correct_by` is the day by which is to be corrected what was found.
    """

    visited: date
    results: tuple[str, ...]
    follow_up: str
    facts: str
    signature: Signature | None
    measures: str = ""
    correct_by: date | None = None
    answers: tuple[Answer, ...] = ()

    def checked(self, since: date, until: date, points: Mapping[str, Sequence[str]]) -> "Account":
        """Return it in the one form in which it is kept.

        The visit is not before `since`, when it was known whom to visit, nor after `until`, when this was entered;
        `points` are the check points by item. Raises Invalid: visit_in_future, visit_before_draw, follow_up_unknown,
        facts_too_long, correction_without_day, correction_day_idle, correction_day_unusable, signature_missing,
        check_point_unknown, check_point_twice, check_points_unanswered, what `check_results`, `check_outcome` and
        `Signature.checked` raise, and what is wrong with a text.
        """
        if self.visited > until:
            raise Invalid("visit_in_future", field="visited", visited=self.visited)
        if self.visited < since:
            raise Invalid("visit_before_draw", field="visited", visited=self.visited, drawn=since)
        if self.follow_up not in list(FollowUp):
            raise Invalid("follow_up_unknown", field="follow_up", value=self.follow_up, known=list(FollowUp))
        if max(len(self.facts), len(self.measures)) > LONGEST_FACTS:
            raise Invalid("facts_too_long", field="facts", longest=LONGEST_FACTS)
        results = tuple(result.value for result in check_results(self.results))
        check_outcome(results, self.follow_up)
        self._check_correction()
        if self.signature is None:
            raise Invalid("signature_missing", field="signature")
        prose = lines_up_to(LONGEST_FACTS)
        return replace(
            self,
            results=results,
            facts=str(prose(self.facts)),
            measures=str(prose(self.measures)),
            signature=self.signature.checked(),
            answers=_in_order(self.answers, points, needed=was_inspectable(results)),
        )

    def _check_correction(self) -> None:
        ordered = self.follow_up == FollowUp.CORRECTION
        if ordered and self.correct_by is None:
            raise Invalid("correction_without_day", field="correct_by")
        if not ordered and self.correct_by is not None:
            raise Invalid("correction_day_idle", field="correct_by")
        if self.correct_by and not self.visited <= self.correct_by <= self.visited + FURTHEST_CORRECTION:
            raise Invalid("correction_day_unusable", field="correct_by", day=self.correct_by, visited=self.visited)

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept of what is handed in later."""
        return {
            "visited": self.visited.isoformat(),
            "results": list(self.results),
            "follow_up": self.follow_up,
            "facts": self.facts,
            "signature": None if self.signature is None else self.signature.to_json(),
            "measures": self.measures,
            "correct_by": None if self.correct_by is None else self.correct_by.isoformat(),
            "answers": [each.to_json() for each in self.answers],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Account":
        """Read what `to_json` writes."""
        return cls(
            visited=date.fromisoformat(value["visited"]),
            results=tuple(value["results"]),
            follow_up=value["follow_up"],
            facts=value["facts"],
            signature=None if value["signature"] is None else Signature.from_json(value["signature"]),
            measures=value["measures"],
            correct_by=None if value["correct_by"] is None else date.fromisoformat(value["correct_by"]),
            answers=tuple(map(Answer.from_json, value["answers"])),
        )


def entered_on(now: datetime, hand_in: HandIn | None) -> date:
    """Return the civil day on which an account was entered: the client's own where it was handed in later."""
    return civil_date(min(now, hand_in.at) if hand_in else now)


def hand_in_of(identifier: str, entered_at: str, based_on: int) -> HandIn:
    """Return what a client says of its account, with its instant as text; raises Invalid("hand_in_time")."""
    try:
        return HandIn(identifier, parse_instant(entered_at), based_on)
    except ValueError:
        raise Invalid("hand_in_time", field="at", at=entered_at) from None


def _in_order(answers: Sequence[Answer], points: Mapping[str, Sequence[str]], needed: bool) -> tuple[Answer, ...]:
    """Return answers in the order of their points; all must be there where they are needed, or any of them is given."""
    order = [(item, point) for item, those in points.items() for point in those]
    given: dict[tuple[str, str], Answer] = {}
    for each in answers:
        key = (each.item, each.point)
        if key not in order:
            raise Invalid("check_point_unknown", field="answers", item=each.item, point=each.point)
        if key in given:
            raise Invalid("check_point_twice", field="answers", item=each.item, point=each.point)
        given[key] = replace(each, remark=str(text_up_to(LONGEST_REMARK)(each.remark)))
    missing = [key for key in order if key not in given]
    if missing and (needed or given):
        raise Invalid("check_points_unanswered", field="answers", count=len(missing), first=missing[0][1])
    return tuple(given[key] for key in order if key in given)
