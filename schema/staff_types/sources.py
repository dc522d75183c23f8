"""Sources of files, and how their pulls go (数据来源)."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from sampling import pull_states, sources
from sampling.pull_states import PullState
from sampling.sources import HeldSource
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.scalars import Digest
from schema.staff_types.files import FileKind
from schema.words import Language

SourceName = Annotated[str, strawberry.argument(description="The name of the source (数据来源).")]


@strawberry.type(description="How the files of a source are fetched, and how that went (自动获取).")
class SourcePull:
    """A source's pulls."""

    schedule: str = strawberry.field(description="When they are due, such as daily 02:30 (获取时间).")
    attempted_at: datetime | None = strawberry.field(description="When it was tried last (最近获取).")
    succeeded_at: datetime | None = strawberry.field(description="When all went well last (最近成功).")
    failures: int = strawberry.field(description="How often in a row it failed (连续失败).")
    failed_file: str | None = strawberry.field(description="The file that failed last, where it was one (问题文件).")
    refusal: RefusalAnswer | None = strawberry.field(
        description="What failed last; nothing where all went well (问题)."
    )
    retry_at: datetime | None = strawberry.field(description="When it is tried again out of schedule (下次重试).")

    @classmethod
    def of(cls, schedule: str, state: PullState | None, language: Language) -> "SourcePull":
        """Make the answer of a source's pulls."""
        if state is None:
            return cls(
                schedule=schedule,
                attempted_at=None,
                succeeded_at=None,
                failures=0,
                failed_file=None,
                refusal=None,
                retry_at=None,
            )
        return cls(
            schedule=schedule,
            attempted_at=state.attempted_at,
            succeeded_at=state.succeeded_at,
            failures=state.failures,
            failed_file=state.file,
            refusal=None if state.error is None else RefusalAnswer.of(state.error, language),
            retry_at=state.retry_at,
        )


@strawberry.type(
    description="Where files of one kind come from, by which right, and what their columns mean (数据来源)."
)
class Source(Node):
    """A source."""

    name: str = strawberry.field(description="Its name (名称).")
    title: str = strawberry.field(description="Its title (标题).")
    kind: FileKind = strawberry.field(description="What its files are about (类别).")
    version: str = strawberry.field(description="The version that holds (版本).")
    legal_basis: str = strawberry.field(description="The law that it rests on (法律依据).")
    catalogue: str = strawberry.field(description="Its entry in the catalogue of data (目录编号).")
    valid_from: date = strawberry.field(description="From when on it may be used (生效日期).")
    valid_to: date | None = strawberry.field(description="Until when; nothing where there is no end (失效日期).")
    digest: Digest = strawberry.field(description="The SHA-256 of its document; batches are bound to it (文档摘要).")
    added_by: str | None = strawberry.field(description="Who added it; nothing where Qian ships it (添加人).")
    text: str = strawberry.field(description="Its document, TOML (来源文档).")
    pull: SourcePull | None = strawberry.field(
        description="How its files are fetched; nothing where they are not (获取方式)."
    )

    @classmethod
    def of(cls, held: HeldSource, state: PullState | None, language: Language) -> "Source":
        """Make the answer of a source."""
        source = held.source
        return cls(
            key=(source.name,),
            name=source.name,
            title=source.title,
            kind=FileKind(source.kind),
            version=source.version,
            legal_basis=source.legal_basis,
            catalogue=source.catalogue,
            valid_from=source.valid_from,
            valid_to=source.valid_to,
            digest=Digest(bytes.fromhex(source.digest)),
            added_by=held.added_by,
            text=source.text,
            pull=None if source.pull is None else SourcePull.of(source.pull.schedule, state, language),
        )


@strawberry.type(
    description="A source that was added under an earlier release and that this one cannot read: out of use until "
    "a version that can be read takes its place (无法读取的数据来源)."
)
class UnreadableSource:
    """A source that cannot be read."""

    name: str = strawberry.field(description="Its name (名称).")
    kind: str = strawberry.field(description="What its files are about, as it was stored (类别).")
    version: str = strawberry.field(description="The version that holds (版本).")
    added_by: str | None = strawberry.field(description="Who added it (添加人).")
    text: str = strawberry.field(description="Its document, TOML, to be mended (来源文档).")
    refusal: RefusalAnswer = strawberry.field(description="What is wrong with it (问题).")

    @classmethod
    def of(cls, held: sources.UnreadableSource, language: Language) -> "UnreadableSource":
        """Make the answer of a source."""
        return cls(
            name=held.name,
            kind=held.kind,
            version=held.version,
            added_by=held.added_by,
            text=held.text,
            refusal=RefusalAnswer.of(held.refusal, language),
        )


def readable_sources(tx: Transaction, actor: Actor, language: Language) -> list[Source]:
    """Return by name the sources that can be read."""
    states = pull_states.states(tx, actor)
    return [Source.of(held, states.get(held.source.name), language) for held in sources.read_all(tx, actor)[0]]


def unreadable_sources(tx: Transaction, actor: Actor, language: Language) -> list[UnreadableSource]:
    """Return by name the sources that cannot be read."""
    return [UnreadableSource.of(held, language) for held in sources.read_all(tx, actor)[1]]
