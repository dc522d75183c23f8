"""What a check of the province's model found, as a document: the same for the command line and for a job's file."""

from datetime import date

from api.model_reports import named, remarks_in_words
from ledger.canonical import JSON
from schema.words import Language
from scoring.evaluation.intervals import Estimate
from scoring.grades import NOTICE
from scoring.model import Model
from scoring.provincial.local_findings import GradeFindings, IndicatorFindings, LocalFindings

MILLION = 1_000_000


def provincial_check_document(
    model: Model, found: LocalFindings, since: date, until: date, language: Language
) -> dict[str, JSON]:
    """Return what a check found; shares, rates and measures of a score or an indicator are in millionths."""
    origin = found.origin
    return {
        "model": named(model),
        "origin": None
        if origin is None
        else {
            "issuer": origin.issuer,
            "issued_on": origin.issued_on.isoformat(),
            "data": origin.data,
            "digest": origin.digest,
        },
        "unit": MILLION,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "visits": found.visits,
        "observational": found.observational,
        "visits_out_of_scope": found.visits_out_of_scope,
        "enterprises": found.enterprises,
        "enterprises_out_of_scope": found.enterprises_out_of_scope,
        "left_out": dict(found.left_out),
        "score": {
            "auc": _millionths(found.score.auc),
            "gini": _millionths(found.score.gini),
            "ks": _millionths(found.score.ks),
        },
        "bands": [
            {
                "lowest": each.lowest,
                "highest": each.highest,
                "visits": each.visits,
                "found": each.found,
                "rate": _estimate(each.rate),
            }
            for each in found.bands
        ],
        "grades": [_grade(each) for each in found.grades],
        "indicators": [_indicator(each) for each in found.indicators],
        "remarks": remarks_in_words(found.remarks, language),
        "notice": NOTICE,
    }


def _grade(found: GradeFindings) -> JSON:
    return {
        "grade": found.prevalence.domain,
        "enterprises": found.enterprises,
        "visits": found.prevalence.visits,
        "inspectable": found.prevalence.inspectable,
        "found": found.prevalence.found,
        "rate": _estimate(found.prevalence.share),
        "expected": _millionths(found.expected),
        "as_expected": found.as_expected,
    }


def _indicator(found: IndicatorFindings) -> JSON:
    stability = found.stability
    return {
        "id": found.indicator.id,
        "title": found.indicator.title,
        "auc": _millionths(found.association.discrimination.auc),
        "information_value": _millionths(found.association.iv),
        "psi": None if stability is None else _millionths(stability.psi),
        "psi_limit": None if stability is None else _millionths(stability.limit),
        "bins": [
            {
                "bin": each.bin.label,
                "points": each.bin.points,
                "enterprises": enterprises,
                "visits": each.visits,
                "found": each.found,
                "rate": _estimate(each.rate),
            }
            for each, enterprises in zip(found.association.bins, found.enterprises, strict=True)
        ],
    }


def _estimate(estimate: Estimate) -> JSON:
    interval = estimate.interval
    return {
        "value": _millionths(estimate.value),
        "low": None if interval is None else _millionths(interval.low),
        "high": None if interval is None else _millionths(interval.high),
        "notes": [note.value for note in estimate.notes],
    }


def _millionths(value: float | None) -> JSON:
    return None if value is None else round(value * MILLION)
