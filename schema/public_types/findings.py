"""Published findings (检查结果), each with the opening of its slot."""

from datetime import date, datetime

import strawberry

from sampling import disclosures
from sampling.disclosures import Disclosure, OpenedSlot
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.scalars import USCC, Digest
from scoring.results import FollowUp, Result


@strawberry.type(name="Result", description="What was found, with its official text (检查结果).")
class ResultAnswer:
    """A result."""

    code: Result = strawberry.field(description="The result code.")
    text: str = strawberry.field(description="The official text of the code.")

    @classmethod
    def of(cls, identifier: str) -> "ResultAnswer":
        """Make the answer of a result's identifier."""
        return cls(code=Result(identifier), text=Result(identifier).text)


@strawberry.type(name="FollowUp", description="What follows a visit, with its official text (后续处理).")
class FollowUpAnswer:
    """A follow-up."""

    code: FollowUp = strawberry.field(description="The follow-up code.")
    text: str = strawberry.field(description="The official text of the code.")

    @classmethod
    def of(cls, identifier: str) -> "FollowUpAnswer":
        """Make the answer of a follow-up's identifier."""
        return cls(code=FollowUp(identifier), text=FollowUp(identifier).text)


@strawberry.type(
    description="What proves that an enterprise's code was fixed in the frozen frame before the draw (签位公开). "
    "SHA-256(qian/id/v1 ‖ salt ‖ code) is a commitment, SHA-256(qian/slot/v1 ‖ that ‖ the two sealed ones) the slot; "
    "slot and proof give the root, which the frozen entry holds (RFC 9162)."
)
class SlotOpening:
    """The opening of a slot."""

    position: int = strawberry.field(description="The slot's place in the frame, from 0 (位置).")
    size: int = strawberry.field(description="How many slots the frame has (名单总数).")
    root: Digest = strawberry.field(description="The root over all slots, as in the frozen entry.")
    slot: Digest = strawberry.field(description="The slot.")
    salt: Digest = strawberry.field(description="The salt that opens the commitment to the code.")
    sealed: list[Digest] = strawberry.field(description="The slot's two other commitments, which stay closed.")
    proof: list[Digest] = strawberry.field(description="The hashes from the slot to the root.")

    @classmethod
    def of(cls, opening: OpenedSlot) -> "SlotOpening":
        """Make the answer of an opened slot."""
        return cls(
            position=opening.position,
            size=opening.size,
            root=_digest(opening.root),
            slot=_digest(opening.slot),
            salt=_digest(opening.salt),
            sealed=[_digest(each) for each in opening.sealed],
            proof=[_digest(each) for each in opening.proof],
        )


@strawberry.type(description="A published finding of one visit (已公示的检查结果).")
class Finding:
    """A published finding."""

    number: int = strawberry.field(description="Its number in the order of publication, from 1 (公示序号).")
    campaign_code: str = strawberry.field(description="The code of its campaign (抽查任务编号).")
    position: int = strawberry.field(description="The drawn position that it opens (位置).")
    enterprise_code: USCC = strawberry.field(
        description="The enterprise's unified social credit code (统一社会信用代码)."
    )
    enterprise_name: str = strawberry.field(description="The enterprise's name when it was published (企业名称).")
    department_name: str = strawberry.field(description="The department that inspected (检查机关).")
    item_names: list[str] = strawberry.field(description="What was inspected (抽查事项).")
    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")
    published_at: datetime = strawberry.field(description="When it was published (公示时间).")
    opening: SlotOpening = strawberry.field(description="The proof that the enterprise was in the frame (签位公开).")

    @classmethod
    def of(cls, found: Disclosure) -> "Finding":
        """Make the answer of a disclosure."""
        return cls(
            number=found.number,
            campaign_code=found.campaign,
            position=found.position,
            enterprise_code=USCC(found.enterprise),
            enterprise_name=found.name,
            department_name=found.department,
            item_names=list(found.items),
            visited_on=found.visited,
            results=[ResultAnswer.of(each) for each in found.results],
            follow_up=FollowUpAnswer.of(found.follow_up),
            published_at=found.published_at,
            opening=SlotOpening.of(found.opening),
        )


FINDINGS: Keyset[disclosures.Disclosure] = Keyset("findings", (int,), lambda each: (each.number,))


def _digest(text: str) -> Digest:
    return Digest(bytes.fromhex(text))
