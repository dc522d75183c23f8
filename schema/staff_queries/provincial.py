"""Queries about data that went to the province (省级建模)."""

from typing import Annotated

import strawberry

from schema.context import Info, act
from schema.decorators import field
from schema.staff_mutations.arguments import Purpose
from schema.staff_types.provincial import ResolvedPseudonym
from scoring.provincial.resolving import resolve

PseudonymList = Annotated[
    list[str], strawberry.argument(description="Pseudonyms as the exported data has them (假名).")
]


@strawberry.type
class ProvincialQueries:
    """Data that went to the province."""

    @field("Whom pseudonyms of exported data stand for, in their order; that you asked is recorded (假名还原).")
    async def resolved_pseudonyms(
        self, info: Info, pseudonyms: PseudonymList, purpose: Purpose
    ) -> list[ResolvedPseudonym] | None:
        """Resolve pseudonyms."""
        key = info.context.bureau.pseudonym_key
        found = await act(info, lambda tx, actor, now: resolve(tx, actor, now, pseudonyms, purpose, key))
        return [ResolvedPseudonym.of(each) for each in found]
