"""What matplotlib draws, as SVG: small, the same each time, words as words, and nothing that reaches outside.

matplotlib's own writer of SVG takes its salt and its treatment of text from settings of the whole process, names each
group, and cites addresses; this one keeps to `RendererBase`, so threads draw at once, and pictures stand in one page.
"""

from collections.abc import Iterator
from html import escape
from typing import TypeAlias

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform
from matplotlib.typing import ColorType

FAMILIES = "'Noto Serif CJK SC','Source Han Serif SC','Songti SC',SimSun,serif"

_COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
_ANCHORS = {"left": ("start", 0.0), "center": ("middle", 0.5), "right": ("end", 1.0)}

_Attributes: TypeAlias = dict[str, str | float]


class SvgRenderer(RendererBase):
    """Draws a figure of 72 dots an inch. `name` begins every id, so that pictures may stand in one document."""

    def __init__(self, width: float, height: float, name: str) -> None:
        super().__init__()
        self.width, self.height, self.name = width, height, name
        self._parts: list[str] = []
        self._shared: dict[str, str] = {}

    def document(self, title: str, alt: str) -> str:
        """Return what was drawn; assistive technology reads its title and what it says in words."""
        size = _attributes({"width": f"{_short(self.width)}pt", "height": f"{_short(self.height)}pt"})
        box = f"0 0 {_short(self.width)} {_short(self.height)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{box}"{size}'
            f' aria-labelledby="{self.name}-title {self.name}-text" font-family="{FAMILIES}" stroke-linejoin="round">'
            f'<title id="{self.name}-title">{escape(title)}</title><desc id="{self.name}-text">{escape(alt)}</desc>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in points."""
        return self.width, self.height

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, face: ColorType | None = None
    ) -> None:
        """Draw a path, filled where it has a face."""
        data = "".join(_path_data(path, transform + self._flip))
        if data:
            self._parts.append(f'<path d="{data}"{_attributes(_style(gc, face) | self._clip(gc))}/>')

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        face: ColorType | None = None,
    ) -> None:
        """Draw the same mark at each place."""
        data = "".join(_path_data(marker_path, marker_trans + Affine2D().scale(1, -1)))
        drawn: _Attributes = {"d": data}
        mark = self._once("path", drawn | _style(gc, face))
        clip = _attributes(self._clip(gc))
        for vertices, _ in path.iter_segments(trans + self._flip, simplify=False):
            x, y = vertices[-2:]
            self._parts.append(f'<use href="#{mark}" x="{_short(x)}" y="{_short(y)}"{clip}/>')

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: object = False,
        mtext: Text | None = None,
    ) -> None:
        """Draw a line of words as words, held where it is aligned, so that another font moves it least."""
        anchor, share = _ANCHORS[str(mtext.get_horizontalalignment()) if mtext is not None and not angle else "left"]
        size = prop.get_size_in_points()
        wide, _, _ = self.get_text_width_height_descent(s, prop, False)
        held: _Attributes = {"x": x + share * wide, "y": y, "font-size": size}
        if anchor != "start":
            held["text-anchor"] = anchor
        if angle:
            held["transform"] = f"rotate({_short(-angle)} {_short(x)} {_short(y)})"
        self._parts.append(f"<text{_attributes(held | _fill(gc.get_rgb()))}>{escape(s, quote=False)}</text>")

    @property
    def _flip(self) -> Affine2D:
        return Affine2D().scale(1, -1).translate(0, self.height)

    def _clip(self, gc: GraphicsContextBase) -> _Attributes:
        box = gc.get_clip_rectangle()
        if box is None:
            return {}
        rectangle: _Attributes = {
            "x": box.x0,
            "y": self.height - box.y1,
            "width": box.width,
            "height": box.height,
        }
        return {"clip-path": f"url(#{self._once('rect', rectangle, 'clipPath')})"}

    def _once(self, element: str, attributes: _Attributes, within: str = "") -> str:
        """Define what is used several times, at its first use; return its id."""
        told = f"<{element}{_attributes(attributes)}/>"
        if told not in self._shared:
            key = f"{self.name}-{len(self._shared) + 1}"
            self._shared[told] = key
            named = f'<{within} id="{key}">{told}</{within}>' if within else told.replace("/>", f' id="{key}"/>')
            self._parts.append(f"<defs>{named}</defs>")
        return self._shared[told]


def _path_data(path: Path, transform: Transform) -> Iterator[str]:
    for vertices, code in path.iter_segments(transform, remove_nans=True, simplify=False):
        command = _COMMANDS[code]
        yield command if command == "Z" else command + " ".join(_short(float(each)) for each in np.asarray(vertices))


def _style(gc: GraphicsContextBase, face: ColorType | None) -> _Attributes:
    style: _Attributes = {"fill": "none"} if face is None else _fill(face)
    width = gc.get_linewidth()
    if width and gc.get_rgb()[3]:
        style |= {"stroke": to_hex(gc.get_rgb()), "stroke-width": width}
        if gc.get_rgb()[3] < 1:
            style["stroke-opacity"] = gc.get_rgb()[3]
        _offset, dashes = gc.get_dashes()
        if dashes is not None:
            style["stroke-dasharray"] = " ".join(_short(float(each)) for each in np.asarray(dashes))
    return style


def _fill(colour: ColorType) -> _Attributes:
    opacity, plain = to_rgba(colour)[3], to_hex(colour)
    told: _Attributes = {} if plain == "#000000" else {"fill": plain}
    return told | ({"fill-opacity": opacity} if opacity < 1 else {})


def _attributes(attributes: _Attributes) -> str:
    return "".join(
        f' {name}="{escape(value) if isinstance(value, str) else _short(value)}"' for name, value in attributes.items()
    )


def _short(number: float) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
