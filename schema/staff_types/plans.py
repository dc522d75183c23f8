"""Plans of campaigns (抽查计划)."""

from datetime import date

import strawberry

from sampling import conditions, plans
from sampling.conditions import OPERATING
from sampling.deviations import Departure, deviations_of
from sampling.listings import CampaignType, GivenList, Listing, Origin
from sampling.participants import Participant, departments_of, items_of
from schema import enums  # noqa: F401  - names the enumerations
from schema.public_types.campaigns import Conditions
from schema.public_types.campaigns import Listing as PublicListing
from schema.scalars import USCC, Digest
from schema.staff_types.designs import Design, DesignInput, FrequencyRule, FrequencyRuleInput, planned_design
from schema.staff_types.matching import MatchingInput, MatchingRules
from scoring.joint_grades import JointGrading, JointRule


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
    types: list[str] = strawberry.field(default_factory=list, description="Types, which codes tell (主体类型).")
    sizes: list[str] = strawberry.field(default_factory=list, description="Sizes, where they are recorded (企业规模).")
    tags: list[list[str]] = strawberry.field(
        default_factory=list, description="Lists of tags, of each of which one suffices (对象标签)."
    )

    def conditions(self) -> conditions.Conditions:
        """Return the conditions; raises Invalid where they cannot be."""
        return conditions.Conditions(
            tuple(self.sectors),
            tuple(self.regions),
            tuple(self.statuses),
            tuple(self.types),
            tuple(self.sizes),
            tuple(map(tuple, self.tags)),
        )


@strawberry.input(description="The rate at which enterprises of a grade are drawn (抽查比例).")
class RateInput:
    """A rate."""

    grade: str = strawberry.field(description="The grade (等级).")
    basis_points: int = strawberry.field(description="The rate in basis points: 500 is 5 % (万分比).")


@strawberry.input(description="An enterprise that stands in the frame but is not drawn (排除).")
class ExclusionInput:
    """An exclusion."""

    enterprise: USCC = strawberry.field(description="The enterprise (企业).")
    reason: str = strawberry.field(description="Why; it stays sealed (理由).")


@strawberry.input(description="Where a superior's list comes from; it is public (名单来源).")
class OriginInput:
    """An origin."""

    issuing_body: str = strawberry.field(description="Who issued it (印发机关).")
    document_number: str = strawberry.field(description="Its number (文号).")
    file_digest: Digest | None = strawberry.field(
        default=None, description="The SHA-256 of its file; none: that of the file handed in (文件摘要)."
    )


@strawberry.input(description="Who is visited without a draw, in place of rates (专项检查或上级抽取).")
class ListingInput:
    """A listing."""

    reason: str = strawberry.field(default="", description="Why there is no draw; it is public (理由).")
    enterprises: list[USCC] = strawberry.field(
        default_factory=list, description="Whom; none, and no file: all that meet the conditions (企业)."
    )
    origin: OriginInput | None = strawberry.field(default=None, description="Of a list that a superior drew (来源).")

    def listing(self, file: GivenList | None) -> Listing:
        """Return the listing, with the codes and the digest of a file that was handed in."""
        origin = None
        if self.origin is not None:
            told = self.origin.file_digest
            digest = told.hex() if told is not None else ("" if file is None else file.sha256)
            origin = Origin(self.origin.issuing_body, self.origin.document_number, digest)
        codes = tuple(self.enterprises) if file is None else file.codes
        return Listing(self.reason, tuple(map(str, codes)), origin)


@strawberry.input(description="Who takes part in a joint campaign, and with what; the first leads (参加方).")
class ParticipantInput:
    """A participant."""

    department: str = strawberry.field(description="The department (部门).")
    unit: str = strawberry.field(default="", description="Its unit; empty: any (单位).")
    items: list[str] = strawberry.field(description="Codes of its items (抽查事项).")
    size: int = strawberry.field(description="Inspectors that it sends to each visit (人数).")
    inspectors: list[str] = strawberry.field(
        default_factory=list, description="Certificates of those who may be sent; none: any (检查人员)."
    )

    def participant(self) -> Participant:
        """Return the participant."""
        return Participant(self.department, tuple(self.items), self.size, self.unit, tuple(self.inspectors))


@strawberry.input(description="A cell of a matrix: what becomes of the departments' grades (合并矩阵).")
class MatrixCellInput:
    """A cell."""

    grades: list[str] = strawberry.field(description="The grades, in the order of the departments (各部门等级).")
    grade: str = strawberry.field(description="What they become (合并等级).")


@strawberry.input(description="Whose grades make the strata of a joint campaign (联合抽查的分类依据).")
class JointGradingInput:
    """A rule."""

    rule: JointRule = strawberry.field(description="How the grades of several become one (合并规则).")
    departments: list[str] = strawberry.field(description="Whose grades it takes (部门).")
    matrix: list[MatrixCellInput] = strawberry.field(default_factory=list, description="The cells of a matrix (矩阵).")

    def grading(self) -> JointGrading:
        """Return the grading."""
        cells = tuple((tuple(cell.grades), cell.grade) for cell in self.matrix)
        return JointGrading(self.rule, tuple(self.departments), cells)


@strawberry.input(description="What a campaign is to be (抽查计划).")
class PlanInput:
    """A plan."""

    title: str = strawberry.field(description="Its title (名称).")
    departments: list[str] = strawberry.field(
        default_factory=list,
        description="Codes of the departments, the leading one first; none: of participants (部门).",
    )
    items: list[str] = strawberry.field(
        default_factory=list, description="Codes of the items; none: the participants' (抽查事项)."
    )
    participants: list[ParticipantInput] = strawberry.field(
        default_factory=list, description="Who takes part, with what; the first leads (参加方)."
    )
    grading: JointGradingInput | None = strawberry.field(
        default=None, description="Whose grades make the strata; none: the general ones (分类依据)."
    )
    annual_line: str = strawberry.field(
        default="", description="The line of the lead's plan of the year that it is of, if any (年度计划项)."
    )
    starts_on: date = strawberry.field(description="The first day of its period (开始日期).")
    ends_on: date = strawberry.field(description="The last day of its period (结束日期).")
    conditions: ConditionsInput = strawberry.field(description="Who belongs to its frame (抽查范围).")
    rates: list[RateInput] = strawberry.field(
        default_factory=list, description="A rate for each grade of the scale, where that is the design (抽查比例)."
    )
    design: DesignInput | None = strawberry.field(
        default=None, description="Any other design, in the place of rates by grade; of a list none (抽样设计)."
    )
    flat_reason: str = strawberry.field(
        default="",
        description="Why all grades are drawn at the same rate, if they are; sealed (同一比例的理由).",
    )
    listing: ListingInput | None = strawberry.field(
        default=None, description="Who is visited without a draw (专项检查或上级抽取)."
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

    def plan(self, file: GivenList | None = None) -> plans.Plan:
        """Return the plan; raises Invalid where it cannot be one."""
        participants = tuple(each.participant() for each in self.participants)
        return plans.Plan(
            title=self.title,
            departments=tuple(self.departments) or departments_of(participants),
            items=tuple(self.items) or items_of(participants),
            starts=self.starts_on,
            ends=self.ends_on,
            conditions=self.conditions.conditions(),
            design=planned_design(
                [(rate.grade, rate.basis_points) for rate in self.rates], self.design, self.listing is not None
            ),
            exclusions=tuple(plans.Exclusion(each.enterprise, each.reason) for each in self.exclusions),
            once_a_year=self.once_a_year,
            matching=self.matching.plan(),
            frequency=tuple(each.rule() for each in self.frequency),
            listing=None if self.listing is None else self.listing.listing(file),
            flat_reason=self.flat_reason,
            participants=participants,
            annual_line=self.annual_line,
            grading=None if self.grading is None else self.grading.grading(),
        )


@strawberry.type(description="The rate at which enterprises of a grade are drawn (抽查比例).")
class Rate:
    """A rate."""

    grade: str = strawberry.field(description="The grade (等级).")
    basis_points: int = strawberry.field(description="The rate in basis points: 500 is 5 % (万分比).")


@strawberry.type(description="An enterprise that stands in the frame but is not drawn (排除).")
class Exclusion:
    """An exclusion."""

    enterprise_code: USCC = strawberry.field(description="The enterprise (企业).")
    reason: str = strawberry.field(description="Why (理由).")


@strawberry.type(name="Participant", description="Who takes part in a joint campaign, and with what (参加方).")
class ParticipantAnswer:
    """A participant."""

    department_code: str = strawberry.field(description="The department (部门).")
    unit: str | None = strawberry.field(description="Its unit; nothing: any (单位).")
    item_codes: list[str] = strawberry.field(description="Its items (抽查事项).")
    size: int = strawberry.field(description="Inspectors that it sends to each visit (人数).")
    inspectors: list[str] = strawberry.field(description="Those who may be sent; none: any (检查人员).")


@strawberry.type(description="A cell of a matrix (合并矩阵).")
class MatrixCell:
    """A cell."""

    grades: list[str] = strawberry.field(description="The grades, in the order of the departments (各部门等级).")
    grade: str = strawberry.field(description="What they become (合并等级).")


@strawberry.type(name="JointGrading", description="Whose grades make the strata, for the lead alone (分类依据).")
class JointGradingAnswer:
    """A rule."""

    rule: JointRule = strawberry.field(description="How the grades of several become one (合并规则).")
    department_codes: list[str] = strawberry.field(description="Whose grades it takes (部门).")
    matrix: list[MatrixCell] = strawberry.field(description="The cells of a matrix (矩阵).")

    @classmethod
    def of(cls, grading: JointGrading) -> "JointGradingAnswer":
        """Make the answer of a grading."""
        return cls(
            rule=grading.rule,
            department_codes=list(grading.departments),
            matrix=[MatrixCell(grades=list(grades), grade=grade) for grades, grade in grading.matrix],
        )


@strawberry.type(description="A departure from rates that differ by grade, and why (偏离).")
class PlanDeviation:
    """A deviation."""

    kind: Departure = strawberry.field(description="What it is (类型).")
    reason: str = strawberry.field(description="Why the planner asked for it, or where a list comes from (理由).")


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
    type: CampaignType = strawberry.field(description="How it finds whom to visit (抽查类型).")
    annual_line: str | None = strawberry.field(
        description="The line of the plan of the year that it is of (年度计划项)."
    )
    flat_reason: str | None = strawberry.field(description="Why all grades have the same rate, if so (同一比例的理由).")
    listing: PublicListing | None = strawberry.field(description="What takes the place of a draw (非抽取).")
    listed: list[USCC] = strawberry.field(description="Whom a listing names (名单).")
    participants: list[ParticipantAnswer] = strawberry.field(description="Who takes part, with what (参加方).")
    grading: JointGradingAnswer | None = strawberry.field(
        description="Whose grades make the strata, for the lead alone; nothing: the general ones (分类依据)."
    )
    deviations: list[PlanDeviation] = strawberry.field(description="What of it departs from rates by grade (偏离).")
    exclusions: list[Exclusion] = strawberry.field(description="Who is not drawn (排除).")
    once_a_year: bool = strawberry.field(
        description="Whether whoever was drawn this year is excluded (本年度不重复抽取)."
    )
    frequency: list[FrequencyRule] = strawberry.field(description="Who was drawn too often lately (频次).")
    matching: MatchingRules = strawberry.field(description="How inspectors are matched (匹配规则).")

    @classmethod
    def of(cls, plan: plans.Plan) -> "Plan":
        """Make the answer of a plan."""
        return cls(
            title=plan.title,
            department_codes=list(plan.departments),
            item_codes=list(plan.items),
            starts_on=plan.starts,
            ends_on=plan.ends,
            conditions=Conditions.of(plan.conditions),
            type=plan.type,
            annual_line=plan.annual_line or None,
            flat_reason=plan.flat_reason or None,
            listing=None if plan.listing is None else PublicListing.of(plan.listing),
            listed=[] if plan.listing is None else [USCC(code) for code in plan.listing.enterprises],
            participants=[
                ParticipantAnswer(
                    department_code=each.department,
                    unit=each.unit or None,
                    item_codes=list(each.items),
                    size=each.size,
                    inspectors=list(each.inspectors),
                )
                for each in plan.participants
            ],
            grading=None if plan.grading is None else JointGradingAnswer.of(plan.grading),
            deviations=[PlanDeviation(kind=each.departure, reason=each.reason) for each in deviations_of(plan)],
            rates=[Rate(grade=grade, basis_points=points) for grade, points in (plan.design.rates or {}).items()],
            design=Design.of(plan.design),
            exclusions=[
                Exclusion(enterprise_code=USCC(each.enterprise), reason=each.reason) for each in plan.exclusions
            ],
            once_a_year=plan.once_a_year,
            frequency=[FrequencyRule(visits=each.visits, months=each.months) for each in plan.frequency],
            matching=MatchingRules.of(plan.matching, plan.team_roles),
        )
