"""Whom the pseudonyms of exported data stand for (假名还原)."""

import strawberry

from schema import enums  # noqa: F401  - names the enumerations
from scoring.provincial.pseudonyms import Named
from scoring.provincial.resolving import Resolved


@strawberry.type(description="Whom a pseudonym stands for (假名还原结果).")
class ResolvedPseudonym:
    """A pseudonym that was asked for."""

    pseudonym: str = strawberry.field(description="The pseudonym (假名).")
    kind: Named | None = strawberry.field(description="What it stands for; nothing: for nobody here (类别).")
    name: str | None = strawberry.field(description="The code of the enterprise, inspector or campaign (代码).")

    @classmethod
    def of(cls, found: Resolved) -> "ResolvedPseudonym":
        """Make the answer of a pseudonym."""
        return cls(pseudonym=found.pseudonym, kind=found.kind, name=found.name or None)
