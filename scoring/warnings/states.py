"""The state of a warning: its last step, `new` before the first."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from scoring.warnings.kinds import State
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
