"""Texts that are made of cells: `{年份}年第{序号}号`. A brace that stands for itself is written twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Self


@dataclass(frozen=True)
class Template:
    """Texts and the headers between them; each piece is a text and the header after it, None after the last text."""

    pieces: tuple[tuple[str, str | None], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a template; raises ValueError."""
        pieces: list[tuple[str, str | None]] = []
        for literal, header, form, conversion in Formatter().parse(text):
            if form or conversion or (header is not None and not header.strip()):
                raise ValueError(f"{text} is no template")
            pieces.append((literal, None if header is None else header.strip()))
        return cls(tuple(pieces))

    @classmethod
    def fixed(cls, text: str) -> Self:
        """Return the template of a text that is always the same."""
        return cls(((text, None),))

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers, each once."""
        return tuple(dict.fromkeys(header for _, header in self.pieces if header is not None))

    def __str__(self) -> str:
        doubled = ((literal.replace("{", "{{").replace("}", "}}"), header) for literal, header in self.pieces)
        return "".join(literal + ("" if header is None else f"{{{header}}}") for literal, header in doubled)

    def fill(self, cells: Mapping[str, str]) -> str:
        """Return the text with trimmed cells; "" where one of them says nothing."""
        values = {header: cells.get(header, "").strip() for header in self.headers}
        if not all(values.values()):
            return ""
        return "".join(literal + ("" if header is None else values[header]) for literal, header in self.pieces)
