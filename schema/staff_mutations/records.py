"""Files in, and grades from them (归集与分类)."""

from datetime import date
from typing import Annotated

import strawberry

from sampling import pull_states, requests, sources
from schema.context import Info
from schema.decorators import mutation
from schema.scalars import JSON
from schema.staff_mutations.arguments import IfNamedVersion
from schema.staff_types.files import Upload, read_upload
from schema.staff_types.payloads import JobPayload, SourcePayload, ask, attempt
from schema.staff_types.sources import Source, SourceName

File = Annotated[Upload, strawberry.argument(description="The file: .csv, .xlsx or .jsonl (文件).")]
Rows = Annotated[
    list[JSON],
    strawberry.argument(
        description="Objects whose keys are the source's columns, with texts, integers or null: 1 to "
        f"{requests.MOST_ROWS} (数据行)."
    ),
]
SourceText = Annotated[str, strawberry.argument(description="The source's document, TOML (来源文档).")]
Strict = Annotated[bool, strawberry.argument(description="Whether one bad row refuses the whole file (严格).")]
AsOf = Annotated[
    date | None, strawberry.argument(description="The day to grade as of the end of; none: today (截止日期).")
]

Full = Annotated[
    bool,
    strawberry.argument(
        description="Whether all is computed anew, and not only what can have changed since the newest run (全量)."
    ),
]


@strawberry.type
class RecordMutations:
    """Intake and grading."""

    @mutation("Take a file of records or of a register in; bad rows come back as a file of the job (归集).")
    async def import_file(self, info: Info, file: File, source: SourceName, strict: Strict = False) -> JobPayload:
        """Ask for an import."""
        given = await read_upload(file)
        return await ask(info, lambda tx, actor, now: requests.request_import(tx, actor, now, source, strict, given))

    @mutation(
        "Take rows in that a program hands over, as a file's; bad ones come back as a file of the job (数据推送)."
    )
    async def import_rows(self, info: Info, rows: Rows, source: SourceName, strict: Strict = False) -> JobPayload:
        """Ask for an import."""
        return await ask(info, lambda tx, actor, now: requests.request_rows(tx, actor, now, source, strict, rows))

    @mutation("Add a version of a source; from now on it holds under its name (添加数据来源).")
    async def add_source(self, info: Info, text: SourceText, if_version: IfNamedVersion = None) -> SourcePayload:
        """Add a source."""
        held, refusal = await attempt(info, lambda tx, actor, now: sources.add(tx, actor, now, text, if_version))
        source = None if held is None else Source.of(held, None, info.context.language)
        return SourcePayload(source=source, refusal=refusal)

    @mutation("Fetch a source's files now and take in what is new (立即获取).")
    async def pull_source(self, info: Info, source: SourceName) -> JobPayload:
        """Ask for a pull."""
        return await ask(info, lambda tx, actor, now: pull_states.request_pull(tx, actor, now, source))

    @mutation("Grade all enterprises by the models in force (分类).")
    async def grade_enterprises(self, info: Info, as_of: AsOf = None, full: Full = False) -> JobPayload:
        """Ask for a grading."""
        return await ask(info, lambda tx, actor, now: requests.request_grading(tx, actor, now, as_of, full))
