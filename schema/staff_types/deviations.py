"""What an auditor is told of campaigns that did not go the plain way (偏离情况)."""

from enum import Enum
from typing import Annotated

import strawberry

from sampling import reporting
from sampling.reporting import DeviationKind
from schema.connections import Keyset
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.public_types.ledger import Entry
from schema.scalars import USCC


@strawberry.type(description="Something in a campaign that was not the plain way from freeze to close (偏离情况).")
class Deviation(Node):
    """A deviation."""

    campaign: str = strawberry.field(description="The campaign's code (任务编号).")
    kind: DeviationKind = strawberry.field(description="What it is (类别).")
    entry: Entry = strawberry.field(description="The entry that tells it (日志条目).")
    reason: str = strawberry.field(description="The reason in the words of who gave it; empty for none (理由).")
    positions: list[int] = strawberry.field(description="The positions that it is about (签位).")
    enterprise_codes: list[USCC] = strawberry.field(
        description="Whose they are, in the same order; none once it has expired (企业)."
    )

    @classmethod
    def of(cls, found: reporting.Deviation) -> "Deviation":
        """Make the answer of a deviation."""
        return cls(
            key=DEVIATIONS.key(found),
            campaign=found.campaign,
            kind=found.kind,
            entry=Entry.of(found.entry),
            reason=found.reason,
            positions=list(found.positions),
            enterprise_codes=[USCC(code) for code in found.enterprises],
        )


DEVIATIONS: Keyset[reporting.Deviation] = Keyset("deviations", (int, str, int), reporting.place_of)


@strawberry.enum(description="What deviations may go by (偏离情况排序字段).")
class DeviationOrderField(Enum):
    """The orders."""

    ENTRY = strawberry.enum_value("entry", description="The entry that tells them (日志条目).")


DEVIATIONS_BY = Orders({DeviationOrderField.ENTRY: DEVIATIONS})
DeviationsBy = Annotated[Order[DeviationOrderField] | None, order_of("as the ledger has them (排序).")]
