"""Evaluations and analyses of indicators as tables for people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from api.command_line.context import Desk
from schema.remark_words import all_notes
from scoring.evaluation.empirical import Evidence
from scoring.evaluation.intervals import Estimate
from scoring.evaluation.prevalence import Prevalence
from scoring.evaluation.results import SHARES, Evaluation
from scoring.grades import NOTICE


def shown_evaluation(desk: Desk, found: Evaluation) -> list[RenderableType]:
    """Return the tables of an evaluation."""
    output, coverage = desk.output, found.coverage
    facts = [
        ("campaigns", found.campaigns),
        ("first_day", found.first),
        ("last_day", found.last),
        ("frame_members", coverage.population),
        ("members_not_covered", coverage.not_covered),
        ("designed_visits", coverage.visited),
        ("observational_visits", coverage.observational),
        ("pending_visits", coverage.pending),
        ("findings_without_matter", found.matters_unnamed if found.by_matter else None),
        ("days_earlier", _number(found.reordering.days_earlier)),
        ("first_half_actual", _percent(found.reordering.first_half_actual)),
        ("first_half_by_score", _percent(found.reordering.first_half_by_score)),
    ]
    told: list[tuple[str, Sequence[Prevalence]]] = [
        ("by_grade", found.by_grade),
        ("by_sector", [each.prevalence for each in found.by_sector]),
        ("by_region", found.by_division),
        ("by_matter", found.by_matter),
    ]
    shown: list[RenderableType] = [output.facts("evaluation", facts)]
    overall = [(output.word("all"), found.overall), (output.word("uniform_slice"), found.uniform)]
    shown.append(_prevalences(desk, "prevalence_in_all", overall))
    shown += [_prevalences(desk, title, [(each.domain, each) for each in of]) for title, of in told if of]
    trend = found.monotonicity.trend
    steps = [(f"{each.lower} → {each.higher}", *_estimated(desk, each.rise)) for each in found.monotonicity.steps]
    steps.append((output.word("trend_by_design"), *_estimated(desk, trend.slope)))
    shown.append(output.table("grade_trend", ("grade", "rise", "interval_95", "remarks"), steps))
    policies = found.against_uniform
    rows = [
        (output.word(name), *_estimated(desk, each, _number))
        for name, each in (
            ("findings_of_draw", policies.new.findings),
            ("findings_of_uniform", policies.old.findings),
            ("times_as_many", policies.quotient),
        )
    ]
    shown.append(output.table("against_uniform", ("what", "estimated", "interval_95", "remarks"), rows))
    shown.append(_quality(desk, found))
    burden = [
        (
            each.grade if each.grade is not None else output.word("all"),
            each.visits,
            each.in_vain,
            each.compliant,
            each.repeated,
        )
        for each in found.burden
    ]
    shown.append(
        output.table("burden", ("grade", "visits_counted", "in_vain_visits", "compliant", "visited_again"), burden)
    )
    inspectors = [
        (
            each.inspector,
            each.visits,
            _number(each.observed),
            _number(each.expected),
            _number(each.factor),
            each.beyond_998,
        )
        for each in found.stringency.inspectors.values()
    ]
    shown.append(
        output.table(
            "stringency",
            ("inspector", "visits_counted", "observed", "expected", "shrunken_ratio", "beyond_chance"),
            inspectors,
        )
    )
    return [*shown, *_left_out(desk, found.left_out), NOTICE]


def shown_evidence(desk: Desk, found: Evidence) -> list[RenderableType]:
    """Return the tables of an analysis of indicators."""
    output = desk.output
    facts = [
        ("model", f"{found.model} {found.version}"),
        ("visits_counted", found.visits),
        ("with_findings", found.found),
        ("visits_out_of_scope", found.out_of_scope),
        ("observational_visits", found.observational),
    ]
    rows = [
        (
            each.title,
            _number(each.association.iv),
            _number(each.association.discrimination.auc),
            _number(each.association.discrimination.ks),
            each.association.monotone,
            _number(each.stability.psi),
            _number(each.stability.limit),
            _noted(desk, each.association.notes),
        )
        for each in found.indicators
    ]
    head = ("indicator", "iv", "auc", "ks", "monotone", "psi", "psi_limit", "remarks")
    bins = [
        (
            each.title,
            told.bin.label,
            told.bin.points,
            told.visits,
            told.found,
            _percent(told.coverage),
            *_estimated(desk, told.rate)[:2],
            _number(told.woe),
        )
        for each in found.indicators
        for told in each.association.bins
    ]
    seen = ("visits_counted", "with_findings", "covered_share", "weighted_finding_rate", "interval_95", "woe")
    return [
        output.facts("indicator_analysis", facts),
        output.table("indicators_shown", head, rows),
        output.table("indicator_bins", ("indicator", "bin", "points_of_bin", *seen), bins),
        _quality(desk, found),
        *_left_out(desk, found.left_out),
        NOTICE,
    ]


def _prevalences(desk: Desk, title: str, told: Sequence[tuple[str, Prevalence]]) -> RenderableType:
    rows = [
        (
            label or desk.output.word("not_known"),
            each.visits,
            each.inspectable,
            each.found,
            *_estimated(desk, each.share),
        )
        for label, each in told
    ]
    columns = (
        "group",
        "visits_counted",
        "inspectable",
        "with_findings",
        "estimated_prevalence",
        "interval_95",
        "remarks",
    )
    return desk.output.table(title, columns, rows)


def _quality(desk: Desk, found: Evaluation | Evidence) -> RenderableType:
    told = found.discrimination
    facts: list[tuple[str, object]] = [("auc", _number(told.auc)), ("ks", _number(told.ks))]
    rows = [*facts, ("remarks", _noted(desk, told.notes) or None)]
    output = desk.output
    if found.capture.points:
        rows += [(f"first_{int(share * 100)}_percent", _percent(found.capture.at(share))) for share in SHARES]
    return output.facts("score_quality", rows)


def _left_out(desk: Desk, found: Mapping[str, int]) -> list[RenderableType]:
    if not found:
        return []
    rows = [(_noted(desk, [code]), count) for code, count in sorted(found.items())]
    return [desk.output.table("inspections_left_out", ("why_left_out", "inspections_counted"), rows)]


def _estimated(
    desk: Desk, estimate: Estimate, write: "Callable[[float | None], str | None] | None" = None
) -> tuple[Any, ...]:
    """Return an estimate, its interval and its notes as people read them."""
    write = write or _percent
    interval = estimate.interval
    between = "" if interval is None else f"{write(interval.low)} – {write(interval.high)}"
    return write(estimate.value), between, _noted(desk, estimate.notes)


def _noted(desk: Desk, codes: Sequence[str]) -> str:
    return " ".join(all_notes()[code][desk.output.language] for code in codes)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
