"""The rows that every server answers from, and the three queries: a hello, b a flat list, c lists in a list."""

from dataclasses import dataclass
from typing import Final

OBJECTS: Final = 100
PARTS: Final = 3

QUERIES: Final = {
    "a": "{ hello }",
    "b": "{ things { id code name region sector capital staff share active note } }",
    "c": "{ boxes { id name parts { id name } } }",
}


@dataclass(frozen=True, slots=True)
class ThingRow:
    """Ten scalars."""

    id: int
    code: str
    name: str
    region: str
    sector: str
    capital: int
    staff: int
    share: float
    active: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """What lies in a box."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box."""

    id: int
    name: str


THINGS: Final = [
    ThingRow(
        id=number,
        code=f"91130301MA{number:08d}",
        name=f"样例市第{number}建筑工程有限公司",
        region="130301",
        sector="construction",
        capital=1_000_000 + number,
        staff=number % 50,
        share=number / 7,
        active=number % 3 > 0,
        note=None if number % 2 else "合成数据",
    )
    for number in range(OBJECTS)
]
BOXES: Final = [BoxRow(number, f"第{number}箱") for number in range(OBJECTS)]
PARTS_OF: Final = {
    box.id: [PartRow(box.id * PARTS + number, f"第{number}件") for number in range(PARTS)] for box in BOXES
}
