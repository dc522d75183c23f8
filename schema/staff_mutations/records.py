"""Files in, and grades from them (归集与分类)."""

from datetime import date
from typing import Annotated

import strawberry

from sampling import requests
from schema.context import Info
from schema.decorators import mutation
from schema.staff_types.files import FileKind, Upload, read_upload
from schema.staff_types.payloads import JobPayload, ask

File = Annotated[Upload, strawberry.argument(description="The file: .csv, .xlsx or .jsonl (文件).")]
Kind = Annotated[FileKind, strawberry.argument(description="What its rows are about (类别).")]
Source = Annotated[str, strawberry.argument(description="The channel that it came by (渠道).")]
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
    async def import_file(
        self, info: Info, file: File, kind: Kind, source: Source, strict: Strict = False
    ) -> JobPayload:
        """Ask for an import."""
        given = await read_upload(file)
        return await ask(
            info, lambda tx, actor, now: requests.request_import(tx, actor, now, str(kind.value), source, strict, given)
        )

    @mutation("Grade all enterprises by the models in force (分类).")
    async def grade_enterprises(self, info: Info, as_of: AsOf = None, full: Full = False) -> JobPayload:
        """Ask for a grading."""
        return await ask(info, lambda tx, actor, now: requests.request_grading(tx, actor, now, as_of, full))
