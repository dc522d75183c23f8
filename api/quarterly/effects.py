"""Sections of what the draw achieved: against a uniform one, in the order of scores, for those who comply."""

from collections.abc import Iterator, Sequence

from api.plotting.evaluated import FUNNEL_TITLE, UNNAMED, notes_text, score_plots
from api.plotting.look import percent
from api.plotting.plots import funnel_plot
from api.printing.forms import Grid, Heading, Paragraph
from api.quarterly.parts import Piece, grid
from api.quarterly.words import amount_text, number_text
from scoring.evaluation.burden import Burden
from scoring.evaluation.policies import PolicyComparison
from scoring.evaluation.results import Evaluation
from scoring.evaluation.stringency import Inspector, Stringency

_BURDEN = ("等级", "检查户次", "未发现问题", "企业数", "其中始终无问题", "其中被重复检查", "其检查户次")


def draw_pieces(against: PolicyComparison, burdens: Sequence[Burden]) -> Iterator[Piece]:
    """Give findings against a uniform draw of the same size, and the burden on those who comply."""
    yield Heading("五、抽查效果")
    if against.quotient.value is None:
        yield Paragraph(f"与均匀抽取相比的效果无法估计（{notes_text(against.quotient.notes)}）。")
    else:
        yield _compared(against)
    if any(each.visits for each in burdens):
        yield Paragraph("对守法企业的检查负担（为实际计数，不是估计）：")
        yield Grid(_BURDEN, [_burden(each) for each in burdens])


def _compared(against: PolicyComparison) -> Paragraph:
    return Paragraph(
        f"本期抽取方案的期望发现数为 {amount_text(against.new.findings, 1, ' 户次')}；"
        f"同等数量的均匀抽取为 {amount_text(against.old.findings, 1, ' 户次')}；"
        f"前者为后者的 {amount_text(against.quotient, 2, ' 倍')}。"
    )


def order_pieces(found: Evaluation) -> Iterator[Piece]:
    """Give how well scores put those with problems first."""
    told, reordered = found.discrimination, found.reordering
    if told.auc is None:
        yield Paragraph(f"分值的排序能力无法估计（{notes_text(told.notes)}）。")
        return
    yield Paragraph(
        f"抽取时的分值对本期结果的排序能力：AUC {number_text(told.auc)}，基尼系数 {number_text(told.gini)}，"
        f"KS {number_text(told.ks)}（{told.visits} 户次，其中发现问题 {told.found} 户次，均按抽取概率加权）。"
    )
    yield from score_plots(found)
    if reordered.days_earlier is not None:
        halves = (reordered.first_half_actual, reordered.first_half_by_score)
        actual, by_score = ("—" if each is None else percent(each) for each in halves)
        yield Paragraph(
            f"如将本期检查按分值由高到低重新排期，问题平均可提前 {number_text(reordered.days_earlier, 1)} 天发现；"
            f"期内前半段发现的问题占比由 {actual} 变为 {by_score}。"
        )


def inspector_pieces(found: Stringency) -> Iterator[Piece]:
    """Give inspectors in a funnel, under numbers that follow from nothing but how much was expected of each."""
    yield Heading("六、检查人员尺度一致性")
    people = sorted(found.inspectors.values(), key=lambda each: (-each.expected, -each.observed, -each.visits))
    if not people:
        yield Paragraph("本期检查未注明检查人员，无法评估。")
        return
    names = [f"{number:02d}" for number in range(1, len(people) + 1)]
    yield funnel_plot(FUNNEL_TITLE, people, names)
    yield Paragraph(
        "预期数按所查对象的分层问题率计算；一次检查由多人完成的，由各人平均分担。编号只在本报告内使用，不是执法证号。"
        "超出界限只说明差异不像随机波动，须结合案件核查，不得直接用于考核。"
        + (f"{notes_text(found.notes)}。" if found.notes else "")
    )
    beyond = [(name, each) for name, each in zip(names, people, strict=True) if each.beyond_95]
    yield grid(
        ("编号", "检查户次", "发现问题", "预期", "实际÷预期", "收缩后系数", "界限"),
        [_inspector(name, each) for name, each in beyond],
        "没有检查人员超出 95% 界限。",
    )


def _burden(each: Burden) -> tuple[str, ...]:
    grade = "合计" if each.grade is None else each.grade or UNNAMED
    counts = (each.visits, each.in_vain, each.enterprises, each.compliant, each.repeated, each.repeated_visits)
    return (grade, *map(str, counts))


def _inspector(name: str, each: Inspector) -> tuple[str, ...]:
    limit = "超出 99.8% 界限" if each.beyond_998 else "超出 95% 界限"
    counted = (number_text(each.observed, 1), number_text(each.expected, 1))
    return (name, str(each.visits), *counted, number_text(each.ratio, 2), number_text(each.factor, 2), limit)
