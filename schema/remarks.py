"""Remarks on models."""

from collections.abc import Mapping

import strawberry

from ledger.canonical import JSON
from schema.context import Info
from schema.decorators import field
from schema.remark_words import say_remark
from scoring.remarks import Remark


@strawberry.type(description="A remark on a model (说明).")
class ModelRemark:
    """A remark in the caller's language."""

    code: str = strawberry.field(description="Which remark, the same in every language (代码).")
    place: str = strawberry.field(description="Which part of the model, such as indicators.penalties (位置).")
    parameters: strawberry.Private[Mapping[str, JSON]]

    @field("The remark, in the caller's language (内容).")
    def text(self, info: Info) -> str:
        """Put the remark into words."""
        return say_remark(Remark(self.code, self.place, self.parameters), info.context.language)
