"""A model's indicators against what was found (实证分析)."""

import strawberry

from schema.notes import Note
from schema.staff_types.estimates import NOTICE, Estimate, LeftOut, ScoreQuality, said
from schema.words import Language
from scoring import grades
from scoring.evaluation import correlations, empirical, indicators, stability


@strawberry.type(description="A bin of an indicator against findings (指标分段).")
class IndicatorBin:
    """A bin."""

    label: str = strawberry.field(description="The values; — is the missing ones (取值).")
    points: int = strawberry.field(description="Its points (分值).")
    visits: int = strawberry.field(description="Visits (检查数).")
    found: int = strawberry.field(description="Of these, with a finding (发现问题数).")
    coverage: float = strawberry.field(description="Its share of all weight (覆盖率).")
    rate: Estimate = strawberry.field(description="Weighted finding rate (加权发现率).")
    woe: float | None = strawberry.field(description="Weight of evidence (证据权重, WoE).")
    iv: float | None = strawberry.field(description="What it adds to the information value (IV 分量).")

    @classmethod
    def of(cls, found: indicators.BinFindings, language: Language) -> "IndicatorBin":
        """Make the answer of a bin."""
        return cls(
            label=found.bin.label,
            points=found.bin.points,
            visits=found.visits,
            found=found.found,
            coverage=found.coverage,
            rate=Estimate.of(found.rate, language),
            woe=found.woe,
            iv=found.iv,
        )


@strawberry.type(description="Whether the register is spread over an indicator's bins as it was (稳定性).")
class Stability:
    """A stability."""

    psi: float | None = strawberry.field(description="Population stability index (群体稳定性指标, PSI).")
    limit: float | None = strawberry.field(description="Its 95 % limit by chance (偶然界限).")
    shifted: bool = strawberry.field(description="Whether it is more than chance (显著变化).")

    @classmethod
    def of(cls, found: stability.Stability) -> "Stability":
        """Make the answer of a stability."""
        return cls(psi=found.psi, limit=found.limit, shifted=found.shifted)


@strawberry.type(description="An indicator against findings (指标实证).")
class IndicatorEvidence:
    """An indicator."""

    id: str = strawberry.field(description="Its id (标识).")
    title: str = strawberry.field(description="Its title (名称).")
    iv: float | None = strawberry.field(description="Information value (信息值, IV).")
    ks: float | None = strawberry.field(description="Kolmogorov–Smirnov statistic (KS 统计量, KS).")
    auc: float | None = strawberry.field(description="Area under the ROC curve of its points (曲线下面积, AUC).")
    monotone: bool = strawberry.field(description="Whether the rate rises with the points throughout (单调).")
    bins: list[IndicatorBin] = strawberry.field(description="Its bins, the missing values last (分段).")
    stability: Stability = strawberry.field(description="Between the first day and the last (稳定性).")
    notes: list[Note] = strawberry.field(description="Remarks (说明).")

    @classmethod
    def of(cls, found: empirical.IndicatorEvidence, language: Language) -> "IndicatorEvidence":
        """Make the answer of an indicator."""
        told = found.association
        return cls(
            id=found.id,
            title=found.title,
            iv=told.iv,
            ks=told.discrimination.ks,
            auc=told.discrimination.auc,
            monotone=told.monotone,
            bins=[IndicatorBin.of(each, language) for each in told.bins],
            stability=Stability.of(found.stability),
            notes=said(told.notes, language),
        )


@strawberry.type(description="Two indicators' rank correlation (相关性).")
class Correlation:
    """A correlation."""

    one: str = strawberry.field(description="The one (指标).")
    other: str = strawberry.field(description="The other (另一指标).")
    value: float | None = strawberry.field(description="Spearman's, weighted (加权秩相关).")

    @classmethod
    def of(cls, found: correlations.Correlation) -> "Correlation":
        """Make the answer of a correlation."""
        return cls(one=found.one, other=found.other, value=found.value)


@strawberry.type(description="A model's indicators against what was found, as they were before each visit (实证分析).")
class IndicatorAnalysis:
    """An analysis."""

    model: str = strawberry.field(description="The model's name (模型).")
    version: str = strawberry.field(description="Its version (版本).")
    observational: bool = strawberry.field(description="Nobody drew the visits: no rate is a prevalence (观察性).")
    visits: int = strawberry.field(description="Inspectable visits for which the model holds (检查数).")
    found: int = strawberry.field(description="Of these, with a finding (发现问题数).")
    out_of_scope: int = strawberry.field(description="Visits for which the model does not hold (适用范围外).")
    left_out: list[LeftOut] = strawberry.field(description="Inspections that are not used (未采用的检查).")
    indicators: list[IndicatorEvidence] = strawberry.field(description="The indicators by id (指标).")
    correlations: list[Correlation] = strawberry.field(description="Of each pair of indicators (相关性).")
    score: ScoreQuality = strawberry.field(description="The model's score before each visit (分数效果).")
    notice: str = strawberry.field(description=NOTICE)

    @classmethod
    def of(cls, found: empirical.Evidence, language: Language) -> "IndicatorAnalysis":
        """Make the answer of an analysis."""
        return cls(
            model=found.model,
            version=found.version,
            observational=found.observational,
            visits=found.visits,
            found=found.found,
            out_of_scope=found.out_of_scope,
            left_out=LeftOut.of(found.left_out, language),
            indicators=[IndicatorEvidence.of(each, language) for each in found.indicators],
            correlations=[Correlation.of(each) for each in found.correlations],
            score=ScoreQuality.of(found.discrimination, found.capture, found.calibration, language),
            notice=grades.NOTICE,
        )
