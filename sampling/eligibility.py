"""Who may take a place in a team at all, before recusals, units and caps. Pure."""

from enum import StrEnum

from sampling.matching_inputs import Inspector, Pool, Target, TeamRole


class Reason(StrEnum):
    """Why an inspector cannot take a role at a target; the first that applies, in this order."""

    REPLACED = "replaced"
    DEPARTMENT = "department"
    OTHER_UNIT = "other_unit"
    NOT_NAMED = "not_named"
    CATEGORY = "certificate_category"
    CERTIFICATE = "certificate_expired"
    AWAY = "away"
    SPECIALTY = "specialty"
    AREA = "area"
    RECUSED = "recused"
    ON_TEAM = "on_team"
    UNIT = "same_unit"


def group_of(role: TeamRole, target: Target) -> tuple[str, str]:
    """Return the sector and region that count for a role; targets with the same ones are alike to it."""
    return target.sector if role.specialist else "", target.region if role.local else ""


def not_eligible(pool: Pool, inspector: Inspector, role: TeamRole, group: tuple[str, str]) -> Reason | None:
    """Return why an inspector cannot take a role at any target of a group, None where it is possible."""
    sector, region = group
    if inspector.department != role.department:
        return Reason.DEPARTMENT
    if role.unit and inspector.unit != role.unit:
        return Reason.OTHER_UNIT
    if role.inspectors and inspector.id not in role.inspectors:
        return Reason.NOT_NAMED
    if role.category and inspector.category != role.category:
        return Reason.CATEGORY
    if inspector.valid_until < pool.last_day:
        return Reason.CERTIFICATE
    if inspector.duty_days < pool.least_duty_days:
        return Reason.AWAY
    if role.specialties and not set(role.specialties) & set(inspector.specialties):
        return Reason.SPECIALTY
    if role.specialist and sector not in inspector.specialties:
        return Reason.SPECIALTY
    if role.local and inspector.areas and region not in inspector.areas:
        return Reason.AREA
    return None
