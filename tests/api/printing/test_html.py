"""A form as a page of HTML: whole in itself, inert, the same each time."""

import re
from html.parser import HTMLParser

from api.printing.forms import Fields, Figure, Form, Grid, Heading, Paragraph, Signatures
from api.printing.html import html_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0L2 1"/></svg>'
HOSTILE = "<script>alert(1)</script>\u202e\" onload='x' &amp;"
FORM = Form(
    f"季度报告 {HOSTILE}",
    HOSTILE,
    [
        Heading(HOSTILE),
        Paragraph(f"第一行\n{HOSTILE}"),
        Fields([("部门", HOSTILE)]),
        Grid(["等级", "问题率"], [["A", HOSTILE]]),
        Figure(f"图 1 {HOSTILE}", HOSTILE, SVG, b"", 2, 1),
        Signatures([HOSTILE]),
    ],
)


class Read(HTMLParser):
    """What a page's elements are, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


def test_a_page_has_all_parts_of_the_form_and_its_picture() -> None:
    page = html_of(FORM).decode()
    read = Read(page)
    tags = [tag for tag, _ in read.elements]
    assert (tags.count("h1"), tags.count("h2"), tags.count("table"), tags.count("svg")) == (1, 1, 2, 1)
    assert SVG in page
    for told in ("第一行", "部门", "等级", "图 1", "日期"):
        assert told in read.text


def test_nothing_in_a_page_is_a_script_or_reaches_outside() -> None:
    page = html_of(FORM).decode()
    elements = Read(page).elements
    assert not {tag for tag, _ in elements} & {"script", "link", "img", "iframe", "object", "form", "a"}
    assert not [name for _, held in elements for name in held if name.startswith("on") or name in ("src", "href")]
    assert re.findall(r"https?://[^\"]*", page) == ["http://www.w3.org/2000/svg"]
    assert "\u202e" not in page
    assert page.count("[U+202E]") == 9
    (policy,) = [held["content"] for _, held in elements if held.get("http-equiv") == "Content-Security-Policy"]
    assert (policy or "").startswith("default-src 'none'")


def test_the_same_form_gives_the_same_page() -> None:
    assert html_of(FORM) == html_of(FORM)
