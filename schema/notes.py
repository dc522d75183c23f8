"""Remarks that stand beside an answer, in both languages, from `schema/notes.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import strawberry

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


@cache
def all_notes() -> Mapping[str, Mapping[str, str]]:
    """Each remark's texts, by code: `en` and `zh`."""
    return tomllib.loads((files("schema") / "notes.toml").read_text(encoding="utf-8"))
