"""A font file of the glyphs that a text needs, with TrueType outlines, which every reader of PDF takes.

The fonts that have the characters of all names have PostScript outlines, and a part of one, embedded as it is, leaves
some readers without the text.
"""

import io
from collections.abc import Iterable

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from api.printing.fonts import Font

_NOTHING = ".notdef"
_NO_TIME = 3_029_529_600
"""The year 2000 in seconds since 1904, as fonts count."""
_PRECISION = 1
"""How far a curve may be from the font's, in its own units."""


def true_type(font: Font, characters: Iterable[str]) -> bytes:
    """Return a font file with the glyphs of these characters, all of which the font has. The same, the same bytes."""
    with TTFont(font.path, fontNumber=font.face, lazy=True) as source:
        names = source.getBestCmap()
        codes = {ord(character): names[ord(character)] for character in sorted(set(characters))}
        order = [_NOTHING, *dict.fromkeys(name for name in codes.values() if name != _NOTHING)]
        outlines, metrics = source.getGlyphSet(), source["hmtx"].metrics
        glyphs = {}
        for name in order:
            pen = TTGlyphPen(None)
            outlines[name].draw(Cu2QuPen(pen, _PRECISION, reverse_direction="glyf" not in source))
            glyphs[name] = pen.glyph()
        builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
        builder.font.recalcTimestamp = False
        builder.updateHead(created=_NO_TIME, modified=_NO_TIME)
        builder.setupGlyphOrder(order)
        builder.setupCharacterMap(codes)
        builder.setupGlyf(glyphs)
        builder.setupHorizontalMetrics({name: metrics[name] for name in order})
        builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
        builder.setupNameTable({"familyName": source["name"].getDebugName(1) or "form", "styleName": "Regular"})
        builder.setupOS2(sTypoAscender=source["hhea"].ascent, sTypoDescender=source["hhea"].descent)
        builder.setupPost()
        written = io.BytesIO()
        builder.save(written)
    return written.getvalue()
