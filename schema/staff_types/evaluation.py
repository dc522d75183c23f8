"""What is said of the visits of campaigns and periods (评估).

Counts are of visits; shares and totals are estimates of the frames, by the design of the draws.
"""

from datetime import date

import strawberry

from schema.staff_types.estimates import NOTICE, Estimate, LeftOut, Prevalence, ScoreQuality
from schema.words import Language
from scoring import grades
from scoring.evaluation import burden, policies, results, stringency, trends


@strawberry.type(description="A sector or region with its members in the frames (行业或区域).")
class Domain:
    """A domain."""

    members: int = strawberry.field(description="Members of the frames, in strata with visits (户数).")
    prevalence: Prevalence = strawberry.field(description="What was found there (发现情况).")
    difference: Estimate = strawberry.field(description="Members with findings by the difference estimator (差值估计).")

    @classmethod
    def of(cls, found: results.Domain, language: Language) -> "Domain":
        """Make the answer of a domain."""
        return cls(
            members=found.members,
            prevalence=Prevalence.of(found.prevalence, language),
            difference=Estimate.of(found.difference, language),
        )


@strawberry.type(description="The share of one grade less that of the next lower one (相邻等级之差).")
class GradeStep:
    """A step."""

    lower: str = strawberry.field(description="The lower grade (较低等级).")
    higher: str = strawberry.field(description="The higher grade (较高等级).")
    rise: Estimate = strawberry.field(description="By how much more is found in the higher one (上升).")
    falls_beyond_chance: bool = strawberry.field(description="Less is found there, beyond chance (显著下降).")

    @classmethod
    def of(cls, found: trends.Step, language: Language) -> "GradeStep":
        """Make the answer of a step."""
        rise = Estimate.of(found.rise, language)
        return cls(lower=found.lower, higher=found.higher, rise=rise, falls_beyond_chance=found.falls_beyond_chance)


@strawberry.type(description="Whether findings rise with the grade (单调性).")
class GradeTrend:
    """A trend."""

    slope: Estimate = strawberry.field(description="Rise of the share per grade, by design (斜率).")
    probability: float | None = strawberry.field(description="Two-sided probability of no trend (p 值).")
    unweighted_probability: float | None = strawberry.field(
        description="By Cochran and Armitage, as if drawn at one rate (未加权 p 值)."
    )
    steps: list[GradeStep] = strawberry.field(description="Between neighbouring grades (相邻等级).")

    @classmethod
    def of(cls, found: trends.Monotonicity, language: Language) -> "GradeTrend":
        """Make the answer of a trend."""
        return cls(
            slope=Estimate.of(found.trend.slope, language),
            probability=found.trend.probability,
            unweighted_probability=found.unweighted.probability,
            steps=[GradeStep.of(each, language) for each in found.steps],
        )


@strawberry.type(description="What the draw found against a uniform draw of as many visits (与等概率抽取相比).")
class AgainstUniform:
    """A comparison of policies."""

    findings: Estimate = strawberry.field(description="Findings of the draw (发现问题数).")
    uniform: Estimate = strawberry.field(description="Findings that a uniform draw would have (等概率抽取).")
    quotient: Estimate = strawberry.field(description="The one by the other (倍数).")

    @classmethod
    def of(cls, found: policies.PolicyComparison, language: Language) -> "AgainstUniform":
        """Make the answer of a comparison."""
        told = (found.new.findings, found.old.findings, found.quotient)
        findings, uniform, quotient = (Estimate.of(each, language) for each in told)
        return cls(findings=findings, uniform=uniform, quotient=quotient)


@strawberry.type(description="How much visits were a burden on those who comply (对守法企业的打扰).")
class Burden:
    """The burden of a grade, or of all."""

    grade: str | None = strawberry.field(description="The grade; nothing: all (等级).")
    visits: int = strawberry.field(description="Inspectable visits (检查数).")
    in_vain: int = strawberry.field(description="Visits that found nothing (未发现问题数).")
    compliant: int = strawberry.field(description="Enterprises without a finding at any visit (守法企业).")
    repeated: int = strawberry.field(description="Of these, visited more than once (多次被查).")

    @classmethod
    def of(cls, found: burden.Burden) -> "Burden":
        """Make the answer of a burden."""
        return cls(
            grade=found.grade,
            visits=found.visits,
            in_vain=found.in_vain,
            compliant=found.compliant,
            repeated=found.repeated,
        )


@strawberry.type(description="What an inspector found of what was to be expected where he or she went (检查人员).")
class InspectorStringency:
    """An inspector."""

    inspector: str = strawberry.field(description="The code (证件号).")
    visits: int = strawberry.field(description="Visits (检查数).")
    observed: float = strawberry.field(description="Findings, shared with the team (发现).")
    expected: float = strawberry.field(description="Findings to be expected (期望).")
    ratio: float | None = strawberry.field(description="Observed ÷ expected (观察÷期望).")
    factor: float = strawberry.field(description="The same, shrunken (收缩后).")
    beyond_998: bool = strawberry.field(description="Outside the 99.8 % limits of chance (超出 99.8% 界限).")

    @classmethod
    def of(cls, found: stringency.Inspector) -> "InspectorStringency":
        """Make the answer of an inspector."""
        return cls(
            inspector=found.inspector,
            visits=found.visits,
            observed=found.observed,
            expected=found.expected,
            ratio=found.ratio,
            factor=found.factor,
            beyond_998=found.beyond_998,
        )


@strawberry.type(description="How many places of a campaign were sampled, and how many of them have a visit (待检查).")
class PendingVisits:
    """A campaign's visits that are still to come."""

    campaign: str = strawberry.field(description="The campaign (任务编号).")
    sampled: int = strawberry.field(description="Sampled (抽中).")
    visited: int = strawberry.field(description="Visited and published, or replaced (已查).")
    pending: int = strawberry.field(description="Drawn and not yet visited (未查).")

    @classmethod
    def of(cls, found: results.Pending) -> "PendingVisits":
        """Make the answer of a campaign."""
        return cls(campaign=found.campaign, sampled=found.sampled, visited=found.visited, pending=found.pending)


@strawberry.type(description="An evaluation of a campaign or a period; no rate of hits is told as prevalence (评估).")
class Evaluation:
    """An evaluation."""

    campaigns: list[str] = strawberry.field(description="The campaigns (任务).")
    first: date = strawberry.field(description="The first day (起始日).")
    last: date = strawberry.field(description="The last day (截止日).")
    visited: int = strawberry.field(description="Visits with a design (有设计的检查).")
    observational: int = strawberry.field(description="Visits that nobody drew: in no estimate (观察性检查).")
    population: int = strawberry.field(description="Members of the frames that the estimates are about (总体).")
    not_covered: int = strawberry.field(description="Members of strata without a visit (未覆盖).")
    pending: list[PendingVisits] = strawberry.field(description="What was drawn and is not yet visited (待检查).")
    left_out: list[LeftOut] = strawberry.field(description="Inspections that are not used (未采用的检查).")
    overall: Prevalence = strawberry.field(description="In all (总体).")
    uniform: Prevalence = strawberry.field(description="By the uniform slice alone (等概率子样本).")
    by_grade: list[Prevalence] = strawberry.field(description="By grade, lowest risk first (按等级).")
    trend: GradeTrend = strawberry.field(description="Whether findings rise with the grade (单调性).")
    by_sector: list[Domain] = strawberry.field(description="By sector (按行业).")
    by_region: list[Domain] = strawberry.field(description="By region (按区域).")
    by_matter: list[Prevalence] = strawberry.field(description="By matter: those with a problem in it (按事项).")
    matters_unnamed: int = strawberry.field(
        description="Visits with a finding that name no matter: by matter, shares are at least so high (未指明事项)."
    )
    against_uniform: AgainstUniform = strawberry.field(description="Against a uniform draw (与等概率抽取相比).")
    score: ScoreQuality = strawberry.field(description="How the score at the draw goes with findings (分数效果).")
    days_earlier: float | None = strawberry.field(description="Mean days by which the score finds earlier (提前天数).")
    first_half_actual: float | None = strawberry.field(description="Findings in the first half, as it was (前半期).")
    first_half_by_score: float | None = strawberry.field(description="The same by the order of score (按分数前半期).")
    burden: list[Burden] = strawberry.field(description="The burden on those who comply, all first (打扰).")
    inspectors: list[InspectorStringency] = strawberry.field(description="The inspectors by code (检查人员).")
    notice: str = strawberry.field(description=NOTICE)

    @classmethod
    def of(cls, found: results.Evaluation, language: Language) -> "Evaluation":
        """Make the answer of an evaluation."""
        return cls(
            campaigns=list(found.campaigns),
            first=found.first,
            last=found.last,
            visited=found.coverage.visited,
            observational=found.coverage.observational,
            population=found.coverage.population,
            not_covered=found.coverage.not_covered,
            pending=[PendingVisits.of(each) for each in found.pending],
            left_out=LeftOut.of(found.left_out, language),
            overall=Prevalence.of(found.overall, language),
            uniform=Prevalence.of(found.uniform, language),
            by_grade=[Prevalence.of(each, language) for each in found.by_grade],
            trend=GradeTrend.of(found.monotonicity, language),
            by_sector=[Domain.of(each, language) for each in found.by_sector],
            by_region=[Domain.of(each, language) for each in found.by_region],
            by_matter=[Prevalence.of(each, language) for each in found.by_matter],
            matters_unnamed=found.matters_unnamed,
            against_uniform=AgainstUniform.of(found.against_uniform, language),
            score=ScoreQuality.of(found.discrimination, found.capture, found.calibration, language),
            days_earlier=found.reordering.days_earlier,
            first_half_actual=found.reordering.first_half_actual,
            first_half_by_score=found.reordering.first_half_by_score,
            burden=[Burden.of(each) for each in found.burden],
            inspectors=[InspectorStringency.of(each) for each in found.stringency.inspectors.values()],
            notice=grades.NOTICE,
        )
