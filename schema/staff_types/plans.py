"""Plans of campaigns (抽查计划)."""

from datetime import date

import strawberry

from sampling import plans
from sampling.plans import OPERATING
from schema.public_types.campaigns import Conditions
from schema.scalars import USCC
from schema.staff_types.designs import Design, DesignInput, FrequencyRule, FrequencyRuleInput, planned_design
from schema.staff_types.matching import MatchingInput, MatchingRules


@strawberry.input(
    description="Which enterprises make the frame; an empty list of trades or places means all (抽查范围)."
)
class ConditionsInput:
    """Conditions."""

    sectors: list[str] = strawberry.field(default_factory=list, description="Trades (行业).")
    regions: list[str] = strawberry.field(default_factory=list, description="Places (区域).")
    statuses: list[str] = strawberry.field(
        default_factory=lambda: [OPERATING], description="States of registration (登记状态)."
    )


@strawberry.input(description="The rate at which enterprises of a grade are drawn (抽查比例).")
class RateInput:
    """A rate."""

    grade: str = strawberry.field(description="The grade (等级).")
    basis_points: int = strawberry.field(description="The rate in basis points: 500 is 5 % (万分比).")


@strawberry.input(description="An enterprise that stands in the frame but is not drawn (排除).")
class ExclusionInput:
    """An exclusion."""

    enterprise: USCC = strawberry.field(description="The enterprise.")
    reason: str = strawberry.field(description="Why; it stays sealed (理由).")


@strawberry.input(description="What a campaign is to be (抽查计划).")
class PlanInput:
    """A plan."""

    title: str = strawberry.field(description="Its title (名称).")
    departments: list[str] = strawberry.field(description="Codes of the departments, the leading one first (部门).")
    items: list[str] = strawberry.field(description="Codes of the items (抽查事项).")
    starts_on: date = strawberry.field(description="The first day of its period (开始日期).")
    ends_on: date = strawberry.field(description="The last day of its period (结束日期).")
    conditions: ConditionsInput = strawberry.field(description="Who belongs to its frame (抽查范围).")
    rates: list[RateInput] = strawberry.field(
        default_factory=list, description="A rate for each grade of the scale, where that is the design (抽查比例)."
    )
    design: DesignInput | None = strawberry.field(
        default=None, description="Any other design, in the place of rates by grade (抽样设计)."
    )
    exclusions: list[ExclusionInput] = strawberry.field(default_factory=list, description="Who is not drawn (排除).")
    once_a_year: bool = strawberry.field(
        default=True, description="Whether an enterprise that was drawn this year is excluded (一年内不重复抽查)."
    )
    frequency: list[FrequencyRuleInput] = strawberry.field(
        default_factory=list, description="Who was drawn too often lately to be drawn again (频次)."
    )
    matching: MatchingInput = strawberry.field(
        default_factory=MatchingInput, description="How inspectors are matched (匹配规则)."
    )

    def plan(self) -> plans.Plan:
        """Return the plan; raises Invalid where it cannot be one."""
        return plans.Plan(
            title=self.title,
            departments=tuple(self.departments),
            items=tuple(self.items),
            starts=self.starts_on,
            ends=self.ends_on,
            conditions=plans.Conditions(
                tuple(self.conditions.sectors), tuple(self.conditions.regions), tuple(self.conditions.statuses)
            ),
            design=planned_design([(rate.grade, rate.basis_points) for rate in self.rates], self.design),
            exclusions=tuple(plans.Exclusion(each.enterprise, each.reason) for each in self.exclusions),
            once_a_year=self.once_a_year,
            matching=self.matching.plan(),
            frequency=tuple(each.rule() for each in self.frequency),
        )


@strawberry.type(description="The rate at which enterprises of a grade are drawn (抽查比例).")
class Rate:
    """A rate."""

    grade: str = strawberry.field(description="The grade (等级).")
    basis_points: int = strawberry.field(description="The rate in basis points: 500 is 5 % (万分比).")


@strawberry.type(description="An enterprise that stands in the frame but is not drawn (排除).")
class Exclusion:
    """An exclusion."""

    enterprise_code: USCC = strawberry.field(description="The enterprise.")
    reason: str = strawberry.field(description="Why (理由).")


@strawberry.type(description="What a campaign is to be; rates and exclusions stay sealed (抽查计划).")
class Plan:
    """A plan."""

    title: str = strawberry.field(description="Its title (名称).")
    department_codes: list[str] = strawberry.field(description="The departments, the leading one first (部门).")
    item_codes: list[str] = strawberry.field(description="The items (抽查事项).")
    starts_on: date = strawberry.field(description="The first day of its period (开始日期).")
    ends_on: date = strawberry.field(description="The last day of its period (结束日期).")
    conditions: Conditions = strawberry.field(description="Who belongs to its frame (抽查范围).")
    rates: list[Rate] = strawberry.field(description="The rates by grade, where they are the design (抽查比例).")
    design: Design = strawberry.field(description="What decides how many are drawn (抽样设计).")
    exclusions: list[Exclusion] = strawberry.field(description="Who is not drawn (排除).")
    once_a_year: bool = strawberry.field(description="Whether whoever was drawn this year is excluded.")
    frequency: list[FrequencyRule] = strawberry.field(description="Who was drawn too often lately (频次).")
    matching: MatchingRules = strawberry.field(description="How inspectors are matched (匹配规则).")

    @classmethod
    def of(cls, plan: plans.Plan) -> "Plan":
        """Make the answer of a plan."""
        conditions = plan.conditions
        return cls(
            title=plan.title,
            department_codes=list(plan.departments),
            item_codes=list(plan.items),
            starts_on=plan.starts,
            ends_on=plan.ends,
            conditions=Conditions(
                sectors=list(conditions.sectors), regions=list(conditions.regions), statuses=list(conditions.statuses)
            ),
            rates=[Rate(grade=grade, basis_points=points) for grade, points in (plan.design.rates or {}).items()],
            design=Design.of(plan.design),
            exclusions=[
                Exclusion(enterprise_code=USCC(each.enterprise), reason=each.reason) for each in plan.exclusions
            ],
            once_a_year=plan.once_a_year,
            frequency=[FrequencyRule(visits=each.visits, months=each.months) for each in plan.frequency],
            matching=MatchingRules.of(plan.matching, plan.team_roles),
        )
