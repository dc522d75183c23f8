"""Evaluations as documents, the same for the command line and for the files of jobs, and as tables of bins in CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Final

import orjson

from ledger.jobs import JobFile
from scoring.evaluation.empirical import Evidence
from scoring.evaluation.indicators import Association
from scoring.evaluation.results import SHARES, Evaluation, Pending
from scoring.evaluation.stability import Stability
from scoring.evaluation.stringency import Inspector
from scoring.evaluation.trends import Step
from scoring.formula_cells import neutral
from scoring.grades import NOTICE

DERIVED: Final[Mapping[type, Sequence[str]]] = {
    Pending: ("pending",),
    Step: ("falls", "falls_beyond_chance"),
    Association: ("monotone",),
    Stability: ("shifted",),
    Inspector: ("beyond_95", "beyond_998"),
}
"""What is told of a value beside its fields."""

BINS: Final = (
    *("indicator", "bin", "points", "visits", "found", "coverage", "rate", "low", "high", "woe", "iv", "adjusted"),
)


def evaluation_document(found: Evaluation) -> dict[str, Any]:
    """Return an evaluation."""
    return {**_document(found), "captured": _captured(found), "notice": NOTICE}


def evidence_document(found: Evidence) -> dict[str, Any]:
    """Return what visits say of a model."""
    return {**_document(found), "captured": _captured(found), "notice": NOTICE}


def evaluation_files(found: Evaluation) -> tuple[JobFile, ...]:
    """Return the files of an evaluation: all of it as JSON, the domains as CSV."""
    rows = [
        (kind, each.domain, each.visits, each.inspectable, each.found, *_estimated(each.share))
        for kind, told in (
            ("all", [found.overall]),
            ("uniform", [found.uniform]),
            ("grade", found.by_grade),
            ("sector", [each.prevalence for each in found.by_sector]),
            ("region", found.by_division),
            ("matter", found.by_matter),
        )
        for each in told
    ]
    head = ("by", "domain", "visits", "inspectable", "found", "share", "low", "high")
    return (_json("evaluation.json", evaluation_document(found)), JobFile("prevalence.csv", _csv(head, rows)))


def evidence_files(found: Evidence) -> tuple[JobFile, ...]:
    """Return the files of an analysis: all of it as JSON, the bins as CSV."""
    rows = [
        (
            each.id,
            told.bin.label,
            told.bin.points,
            told.visits,
            told.found,
            told.coverage,
            *_estimated(told.rate),
            told.woe,
            told.iv,
            told.adjusted,
        )
        for each in found.indicators
        for told in each.association.bins
    ]
    return (_json("indicators.json", evidence_document(found)), JobFile("bins.csv", _csv(BINS, rows)))


def _captured(found: Evaluation | Evidence) -> list[dict[str, Any]]:
    curve = found.capture
    return [
        {"visits": share, "findings": curve.at(share), "lift": curve.lift(share), "precision": curve.precision(share)}
        for share in SHARES
    ]


def _document(value: Any) -> Any:
    """Return a value of evaluation as JSON knows it: fields by name, days as text."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [*(each.name for each in fields(value)), *DERIVED.get(type(value), ())]
        return {name: _document(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(name): _document(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_document(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _estimated(estimate: Any) -> tuple[float | None, float | None, float | None]:
    interval = estimate.interval
    return estimate.value, interval and interval.low, interval and interval.high


def _json(name: str, document: Mapping[str, Any]) -> JobFile:
    return JobFile(name, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(head)
    writer.writerows([neutral(str(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")
