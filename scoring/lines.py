"""Lines of a stream of bytes, in bounded memory."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple, Self

from ledger.errors import Invalid
from scoring.rows import GB18030, RECORD_BYTES, UTF8

BYTE_ORDER_MARKS = {UTF8: b"\xef\xbb\xbf", GB18030: b"\x841\x953"}
BLOCK_BYTES = 1 << 16


class Lines(NamedTuple):
    """Some whole lines; `number` of the first one counts from 1, `offset` is the position of its first byte, from 0."""

    number: int
    offset: int
    content: bytes

    def decode(self, encoding: str) -> str:
        """Return the text; raises Invalid `encoding_unknown` with the position of the first wrong byte in the file."""
        try:
            return self.content.decode(encoding)
        except UnicodeDecodeError as error:
            number = self.number + self.content.count(b"\n", 0, error.start)
            position = self.offset + error.start
            raise Invalid("encoding_unknown", line=number, position=position, encoding=encoding) from error

    def is_utf8(self) -> bool:
        """Tell whether the bytes are UTF-8."""
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def each(self) -> Iterator[Self]:
        """Give them one by one."""
        number, offset, content = self
        for line in BytesIO(content):
            yield type(self)(number, offset, line)
            number, offset = number + 1, offset + len(line)


def blocks_of(stream: BinaryIO) -> Iterator[Lines]:
    """Give the lines, many at once, without a byte order mark.

    Raises Invalid `line_too_long` after reading no more of a line than its limit, and giving those before it.
    """
    number, offset = 1, 0
    while content := stream.read(BLOCK_BYTES):
        begun = len(content) - content.rfind(b"\n") - 1
        rest = stream.readline(RECORD_BYTES + 1 - begun) if begun else b""
        too_long = begun + len(rest) > RECORD_BYTES
        content = content[: len(content) - begun] if too_long else content + rest
        mark = len(_mark_of(content)) if number == 1 else 0
        if len(content) > mark:
            yield Lines(number, offset + mark, content[mark:])
        number, offset = number + content.count(b"\n"), offset + len(content)
        if too_long:
            raise Invalid("line_too_long", line=number, limit=RECORD_BYTES)


def _mark_of(content: bytes) -> bytes:
    return next(filter(content.startswith, BYTE_ORDER_MARKS.values()), b"")


def lines_of(stream: BinaryIO) -> Iterator[Lines]:
    """Give the lines one by one; raises what `blocks_of` raises."""
    for block in blocks_of(stream):
        yield from block.each()
