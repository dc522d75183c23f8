"""How a campaign's inspectors are matched: roles, limits, recusals (匹配规则)."""

import strawberry

from sampling.assigning import Predictable
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from schema.scalars import USCC

NAME = "What it is called (角色)."
DEPARTMENT = "The department that it is of (部门)."
COUNT = "How many inspectors it takes (人数)."
SPECIALIST = "Whether the enterprise's trade must be among an inspector's specialties (专业对口)."
SPECIALTIES = "One of these must be among an inspector's specialties; none: any (专业)."
CATEGORY = "The category of certificate that it needs; empty: any (证件类别)."
LOCAL = "Whether the enterprise's place must be among an inspector's areas, if there are any (属地)."
UNIT = "The unit that the inspectors must be of; empty: any (单位)."
NAMED = "Certificates of those who may take its places; none: any (指定人员)."
SIZE = "Inspectors for each visit, where no roles are named (检查人数)."
UNITS = "Whether a team's inspectors come from different units (不同单位)."
CAP = "The most visits of one inspector in this campaign (任务上限)."
DUTY = "On how many days of the period an inspector must not be away (最少在岗天数)."
HOUSEHOLD = "Whether an inspector avoids enterprises of persons of the same household (同户回避)."
EMPLOYER = "For how many years an inspector avoids a former employer; 0: not at all (曾任职回避年数)."
LAST = "Whether whoever was matched with an enterprise in its latest earlier campaign avoids it (上次检查回避)."


@strawberry.input(description="Places in every team (角色).")
class TeamRoleInput:
    """A role."""

    name: str = strawberry.field(description=NAME)
    department: str = strawberry.field(description=DEPARTMENT)
    count: int = strawberry.field(default=1, description=COUNT)
    specialist: bool = strawberry.field(default=False, description=SPECIALIST)
    specialties: list[str] = strawberry.field(default_factory=list, description=SPECIALTIES)
    category: str = strawberry.field(default="", description=CATEGORY)
    local: bool = strawberry.field(default=False, description=LOCAL)
    unit: str = strawberry.field(default="", description=UNIT)
    inspectors: list[str] = strawberry.field(default_factory=list, description=NAMED)


@strawberry.input(description="How inspectors are matched (匹配规则).")
class MatchingInput:
    """The rules of a matching."""

    roles: list[TeamRoleInput] = strawberry.field(
        default_factory=list,
        description="The roles; none: a specialist of the lead, the others going round the departments (分工).",
    )
    size: int = strawberry.field(default=MatchingPlan.size, description=SIZE)
    different_units: bool = strawberry.field(default=MatchingPlan.different_units, description=UNITS)
    cap: int | None = strawberry.field(default=None, description=CAP)
    least_duty_days: int = strawberry.field(default=MatchingPlan.least_duty_days, description=DUTY)
    household: bool = strawberry.field(default=MatchingPlan.household, description=HOUSEHOLD)
    former_employer_years: int = strawberry.field(default=MatchingPlan.former_employer_years, description=EMPLOYER)
    last_visit: bool = strawberry.field(default=MatchingPlan.last_visit, description=LAST)

    def plan(self) -> MatchingPlan:
        """Return the rules; raises Invalid where they cannot be."""
        roles = tuple(
            TeamRole(**{**vars(role), "specialties": tuple(role.specialties), "inspectors": tuple(role.inspectors)})
            for role in self.roles
        )
        return MatchingPlan(**{**vars(self), "roles": roles})


@strawberry.type(name="TeamRole", description="Places in every team (角色).")
class TeamRoleAnswer:
    """A role."""

    name: str = strawberry.field(description=NAME)
    department_code: str = strawberry.field(description=DEPARTMENT)
    count: int = strawberry.field(description=COUNT)
    specialist: bool = strawberry.field(description=SPECIALIST)
    specialties: list[str] = strawberry.field(description=SPECIALTIES)
    category: str = strawberry.field(description=CATEGORY)
    local: bool = strawberry.field(description=LOCAL)
    unit: str | None = strawberry.field(description=UNIT)
    inspectors: list[str] = strawberry.field(description=NAMED)

    @classmethod
    def of(cls, role: TeamRole) -> "TeamRoleAnswer":
        """Make the answer of a role."""
        return cls(
            name=role.name,
            department_code=role.department,
            count=role.count,
            specialist=role.specialist,
            specialties=list(role.specialties),
            category=role.category,
            local=role.local,
            unit=role.unit or None,
            inspectors=list(role.inspectors),
        )


@strawberry.type(description="How inspectors are matched (匹配规则).")
class MatchingRules:
    """The rules of a matching."""

    roles: list[TeamRoleAnswer] = strawberry.field(description="The roles of every team (角色).")
    different_units: bool = strawberry.field(description=UNITS)
    cap: int | None = strawberry.field(description=CAP)
    least_duty_days: int = strawberry.field(description=DUTY)
    household: bool = strawberry.field(description=HOUSEHOLD)
    former_employer_years: int = strawberry.field(description=EMPLOYER)
    last_visit: bool = strawberry.field(description=LAST)

    @classmethod
    def of(cls, rules: MatchingPlan, roles: tuple[TeamRole, ...]) -> "MatchingRules":
        """Make the answer of a plan's rules."""
        return cls(
            roles=[TeamRoleAnswer.of(role) for role in roles],
            different_units=rules.different_units,
            cap=rules.cap,
            least_duty_days=rules.least_duty_days,
            household=rules.household,
            former_employer_years=rules.former_employer_years,
            last_visit=rules.last_visit,
        )


@strawberry.type(description="An assignment whose chance was above one half; confidential (可预见的匹配).")
class PredictableAssignment:
    """An assignment that could be foreseen."""

    enterprise_code: USCC = strawberry.field(description="The enterprise (企业).")
    role: str = strawberry.field(description="The role (角色).")
    inspector: str = strawberry.field(description="The inspector's certificate (证件号).")
    times: int = strawberry.field(
        description="How often it came when the matching was replayed with other seeds (重现次数)."
    )
    of: int = strawberry.field(description="How many replays found a matching (重演次数).")
    certain: bool = strawberry.field(
        description="Whether nobody else was eligible, so that no seed gives another (是否必然)."
    )

    @classmethod
    def made(cls, found: Predictable) -> "PredictableAssignment":
        """Make the answer of an assignment."""
        chance = found.chance
        return cls(
            enterprise_code=USCC(found.enterprise),
            role=chance.assignment.role,
            inspector=chance.assignment.inspector,
            times=chance.times,
            of=chance.of,
            certain=chance.certain,
        )
