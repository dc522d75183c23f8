"""Remarks that stand beside an answer."""

import strawberry

from schema.remark_words import all_notes
from schema.words import Language


@strawberry.type(description="A remark beside an answer (说明).")
class Note:
    """A remark in the caller's language."""

    code: str = strawberry.field(description="Which remark, the same in every language (代码).")
    text: str = strawberry.field(description="The remark, in the caller's language (内容).")

    @classmethod
    def of(cls, code: str, language: Language) -> "Note":
        """Say a remark; raises KeyError for one that has no words."""
        return cls(code=code, text=all_notes()[code][language])
