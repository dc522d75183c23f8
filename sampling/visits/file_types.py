"""What a file of evidence really is, by its bytes, and an image without what it tells beside the picture. Pure.

Pillow decodes the whole of an image, so that what is kept as one can be seen as one.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import BinaryIO

from PIL import Image, ImageOps

from ledger.errors import Invalid
from scoring.fields import text_up_to

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
ENDINGS = {".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".pdf": PDF}
SIGNATURES = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"%PDF-": PDF}
FORMATS = {JPEG: "JPEG", PNG: "PNG"}
LONGEST_NAME = 200
MOST_PIXELS = 100_000_000
TAIL = 2048
QUALITY = 92


@dataclass(frozen=True)
class ReadFile:
    """A file that is what its name says; `type` is its media type."""

    name: str
    type: str
    content: bytes


def read_evidence(stream: BinaryIO, name: str, most: int) -> ReadFile:
    """Read a file of at most `most` bytes; one that is larger, or begins otherwise than its name says, is not read.

    Raises Invalid: evidence_name, evidence_empty, evidence_too_large, evidence_type_unknown, evidence_type_differs,
    evidence_broken, evidence_too_many_pixels.
    """
    name = PurePath(name.replace("\\", "/")).name
    said = ENDINGS.get(PurePath(name).suffix.lower())
    try:
        text_up_to(LONGEST_NAME)(name)
    except Invalid:
        raise Invalid("evidence_name", field="file", longest=LONGEST_NAME) from None
    if said is None:
        raise Invalid("evidence_type_unknown", field="file", known=list(ENDINGS))
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > most:
        raise Invalid("evidence_too_large", field="file", size=size, most=most)
    if not size:
        raise Invalid("evidence_empty", field="file")
    head = stream.read(max(map(len, SIGNATURES)))
    real = next((type_ for begin, type_ in SIGNATURES.items() if head.startswith(begin)), None)
    if real != said:
        raise Invalid("evidence_type_differs", field="file", said=said, real=real or "—")
    content = head + stream.read(most + 1 - len(head))
    if len(content) != size:
        raise Invalid("evidence_too_large", field="file", size=len(content), most=most)
    if real == PDF:
        if b"%%EOF" not in content[-TAIL:]:
            raise Invalid("evidence_broken", field="file", type=real)
    else:
        _decoded(content, real)
    return ReadFile(name, real, content)


def without_metadata(content: bytes, type_: str) -> bytes:
    """Return a kept image as anybody of the house may see it: the picture alone, upright; others as they are."""
    if type_ not in FORMATS:
        return content
    upright = ImageOps.exif_transpose(_decoded(content, type_))
    transparency = upright.info.get("transparency")
    upright.info = {} if transparency is None else {"transparency": transparency}
    written = BytesIO()
    if type_ == JPEG:
        upright.save(written, "JPEG", quality=QUALITY)
    else:
        upright.save(written, "PNG")
    return written.getvalue()


def _decoded(content: bytes, type_: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=[FORMATS[type_]])
            if image.width * image.height > MOST_PIXELS:
                raise Invalid("evidence_too_many_pixels", field="file", most=MOST_PIXELS)
            image.load()
    except Image.DecompressionBombError:
        raise Invalid("evidence_too_many_pixels", field="file", most=MOST_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Invalid("evidence_broken", field="file", type=type_) from None
    return image
