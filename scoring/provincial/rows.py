"""Visits and enterprises as rows that go upward: under pseudonyms, with nothing that names anybody. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scoring.evaluation.visits import Sample, Visit
from scoring.provincial.anonymity import Row
from scoring.provincial.dictionary import VALUE
from scoring.provincial.pseudonyms import Named, Pseudonyms
from scoring.provincial.writing import Cell

SEPARATOR = ";"


@dataclass(frozen=True)
class State:
    """What was known of an enterprise on a day: its stage of life, and what each indicator measured, by its id."""

    stage: str
    values: Mapping[str, int | None]


@dataclass(frozen=True)
class Today:
    """The register today, and of the enterprises in a model's scope how many there are by grade, and by bin.

    `by_bin` has by indicator's id a count for each bin, and last that of no value where it can lack one.
    """

    registered: int
    by_grade: Mapping[str, int]
    by_bin: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Present:
    """An enterprise and its state."""

    enterprise: str
    state: State


def visit_rows(pseudonyms: Pseudonyms, sample: Sample, before: Sequence[State]) -> list[Row]:
    """Return a row for each visit, with the state of its enterprise strictly before it."""
    return [_visit_row(pseudonyms, sample, visit, state) for visit, state in zip(sample.visits, before, strict=True)]


def enterprise_rows(pseudonyms: Pseudonyms, present: Iterable[Present]) -> list[Row]:
    """Return a row for each enterprise."""
    return [
        {"enterprise": pseudonyms.of(Named.ENTERPRISE, each.enterprise), **_measured(each.state)} for each in present
    ]


def _visit_row(pseudonyms: Pseudonyms, sample: Sample, visit: Visit, state: State) -> Row:
    stratum = None if visit.observational else sample.stratum_of(visit)
    inspectors = sorted(pseudonyms.of(Named.INSPECTOR, each) for each in visit.inspectors)
    return {
        "enterprise": pseudonyms.of(Named.ENTERPRISE, visit.enterprise),
        "campaign": None if stratum is None else pseudonyms.of(Named.CAMPAIGN, visit.campaign),
        "stratum": None if stratum is None else pseudonyms.of(Named.STRATUM, visit.campaign, visit.stratum),
        "period": visit.day.isoformat()[:7],
        "sector": visit.sector or None,
        "region": visit.region or None,
        "results": SEPARATOR.join(visit.results) or None,
        "inspectable": int(visit.inspectable),
        "found": int(visit.found()),
        "sampled": None if stratum is None else stratum.sampled,
        "size": None if stratum is None else stratum.size,
        "uniform": int(visit.uniform),
        "inspectors": SEPARATOR.join(inspectors) or None,
        **_measured(state),
    }


def _measured(state: State) -> dict[str, Cell]:
    return {"stage": state.stage, **{VALUE + identifier: value for identifier, value in state.values.items()}}
