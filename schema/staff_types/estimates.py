"""Estimates with their errors, and what is told of scores: what evaluations have in common (估计)."""

from collections.abc import Iterable, Mapping

import strawberry

from schema.notes import Note
from schema.words import Language
from scoring.evaluation import calibration, intervals, prevalence
from scoring.evaluation.capture import Capture
from scoring.evaluation.discrimination import Discrimination
from scoring.evaluation.results import SHARES

NOTICE = "For placing supervision only; no evaluation of credit (声明)."


def said(codes: Iterable[str], language: Language) -> list[Note]:
    """Return remarks in a language."""
    return [Note.of(code, language) for code in codes]


@strawberry.type(description="A number with its error and 95 % interval; no number is what is not estimable (估计值).")
class Estimate:
    """An estimate."""

    value: float | None = strawberry.field(description="The estimate (估计).")
    error: float | None = strawberry.field(description="Its standard error (标准误).")
    low: float | None = strawberry.field(description="The lower end of the 95 % interval (下限).")
    high: float | None = strawberry.field(description="The upper end (上限).")
    notes: list[Note] = strawberry.field(description="Why it is not estimable, or by which rule it is (说明).")

    @classmethod
    def of(cls, found: intervals.Estimate, language: Language) -> "Estimate":
        """Make the answer of an estimate."""
        low, high = (None, None) if found.interval is None else (found.interval.low, found.interval.high)
        return cls(value=found.value, error=found.error, low=low, high=high, notes=said(found.notes, language))


@strawberry.type(description="How common findings are in a domain: a grade, sector, region or matter (问题发现情况).")
class Prevalence:
    """A prevalence."""

    domain: str = strawberry.field(description="The domain; empty: all, or what is not known (分组).")
    visits: int = strawberry.field(description="Visits as they are (检查数).")
    inspectable: int = strawberry.field(description="Of these, inspectable (可检查数).")
    found: int = strawberry.field(description="Of these, with a finding: no rate of the domain (发现问题数).")
    share: Estimate = strawberry.field(description="Found ÷ inspectable in the frame, weighted (问题发生率).")
    found_total: Estimate = strawberry.field(description="Members in which something would be found (问题户数).")

    @classmethod
    def of(cls, found: prevalence.Prevalence, language: Language) -> "Prevalence":
        """Make the answer of a prevalence."""
        return cls(
            domain=found.domain,
            visits=found.visits,
            inspectable=found.inspectable,
            found=found.found,
            share=Estimate.of(found.share, language),
            found_total=Estimate.of(found.found_total, language),
        )


@strawberry.type(description="Which share of the findings the first visits by score have (捕获率).")
class Captured:
    """A point of the capture curve."""

    visits: float = strawberry.field(description="Share of the visits, highest scores first (检查占比).")
    findings: float | None = strawberry.field(description="Share of the findings (问题占比).")
    lift: float | None = strawberry.field(description="The one by the other (提升度).")
    precision: float | None = strawberry.field(description="Finding rate of these visits (命中率).")

    @classmethod
    def of(cls, curve: Capture, share: float) -> "Captured":
        """Make the answer of a point."""
        findings, lift, precision = curve.at(share), curve.lift(share), curve.precision(share)
        return cls(visits=share, findings=findings, lift=lift, precision=precision)


@strawberry.type(description="Scores with their finding rate (分数段).")
class ScoreBand:
    """A band of scores."""

    lowest: int = strawberry.field(description="The lowest score (最低分).")
    highest: int = strawberry.field(description="The highest score (最高分).")
    visits: int = strawberry.field(description="Visits (检查数).")
    rate: Estimate = strawberry.field(description="Weighted finding rate (加权发现率).")

    @classmethod
    def of(cls, found: calibration.Band, language: Language) -> "ScoreBand":
        """Make the answer of a band."""
        rate = Estimate.of(found.rate, language)
        return cls(lowest=found.lowest, highest=found.highest, visits=found.visits, rate=rate)


@strawberry.type(description="How well a score tells findings from none (区分度).")
class ScoreQuality:
    """Measures of a score."""

    auc: float | None = strawberry.field(description="Area under the ROC curve (曲线下面积, AUC).")
    gini: float | None = strawberry.field(description="2·AUC − 1 (基尼系数, Gini).")
    ks: float | None = strawberry.field(description="Kolmogorov–Smirnov statistic (KS 统计量, KS).")
    notes: list[Note] = strawberry.field(description="Why not, where not (说明).")
    captured: list[Captured] = strawberry.field(description="The capture of the first visits (捕获率).")
    bands: list[ScoreBand] = strawberry.field(description="Bands of scores, lowest first (分数段).")

    @classmethod
    def of(
        cls, told: Discrimination, curve: Capture, bands: Iterable[calibration.Band], language: Language
    ) -> "ScoreQuality":
        """Make the answer of a score."""
        return cls(
            auc=told.auc,
            gini=told.gini,
            ks=told.ks,
            notes=said(told.notes, language),
            captured=[Captured.of(curve, share) for share in SHARES],
            bands=[ScoreBand.of(each, language) for each in bands],
        )


@strawberry.type(description="Inspections that are of no use for an evaluation (未采用的检查).")
class LeftOut:
    """A reason with its number."""

    reason: Note = strawberry.field(description="Why (原因).")
    inspections: int = strawberry.field(description="How many (数量).")

    @classmethod
    def of(cls, left_out: Mapping[str, int], language: Language) -> "list[LeftOut]":
        """Make the answers of all reasons."""
        told = sorted(left_out.items())
        return [cls(reason=Note.of(code, language), inspections=count) for code, count in told]
