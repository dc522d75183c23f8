"""What stands on a printed form, whatever prints it: a title, a number, and parts from top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Paragraph:
    """Running text; line ends stay."""

    text: str


@dataclass(frozen=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True)
class Fields:
    """Labels with their values, a pair a line."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Grid:
    """A table; each row has as many cells as there are heads."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A picture with its caption, as SVG and as PNG, so wide by so high; `alt` says in words what it shows."""

    caption: str
    alt: str
    svg: str
    png: bytes
    width: float
    height: float


@dataclass(frozen=True)
class Signatures:
    """Labels of places where somebody signs with the date."""

    labels: Sequence[str]


Part: TypeAlias = Paragraph | Heading | Fields | Grid | Figure | Signatures


@dataclass(frozen=True)
class Form:
    """A form to be printed: `number` is its own number, empty where it has none."""

    title: str
    number: str
    parts: Sequence[Part]
