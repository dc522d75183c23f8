"""A year's report as it is filed: what stands in it by its name."""

from datetime import date

from api.printing.annual_forms import annual_form
from api.printing.forms import Paragraph
from sampling.annual_planning import Progress
from sampling.reports.annual_report import AnnualReport
from sampling.reports.counting import Counts
from sampling.reports.public_numbers import PublicNumbers
from tests.sampling.test_annual_planning import LINE


def test_what_no_campaign_has_yet_stands_by_its_name_and_by_its_code_where_it_has_none() -> None:
    line = Progress(LINE, 0, 0, 0, 0, 0, 0, 0, frozenset(), ("ZJ-01", "ZJ-99"), ("SC",))
    report = AnnualReport(
        "ZJ",
        "样例住建局",
        2026,
        date(2026, 12, 31),
        1,
        [line],
        [],
        [],
        Counts(),
        PublicNumbers(),
        {"ZJ": "样例住建局", "SC": "样例市场监管局"},
        {"ZJ-01": "燃气经营检查"},
    )
    told = [part.text for part in annual_form(report, "样例局", "https://example").parts if isinstance(part, Paragraph)]
    code = LINE.code
    assert f"尚未实施的抽查事项：{code}：燃气经营检查、ZJ-99。" in told
    assert f"尚未参与的部门：{code}：样例市场监管局。" in told
