"""What happened to models in some days: steps, which ones grade at their end, and what a version changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ledger.actors import Actor
from ledger.calendar import civil_date
from scoring import models
from scoring.model_diff import differences
from scoring.models import AdoptedModel, ModelVersion, StepTaken
from scoring.remarks import Remark


@dataclass(frozen=True)
class ModelStep:
    """A step in the life of a version."""

    name: str
    version: str
    taken: StepTaken


@dataclass(frozen=True)
class Replacement:
    """A version that came into force in place of another one of its name, and all that it says otherwise."""

    name: str
    old: str
    new: str
    since: date
    changes: tuple[Remark, ...]


@dataclass(frozen=True)
class ModelNews:
    """`in_force` are those that grade on the last day, by name; `steps` are in the order of time."""

    in_force: Sequence[AdoptedModel]
    steps: Sequence[ModelStep]
    replaced: Sequence[Replacement]


def model_news(tx: Connection, actor: Actor, first: date, last: date) -> ModelNews:
    """Return what happened from the first to the last day to the models that the actor may see."""
    versions = models.visible(tx, actor)
    steps = [
        ModelStep(each.model.name, each.model.version, taken)
        for each in versions
        for taken in each.steps
        if first <= civil_date(taken.at) <= last
    ]
    held = [each.adopted for each in versions if each.adopted is not None and each.adopted.holds_on(last)]
    return ModelNews(
        sorted(held, key=lambda each: each.model.name),
        sorted(steps, key=lambda each: each.taken.at),
        _replaced(versions, first, last),
    )


def _replaced(versions: Sequence[ModelVersion], first: date, last: date) -> list[Replacement]:
    held = [each.adopted for each in versions if each.adopted is not None and each.adopted.since != each.adopted.until]
    return [
        Replacement(
            new.model.name,
            old.model.version,
            new.model.version,
            new.since,
            tuple(differences(old.model, new.model)),
        )
        for new in held
        for old in held
        if old.model.name == new.model.name and old.until == new.since and first <= new.since <= last
    ]
