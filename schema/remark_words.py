"""The words of remarks, in both languages: on models from `schema/remarks.toml`, beside answers from `notes.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from schema.words import Language
from scoring.remarks import Remark


@cache
def all_remarks() -> Mapping[str, Mapping[str, str]]:
    """Each remark's texts, by code: `en` and `zh`."""
    return _read("remarks.toml")


@cache
def all_notes() -> Mapping[str, Mapping[str, str]]:
    """The texts of each remark beside an answer, by code: `en` and `zh`."""
    return _read("notes.toml")


def say_remark(remark: Remark, language: Language) -> str:
    """Put a remark into words; raises KeyError for one that has none."""
    return all_remarks()[remark.code][language].format_map({**remark.parameters, "place": remark.place})


def _read(name: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("schema") / name).read_text(encoding="utf-8"))
