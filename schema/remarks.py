"""Remarks on models in words, in both languages, from `schema/remarks.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import strawberry

from ledger.canonical import JSON
from schema.context import Info
from schema.decorators import field
from schema.words import Language
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


@cache
def all_remarks() -> Mapping[str, Mapping[str, str]]:
    """Each remark's texts, by code: `en` and `zh`."""
    return tomllib.loads((files("schema") / "remarks.toml").read_text(encoding="utf-8"))


def say_remark(remark: Remark, language: Language) -> str:
    """Put a remark into words; raises KeyError for one that has none."""
    return all_remarks()[remark.code][language].format_map({**remark.parameters, "place": remark.place})
