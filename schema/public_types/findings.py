"""Published findings (检查结果), each with the opening of its slot."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from sampling import disclosures
from sampling.disclosures import Disclosure, OpenedSlot
from sampling.public_filters import ANY_FINDING, FindingFilter, FindingOrder
from sampling.publication.publications import Ended
from sampling.published_figures import Figure, Figures
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Connection, Keyset, Paging, page
from schema.filtering import WORDS, chosen, filter_of
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.scalars import USCC, Digest
from scoring.results import FollowUp, Result


@strawberry.type(name="Result", description="What was found, with its official text (检查结果).")
class ResultAnswer:
    """A result."""

    code: Result = strawberry.field(description="The result code (检查结果代码).")
    text: str = strawberry.field(description="The official text of the code (标准表述).")

    @classmethod
    def of(cls, identifier: str) -> "ResultAnswer":
        """Make the answer of a result's identifier."""
        return cls(code=Result(identifier), text=Result(identifier).text)


@strawberry.type(name="FollowUp", description="What follows a visit, with its official text (后续处理).")
class FollowUpAnswer:
    """A follow-up."""

    code: FollowUp = strawberry.field(description="The follow-up code (后续处理代码).")
    text: str = strawberry.field(description="The official text of the code (标准表述).")

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
    root: Digest = strawberry.field(description="The root over all slots, as in the frozen entry (名单根哈希).")
    slot: Digest = strawberry.field(description="The slot (签位).")
    salt: Digest = strawberry.field(description="The salt that opens the commitment to the code (盐).")
    sealed: list[Digest] = strawberry.field(
        description="The slot's two other commitments, which stay closed (封存的承诺)."
    )
    proof: list[Digest] = strawberry.field(description="The hashes from the slot to the root (证明路径).")

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


@strawberry.type(
    description="The earlier inspection by another department that a finding repeats: nobody went there again (互认)."
)
class RecognisedInspection:
    """An earlier inspection."""

    body_name: str = strawberry.field(description="The department that inspected (检查机关).")
    inspected_on: date = strawberry.field(description="When it did (检查日期).")


@strawberry.type(description="A published finding of one visit (已公示的检查结果).")
class Finding(Node):
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
    visited_on: date = strawberry.field(
        description="The date of the visit, or of the decision that an earlier inspection stands for it (检查日期)."
    )
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")
    published_at: datetime = strawberry.field(description="When it was published (公示时间).")
    version: int = strawberry.field(
        description="Which version this is, from 1: a later one was corrected, and there was another before (版本)."
    )
    corrected_at: datetime | None = strawberry.field(description="When it was last corrected (更正时间).")
    recognised: RecognisedInspection | None = strawberry.field(
        description="The earlier inspection that stands for a visit; none: the enterprise was visited (互认)."
    )
    opening: SlotOpening = strawberry.field(description="The proof that the enterprise was in the frame (签位公开).")

    @classmethod
    def of(cls, found: Disclosure) -> "Finding":
        """Make the answer of a disclosure."""
        return cls(
            key=FINDINGS.key(found),
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
            version=found.version,
            corrected_at=found.corrected_at,
            recognised=None
            if found.recognised is None
            else RecognisedInspection(body_name=found.recognised.body, inspected_on=found.recognised.inspected),
            opening=SlotOpening.of(found.opening),
        )


@strawberry.type(
    name="EndedFinding",
    description="A published finding that is shown no more: whoever mirrors findings drops this number (已停止公示).",
)
class EndedFindingAnswer(Node):
    """The end of a finding's display."""

    number: int = strawberry.field(description="Its number in the order of publication (公示序号).")
    ended_at: datetime = strawberry.field(description="Since when it is shown no more (停止公示时间).")

    @classmethod
    def of(cls, found: Ended) -> "EndedFindingAnswer":
        """Make the answer of an end."""
        return cls(key=ENDED.key(found), number=found.number, ended_at=found.ended_at)


@strawberry.input(name="FindingFilter", description="Which published findings; all that is given must hold (筛选).")
class FindingFilterInput:
    """A filter."""

    text: str | None = strawberry.field(
        default=None, description=f"Words of the enterprise's name as it is shown, {WORDS} (企业名称)."
    )
    enterprise_code: USCC | None = strawberry.field(default=None, description="The enterprise (统一社会信用代码).")
    campaign_code: str | None = strawberry.field(default=None, description="The campaign (抽查任务编号).")
    department_code: str | None = strawberry.field(
        default=None, description="The department that inspected, the lead of the campaign (部门代码)."
    )
    results: list[Result] | None = strawberry.field(default=None, description="Any of these was found (检查结果).")
    visited_since: date | None = strawberry.field(default=None, description="Not visited before this day (检查日期起).")
    visited_until: date | None = strawberry.field(default=None, description="Not visited after this day (检查日期止).")

    def chosen(self) -> FindingFilter:
        """Return what the use case takes."""
        return FindingFilter(
            self.text or "",
            self.enterprise_code or "",
            self.campaign_code or "",
            self.department_code or "",
            tuple(sorted({str(each.value) for each in self.results or ()})),
            self.visited_since,
            self.visited_until,
        )


@strawberry.input(name="EndedFindingFilter", description="Which ends; all that is given must hold (筛选).")
class EndedFindingFilterInput:
    """A filter of findings that are shown no more."""

    ended_since: date | None = strawberry.field(default=None, description="Not ended before this day (停止公示日期起).")
    ended_until: date | None = strawberry.field(default=None, description="Not ended after this day (停止公示日期止).")

    def wanted(self) -> tuple[date | None, date | None]:
        """Return what the use case takes."""
        return self.ended_since, self.ended_until


WhichFindings = Annotated[FindingFilterInput | None, filter_of("Which findings; none: all of them (筛选).")]
WhichEnded = Annotated[EndedFindingFilterInput | None, filter_of("Which ends; none: all of them (筛选).")]
FindingsBy = Annotated[Order[FindingOrder] | None, order_of("the last published first (排序).")]

FINDINGS: Keyset[Disclosure] = Keyset("findings", (int,), lambda each: (each.number,), descending=True)
FINDINGS_BY = Orders(
    {
        FindingOrder.PUBLISHED: FINDINGS,
        FindingOrder.VISITED: Keyset[Disclosure](
            "findings by visit", (date, int), lambda each: (each.visited, each.number), descending=True
        ),
        FindingOrder.ENTERPRISE: Keyset[Disclosure](
            "findings by enterprise", (str, int), lambda each: (each.enterprise, each.number)
        ),
    }
)


async def finding_page(
    paging: Paging, where: FindingFilterInput | None, order: Order[FindingOrder] | None
) -> Connection[Finding]:
    """Return a page of published findings."""
    wanted, by = chosen(where, ANY_FINDING), FINDINGS_BY.field(order)
    return await page(
        FINDINGS_BY.keyset(order),
        paging,
        lambda tx, window: disclosures.findings(tx, window, wanted, by),
        Finding.of,
        count=lambda tx: disclosures.count_findings(tx, wanted),
        filters=wanted,
    )


ENDED: Keyset[Ended] = Keyset("ended findings", (int,), lambda each: (each.end_number,))


@strawberry.enum(description="What ends may go by (停止公示排序字段).")
class EndedFindingOrderField(Enum):
    """The orders."""

    ENDED = strawberry.enum_value("ended", description="When they ended (停止公示时间).")


ENDED_BY = Orders({EndedFindingOrderField.ENDED: ENDED})
EndedBy = Annotated[Order[EndedFindingOrderField] | None, order_of("the first first (排序).")]


def _digest(text: str) -> Digest:
    return Digest(bytes.fromhex(text))


@strawberry.type(
    name="FindingCount", description="How many findings are of one month, place, matter or result (分项统计)."
)
class FindingCount:
    """A figure."""

    name: str = strawberry.field(
        description="Of what: a month, YYYY-MM, the code of an administrative division, an item's name, or a result "
        "code (统计项)."
    )
    findings: int = strawberry.field(description="How many findings (结果数).")
    problems: int = strawberry.field(description="In how many of them a problem was found (发现问题数).")

    @classmethod
    def all_of(cls, figures: Sequence[Figure]) -> "list[FindingCount]":
        """Make the answers of figures."""
        return [cls(name=each.name, findings=each.findings, problems=each.problems) for each in figures]


@strawberry.type(
    description="Published findings in figures; one of several items or results counts for each of them (公示统计)."
)
class PublishedFigures:
    """The figures of published findings."""

    findings: int = strawberry.field(description="How many findings (结果数).")
    problems: int = strawberry.field(description="In how many of them a problem was found (发现问题数).")
    by_month: list[FindingCount] = strawberry.field(description="By the month of the visit, ascending (按月份).")
    by_place: list[FindingCount] = strawberry.field(
        description="By the administrative division whose body registered the enterprise, GB/T 2260, which its code "
        "tells; the most frequent first (按登记机关行政区划)."
    )
    by_item: list[FindingCount] = strawberry.field(
        description="By what was inspected, the most frequent first (按抽查事项)."
    )
    by_result: list[FindingCount] = strawberry.field(
        description="By what was found, the most frequent first (按检查结果)."
    )

    @classmethod
    def of(cls, figures: Figures) -> "PublishedFigures":
        """Make the answer of figures."""
        results = [Figure(Result(each.name).name, each.findings, each.problems) for each in figures.results]
        return cls(
            findings=figures.findings,
            problems=figures.problems,
            by_month=FindingCount.all_of(figures.months),
            by_place=FindingCount.all_of(figures.places),
            by_item=FindingCount.all_of(figures.matters),
            by_result=FindingCount.all_of(results),
        )
