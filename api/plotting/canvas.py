"""From a plot to its bytes: SVG or PNG, in the bureau's font. No screen, no state of the process, no date.

Many threads may draw at once. The same plot in the same font gives the same bytes.
"""

import io
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.text import Text
from PIL import Image

from api.plotting.look import FAINT, INK, TITLE_SIZE
from api.plotting.plot import Plot
from api.plotting.svg import SvgRenderer
from api.printing.fonts import Font, font_at
from api.printing.inert import inert

WIDTH: Final = 6.5
"""In inches: the measure of a page of A4."""
PNG_DOTS: Final = 250
"""Dots an inch."""
_SVG_DOTS: Final = 72
_COLOURS: Final = 64


def svg_of(plot: Plot, font: Path | None = None, titled: bool = True) -> str:
    """Return a plot as an SVG element; without its title in the picture where that stands beside it.

    Its words are words: they are measured in the font, and shown in it where the reader has it. Nothing in them is
    markup, and what controls how text is shown is named by its code.

    Raises Missing `font_missing`, Invalid `font_unusable`.
    """
    figure = _figure(plot, font_at(font), titled, _SVG_DOTS)
    renderer = SvgRenderer(WIDTH * _SVG_DOTS, plot.height * _SVG_DOTS, plot.name)
    figure.draw(renderer)
    return renderer.document(inert(plot.title), inert(plot.alt))


def png_of(plot: Plot, font: Path | None = None, titled: bool = True) -> bytes:
    """Return a plot as a PNG of a few colours; raises what `svg_of` raises."""
    figure, drawn, written = _figure(plot, font_at(font), titled, PNG_DOTS), io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="rgba")
    image = Image.frombytes("RGBA", figure.canvas.get_width_height(), drawn.getvalue()).convert("RGB")
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(written, "png", dpi=(PNG_DOTS, PNG_DOTS))
    return written.getvalue()


def _figure(plot: Plot, font: Font, titled: bool, dots: int) -> Figure:
    figure = Figure((WIDTH, plot.height), dpi=dots, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _plain(axes)
    plot.draw(axes)
    if titled:
        figure.suptitle(plot.title, x=0.01, horizontalalignment="left", fontsize=TITLE_SIZE, color=INK)
    face = FontProperties(family=[font.path.stem], fname=FontPath(str(font.path), font.face))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(axis.get_ticklocs(), [inert(label.get_text(), font.advances) for label in axis.get_ticklabels()])
    for text in figure.findobj(Text):
        _lettered(text, face, font)
    return figure


def _plain(axes: Axes) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FAINT)
        spine.set_linewidth(0.6)
    axes.tick_params(colors=INK, labelsize=8, width=0.6, length=3, color=FAINT)


def _lettered(text: Text, face: FontProperties, font: Font) -> None:
    own = face.copy()
    own.set_size(text.get_fontsize())
    text.set_parse_math(False)
    text.set_text(inert(text.get_text(), font.advances))
    text.set_fontproperties(own)
