"""`learn`: propose a model's points from findings, and keep the proposal as a draft (模型学习)."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile, civil_date
from api.learning_reports import learning_document
from ledger.errors import Missing
from sampling.learning import propose
from schema.remark_words import say_remark
from scoring.grades import NOTICE
from scoring.learning.comparing import Contest
from scoring.learning.encoding import Direction
from scoring.learning.learner import Proposal
from scoring.learning.proposing import Drafted, file_draft
from scoring.learning.questions import Question
from scoring.learning.settings import Settings

CONTEST = ("contest_measure", "model_in_force", "challenger", "difference", "interval_95")
REVERSALS = ("indicator", "direction_in_force", "slope_by_bin", "interval_95")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("learn")(learn)


def learn(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="NAME@VERSION", help="The held model to learn anew (基础模型).")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First day of the visits (起始日期).")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day of the visits (截止日期).")],
    purpose: Annotated[str, typer.Option(help="Why the findings are read; it is recorded (查阅事由).")],
    target: Annotated[
        list[str] | None, typer.Option("--result", help="A result that counts; none: any problem (目标结果).")
    ] = None,
    observational: Annotated[
        bool, typer.Option("--observational", help="From visits that nobody drew instead (观察性检查).")
    ] = False,
    direction: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=DIRECTION", help="rising, falling or any, where the model has none (指标方向)."),
    ] = None,
    points_to_double: Annotated[
        int | None, typer.Option(help="Points that double the odds; none: as in the model (优势翻倍分值).")
    ] = None,
    share: Annotated[
        list[int] | None, typer.Option(help="A grade's share in millionths, risk rising; none: as today (等级占比).")
    ] = None,
    as_found: Annotated[
        bool, typer.Option("--as-found", help="Do not adjust for how strict inspectors are (不校正检查人员尺度).")
    ] = False,
    author: Annotated[str | None, typer.Option(help="The draft's author; none: the model's (拟定单位).")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Keep it as a draft, to be reviewed (起草).")] = False,
    file: Annotated[
        Path | None, typer.Option("--file", dir_okay=False, help="Where to write the draft's text (草稿文件).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose a model's points from findings, and compare it with the model; the reading is recorded (学习)."""
    name, at, version = model.rpartition("@")
    if not at:
        raise Missing("model_not_found", given=model)
    settings = Settings(
        directions=dict(map(_direction, direction or ())),
        adjust_inspectors=not as_found,
        points_to_double=points_to_double,
        shares=tuple(share) if share else None,
    )
    days = civil_date(first), civil_date(last)
    question = Question(name, version, *days, tuple(target or ()), observational, author, settings)
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with desk.output.progress("learning"), bureau.read() as tx:
            withheld = propose(tx, desk.actor, question, draft, purpose)
        with bureau.write() as tx:
            drafted = withheld.tell(tx, bureau.now)
            if draft:
                file_draft(tx, desk.actor, bureau.now, drafted)
        if file is not None:
            file.write_text(drafted.text, "utf-8")
        document = {**learning_document(drafted, desk.output.language), "filed": draft, "text": drafted.text}
        desk.output.answer(document, *_shown(desk, drafted))


def _direction(text: str) -> tuple[str, Direction]:
    identifier, _, direction = text.rpartition("=")
    try:
        return identifier, Direction(direction)
    except ValueError:
        raise typer.BadParameter(f"{text}: ID={'|'.join(Direction)}") from None


def _shown(desk: Desk, drafted: Drafted) -> list[RenderableType]:
    output, proposal = desk.output, drafted.proposal
    facts = [
        ("name", proposal.base.name),
        ("version", proposal.base.version),
        ("draft_version", drafted.version),
        ("period", f"{proposal.first} – {proposal.last}"),
        ("learned_visits", proposal.visits),
        ("with_findings", proposal.findings),
        ("effective_visits", int(proposal.effective)),
        ("inspectors", proposal.inspectors),
        ("examples_digest", proposal.digest),
    ]
    shares = [
        (label, _percent(before), _percent(after))
        for label, before, after in zip(proposal.base.labels, *proposal.shares, strict=True)
    ]
    changes = [(say_remark(each, output.language),) for each in proposal.changes]
    shown: list[RenderableType] = [
        output.facts("proposal", facts),
        output.table("changes", ("what",), changes) if changes else output.word("no_changes"),
        output.table("grade_shares", ("grade", "share_before", "share_after"), shares),
        output.table("contest", CONTEST, _rows(desk, proposal)),
    ]
    if proposal.reversals:
        rows = [
            (each.indicator, output.word_of("points_directions", each.direction), f"{each.slope:.3f}", _between(each))
            for each in proposal.reversals
        ]
        shown.append(output.table("learned_reversals", REVERSALS, rows))
    return [*shown, output.word_of("learning_advice", proposal.advice), NOTICE]


def _rows(desk: Desk, proposal: Proposal) -> list[tuple[str, str, str, str, str]]:
    told = proposal.comparison
    contests: list[tuple[str, Contest | None]] = [
        ("contest_auc", told.auc),
        ("contest_first_half", told.capture),
        ("contest_uniform_auc", told.uniform_auc),
        ("contest_found_per_hundred", told.policy),
    ]
    return [
        (
            desk.output.word(name),
            f"{each.champion.value:.3f}",
            f"{each.challenger.value:.3f}",
            f"{each.difference.value:+.3f}",
            _between(each.difference),
        )
        for name, each in contests
        if each is not None
    ]


def _between(each: object) -> str:
    low, high = (getattr(each, name) for name in ("low", "high"))
    return f"{low:+.3f} – {high:+.3f}"


def _percent(share: float) -> str:
    return f"{share:.1%}"
