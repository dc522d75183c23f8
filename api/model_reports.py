"""Checks and comparisons of models as documents, the same for the command line and for the files of jobs."""

from collections.abc import Iterable
from datetime import date

from ledger.canonical import JSON
from schema.remark_words import say_remark
from schema.words import Language
from scoring.grades import NOTICE
from scoring.model_check import Outline
from scoring.remarks import Remark
from scoring.scorecard import Model
from scoring.trials import Migration, Trial


def check_document(
    model: Model, outline: Outline, trial: Trial | None, as_of: date, language: Language
) -> dict[str, JSON]:
    """Return what a check found; `records` is None to those who may not know what the model says of enterprises."""
    remarks = [*outline.remarks, *(() if trial is None else trial.remarks)]
    return {
        "model": named(model),
        "scores": {"least": outline.scores.least, "greatest": outline.scores.greatest},
        "grades_by_score": list(outline.by_score),
        "grades_by_rule": list(outline.by_rule),
        "remarks": remarks_in_words(remarks, language),
        "records": None if trial is None else _trial_document(trial, as_of),
    }


def comparison_document(
    old: Model,
    new: Model,
    changes: Iterable[Remark],
    migration: Migration | None,
    as_of: date,
    language: Language,
    with_list: bool,
) -> dict[str, JSON]:
    """Return what a comparison found; `migration` is None to those who may not know how many would move.

    The list of enterprises that move is None unless it is asked for.
    """
    return {
        "old": named(old),
        "new": named(new),
        "changes": remarks_in_words(changes, language),
        "migration": None if migration is None else _migration_document(migration, as_of, with_list),
    }


def named(model: Model) -> dict[str, JSON]:
    """Return how a model is named in a document."""
    return {"name": model.name, "version": model.version}


def coded(remarks: Iterable[Remark]) -> list[JSON]:
    """Return remarks without words, as a job's result keeps them."""
    return [{"code": each.code, "place": each.place, "parameters": dict(each.parameters)} for each in remarks]


def remarks_in_words(remarks: Iterable[Remark], language: Language) -> list[JSON]:
    """Return remarks as a document has them."""
    return [{"code": each.code, "place": each.place, "text": say_remark(each, language)} for each in remarks]


def _trial_document(trial: Trial, as_of: date) -> dict[str, JSON]:
    return {
        "as_of": as_of.isoformat(),
        "registered": trial.registered,
        "enterprises": trial.enterprises,
        "grades": [{"grade": label, "enterprises": count} for label, count in trial.grades],
        "indicators": [
            {
                "id": each.id,
                "title": each.title,
                "lacking": each.lacking,
                "bins": [{"bin": text, "enterprises": count} for text, count in each.bins],
            }
            for each in trial.coverage
        ],
        "rules": [{"id": identifier, "fired": count} for identifier, count in trial.rules],
        "notice": NOTICE,
    }


def _migration_document(migration: Migration, as_of: date, with_list: bool) -> dict[str, JSON]:
    cells = ((old, new, count) for (old, new), count in sorted(migration.matrix.items()))
    return {
        "as_of": as_of.isoformat(),
        "matrix": [{"old": old or None, "new": new or None, "enterprises": count} for old, new, count in cells],
        "moved": len(migration.moves),
        "enterprises": [
            {"enterprise": each.enterprise, "old": each.old or None, "new": each.new or None}
            for each in migration.moves
        ]
        if with_list
        else None,
        "notice": NOTICE,
    }
