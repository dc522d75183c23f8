"""What a plan would give (预览)."""

from datetime import date
from fractions import Fraction

import strawberry

from sampling.design_plans import BASIS_POINTS
from sampling.previewing import Preview
from schema.errors import RefusalAnswer
from schema.words import Language


@strawberry.type(description="A stratum of the draw (抽样层).")
class Stratum:
    """A stratum."""

    label: str = strawberry.field(description="What it is called (名称).")
    grades: list[str] = strawberry.field(description="The grades that it holds; small ones are merged (等级).")
    size: int = strawberry.field(description="How many enterprises it has (企业数).")
    rate_basis_points: int = strawberry.field(description="Its rate in basis points (抽查比例).")
    quota: int = strawberry.field(description="How many of it are drawn (抽取数).")
    uniform: int = strawberry.field(description="How many of these form the equal-probability sample (均匀样本).")


@strawberry.type(description="How many enterprises are excluded for a reason (排除数).")
class ExclusionCount:
    """A count of exclusions."""

    reason: str = strawberry.field(description="The reason (理由).")
    count: int = strawberry.field(description="How many (企业数).")


@strawberry.type(description="What outsiders could infer of a grade, in basis points, rounded (推断).")
class Inference:
    """An inference."""

    grade: str = strawberry.field(description="The grade (等级).")
    prior: int = strawberry.field(description="Its share of the frame (占名单比例).")
    if_drawn: int = strawberry.field(description="Its probability for an enterprise that was drawn (抽中时概率).")
    if_not_drawn: int | None = strawberry.field(
        description="And for one that was not; nothing where all are drawn (未抽中时概率)."
    )


@strawberry.type(description="What a plan would draw of a grade (等级覆盖率).")
class GradeCoverage:
    """A coverage."""

    grade: str = strawberry.field(description="The grade (等级).")
    size: int = strawberry.field(description="How many stand in the frame (企业数).")
    excluded: int = strawberry.field(description="How many of them are excluded (排除数).")
    expected_visits_hundredths: int = strawberry.field(description="Visits on average, in hundredths (预期检查数).")
    basis_points: int = strawberry.field(description="Visits by all in the frame, in basis points (覆盖率).")


@strawberry.type(description="Whether a campaign visited an enterprise, as the public sees it (公开的抽查).")
class SeenVisit:
    """A visit that is seen or missed."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    visited: bool = strawberry.field(description="Whether it visited (是否抽中).")


@strawberry.type(description="What a plan would ask of the inspectors of a role (角色工作量).")
class RoleLoad:
    """A load."""

    role: str = strawberry.field(description="The role (角色).")
    department_code: str = strawberry.field(description="Its department (部门).")
    places: int = strawberry.field(description="Its places over all visits (名额).")
    inspectors: int = strawberry.field(description="Who could take it at some enterprise (检查人员数).")
    earlier: int = strawberry.field(description="Their visits of the year so far (本年已有检查数).")
    room: int | None = strawberry.field(description="What their caps leave them; nothing where one has none (余量).")
    expected_hundredths: int | None = strawberry.field(description="Places by inspectors, in hundredths (人均).")


@strawberry.type(description="How many enterprises of the frame were drawn how often (既往抽查次数).")
class PastVisits:
    """A number of past visits."""

    months: int = strawberry.field(description="In how many months (月数).")
    visits: int = strawberry.field(description="How often (次数).")
    enterprises: int = strawberry.field(description="How many enterprises (企业数).")


@strawberry.type(description="What an earlier campaign of the same items gave so far (既往任务).")
class PastCampaign:
    """An earlier campaign."""

    code: str = strawberry.field(description="Its code (任务编号).")
    drawn_on: date = strawberry.field(description="When it was drawn (抽取日期).")
    visits: int = strawberry.field(description="How many it drew (抽取数).")
    published: int = strawberry.field(description="How many findings are published (公示数).")
    inspected: int = strawberry.field(description="How many of these could be inspected (可检查数).")
    findings: int = strawberry.field(description="How many of these found something (发现数).")
    finding_rate_basis_points: int | None = strawberry.field(
        description="Findings by inspected, in basis points; no estimate for all enterprises (发现率)."
    )


@strawberry.type(description="What a plan would give if it were frozen now; for its planner only (预览).")
class PlanPreview:
    """A preview."""

    frame_size: int = strawberry.field(description="How many enterprises stand in the frame (名单总数).")
    to_draw: int = strawberry.field(description="How many would be drawn (抽取数).")
    coverage_basis_points: int = strawberry.field(description="Drawn by all in the frame, in basis points (总覆盖率).")
    strata: list[Stratum] = strawberry.field(description="The strata, low risk first (抽样层).")
    coverage: list[GradeCoverage] = strawberry.field(description="What would be drawn of each grade (各等级覆盖率).")
    coverage_floor: int = strawberry.field(description="The legal floor of coverage, in basis points (法定下限).")
    excluded: list[ExclusionCount] = strawberry.field(description="The excluded by reason (排除).")
    inferences: list[Inference] = strawberry.field(description="What outsiders could infer of each grade (推断).")
    worst_case: int = strawberry.field(
        description="The largest probability of a higher-risk grade that a public visit would show, in basis points "
        "(可推断的最大概率)."
    )
    worst_case_prior: int = strawberry.field(description="The same before any visit, in basis points (检查前概率).")
    worst_case_population: int = strawberry.field(description="Of how many enterprises it is said (企业数).")
    worst_case_visits: list[SeenVisit] = strawberry.field(description="The visits that would show it (所依据的抽查).")
    bound: int = strawberry.field(description="Above this worst case the plan cannot be frozen (上限).")
    expected_findings_hundredths: int | None = strawberry.field(
        description="Visits expected to find something, in hundredths; nothing where no rate is known (预期发现)."
    )
    loads: list[RoleLoad] = strawberry.field(description="What it asks of the inspectors (工作量).")
    past_visits: list[PastVisits] = strawberry.field(description="How often those in the frame were drawn (既往抽查).")
    last_campaigns: list[PastCampaign] = strawberry.field(
        description="What the last campaigns of the same items gave, oldest first (既往任务)."
    )
    obstacle: RefusalAnswer | None = strawberry.field(
        description="Why the inspectors would not do, in which case the plan cannot be frozen either (匹配障碍)."
    )

    @classmethod
    def of(cls, preview: Preview, language: Language) -> "PlanPreview":
        """Make the answer of a preview."""
        design = preview.design
        return cls(
            frame_size=design.size,
            to_draw=design.visits,
            coverage_basis_points=design.coverage_basis_points,
            strata=[
                Stratum(
                    label=each.label,
                    grades=list(each.grades),
                    size=each.size,
                    rate_basis_points=each.rate,
                    quota=each.quota,
                    uniform=each.uniform,
                )
                for each in design.strata
            ],
            coverage=[
                GradeCoverage(
                    grade=each.grade,
                    size=each.size,
                    excluded=each.excluded,
                    expected_visits_hundredths=_hundredths(each.visits),
                    basis_points=each.basis_points,
                )
                for each in preview.coverage
            ],
            coverage_floor=preview.coverage_floor,
            excluded=[ExclusionCount(reason=reason, count=count) for reason, count in preview.excluded.items()],
            inferences=[
                Inference(
                    grade=each.grade,
                    prior=_basis_points(each.prior),
                    if_drawn=_basis_points(each.drawn),
                    if_not_drawn=None if each.not_drawn is None else _basis_points(each.not_drawn),
                )
                for each in preview.posteriors
            ],
            worst_case=preview.worst_case,
            worst_case_prior=_basis_points(preview.exposure.prior),
            worst_case_population=preview.exposure.population,
            worst_case_visits=[
                SeenVisit(campaign_code=code, visited=visited) for code, visited in preview.exposure.seen
            ],
            bound=preview.bound,
            expected_findings_hundredths=None
            if preview.expected_findings is None
            else _hundredths(preview.expected_findings),
            loads=[
                RoleLoad(
                    role=each.role,
                    department_code=each.department,
                    places=each.places,
                    inspectors=each.inspectors,
                    earlier=each.earlier,
                    room=each.room,
                    expected_hundredths=None if each.expected is None else _hundredths(each.expected),
                )
                for each in preview.loads
            ],
            past_visits=[
                PastVisits(months=months, visits=visits, enterprises=count)
                for months, counts in preview.visited.items()
                for visits, count in counts.items()
            ],
            last_campaigns=[
                PastCampaign(
                    code=each.campaign,
                    drawn_on=each.drawn_on,
                    visits=each.visits,
                    published=each.published,
                    inspected=each.found.inspected,
                    findings=each.found.findings,
                    finding_rate_basis_points=each.found.rate,
                )
                for each in preview.last
            ],
            obstacle=None if preview.obstacle is None else RefusalAnswer.of(preview.obstacle, language),
        )


def _basis_points(value: Fraction) -> int:
    return round(value * BASIS_POINTS)


def _hundredths(value: Fraction) -> int:
    return round(value * 100)
