"""The places of a visit's team, as the plan alone gives them. Pure."""

from sampling.matching_inputs import TeamRole
from sampling.plans import Plan


def team_roles(plan: Plan) -> tuple[TeamRole, ...]:
    """Return the roles: the lead department's specialist leads; the other places go round the departments."""
    size = max(plan.team_size, len(plan.departments))
    return tuple(
        TeamRole(
            "lead" if place == 0 else f"member {place}", plan.departments[place % len(plan.departments)], place == 0
        )
        for place in range(size)
    )
