"""A campaign's plan: what a planner decides before anything is frozen. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.frequency import FrequencyRule, Horizon
from sampling.json_shapes import any_text, any_texts, civil_date, items, members, members_or, truth, wrong_shape
from sampling.listings import CampaignType, Listing
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.participants import Participant, check_participants, departments_of, items_of, roles_of
from scoring.codes import check_uscc
from scoring.fields import text_up_to
from scoring.joint_grades import JointGrading, JointRule

MUST_STAND = (
    *("title", "departments", "items", "starts", "ends"),
    *("conditions", "exclusions", "once_a_year", "matching"),
)
MAY_STAND = ("frequency", "listing", "flat_reason", "participants", "grading", "annual_line")
EARLIER_NAME = "model"
"""What earlier plans call the rule that takes the grades of one department."""

LONGEST_TITLE = 200
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Exclusion:
    """An enterprise that stands in the frame but is not drawn, and why; both stay sealed."""

    enterprise: str
    reason: str

    @classmethod
    def from_json(cls, value: JSON, path: str) -> "Exclusion":
        """Read what stands in a plan; raises Invalid("json_wrong_shape") for anything else."""
        given = members(value, path, "enterprise", "reason")
        return cls(*(any_text(given[name], f"{path}.{name}") for name in ("enterprise", "reason")))


@dataclass(frozen=True)
class Plan:
    """What one campaign is to be.

    `departments` begins with the lead; `design` decides how many are drawn; `once_a_year` excludes whoever was drawn
    earlier in the same civil year, by any department, `frequency` whoever was drawn too often lately; `matching` says
    how inspectors are matched. A `listing` takes the place of a draw: then the design is empty. `flat_reason` is why
    all grades are drawn at the same rates, if they are.

    `participants`, the lead first, give departments, items and roles, where they are named; `grading` says whose grades
    make the strata, without it the general ones. `annual_line` is the line of the lead's annual plan that it is of.
    """

    title: str
    departments: tuple[str, ...]
    items: tuple[str, ...]
    starts: date
    ends: date
    conditions: Conditions
    design: DesignPlan
    exclusions: tuple[Exclusion, ...] = ()
    once_a_year: bool = True
    matching: MatchingPlan = field(default_factory=MatchingPlan)
    frequency: tuple[FrequencyRule, ...] = ()
    listing: Listing | None = None
    flat_reason: str = ""
    participants: tuple[Participant, ...] = ()
    grading: JointGrading | None = None
    annual_line: str = ""

    def __post_init__(self) -> None:
        """Check what needs no register.

        Raises Invalid: title_unusable, departments_unusable, items_unusable, period_unusable, role_of_other_department,
        department_without_role, exclusion_without_reason, exclusion_twice, listing_with_design,
        participants_disagree, what `check_participants` and `JointGrading.check` raise, what is wrong with an excluded
        code or a text.
        """
        if not self.title.strip() or len(self.title) > LONGEST_TITLE:
            raise Invalid("title_unusable", field="title", longest=LONGEST_TITLE)
        text_up_to(LONGEST_TITLE)(self.title)
        if not self.departments or len(set(self.departments)) < len(self.departments):
            raise Invalid("departments_unusable", field="departments")
        if not self.items or len(set(self.items)) < len(self.items):
            raise Invalid("items_unusable", field="items")
        if self.ends < self.starts:
            raise Invalid("period_unusable", field="ends", starts=self.starts, ends=self.ends)
        self.matching.check_departments(self.departments)
        text_up_to(LONGEST_REASON)(self.flat_reason)
        if self.listing is not None and (self.design.rules or self.exclusions or self.grading):
            raise Invalid("listing_with_design", field="listing")
        if self.participants:
            check_participants(self.participants)
            told = (self.departments, self.items)
            if told != (departments_of(self.participants), items_of(self.participants)) or self.matching.roles:
                raise Invalid("participants_disagree", field="participants")
        if self.grading is not None:
            self.grading.check(self.departments)
        for exclusion in self.exclusions:
            check_uscc(exclusion.enterprise)
            if not exclusion.reason.strip():
                raise Invalid("exclusion_without_reason", field="exclusions", enterprise=exclusion.enterprise)
            text_up_to(LONGEST_REASON)(exclusion.reason)
        codes = [exclusion.enterprise for exclusion in self.exclusions]
        for code in codes:
            if codes.count(code) > 1:
                raise Invalid("exclusion_twice", field="exclusions", enterprise=code)

    @classmethod
    def public_part(cls, body: Mapping[str, Any]) -> "Plan":
        """Return what the body of a frozen entry tells of a plan: no rates, no exclusions, nothing of the teams."""
        return cls(
            title=body["title"],
            departments=tuple(body["departments"]),
            items=tuple(body["items"]),
            starts=date.fromisoformat(body["starts"]),
            ends=date.fromisoformat(body["ends"]),
            conditions=Conditions.from_json(body["conditions"]),
            design=DesignPlan.by_grade({}),
            once_a_year=False,
            listing=Listing.from_entry(body["listing"]) if "listing" in body else None,
            annual_line=body.get("annual_line", ""),
        )

    def horizon(self, day: date) -> Horizon:
        """Return which past draws matter for a freeze on a day."""
        return Horizon(day, self.once_a_year, max([self.design.months, *(rule.months for rule in self.frequency)]))

    @property
    def type(self) -> CampaignType:
        """How the campaign finds whom to visit."""
        if self.listing is not None:
            return self.listing.type
        return CampaignType.TARGETED if self.conditions.target else CampaignType.UNTARGETED

    @property
    def lead(self) -> str:
        """The department that plans, freezes and draws."""
        return self.departments[0]

    @property
    def team_roles(self) -> tuple[TeamRole, ...]:
        """The roles of every team."""
        return roles_of(self.participants) or self.matching.team_roles(self.departments)

    def for_participants(self) -> "Plan":
        """Return what those who take part without leading see: nothing of rates, grades and how they are combined."""
        return replace(self, design=DesignPlan.by_grade({}), flat_reason="", grading=None)

    def _public(self) -> dict[str, JSON]:
        return {
            "title": self.title,
            "departments": list(self.departments),
            "items": list(self.items),
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat(),
            "conditions": self.conditions.to_json(),
        }

    def named_line(self) -> dict[str, JSON]:
        """Return the member that names the line of the annual plan, where there is one."""
        return {"annual_line": self.annual_line} if self.annual_line else {}

    def listed(self) -> dict[str, JSON]:
        """Return what the entry of a campaign that is no draw tells of its plan."""
        return {
            **self._public(),
            "listing": None if self.listing is None else self.listing.public(),
            **self.named_line(),
        }

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is kept, and sealed at freezing."""
        return {
            **self._public(),
            **self.design.member(),
            "exclusions": [{"enterprise": each.enterprise, "reason": each.reason} for each in self.exclusions],
            "once_a_year": self.once_a_year,
            "matching": self.matching.to_json(),
            **({"frequency": [rule.to_json() for rule in self.frequency]} if self.frequency else {}),
            **({} if self.listing is None else {"listing": self.listing.to_json()}),
            **({"flat_reason": self.flat_reason} if self.flat_reason else {}),
            **({"participants": [each.to_json() for each in self.participants]} if self.participants else {}),
            **({} if self.grading is None else {"grading": self.grading.to_json()}),
            **self.named_line(),
        }

    @classmethod
    def from_json(cls, value: JSON) -> "Plan":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else.

        What a plan lets in that a verifier reads is what docs/draw.md tells, member by member.
        """
        rated = "rates" if isinstance(value, dict) and "rates" in value else "design"
        given = members_or(value, "plan", (*MUST_STAND, rated), MAY_STAND)

        def each_of(name: str) -> Iterator[tuple[JSON, str]]:
            for number, each in enumerate(items(given.get(name, []), name)):
                yield each, f"{name}[{number}]"

        return cls(
            title=any_text(given["title"], "title"),
            departments=any_texts(given["departments"], "departments"),
            items=any_texts(given["items"], "items"),
            starts=civil_date(given["starts"], "starts"),
            ends=civil_date(given["ends"], "ends"),
            conditions=Conditions.from_json(given["conditions"]),
            design=DesignPlan.of_member(given),
            exclusions=tuple(Exclusion.from_json(*each) for each in each_of("exclusions")),
            once_a_year=truth(given["once_a_year"], "once_a_year"),
            matching=MatchingPlan.from_json(given["matching"]),
            frequency=tuple(FrequencyRule.from_json(*each) for each in each_of("frequency")),
            listing=Listing.from_json(given["listing"]) if "listing" in given else None,
            flat_reason=any_text(given.get("flat_reason", ""), "flat_reason"),
            participants=tuple(Participant.from_json(*each) for each in each_of("participants")),
            grading=read_grading(given["grading"]) if "grading" in given else None,
            annual_line=any_text(given.get("annual_line", ""), "annual_line"),
        )


def read_grading(value: JSON) -> JointGrading:
    """Read what `JointGrading.to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
    given = members(value, "grading", "rule", "departments", "matrix")
    rule = JointRule.DEPARTMENT if given["rule"] == EARLIER_NAME else given["rule"]
    if rule not in list(JointRule):
        raise wrong_shape("grading.rule", " | ".join(JointRule))
    cells = []
    for number, each in enumerate(items(given["matrix"], "grading.matrix")):
        path = f"grading.matrix[{number}]"
        cell = members(each, path, "grades", "grade")
        cells.append((any_texts(cell["grades"], f"{path}.grades"), any_text(cell["grade"], f"{path}.grade")))
    departments = any_texts(given["departments"], "grading.departments")
    return JointGrading(JointRule(rule), departments, tuple(cells))
