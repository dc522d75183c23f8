"""Files in, and grades from them (归集与分类)."""

from datetime import date
from typing import Annotated

import strawberry

from sampling import requests
from schema.context import Info
from schema.decorators import mutation
from schema.staff_types.files import FileKind, Upload, read_upload
from schema.staff_types.models import Model
from schema.staff_types.payloads import JobPayload, ModelPayload, ask, attempt
from scoring import models

File = Annotated[Upload, strawberry.argument(description="The file: .csv, .xlsx or .jsonl (文件).")]
Kind = Annotated[FileKind, strawberry.argument(description="What its rows are about (类别).")]
Source = Annotated[str, strawberry.argument(description="The channel that it came by (渠道).")]
Strict = Annotated[bool, strawberry.argument(description="Whether one bad row refuses the whole file (严格).")]
ModelText = Annotated[str, strawberry.argument(description="The model's document, TOML (模型文本).")]
AsOf = Annotated[
    date | None, strawberry.argument(description="The day to grade as of the end of; none: today (截止日期).")
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

    @mutation("Put a model in force (启用模型).")
    async def adopt_model(self, info: Info, text: ModelText) -> ModelPayload:
        """Adopt a model."""
        adopted, refusal = await attempt(info, lambda tx, actor, now: models.adopt(tx, actor, now, text))
        return ModelPayload(model=None if adopted is None else Model.of(adopted), refusal=refusal)

    @mutation("Grade all enterprises by the model in force (分类).")
    async def grade_enterprises(self, info: Info, as_of: AsOf = None) -> JobPayload:
        """Ask for a grading."""
        return await ask(info, lambda tx, actor, now: requests.request_grading(tx, actor, now, as_of))
