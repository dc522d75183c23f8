"""The font that forms are printed in: where it lies, which of its faces, and what its glyphs measure."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from ledger.errors import Invalid, Missing

PACKAGE = "fonts-noto-cjk"
"""What Debian and Ubuntu call the package of the font that the set-up installs."""

_NAMES = (
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJKsc-Regular.otf",
    "SourceHanSerifSC-Regular.otf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
)
"""Fonts whose licences allow to embed them, in the order of preference: the first have every character of names."""


_BROKEN = (TTLibError, OSError, LookupError, ValueError, AttributeError, AssertionError, struct.error)
"""What the library raises of a file that is no font, or half of one."""


@dataclass(frozen=True, eq=False)
class Font:
    """A face of a font's file. `advances`: by code point, in thousandths of the font's size; a key for each glyph."""

    path: Path
    face: int
    advances: Mapping[int, int]

    def width(self, text: str) -> int:
        """Return the width of a text, all of whose characters have glyphs, in thousandths of the font's size."""
        return sum(self.advances[ord(character)] for character in text)


def usual_places() -> tuple[Path, ...]:
    """Return the folders where systems keep their fonts."""
    home = Path.home()
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        home / "Library/Fonts",
        Path("/Library/Fonts"),
        Path("C:/Windows/Fonts"),
    )


def font_at(path: Path | None, places: tuple[Path, ...] | None = None) -> Font:
    """Return the font of the file, or without one the best of those in the usual places (or `places`).

    Raises Missing `font_missing`, Invalid `font_unusable` where the file is no font, or has no Chinese glyphs.
    """
    found = path or next(_found(places if places is not None else usual_places()), None)
    if found is None or not found.is_file():
        raise Missing("font_missing", path=found or "–", package=PACKAGE)
    return _read(found)


def _found(places: tuple[Path, ...]) -> Iterator[Path]:
    files: dict[str, Path] = {}
    for place in places:
        for file in sorted(place.rglob("*.[to]t[cf]")):
            files.setdefault(file.name, file)
    return (files[name] for name in _NAMES if name in files)


@lru_cache(maxsize=4)
def _read(path: Path) -> Font:
    try:
        faces = TTCollection(str(path), lazy=True).fonts if path.suffix.lower() == ".ttc" else [TTFont(path, lazy=True)]
        face = next((number for number, each in enumerate(faces) if _simplified(each)), 0)
        chosen = faces[face]
        size, metrics = chosen["head"].unitsPerEm, chosen["hmtx"].metrics
        advances = {code: metrics[glyph][0] * 1000 // size for code, glyph in chosen.getBestCmap().items()}
    except _BROKEN as error:
        raise Invalid("font_unusable", path=path, package=PACKAGE) from error
    if ord("签") not in advances:
        raise Invalid("font_unusable", path=path, package=PACKAGE)
    return Font(path, face, advances)


def _simplified(font: TTFont) -> bool:
    name = font["name"].getDebugName(1) or ""
    return name.endswith((" SC", " CN"))
