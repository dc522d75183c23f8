"""The files of a report: PDF and XLSX, as the command line writes them and a job leaves them."""

from dataclasses import dataclass
from pathlib import Path

from api.bureau import Bureau
from api.printing.annual_forms import annual_form, annual_sheets
from api.printing.campaign_forms import campaign_form, campaign_sheets
from api.printing.forms import Form
from api.printing.xlsx import Sheet, workbook_of
from ledger.actors import Actor
from sampling.reports.annual_report import annual_report
from sampling.reports.campaign_report import campaign_report


@dataclass(frozen=True)
class Filing:
    """A report that can be printed; `name` is its files' name without an ending, `font` the font's file."""

    name: str
    form: Form
    sheets: tuple[Sheet, ...]
    font: Path | None

    def pdf(self) -> bytes:
        """Return it as PDF; raises what `pdf_of` raises."""
        from api.printing.pdf import pdf_of  # its libraries take a while to load, which other commands do without

        return pdf_of(self.form, font=self.font)

    def xlsx(self) -> bytes:
        """Return it as XLSX: the form, and the numbers in tables of their own."""
        return workbook_of(self.form, *self.sheets)


def campaign_filing(bureau: Bureau, actor: Actor, campaign: str) -> Filing:
    """Return a campaign's report; raises what `campaign_report` raises."""
    with bureau.read() as tx:
        report = campaign_report(tx, actor, bureau.now, campaign)
    form = campaign_form(report, bureau.name, bureau.origin)
    return Filing(f"report-{campaign}", form, tuple(campaign_sheets(report)), bureau.settings.font)


def annual_filing(bureau: Bureau, actor: Actor, department: str, year: int) -> Filing:
    """Return a department's report of a year; raises what `annual_report` raises."""
    with bureau.read() as tx:
        report = annual_report(tx, actor, bureau.now, department, year)
    form = annual_form(report, bureau.name, bureau.origin)
    return Filing(f"report-{department}-{year}", form, tuple(annual_sheets(report)), bureau.settings.font)
