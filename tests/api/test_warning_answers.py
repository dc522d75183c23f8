"""Warnings as the command line shows them to people."""

import ast
import tomllib
from pathlib import Path

from rich.table import Column

from api.command_line.output import Output
from api.command_line.warning_answers import evidence_tables, subject_text

ROOT = Path(__file__).parents[2]
TABLES = {"charts", "series", "cusum", "ewma"}
SUBJECTS = {"enterprise", "measure", "dimension", "value", "matter", "sector"}
WEEKS = [{"week": f"2026-{month:02}-01", "count": month} for month in range(1, 13)] * 2
CHART = {"value_per_thousand": 6000, "limit_per_thousand": 5000, "since": "2026-09-28"}
SURGE = {
    "charts": {"cusum": {**CHART, "signals": 1, "false_alarms_per_million_weeks": 1074}},
    "series": WEEKS,
    "series_watched": 30,
    "since": "2026-09-28",
}


def first(column: Column) -> object:
    return next(iter(column.cells))


def test_a_surge_shows_its_charts_and_its_last_weeks() -> None:
    figures, charts, series = evidence_tables(Output("zh"), SURGE)
    assert [list(column.cells) for column in figures.columns] == [
        ["监测序列数", "起始周（周一）"],
        ["30", "2026-09-28"],
    ]
    told = [first(column) for column in charts.columns]
    assert told == ["累积和（CUSUM）", "2026-09-28", "6000", "5000", "是", "1074"]
    assert series.row_count == 20
    assert list(series.columns[0].cells)[-1] == "2026-12-01"


def test_it_says_in_words_whom_a_warning_is_about() -> None:
    cell = {"measure": "complaint", "dimension": "sector", "value": "供热"}
    assert subject_text(Output("zh"), cell, {}) == "投诉举报（行业：供热）"
    place = {"measure": "complaint", "dimension": "region", "value": "130304"}
    assert subject_text(Output("zh"), place, {"130304": "样例区"}) == "投诉举报（区域：130304 样例区）"
    assert subject_text(Output("en"), {"matter": "消防", "sector": "供热"}, {}) == "消防 × 供热"
    assert subject_text(Output("zh"), {"via": ["地址", "股东"]}, {}) == "地址、股东"


def test_every_figure_that_evidence_may_have_has_its_word() -> None:
    words = tomllib.loads((ROOT / "api/command_line/words.toml").read_text("utf-8"))
    told = set()
    for name in ("expiring", "looking", "rises", "surges"):
        for node in ast.walk(ast.parse((ROOT / "scoring/warnings" / f"{name}.py").read_text("utf-8"))):
            keys = node.keys if isinstance(node, ast.Dict) else ()
            told |= {key.value for key in keys if isinstance(key, ast.Constant)}
    assert told - TABLES - SUBJECTS <= set(words["warning_figures"])
