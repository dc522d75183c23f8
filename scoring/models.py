"""Models in the bureau: every version with its life so far, and which ones grade on a day.

A version is drafted, reviewed by another person, in force from a day on, and retired; nothing of it is ever edited. The
next version of the same name that comes into force takes its place. Versions of different names hold side by side, each
where its scope says (`scoring.scopes`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Missing
from ledger.tables import log_entry
from ledger.windows import Window, kept_count
from scoring.entry_kinds import ADOPTED, DRAFTED
from scoring.model import Model, parse_earlier_model
from scoring.tables import model, model_step

READERS = (Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
_VERSIONS = select(model.c.document, model.c.name, model.c.text, log_entry.c.seq, log_entry.c.time).join(
    log_entry, (log_entry.c.subject == model.c.document) & log_entry.c.kind.in_((ADOPTED, DRAFTED))
)
_parsed = lru_cache(256)(parse_earlier_model)


class Step(StrEnum):
    """What can happen to a version; `adopted` is the bureau's first model, in force without a second person."""

    ADOPTED = "adopted"
    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    ENFORCED = "enforced"
    RETIRED = "retired"


class State(StrEnum):
    """How far a version has come on a day."""

    DRAFT = "draft"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    RETIRED = "retired"


@dataclass(frozen=True)
class StepTaken:
    """A step: who, when, and from which day on the version is in force or no longer is."""

    step: Step
    by: str
    at: datetime
    day: date | None = None
    note: str = ""


@dataclass(frozen=True)
class AdoptedModel:
    """A model that grades, or will or did: the document that binds it, the model read from its text, and its days.

    It holds from `since` to the day before `until`, None: without end.
    """

    document: str
    model: Model
    text: str
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.since <= day and (self.until is None or day < self.until)

    def meets_in_time(self, other: "AdoptedModel") -> bool:
        """Tell whether there is a day on which both are in force."""
        first = max(self.since, other.since)
        return all(each.until is None or first < each.until for each in (self, other))


@dataclass(frozen=True)
class ModelVersion:
    """A version and its life: `number` is that of the entry that brought it, `adopted` None until it is in force."""

    number: int
    document: str
    model: Model
    text: str
    steps: tuple[StepTaken, ...]
    adopted: AdoptedModel | None = None

    def step(self, *wanted: Step) -> StepTaken | None:
        """Return the step of one of these kinds, if it was taken."""
        return next((each for each in self.steps if each.step in wanted), None)

    def state_on(self, day: date) -> State:
        """Return how far it has come."""
        if self.adopted is not None:
            if self.adopted.holds_on(day):
                return State.IN_FORCE
            until = self.adopted.until
            return State.SCHEDULED if day < self.adopted.since and until != self.adopted.since else State.RETIRED
        if self.step(Step.RETURNED):
            return State.RETURNED
        return State.REVIEWED if self.step(Step.REVIEWED) else State.DRAFT


def default_text() -> str:
    """Return the text of Qian's own example model, which is no official scheme."""
    return files("scoring").joinpath("default_model.toml").read_text("utf-8")


def in_force_on(tx: Connection, day: date) -> list[AdoptedModel]:
    """Return all models that are in force on a day, by name."""
    adopted = (each.adopted for each in versions(tx))
    found = [each for each in adopted if each is not None and each.holds_on(day)]
    return sorted(found, key=lambda each: each.model.name)


def versions(tx: Connection, names: Collection[str] | None = None) -> list[ModelVersion]:
    """Return every version, or those of models by name, in the order in which they came."""
    rows, taken_of = _VERSIONS.order_by(log_entry.c.seq), select(model_step).order_by(model_step.c.at)
    if names is not None:
        last_adopted = select(func.max(log_entry.c.seq)).where(log_entry.c.kind == ADOPTED)
        # With the last one that the bureau adopted, since one that was adopted before it ends with it.
        rows = rows.where(or_(model.c.name.in_(names), log_entry.c.seq == last_adopted.scalar_subquery()))
        of = select(rows.order_by(None).subquery().c.document)
        taken_of = taken_of.where(or_(model_step.c.model.in_(of), model_step.c.document.in_(of)))
    steps = defaultdict(list)
    for row in tx.execute(taken_of):
        steps[row.model or row.document].append(StepTaken(Step(row.step), row.by, row.at, row.day, row.note))
    found = []
    for row in tx.execute(rows):
        parsed = _parsed(row.text)
        taken = steps[row.document]
        if not any(each.step in (Step.ADOPTED, Step.DRAFTED) for each in taken):
            # Earlier versions of Qian knew no steps: what they adopted was in force at once, for all days.
            taken.append(StepTaken(Step.ADOPTED, "", row.time, parsed.valid_from))
        found.append(ModelVersion(row.seq, row.document, parsed, row.text, tuple(sorted(taken, key=_order))))
    return [each for each in with_days(found) if names is None or each.model.name in names]


def with_days(found: Sequence[ModelVersion]) -> list[ModelVersion]:
    """Return versions, in the order in which they came, with the days on which each is in force."""
    adopted_last = max((place for place, each in enumerate(found) if each.step(Step.ADOPTED)), default=None)
    days: dict[str, AdoptedModel] = {}
    by_name: dict[str, list[AdoptedModel]] = defaultdict(list)
    for place, version in enumerate(found):
        begun = version.step(Step.ADOPTED, Step.ENFORCED)
        if begun is None or begun.day is None:
            continue
        ends = [] if (retired := version.step(Step.RETIRED)) is None else [retired.day]
        ends += [] if version.model.valid_to is None else [version.model.valid_to + timedelta(days=1)]
        ends += [begun.day] if begun.step is Step.ADOPTED and place != adopted_last else []
        until = min((end for end in ends if end is not None), default=None)
        adopted = AdoptedModel(version.document, version.model, version.text, begun.day, until)
        days[version.document] = adopted
        if until is None or until > begun.day:
            by_name[version.model.name].append(adopted)
    for successive in by_name.values():
        successive.sort(key=lambda each: each.since)
        for earlier, later in pairwise(successive):
            until = later.since if earlier.until is None else min(earlier.until, later.since)
            days[earlier.document] = replace(earlier, until=until)
    for document, adopted in days.items():
        if adopted.until is not None and adopted.until < adopted.since:
            days[document] = replace(adopted, until=adopted.since)
    return [replace(each, adopted=days.get(each.document)) for each in found]


def find(found: Sequence[ModelVersion], name: str, version: str) -> ModelVersion:
    """Return a version; raises Missing("model_version_missing")."""
    for each in reversed(found):
        if (each.model.name, each.model.version) == (name, version):
            return each
    raise Missing("model_version_missing", name=name, version=version)


def read(tx: Connection, actor: Actor, name: str, version: str) -> ModelVersion:
    """Return a version to those who may see how grades come about; raises Missing as well for what they may not see."""
    return find(visible(tx, actor, [name]), name, version)


def visible(tx: Connection, actor: Actor, names: Collection[str] | None = None) -> list[ModelVersion]:
    """Return the versions that the actor may see: the general ones, and of departments those of the actor's own.

    All of them, or those of models by name.
    """
    actor.require(*READERS)
    return [each for each in versions(tx, names) if may_see(actor, each.model)]


@dataclass(frozen=True)
class ModelFilter:
    """Which versions are asked for: of which model, and how far they have come on a day."""

    name: str = ""
    states: tuple[State, ...] = ()


EVERY_VERSION = ModelFilter()


def page(
    tx: Connection, actor: Actor, day: date, window: Window, chosen: ModelFilter = EVERY_VERSION
) -> list[ModelVersion]:
    """Return the versions that the actor may see and that are asked for as of a day, the newest first."""
    query, keep = _chosen(tx, actor, day, chosen)
    rows = window.kept(tx, query, keep, log_entry.c.seq.desc())
    held = {each.document: each for each in versions(tx, {row.name for row in rows})}
    return [held[row.document] for row in rows]


def count(tx: Connection, actor: Actor, day: date, chosen: ModelFilter = EVERY_VERSION) -> int:
    """Return how many versions there are of which `page` tells."""
    return kept_count(tx, *_chosen(tx, actor, day, chosen))


def _chosen(
    tx: Connection, actor: Actor, day: date, chosen: ModelFilter
) -> tuple[Select[Any], Callable[[Row[Any]], bool]]:
    """Return the query of versions, and what of them only their texts tell: who may see one, and how far it is."""
    actor.require(*READERS)
    query = _VERSIONS if not chosen.name else _VERSIONS.where(model.c.name == chosen.name)
    if not chosen.states:
        return query, lambda row: may_see(actor, _parsed(row.text))
    every = versions(tx, [chosen.name] if chosen.name else None)
    wanted = {each.document for each in every if may_see(actor, each.model) and each.state_on(day) in chosen.states}
    return query, lambda row: row.document in wanted


def may_see(actor: Actor, found: Model) -> bool:
    """Tell whether a model is general, or the actor's department's as well; auditors see all."""
    departments = found.scope.departments
    return not departments or actor.confined_to is None or actor.confined_to in departments


def require_own(actor: Actor, found: Model) -> None:
    """Raise Forbidden unless the model grades for the actor's department alone, or the actor is of none."""
    if actor.department is not None and found.scope.departments != (actor.department,):
        raise Forbidden("model_of_others", department=actor.department)


def scale_of(tx: Connection, document: str) -> tuple[str, ...]:
    """Return the grades of a model, low risk first."""
    text = tx.execute(select(model.c.text).where(model.c.document == document)).scalar_one()
    return _parsed(text).labels


def of_document(tx: Connection, document: str) -> Model:
    """Return the model that a document holds."""
    return _parsed(tx.execute(select(model.c.text).where(model.c.document == document)).scalar_one())


def _order(taken: StepTaken) -> int:
    return list(Step).index(taken.step)
