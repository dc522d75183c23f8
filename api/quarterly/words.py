"""The Chinese of the quarterly report, and its numbers as text."""

from collections.abc import Callable, Mapping
from typing import Final

from api.plotting.evaluated import notes_text
from api.plotting.look import percent
from scoring.evaluation.intervals import Estimate
from scoring.models import Step

STEPS: Final[Mapping[Step, str]] = {
    Step.ADOPTED: "启用（首个模型）",
    Step.DRAFTED: "提出草案",
    Step.REVIEWED: "复核通过",
    Step.RETURNED: "复核退回",
    Step.ENFORCED: "确认生效",
    Step.RETIRED: "确认停用",
}


def share_text(estimate: Estimate) -> str:
    """Return an estimated share with its interval, or why there is none."""
    if estimate.value is None:
        return f"无法估计（{notes_text(estimate.notes)}）" if estimate.notes else "无法估计"
    return percent(estimate.value) + _interval(estimate, percent, "")


def amount_text(estimate: Estimate, digits: int = 0, unit: str = "") -> str:
    """Return an estimated number with its interval, or why there is none."""
    if estimate.value is None:
        return f"无法估计（{notes_text(estimate.notes)}）" if estimate.notes else "无法估计"

    def told(value: float) -> str:
        return f"{value:,.{digits}f}".replace("-", "−")

    return told(estimate.value) + unit + _interval(estimate, told, unit)


def number_text(value: float | None, digits: int = 3) -> str:
    """Return a number, a dash for none."""
    return "—" if value is None else f"{value:.{digits}f}".replace("-", "−")


def probability_text(value: float | None) -> str:
    """Return a probability of a test."""
    if value is None:
        return "P 无法计算"
    return "P＜0.001" if value < 0.001 else f"P＝{value:.3f}"


def points_text(value: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{value * 100:+.1f} 个百分点".replace("-", "−")


def _interval(estimate: Estimate, told: Callable[[float], str], unit: str) -> str:
    held = estimate.interval
    if held is None:
        return ""
    return f"（95% 区间 {told(held.low)} 至 {told(held.high)}{unit}）"
