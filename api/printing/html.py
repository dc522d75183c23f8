"""Forms as one page of HTML that reaches for nothing: no script, no file beside it, pictures within it; good to print.

Text only shows itself: it is escaped, and what would control how it is shown is named by its code.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from api.printing.forms import Fields, Figure, Form, Grid, Heading, Paragraph, Part, Signatures
from api.printing.inert import inert

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE: Final = """
@page { size: A4; margin: 22mm 20mm }
body { max-width: 44em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff; line-height: 1.7;
  font-family: "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif }
h1 { text-align: center; font-size: 1.6em; line-height: 1.4; margin: 0 0 .3em; white-space: pre-line }
h2 { font-size: 1.15em; margin: 1.8em 0 .5em; break-after: avoid }
p { margin: .5em 0; white-space: pre-line }
.number { text-align: right }
table { width: 100%; border-collapse: collapse; margin: .7em 0; font-size: .88em; line-height: 1.45 }
th, td { border: 1px solid #888; padding: .25em .5em; text-align: left; vertical-align: top; white-space: pre-line;
  overflow-wrap: anywhere }
thead { display: table-header-group }
thead th { background: #eee }
tr { break-inside: avoid }
.fields th { width: 30%; font-weight: normal; background: #f6f6f6 }
figure { margin: 1.2em 0; break-inside: avoid }
figure svg { display: block; width: 100%; height: auto }
figcaption { text-align: center; font-size: .9em; margin-top: .2em }
.signatures { display: flex; flex-wrap: wrap; margin-top: 2em }
.signatures div { width: 50%; min-height: 5em; break-inside: avoid }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt } }
"""


def html_of(form: Form) -> bytes:
    """Return a form as a page of HTML in UTF-8. The same form, the same bytes."""
    number = f'<p class="number">{_text(form.number)}</p>' if form.number else ""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="zh-CN">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">',
        f"<title>{_text(form.title)}</title><style>{_STYLE}</style></head>",
        f"<body><h1>{_text(form.title)}</h1>{number}",
        *(_part(part) for part in form.parts),
        "</body></html>\n",
    ]
    return "\n".join(lines).encode()


def _part(part: Part) -> str:
    match part:
        case Paragraph(text):
            return f"<p>{_text(text)}</p>"
        case Heading(text):
            return f"<h2>{_text(text)}</h2>"
        case Fields(rows):
            body = "".join(
                f'<tr><th scope="row">{_text(label)}</th>{_cells("td", [value])}</tr>' for label, value in rows
            )
            return f'<table class="fields"><tbody>{body}</tbody></table>'
        case Grid(heads, rows):
            head = "".join(f'<th scope="col">{_text(each)}</th>' for each in heads)
            return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(_rows(rows))}</tbody></table>"
        case Figure(caption, svg=svg):
            return f"<figure>{svg}<figcaption>{_text(caption)}</figcaption></figure>"
        case Signatures(labels):
            places = "".join(f"<div>{_text(each)}：<br><br>日期：　　　　年　　月　　日</div>" for each in labels)
            return f'<div class="signatures">{places}</div>'


def _rows(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    return (f"<tr>{_cells('td', row)}</tr>" for row in rows)


def _cells(element: str, cells: Iterable[str]) -> str:
    return "".join(f"<{element}>{_text(each)}</{element}>" for each in cells)


def _text(text: str) -> str:
    return escape(inert(text))
