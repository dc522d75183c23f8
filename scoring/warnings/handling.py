"""What becomes of a warning: it is acknowledged, dismissed with a reason, or turned into a special check.

`campaigns` are those whose corrections somebody of a department may be told of, as `states.seen_by` takes them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid, Missing
from scoring.fields import lines_up_to
from scoring.grades import record_reading
from scoring.tables import enterprise, former_code
from scoring.warnings.kinds import OPEN, State
from scoring.warnings.states import seen_by, state_column, with_states
from scoring.warnings.tables import warning, warning_member, warning_step

READ = "warning"
"""What stands for the run in the record of a reading."""

LONGEST_REASON = 1000
MOST = 1000
"""So many warnings are handled at once, at the most."""


def acknowledge(
    tx: Connection,
    actor: Actor,
    now: datetime,
    references: Sequence[str],
    note: str = "",
    campaigns: Select[Any] | None = None,
) -> int:
    """Say that somebody looks after warnings that are new; planners may then turn them into a special check.

    Raises Missing("warning_missing"), Conflict("warning_state") or Invalid: warnings_none, what is wrong with the note.
    """
    actor.require(Role.ANALYST)
    return _step(tx, actor, now, references, campaigns, State.ACKNOWLEDGED, (State.NEW,), note)


def dismiss(
    tx: Connection,
    actor: Actor,
    now: datetime,
    references: Sequence[str],
    reason: str,
    campaigns: Select[Any] | None = None,
) -> int:
    """Dismiss open warnings: on the same evidence none of them is raised again.

    Raises what `acknowledge` raises, and Invalid("warning_without_reason").
    """
    actor.require(Role.ANALYST)
    if not reason.strip():
        raise Invalid("warning_without_reason", field="reason")
    return _step(tx, actor, now, references, campaigns, State.DISMISSED, OPEN, reason)


def hand_over(
    tx: Connection, actor: Actor, now: datetime, references: Sequence[str], campaigns: Select[Any] | None = None
) -> tuple[str, ...]:
    """Return the registered enterprises of acknowledged warnings, by code, and never why; the reading is recorded.

    An enterprise whose code has changed since is named by the present one. Raises what `acknowledge` raises, and
    Conflict("warning_without_enterprises").
    """
    actor.require(Role.PLANNER)
    log.lock(tx)
    _require(tx, actor, references, campaigns, (State.ACKNOWLEDGED,))
    record_reading(tx, actor, now, READ, None, "special check of warnings 由预警转专项检查")
    present = func.coalesce(former_code.c.enterprise, warning_member.c.enterprise)
    query = (
        select(enterprise.c.code)
        .select_from(warning_member)
        .outerjoin(former_code, former_code.c.code == warning_member.c.enterprise)
        .join(enterprise, enterprise.c.code == present)
        .where(warning_member.c.warning.in_(references))
        .distinct()
    )
    codes = tuple(sorted(tx.execute(query).scalars()))
    if not codes:
        raise Conflict("warning_without_enterprises", warning=references[0])
    return codes


def turn_into_campaign(
    tx: Connection,
    actor: Actor,
    now: datetime,
    references: Sequence[str],
    campaign: str,
    campaigns: Select[Any] | None = None,
) -> int:
    """Say that warnings that were handed over became a campaign, in the transaction that plans it."""
    actor.require(Role.PLANNER)
    return _step(tx, actor, now, references, campaigns, State.CAMPAIGN, (State.ACKNOWLEDGED,), "", campaign)


def _step(
    tx: Connection,
    actor: Actor,
    now: datetime,
    references: Sequence[str],
    campaigns: Select[Any] | None,
    step: State,
    states: Sequence[State],
    note: str,
    campaign: str = "",
) -> int:
    """Store a step of each warning; what it says is sealed by the next run."""
    text = str(lines_up_to(LONGEST_REASON)(note.strip())) if note.strip() else ""
    log.lock(tx)
    _require(tx, actor, references, campaigns, states)
    common = {"step": step.value, "by": actor.subject, "at": now, "note": text, "campaign": campaign}
    tx.execute(warning_step.insert(), [{"warning": reference, **common} for reference in references])
    return len(references)


def _require(
    tx: Connection,
    actor: Actor,
    references: Sequence[str],
    campaigns: Select[Any] | None,
    states: Sequence[State],
) -> None:
    if not 1 <= len(set(references)) <= MOST or len(set(references)) < len(references):
        raise Invalid("warnings_none", field="references", most=MOST)
    query = with_states(select(warning.c.reference, state_column())).where(warning.c.reference.in_(references))
    query = query.where(seen_by(tx, actor, campaigns))
    found: dict[str, str] = dict(tx.execute(query).all())
    for reference in references:
        if reference not in found:
            raise Missing("warning_missing", warning=reference)
        if found[reference] not in states:
            raise Conflict("warning_state", warning=reference, state=found[reference])
