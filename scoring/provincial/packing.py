"""The files of an export, of what is in memory: tables, and the dictionary that says what they are. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import orjson

from ledger.canonical import JSON
from scoring.evaluation.visits import Sample
from scoring.provincial import counting
from scoring.provincial.anonymity import coarsened
from scoring.provincial.dictionary import (
    ENTERPRISES,
    FORMAT,
    STATISTICS,
    VISITS,
    columns_of,
    readable,
    table_words,
)
from scoring.provincial.pseudonyms import Pseudonyms
from scoring.provincial.rows import Present, State, Today, enterprise_rows, visit_rows
from scoring.provincial.writing import Cell, Table, delimited, ordered, parquet
from scoring.scorecard import Model

NOTICE: Final = "含入样概率和指标值，与等级同等保密；仅供省级建立模型使用，不得用于还原企业身份或评价企业信用。"
NOTICE_EN: Final = (
    "It has inclusion probabilities and indicators and is as secret as a grade: for building the province's model "
    "alone, never for finding out who an enterprise is, nor for an evaluation of its credit."
)


@dataclass(frozen=True)
class ExportedFile:
    """A file of an export; `rows` are those of its table, 0 of a dictionary."""

    name: str
    content: bytes
    rows: int

    @property
    def sha256(self) -> str:
        """The SHA-256 of its content in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Contents:
    """What an export is made of: the visits of a span, the states strictly before each, and today's enterprises.

    `present` is None where only their counts are told.
    """

    model: Model
    since: date
    until: date
    sample: Sample
    before: Sequence[State]
    as_of: date
    today: Today
    present: Sequence[Present] | None


def packed(contents: Contents, pseudonyms: Pseudonyms) -> list[ExportedFile]:
    """Return all files: of each table Parquet and CSV, then the dictionary for machines and for people."""
    visits = visit_rows(pseudonyms, contents.sample, contents.before)
    anonymity = coarsened(visits)
    counted = counting.statistics(
        contents.model,
        contents.today.by_bin,
        contents.sample,
        [state.values for state in contents.before],
    )
    rows: dict[str, Sequence[Mapping[str, Cell]]] = {VISITS: visits, STATISTICS: list(counted)}
    if contents.present is not None:
        rows[ENTERPRISES] = enterprise_rows(pseudonyms, contents.present)
    tables = [ordered(name, columns_of(name, contents.model), rows[name]) for name in rows]
    files = [
        ExportedFile(f"{table.name}.{ending}", write(table), len(table.rows))
        for table in tables
        for ending, write in (("parquet", parquet), ("csv", delimited))
    ]
    described: dict[str, JSON] = {
        **_head(contents),
        "anonymity": anonymity.document(),
        "tables": {table.name: _described(table) for table in tables},
        "files": [{"name": each.name, "sha256": each.sha256, "rows": each.rows} for each in files],
    }
    machine = orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    people = _people(contents, tables)
    return [*files, ExportedFile("dictionary.json", machine, 0), ExportedFile("dictionary.md", people, 0)]


def _head(contents: Contents) -> dict[str, JSON]:
    model = contents.model
    return {
        "format": FORMAT,
        "notice": NOTICE,
        "notice_en": NOTICE_EN,
        "model": {"name": model.name, "version": model.version, "sha256": model.digest()},
        "since": contents.since.isoformat(),
        "until": contents.until.isoformat(),
        "as_of": contents.as_of.isoformat(),
        "left_out": dict(contents.sample.left_out),
        "withheld_below": counting.FEWEST,
    }


def _described(table: Table) -> JSON:
    return {
        **vars(table_words(table.name)),
        "rows": len(table.rows),
        "columns": [column.document() for column in table.columns],
    }


def _people(contents: Contents, tables: Iterable[Table]) -> bytes:
    model = contents.model
    head = f"""# 上报数据字典 Data dictionary

{NOTICE}
{NOTICE_EN}

模型 Model: {" ".join(f"{model.name} {model.version}".split())}，SHA-256 `{model.digest()}`
检查日期 Visits: {contents.since} – {contents.until}；指标日期 Indicators as of: {contents.as_of}

"""
    return (head + readable({table.name: table.columns for table in tables})).encode()
