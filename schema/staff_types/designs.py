"""What decides how many enterprises of each kind are drawn (抽样设计)."""

from collections.abc import Sequence
from enum import Enum

import strawberry

from ledger.errors import Invalid
from sampling import design_plans, frequency


@strawberry.enum(description="What decides how many are drawn, and so what the values of the rules are (设计方式).")
class DesignKind(Enum):
    """The kinds."""

    RATES = strawberry.enum_value("rates", description="Values are rates in basis points (按比例).")
    COUNTS = strawberry.enum_value("counts", description="Values are numbers of visits (按数量).")
    PROPORTIONAL = strawberry.enum_value(
        "proportional", description="A capacity is divided in proportion to sizes; no values (按规模分配)."
    )
    NEYMAN = strawberry.enum_value(
        "neyman", description="A capacity is divided to be most precise; values are standard deviations (奈曼分配)."
    )
    NEYMAN_FINDINGS = strawberry.enum_value(
        "neyman_findings",
        description="The same; values are expected rates of findings in basis points (按发现率的奈曼分配).",
    )
    FINDINGS = strawberry.enum_value(
        "findings",
        description="A capacity is divided to find most under a greatest error; values as before (预期发现最多).",
    )


@strawberry.input(description="A value for enterprises of a grade, and only for some of them if more is named (规则).")
class DesignRuleInput:
    """A rule."""

    grade: str = strawberry.field(description="The grade (等级).")
    value: int = strawberry.field(default=0, description="Its value; the kind of the design says what it is (数值).")
    sector: str = strawberry.field(default="", description="Only this trade; empty for all (行业).")
    region: str = strawberry.field(default="", description="Only this place; empty for all (区域).")
    visited: bool | None = strawberry.field(
        default=None, description="Only those that were, or were not, drawn in the last months (是否被抽查过)."
    )


@strawberry.input(description="What decides how many are drawn; the most specific rule holds (抽样设计).")
class DesignInput:
    """A design."""

    kind: DesignKind = strawberry.field(description="How quotas come about (设计方式).")
    rules: list[DesignRuleInput] = strawberry.field(
        default_factory=list, description="One for each grade alone, and further ones that name more (规则)."
    )
    floor: int = strawberry.field(default=1, description="Least rate of every stratum, in basis points (最低比例).")
    months: int = strawberry.field(
        default=0, description="In how many months before the freeze a draw makes an enterprise visited (既往月数)."
    )
    capacity: int = strawberry.field(default=0, description="How many visits are divided (检查总量).")
    greatest_error: int = strawberry.field(
        default=0, description="Greatest standard error of the share with findings, in basis points (最大标准误)."
    )
    past: bool = strawberry.field(
        default=False, description="Whether past campaigns' findings tell the expected rates (按既往发现率)."
    )
    shrinkage: int = strawberry.field(
        default=20, description="The weight, in visits, of their mean in the rate of each grade (收缩权重)."
    )

    def plan(self) -> design_plans.DesignPlan:
        """Return the design."""
        return design_plans.DesignPlan(
            design_plans.Kind[self.kind.name],
            tuple(
                design_plans.Rule(design_plans.Cell(each.grade, each.visited, each.sector, each.region), each.value)
                for each in self.rules
            ),
            self.floor,
            self.months,
            self.capacity,
            self.greatest_error,
            self.past,
            self.shrinkage,
        )


@strawberry.input(description="At most so many visits within so many months, whichever department drew (频次).")
class FrequencyRuleInput:
    """A rule of frequency."""

    visits: int = strawberry.field(default=1, description="How many visits; 1 for none within the months (次数).")
    months: int = strawberry.field(description="Within how many months before the freeze (月数).")

    def rule(self) -> frequency.FrequencyRule:
        """Return the rule; raises Invalid."""
        return frequency.FrequencyRule(self.visits, self.months)


@strawberry.type(description="A value for enterprises of a grade, and only for some of them if more is named (规则).")
class DesignRule:
    """A rule."""

    grade: str = strawberry.field(description="The grade (等级).")
    value: int = strawberry.field(description="Its value (数值).")
    sector: str = strawberry.field(description="Only this trade; empty for all (行业).")
    region: str = strawberry.field(description="Only this place; empty for all (区域).")
    visited: bool | None = strawberry.field(description="Only those that were drawn, or not (是否被抽查过).")


@strawberry.type(description="What decides how many are drawn; it stays sealed (抽样设计).")
class Design:
    """A design."""

    kind: DesignKind = strawberry.field(description="How quotas come about (设计方式).")
    rules: list[DesignRule] = strawberry.field(description="The rules (规则).")
    floor: int = strawberry.field(description="Least rate of every stratum, in basis points (最低比例).")
    months: int = strawberry.field(description="How long a draw makes an enterprise visited (既往月数).")
    capacity: int = strawberry.field(description="How many visits are divided; 0 where none are (检查总量).")
    greatest_error: int = strawberry.field(description="Greatest standard error in basis points (最大标准误).")
    past: bool = strawberry.field(description="Whether past findings tell the expected rates (按既往发现率).")
    shrinkage: int = strawberry.field(description="The weight of their mean, in visits (收缩权重).")

    @classmethod
    def of(cls, plan: design_plans.DesignPlan) -> "Design":
        """Make the answer of a design."""
        return cls(
            kind=DesignKind(plan.kind.value),
            rules=[DesignRule(value=rule.value, **rule.cell._asdict()) for rule in plan.rules],
            floor=plan.floor,
            months=plan.months,
            capacity=plan.capacity,
            greatest_error=plan.greatest_error,
            past=plan.past,
            shrinkage=plan.shrinkage,
        )


@strawberry.type(description="At most so many visits within so many months, whichever department drew (频次).")
class FrequencyRule:
    """A rule of frequency."""

    visits: int = strawberry.field(description="How many visits (次数).")
    months: int = strawberry.field(description="Within how many months before the freeze (月数).")


def planned_design(
    rates: Sequence[tuple[str, int]], design: DesignInput | None, listed: bool
) -> design_plans.DesignPlan:
    """Return the design of a plan that states rates by grade or a design, or of a list neither; raises Invalid."""
    named = bool(rates) + (design is not None)
    if named > 1 or (named == 0 and not listed):
        raise Invalid("design_unclear", field="design")
    if design is not None:
        return design.plan()
    if len(dict(rates)) < len(rates):
        raise Invalid("rate_twice", field="rates")
    return design_plans.DesignPlan.by_grade(dict(rates))
