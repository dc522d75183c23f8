"""How a campaign's inspectors are matched, as its planner decides it: roles, limits, recusals, calendar. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import items, members, signed, truth
from sampling.matching_inputs import LEAST_TEAM, TeamRole, parse_role, role_json
from scoring.fields import choice, text_up_to
from scoring.sectors import Sector

MOST_PLACES = 20
LONGEST_ROLE = 20
LONGEST_CATEGORY = 40
MOST_YEARS = 50


@dataclass(frozen=True)
class MatchingPlan:
    """The rules of a campaign's matching.

    Without `roles` a team has `size` places, or one for each department if these are more: the lead department's
    specialist, the other places going round the departments. `cap` is the most visits of one inspector in the campaign,
    None for no limit. An inspector with fewer than `least_duty_days` days of the campaign's period on which he or she
    is not away is not eligible; all days of the period count, the first and the last included.

    Recusals that the register declares always hold. `household` adds the enterprises of whom the inspector or one of
    the same household is legal representative or a related person; `former_employer_years` those that the inspector
    left less than so many years before the campaign starts; `last_visit` those that the inspector was assigned to in
    the enterprise's latest earlier campaign.
    """

    roles: tuple[TeamRole, ...] = ()
    size: int = LEAST_TEAM
    different_units: bool = False
    cap: int | None = None
    least_duty_days: int = 1
    household: bool = True
    former_employer_years: int = 3
    last_visit: bool = False

    def __post_init__(self) -> None:
        """Check what needs no departments.

        Raises Invalid: team_too_small, team_too_large, role_without_places, duplicate_role, cap_too_small,
        duty_days_negative, years_out_of_range, or what is wrong with a text.
        """
        for role in self.roles:
            text_up_to(LONGEST_ROLE)(role.name)
            text_up_to(LONGEST_CATEGORY)(role.category)
            if not role.name.strip() or role.count < 1:
                raise Invalid("role_without_places", field="roles")
        names = [role.name for role in self.roles]
        for name in names:
            if names.count(name) > 1:
                raise Invalid("duplicate_role", field="roles", value=name)
        if (sum(role.count for role in self.roles) if self.roles else self.size) < LEAST_TEAM:
            raise Invalid("team_too_small", field="size", least=LEAST_TEAM)
        if max([self.size, *(role.count for role in self.roles)]) > MOST_PLACES:
            raise Invalid("team_too_large", field="size", most=MOST_PLACES)
        if self.cap is not None and self.cap < 1:
            raise Invalid("cap_too_small", field="cap")
        if self.least_duty_days < 0:
            raise Invalid("duty_days_negative", field="least_duty_days")
        if not 0 <= self.former_employer_years <= MOST_YEARS:
            raise Invalid("years_out_of_range", field="former_employer_years", most=MOST_YEARS)

    def check_departments(self, departments: Sequence[str]) -> None:
        """Check that each role is of one of the departments, and each of them has one; raises Invalid."""
        if not self.roles:
            return
        for role in self.roles:
            if role.department not in departments:
                raise Invalid("role_of_other_department", field="roles", role=role.name, department=role.department)
        for department in departments:
            if all(role.department != department for role in self.roles):
                raise Invalid("department_without_role", field="roles", department=department)

    def check_specialties(self) -> None:
        """Check that roles ask for trades that there are; raises Invalid("choice_unknown")."""
        for role in self.roles:
            for specialty in role.specialties:
                choice(Sector)(specialty)

    def team_roles(self, departments: Sequence[str]) -> tuple[TeamRole, ...]:
        """Return the roles of every team of a campaign of these departments, the lead one first."""
        if self.roles:
            return self.roles
        return tuple(
            TeamRole("lead" if place == 0 else f"member {place}", departments[place % len(departments)], place == 0)
            for place in range(max(self.size, len(departments)))
        )

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept, and sealed at freezing."""
        return {
            "roles": [role_json(role) for role in self.roles],
            "size": self.size,
            "different_units": self.different_units,
            "cap": self.cap,
            "least_duty_days": self.least_duty_days,
            "household": self.household,
            "former_employer_years": self.former_employer_years,
            "last_visit": self.last_visit,
        }

    @classmethod
    def from_json(cls, value: JSON) -> "MatchingPlan":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        names = ("roles", "size", "different_units", "cap", "least_duty_days", "household", "last_visit")
        given = members(value, "matching", *names, "former_employer_years")
        roles = enumerate(items(given["roles"], "matching.roles"))
        return cls(
            roles=tuple(parse_role(role, f"matching.roles[{number}]") for number, role in roles),
            size=signed(given["size"], "matching.size"),
            different_units=truth(given["different_units"], "matching.different_units"),
            cap=None if given["cap"] is None else signed(given["cap"], "matching.cap"),
            least_duty_days=signed(given["least_duty_days"], "matching.least_duty_days"),
            household=truth(given["household"], "matching.household"),
            former_employer_years=signed(given["former_employer_years"], "matching.former_employer_years"),
            last_visit=truth(given["last_visit"], "matching.last_visit"),
        )
