"""The state of a warning, its last step, `new` before the first; and who is told that it is there."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, false, func, or_, select, true

from ledger.actors import Actor
from ledger.json_columns import member
from scoring.warnings.kinds import Kind, State
from scoring.warnings.tables import warning, warning_step

_later = warning_step.alias("later_step")
_is_last = warning_step.c.id == (
    select(func.max(_later.c.id)).where(_later.c.warning == warning.c.reference).scalar_subquery()
)


def with_states(query: Select[Any]) -> Select[Any]:
    """Join the last step of each warning that a query selects."""
    return query.outerjoin_from(warning, warning_step, _is_last)


def state_column() -> ColumnElement[str]:
    """Return the state in a query that `with_states` joined."""
    return func.coalesce(warning_step.c.step, State.NEW.value).label("state")


def seen_by(tx: Connection, actor: Actor, campaigns: Select[Any] | None = None) -> ColumnElement[bool]:
    """Return the condition on `warning` that an actor may be told of it.

    A correction is its campaign's: somebody of a department is told of those of some campaigns, as the caller
    (`sampling.early_warning`) selects them by id, and where it selects none of no correction. All else is made of what
    is the bureau's: records, and general grades.
    """
    if actor.confined_to is None:
        return true()
    of_campaigns = false() if campaigns is None else member(tx, warning.c.evidence, "campaign").in_(campaigns)
    return or_(warning.c.kind != Kind.CORRECTION.value, of_campaigns)
