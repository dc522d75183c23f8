"""Every kind of plot: as SVG, as PNG and as data; the same each time, inert, and in the bureau's font."""

import csv
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from api.plotting import plots
from api.plotting.canvas import PNG_DOTS, WIDTH, png_of, svg_of
from api.plotting.plot import Plot
from ledger.errors import Invalid, Missing
from tests.api.plotting import samples
from tests.api.plotting.samples import EVERY
from tests.printing import needs_font

HOSTILE = "<script>x</script>$\\a&\u202e=1"
SVG = "{http://www.w3.org/2000/svg}"

every_kind = pytest.mark.parametrize("make", EVERY, ids=lambda make: make.__name__)


@cache
def drawn(make: Callable[[str], Plot]) -> str:
    """Return the plot of a kind, drawn once for all tests."""
    return svg_of(make("某区"))


def words_of(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@needs_font
@every_kind
def test_a_plot_is_small_svg_with_its_words_and_says_what_it_shows(make: Callable[[str], Plot]) -> None:
    plot, svg = make("某区"), drawn(make)
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == plot.title
    assert root.findtext(f"{SVG}desc") == plot.alt
    assert plot.title in words_of(svg)
    assert any("某区" in words for words in [*words_of(svg), plot.alt])
    assert len(svg.encode()) < 60_000


@needs_font
@every_kind
def test_a_plot_is_a_png_as_wide_as_the_page(make: Callable[[str], Plot]) -> None:
    plot = make("某区")
    with Image.open(io.BytesIO(png_of(plot))) as image:
        assert image.format == "PNG"
        assert image.size == (round(WIDTH * PNG_DOTS), int(plot.height * PNG_DOTS))
        assert "Software" not in image.info


@needs_font
@every_kind
def test_nothing_in_a_plot_is_markup_or_reaches_outside(make: Callable[[str], Plot]) -> None:
    svg = svg_of(make(HOSTILE))
    ElementTree.fromstring(svg)
    assert not re.search(r"<script|\u202e", svg)
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(name.startswith(make(HOSTILE).name + "-") for name in ids)


@needs_font
def test_a_hostile_name_is_shown_as_it_is_and_its_marks_are_named() -> None:
    words = words_of(svg_of(samples.counts("<b>$a$\u202e")))
    assert "<b>$a$[U+202E]" in words


@needs_font
def test_the_same_plot_gives_the_same_bytes_also_from_many_threads() -> None:
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda make: svg_of(make("某区")), EVERY)) == [drawn(make) for make in EVERY]
    assert png_of(samples.counts("某区")) == png_of(samples.counts("某区"))


@every_kind
def test_what_a_plot_shows_is_there_as_data(make: Callable[[str], Plot]) -> None:
    plot = make("=1+1")
    told = plot.data()
    assert told["text"] == plot.alt
    rows = list(csv.reader(io.StringIO(plot.csv().decode("utf-8-sig"))))
    assert rows[0] == list(plot.heads)
    assert len(rows) - 1 == len(plot.rows)
    assert not any(cell.startswith("=") for row in rows for cell in row)


@needs_font
@pytest.mark.parametrize(
    "make",
    [
        lambda: plots.shares_plot("none", "无", []),
        lambda: plots.counts_plot("none", "无", [], "户数"),
        lambda: plots.roc_plot("无", []),
        lambda: plots.bands_plot("无", []),
        lambda: plots.funnel_plot("无", [], []),
        lambda: plots.series_plot("none", "无", [], None, "EWMA"),
    ],
)
def test_nothing_to_show_is_an_empty_plot(make: Callable[[], Plot]) -> None:
    ElementTree.fromstring(svg_of(make()))


def test_without_its_font_a_plot_is_refused_as_a_pdf_is(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="font_missing"):
        svg_of(samples.counts("A"), tmp_path / "none.ttf")
    (tmp_path / "text.ttf").write_bytes(b"no font")
    with pytest.raises(Invalid, match="font_unusable"):
        png_of(samples.counts("A"), tmp_path / "text.ttf")


@needs_font
def test_a_title_is_left_out_where_it_stands_beside_the_picture() -> None:
    plot = samples.counts("某区")
    assert plot.title not in words_of(svg_of(plot, titled=False))


@needs_font
def test_a_long_name_is_cut_in_the_picture_and_whole_in_the_data() -> None:
    plot = samples.shares("某" * 300)
    assert any(words.startswith("某" * 15 + "…") for words in words_of(svg_of(plot)))
    assert plot.rows[0][0] == "某" * 300
