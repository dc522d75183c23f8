"""The files of a quarterly report, as the command line writes them and a job leaves them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from api.bureau import Bureau
from api.plotting.plot import Plot
from api.printing.forms import Form
from api.printing.html import html_of
from api.quarterly.form import quarterly_form, quarterly_plots
from ledger.actors import Actor
from sampling.reports.quarterly_report import quarterly_report
from sampling.reports.quarters import Quarter
from scoring.grades import NOTICE


@dataclass(frozen=True)
class QuarterlyFiling:
    """A report that can be filed; `name` is its files' name without an ending, `font` the font's file."""

    name: str
    form: Form
    plots: Sequence[Plot]
    font: Path | None

    def html(self) -> bytes:
        """Return it as a page that reaches for nothing."""
        return html_of(self.form)

    def pdf(self) -> bytes:
        """Return it as PDF."""
        from api.printing.pdf import pdf_of  # its libraries take a while to load, which other commands do without

        return pdf_of(self.form, font=self.font)

    def data(self) -> Iterator[tuple[str, bytes]]:
        """Give files with the data of its plots: one with all of them, and a table of each."""
        document = {"report": self.name, "notice": NOTICE, "plots": [plot.data() for plot in self.plots]}
        yield f"{self.name}.json", orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        for plot in self.plots:
            yield f"{self.name}-{plot.name}.csv", plot.csv()


def quarterly_filing(bureau: Bureau, actor: Actor, quarter: str, purpose: str) -> QuarterlyFiling:
    """Return the report of a quarter, written 2026Q3; that the actor read what it rests on is recorded first.

    Raises what `Quarter.parse`, `quarterly_report` and `svg_of` raise.
    """
    wanted = Quarter.parse(quarter)
    with bureau.read() as tx:
        withheld = quarterly_report(tx, actor, bureau.now, wanted, purpose)
    with bureau.write() as tx:
        report = withheld.tell(tx, bureau.now)
    font = bureau.settings.font
    form = quarterly_form(report, bureau.name, font)
    return QuarterlyFiling(f"quarterly-{wanted.name}", form, quarterly_plots(report), font)
