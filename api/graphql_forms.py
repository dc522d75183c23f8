"""Requests with files (GraphQL multipart request specification): each file in place of the null that the map names."""

from typing import Any, Final

import orjson
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from ledger.errors import Invalid

UNUSABLE: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, MultiPartException)
"""What a form is met with whose parts are not there, or not of the kind that the specification says."""


async def read_form(request: Request) -> object:
    """Return a form's operations with its files in them; raises Invalid: form_malformed, text_with_nul."""
    try:
        form = await request.form()
        operations: object = orjson.loads(form.get("operations", "{}"))  # type: ignore[arg-type]
        places: Any = orjson.loads(form.get("map", "{}"))  # type: ignore[arg-type]
        for name, paths in places.items():
            file = form[name]
            if isinstance(file, UploadFile) and "\0" in (file.filename or ""):
                raise Invalid("text_with_nul")
            for path in paths:
                _place(operations, path, file)
    except UNUSABLE:
        raise Invalid("form_malformed") from None
    return operations


def _place(operations: Any, path: str, file: object) -> None:
    *way, last = path.split(".")
    holder = operations
    for step in way:
        holder = holder[_key(holder, step)]
    key = _key(holder, last)
    if holder[key] is not None:
        raise ValueError("no place for a file")
    holder[key] = file


def _key(holder: object, step: str) -> str | int:
    return int(step) if isinstance(holder, list) and step.isdecimal() else step
