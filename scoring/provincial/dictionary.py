"""What the columns of the tables that go upward are: the data dictionary, for machines and for people. Pure.

The fixed columns stand in `dictionary.toml`; a model's indicators follow them, each as `value.<id>`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from ledger.canonical import JSON
from scoring.results import Result
from scoring.scorecard import Indicator, Model
from scoring.stages import Stage

FORMAT: Final = "qian-provincial-1"
VISITS, ENTERPRISES, STATISTICS = "visits", "enterprises", "statistics"
INTEGER, TEXT = "integer", "text"
VALUE: Final = "value."
"""What the name of an indicator's column begins with, so that no other column has it."""

CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "results": {result.value: result.text for result in Result},
    "stages": {stage.value: stage.text for stage in Stage},
    "flags": {"0": "否", "1": "是"},
}


@dataclass(frozen=True)
class Column:
    """A column of INTEGER (64 bits) or TEXT; `codes` has the words of its codes, `details` what else is so."""

    name: str
    type: str
    title: str
    title_en: str
    meaning: str
    meaning_en: str
    optional: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, JSON] = field(default_factory=dict)

    def document(self) -> dict[str, JSON]:
        """Return it as the dictionary for machines has it."""
        return {
            "name": self.name,
            "type": self.type,
            "optional": self.optional,
            "title": self.title,
            "title_en": self.title_en,
            "meaning": self.meaning,
            "meaning_en": self.meaning_en,
            "codes": dict(self.codes),
            **self.details,
        }


@dataclass(frozen=True)
class TableWords:
    """What a table is, in both languages."""

    title: str
    title_en: str
    meaning: str
    meaning_en: str


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("scoring.provincial").joinpath("dictionary.toml").read_text("utf-8"))


def table_words(name: str) -> TableWords:
    """Return what a table is."""
    return TableWords(**_words()["tables"][name])


def fixed_columns(table: str) -> list[Column]:
    """Return the columns of a table that do not follow from a model."""
    return [
        Column(
            **{key: value for key, value in told.items() if key != "values"}, codes=CODES.get(told.get("values"), {})
        )
        for told in _words()[table]
    ]


def columns_of(table: str, model: Model) -> list[Column]:
    """Return all columns of a table: of visits and enterprises, those of the model's indicators come last."""
    measured = [] if table == STATISTICS else [_of_indicator(each) for each in model.indicators]
    return [*fixed_columns(table), *measured]


def _of_indicator(indicator: Indicator) -> Column:
    measure = indicator.measure
    return Column(
        name=VALUE + indicator.id,
        type=INTEGER,
        title=indicator.title,
        title_en=indicator.id,
        meaning=f"指标值（{indicator.dimension.text}）；空值：无值。",
        meaning_en="What the indicator measured; none: no value.",
        optional=measure.may_lack_value,
        details={"measure": measure.document()},
    )


def readable(tables: Mapping[str, Sequence[Column]]) -> str:
    """Return the dictionary as Markdown: a table of columns for each table."""
    return "\n".join(_readable(name, columns) for name, columns in tables.items())


def _readable(name: str, columns: Sequence[Column]) -> str:
    words = table_words(name)
    lines = [
        f"## {words.title} `{name}`",
        "",
        f"{words.meaning}",
        f"{words.title_en}: {words.meaning_en}",
        "",
        "| 列 column | 类型 type | 名称 title | 含义 meaning |",
        "| --- | --- | --- | --- |",
    ]
    for column in columns:
        kind = column.type + ("?" if column.optional else "")
        codes = "；".join(f"`{code}` {text}" for code, text in column.codes.items())
        told = f"{column.meaning}{f'（{codes}）' if codes else ''}<br>{column.meaning_en}"
        cells = (f"`{column.name}`", kind, f"{column.title} {column.title_en}", told)
        lines.append(f"| {' | '.join(_cell(each) for each in cells)} |")
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
