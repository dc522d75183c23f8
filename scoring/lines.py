"""Lines of a stream of bytes, in bounded memory."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from ledger.errors import Invalid
from scoring.rows import RECORD_BYTES

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line with its end; `number` counts from 1, `offset` is the position of its first byte, counted from 0."""

    number: int
    offset: int
    content: bytes

    def decode(self, encoding: str) -> str:
        """Return the text; raises Invalid `encoding_unknown` with the position of the first wrong byte in the file."""
        try:
            return self.content.decode(encoding)
        except UnicodeDecodeError as error:
            position = self.offset + error.start
            raise Invalid("encoding_unknown", line=self.number, position=position, encoding=encoding) from error

    def is_utf8(self) -> bool:
        """Tell whether the bytes are UTF-8."""
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True


def lines_of(stream: BinaryIO) -> Iterator[Line]:
    """Give the lines without the byte order mark of UTF-8.

    Raises Invalid `line_too_long` after reading no more of a line than its limit.
    """
    number, offset = 1, 0
    while content := stream.readline(RECORD_BYTES + 1):
        if len(content) > RECORD_BYTES:
            raise Invalid("line_too_long", line=number, limit=RECORD_BYTES)
        mark = len(BYTE_ORDER_MARK) if number == 1 and content.startswith(BYTE_ORDER_MARK) else 0
        yield Line(number, offset + mark, content[mark:])
        number, offset = number + 1, offset + len(content)
