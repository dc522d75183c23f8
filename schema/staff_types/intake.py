"""What came in, what waits, and what the register lacks (归集对账与覆盖情况)."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from sampling.publishing import campaign_of
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.scalars import JSON, BigInt, FormerCode, Money
from schema.staff_types.files import FileKind
from schema.words import Language, say_of_many
from scoring import coverage, kept_apart, reconciliation
from scoring.coverage import Lack


@strawberry.type(description="How many rows were refused for one reason (退回原因).")
class RefusedRows:
    """A reason's count."""

    code: str = strawberry.field(description="The code of the row's first fault (首个错误代码).")
    message: str = strawberry.field(description="What it means, with … for what each row says (原因).")
    rows: BigInt = strawberry.field(description="How many rows (行数).")


@strawberry.type(description="What a source brought in a month (按来源和月份对账).")
class ReconciliationRow:
    """A source's month."""

    month: str = strawberry.field(description="The civil month, YYYY-MM (月份).")
    source: str = strawberry.field(description="The channel (渠道).")
    campaign_code: str | None = strawberry.field(
        description="The campaign whose published findings came by it; none of another channel (抽查任务)."
    )
    files: int = strawberry.field(description="Batches (批次数).")
    read: BigInt = strawberry.field(description="Rows read (读取行数).")
    new: BigInt = strawberry.field(description="Rows that are new (新增).")
    same: BigInt = strawberry.field(description="Rows that were held already (重复).")
    superseding: BigInt = strawberry.field(description="Rows that supersede what was held (更新).")
    revoking: BigInt = strawberry.field(description="Rows that revoke what was held (撤销).")
    kept_apart: BigInt = strawberry.field(
        description="Rows of enterprises that are not in the register; they count again once they go in (待登记)."
    )
    refused: BigInt = strawberry.field(description="Rows that were refused (退回).")
    refusals: list[RefusedRows] = strawberry.field(description="These by reason (退回原因).")

    @classmethod
    def of(cls, found: reconciliation.Reconciled, language: Language) -> "ReconciliationRow":
        """Make the answer of a source's month."""
        return cls(
            month=found.month,
            source=found.source,
            campaign_code=campaign_of(found.source),
            files=found.files,
            refusals=[
                RefusedRows(code=code, message=say_of_many(code, language), rows=BigInt(rows))
                for code, rows in sorted(found.refusals.items())
            ],
            **{name: BigInt(getattr(found, name)) for name in reconciliation.COUNTS},
        )


@strawberry.type(description="How many records of a source and kind wait for their enterprises (待登记统计).")
class WaitingCount:
    """A count of what waits."""

    source: str = strawberry.field(description="The channel (渠道).")
    kind: FileKind = strawberry.field(description="The kind (类别).")
    enterprises: int = strawberry.field(description="How many codes that the register does not know (企业数).")
    records: int = strawberry.field(description="How many records (记录数).")


@strawberry.type(description="A record that waits until its enterprise is registered (待登记记录).")
class KeptRecord(Node):
    """A record that is kept apart."""

    enterprise_code: FormerCode = strawberry.field(description="The code that the register does not know (未登记代码).")
    kind: FileKind = strawberry.field(description="Its kind (类别).")
    dated: date | None = strawberry.field(description="Its date (日期).")
    body: str = strawberry.field(description="The issuing body (机关).")
    number: str = strawberry.field(description="The document's number (文书号).")
    content: JSON = strawberry.field(
        description="What it says, by the fields of its kind; persons are pseudonyms (记录内容)."
    )
    fine: Money | None = strawberry.field(description="Of a penalty: the fine (罚款金额).")
    confiscated: Money | None = strawberry.field(description="Of a penalty: what was confiscated (没收金额).")
    source: str = strawberry.field(description="The channel that its file came by (渠道).")
    unit: str = strawberry.field(description="The unit that told it (数据来源单位).")

    @classmethod
    def of(cls, found: kept_apart.Kept) -> "KeptRecord":
        """Make the answer of a record."""
        return cls(
            key=KEPT.key(found),
            enterprise_code=FormerCode(found.enterprise),
            kind=FileKind(found.kind),
            dated=found.date,
            body=found.body,
            number=found.number,
            content=JSON(dict(found.content)),
            fine=found.content.get("fine"),
            confiscated=found.content.get("confiscated"),
            source=found.source,
            unit=found.unit,
        )


KEPT: Keyset[kept_apart.Kept] = Keyset("kept", (str, str, int), lambda found: found.place)


@strawberry.enum(description="What records that wait may go by (待登记记录排序字段).")
class KeptRecordOrderField(Enum):
    """The orders."""

    ENTERPRISE = strawberry.enum_value("enterprise", description="The code that they wait for (企业代码).")


KEPT_BY = Orders({KeptRecordOrderField.ENTERPRISE: KEPT})
KeptBy = Annotated[Order[KeptRecordOrderField] | None, order_of("by code (排序).")]


@strawberry.type(description="Of how many enterprises of a group there is a record of a kind (覆盖数).")
class CoverageCell:
    """A cell."""

    group: str = strawberry.field(description="The trade or the place (分组).")
    kind: FileKind = strawberry.field(description="The kind (类别).")
    covered: int = strawberry.field(description="Enterprises with such a record that holds (已覆盖企业数).")
    enterprises: int = strawberry.field(description="Enterprises that are not closed (在册企业数).")


@strawberry.type(description="How many enterprises of a group lack what they should have (缺项统计).")
class LackingCount:
    """What a group lacks."""

    group: str = strawberry.field(description="The trade or the place (分组).")
    what: Lack = strawberry.field(description="What they lack (缺项).")
    lacking: int = strawberry.field(description="How many lack it (缺项企业数).")
    enterprises: int = strawberry.field(description="Of how many that should have it (应有企业数).")


@strawberry.type(description="How far the records cover the register (覆盖情况).")
class Coverage:
    """The coverage."""

    since: date = strawberry.field(description="An inspection before this day is too old (检查起算日).")
    cells: list[CoverageCell] = strawberry.field(description="By group and kind (分组统计).")
    lacking: list[LackingCount] = strawberry.field(description="What is lacking, by group (缺失情况).")
    heat_map: str = strawberry.field(description="The cells as a picture, SVG (热力图).")

    @classmethod
    def of(cls, found: coverage.Coverage) -> "Coverage":
        """Make the answer of a coverage."""
        return cls(
            since=found.since,
            cells=[
                CoverageCell(
                    group=each.group, kind=FileKind(each.kind), covered=each.covered, enterprises=each.enterprises
                )
                for each in found.cells
            ],
            lacking=[LackingCount(**vars(each)) for each in found.lacking],
            heat_map=found.heat_map(),
        )
