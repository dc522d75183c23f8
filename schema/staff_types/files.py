"""The kinds of files that a bureau takes in (归集文件)."""

from enum import Enum
from typing import Annotated, Any, BinaryIO, NewType, Protocol, cast

import strawberry
from anyio.to_thread import run_sync
from strawberry.types.scalar import ScalarDefinition

from ledger.errors import Invalid, Refusal
from ledger.jobs import JobFile
from sampling.visits.evidence import require_keeper
from sampling.visits.file_types import ReadFile, read_evidence
from schema.context import Info
from schema.errors import RefusalAnswer


@strawberry.enum(description="What the rows of a file, or a record, are about (类别).")
class FileKind(Enum):
    """The kinds, as `sampling.registers.FORMATS` has them."""

    DEPARTMENT = strawberry.enum_value("department", description="Departments (部门).")
    DIVISION = strawberry.enum_value("division", description="Names of administrative divisions (行政区划).")
    REGISTRATION = strawberry.enum_value("registration", description="The register of enterprises (登记注册).")
    LICENCE = strawberry.enum_value("licence", description="Licences (行政许可).")
    CONFIRMATION = strawberry.enum_value("confirmation", description="Confirmations (行政确认).")
    INSPECTION = strawberry.enum_value("inspection", description="Inspections (监督检查).")
    PENALTY = strawberry.enum_value("penalty", description="Penalties (行政处罚).")
    COERCION = strawberry.enum_value("coercion", description="Coercive measures (行政强制).")
    BREACH = strawberry.enum_value("breach", description="Breaches of trust (违法失信).")
    RELATION = strawberry.enum_value("relation", description="Relations (关联关系).")
    COMPLAINT = strawberry.enum_value("complaint", description="Complaints (投诉举报).")
    REVOCATION = strawberry.enum_value("revocation", description="Revocations of records (撤销).")
    CHANGE = strawberry.enum_value("change", description="Changes of names and codes (变更登记).")
    OUTSIDE_GRADE = strawberry.enum_value("outside_grade", description="Grades of other systems (外部分类结果).")
    ITEM = strawberry.enum_value("item", description="Inspection items (抽查事项).")
    OBJECT = strawberry.enum_value("object", description="Objects of inspection (检查对象).")
    INSPECTOR = strawberry.enum_value("inspector", description="Inspectors (执法检查人员).")


OfKind = Annotated[FileKind | None, strawberry.argument(description="Only those of this kind (类别).")]

Upload = NewType("Upload", object)


class Uploaded(Protocol):
    """A file as the door hands it in: on disk where it is large."""

    filename: str | None
    file: Any


def _uploaded(value: object) -> object:
    if not hasattr(value, "file") or not hasattr(value, "filename"):
        raise Invalid("upload_is_no_file")
    return value


UPLOADS: dict[object, ScalarDefinition] = {
    Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent beside the query by the multipart request specification (上传文件).",
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
        serialize=str,
        parse_value=_uploaded,
    )
}


async def read_evidence_upload(info: Info, upload: Upload) -> tuple[ReadFile, None] | tuple[None, RefusalAnswer]:
    """Return an uploaded file of evidence, or why it is none; what is too large is not read."""
    uploaded, most = cast(Uploaded, upload), info.context.serving.evidence_bytes
    try:
        require_keeper(info.context.signed_in)
        uploaded.file.seek(0)
        return await run_sync(read_evidence, uploaded.file, uploaded.filename or "", most), None
    except Refusal as refusal:
        return None, RefusalAnswer.to(info, refusal)


async def read_upload(upload: Upload) -> JobFile:
    """Return an uploaded file with its content."""
    uploaded = cast(Uploaded, upload)
    return JobFile(uploaded.filename or "", await run_sync(_whole, uploaded.file))


def _whole(file: BinaryIO) -> bytes:
    file.seek(0)  # the same file may be given for several variables
    return file.read()
