"""The plots of an evaluation, and of an analysis of indicators."""

from collections.abc import Iterable, Iterator, Sequence

from api.plotting.intervals import Share
from api.plotting.plot import Plot
from api.plotting.plots import bands_plot, capture_plot, funnel_plot, roc_plot, shares_plot, weights_plot
from schema.remark_words import all_notes
from scoring.evaluation.empirical import Evidence
from scoring.evaluation.prevalence import Prevalence
from scoring.evaluation.results import Evaluation

UNNAMED = "未注明"
MOST_GROUPS = 12
"""So many groups stand in a picture: those with the most visits."""

FIRST_SHARE = 0.2
"""Of visits, by score: what a capture curve is told for."""


def evaluation_plots(found: Evaluation) -> Iterator[Plot]:
    """Give the plots of an evaluation; inspectors stand under their codes."""
    for name, label, groups in domains(found):
        plot = prevalence_plot(name, label, groups, found.overall)
        if plot is not None:
            yield plot
    yield from score_plots(found)
    people = sorted(found.stringency.inspectors.values(), key=lambda each: each.inspector)
    if people:
        yield funnel_plot(FUNNEL_TITLE, people, [each.inspector for each in people])


def evidence_plots(found: Evidence) -> Iterator[Plot]:
    """Give the plots of an analysis: the weights of each indicator that has any, and how well the score does."""
    for each in found.indicators:
        if each.association.iv is not None:
            yield weights_plot(f"woe-{each.id}", f"{each.title}：各分箱的证据权重", each.association)
    yield from score_plots(found)


FUNNEL_TITLE = "检查人员发现问题数与预期之比"


def domains(found: Evaluation) -> list[tuple[str, str, Sequence[Prevalence]]]:
    """Return what prevalence is told by: name, Chinese name, and the prevalences."""
    return [
        ("grade", "等级", found.by_grade),
        ("sector", "行业", [each.prevalence for each in found.by_sector]),
        ("region", "区域", found.by_division),
        ("matter", "检查事项", found.by_matter),
    ]


def prevalence_plot(name: str, label: str, groups: Sequence[Prevalence], overall: Prevalence) -> Plot | None:
    """Return the prevalence by groups; None where nobody was visited."""
    most = sorted(groups, key=lambda each: -each.visits)[:MOST_GROUPS]
    rows = [
        Share.of(each.domain or UNNAMED, each.visits, each.share, notes_text(each.share.notes))
        for each in groups
        if each.visits and each in most
    ]
    title = f"各{label}问题率估计及 95% 区间"
    return shares_plot(f"rate-by-{name}", title, rows, overall.share.value) if rows else None


def score_plots(found: Evaluation | Evidence) -> Iterator[Plot]:
    """Give how well a score puts what has a problem first; nothing where that cannot be told."""
    if found.discrimination.auc is not None:
        yield roc_plot("分值的排序能力（ROC 曲线）", [("分值", found.discrimination)])
        yield capture_plot("捕获曲线", found.capture, FIRST_SHARE)
        yield bands_plot("各分值段问题率及 95% 区间", found.calibration)


def notes_text(codes: Iterable[str]) -> str:
    """Return what is said with an estimate, or of what is left out."""
    return "；".join(all_notes()[code]["zh"].rstrip("。") for code in dict.fromkeys(codes))
