"""The section on models and the grades that they give."""

from collections.abc import Iterator, Sequence

from api.plotting.plots import counts_plot, migration_plot
from api.printing.forms import Grid, Heading, Paragraph
from api.printing.report_parts import day_text
from api.quarterly.parts import Piece, grid
from api.quarterly.words import STEPS
from ledger.calendar import civil_date
from schema.remark_words import say_remark
from scoring.grades import Migration
from scoring.model_news import ModelNews, ModelStep

LONGEST = 40
"""So many changes of a model are told; its comparison has all."""


def model_pieces(news: ModelNews, grades: Sequence[tuple[str, int]], migration: Migration | None) -> Iterator[Piece]:
    """Give the models in force, what was done about models, and how the grades have moved."""
    yield Heading("九、分类模型与等级分布")
    held = [
        (
            each.model.name,
            each.model.version,
            each.model.title,
            day_text(each.since),
            "—" if each.until is None else day_text(each.until),
        )
        for each in news.in_force
    ]
    yield grid(("模型", "版本", "名称", "生效日", "失效日"), held, "没有有效的模型。")
    yield Paragraph("本期对模型所做的工作：" if news.steps else "本期未提出、复核或启用模型。")
    if news.steps:
        yield Grid(("日期", "模型", "版本", "步骤", "说明"), [_step(each) for each in news.steps])
    for each in news.replaced:
        told = [f"· {say_remark(change, 'zh')}" for change in each.changes]
        left = f"\n· 另有 {len(told) - LONGEST} 处" if len(told) > LONGEST else ""
        head = f"{each.name} 自 {day_text(each.since)} 起由版本 {each.old} 改为版本 {each.new}："
        yield Paragraph("\n".join([head, *told[:LONGEST]]) + left)
    if grades:
        yield counts_plot("grades", "企业等级分布", grades, "企业户数")
    else:
        yield Paragraph("尚未对企业分类。")
    if migration is not None:
        yield migration_plot("企业等级迁移", migration)
    else:
        yield Paragraph("期初或期末没有分类结果，无法比较等级迁移。")


def _step(each: ModelStep) -> tuple[str, ...]:
    taken = each.taken
    since = "" if taken.day is None else f"（自 {day_text(taken.day)}）"
    return (civil_date(taken.at).isoformat(), each.name, each.version, STEPS[taken.step] + since, taken.note or "—")
