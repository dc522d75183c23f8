"""A platform's document is read strictly, and its template writes no formula."""

from datetime import date

import pytest

from ledger.errors import Conflict, Invalid
from sampling.exchange.platform import KINDS, fields_of, parse_platform
from sampling.exchange.platforms import shipped
from sampling.exchange.rendering import Issued, cells, missing, write_file
from tests.api.receiver import FILES

PUSH = FILES.replace('[files]\nformat = "csv"', '[push]\nurl = "https://platform.invalid/in"')
COLUMN = '  { header = "事实", field = "facts" },\n'


def issued(**values: object) -> Issued:
    told = {"fine": 4_050_000, "facts": "=HYPERLINK(1)", "category": "罚款", **values}
    return Issued("penalty", "a" * 64, 2, "91130304PDY00001XL", "样例甲公司", "2026-11-20", "样例局", "罚1", told)


def test_the_platforms_that_are_shipped_can_be_read_and_one_takes_all_seven_kinds() -> None:
    assert list(shipped()) == ["credit-sharing", "national-publicity"]
    assert shipped()["credit-sharing"].kinds == KINDS
    assert shipped()["national-publicity"].kinds == ("licence", "inspection", "penalty", "breach")


def test_a_document_says_how_and_until_when_deliveries_go() -> None:
    platform = parse_platform(PUSH + "\n")
    assert platform.push is not None
    assert (platform.push.url, platform.push.at_once, platform.push.credential) == (
        "https://platform.invalid/in",
        8,
        None,
    )
    assert (platform.deadline, platform.since, platform.kinds) == (20, date(2018, 1, 1), ("inspection", "penalty"))
    assert parse_platform(FILES).push is None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('name = "paper"', 'name = "a b"', "platform_name_unusable"),
        ("valid_from = 2018-01-01", "valid_from = 2018-01-01\nvalid_to = 2017-01-01", "platform_dates_order"),
        ("deadline = 20", "deadline = 0", "platform_number_out_of_range"),
        ("deadline = 20", 'deadline = 20\ndates = "D.M.Y"', "platform_choice_unknown"),
        ("deadline = 20", "deadline = 20\nsecret = 1", "toml_key_unknown"),
        ('[files]\nformat = "csv"', "", "platform_way_unclear"),
        (
            '[files]\nformat = "csv"',
            '[files]\nformat = "csv"\n[push]\nurl = "https://a.invalid/"',
            "platform_way_unclear",
        ),
        ('format = "csv"', 'format = "pdf"', "platform_choice_unknown"),
        ("[kinds.penalty]", "[kinds.complaint]", "platform_kind_unknown"),
        ('field = "facts"', 'field = "complainant"', "template_field_unknown"),
        ('field = "facts"', 'field = "facts", value = "x"', "template_column_unclear"),
        ('field = "facts"', 'field = "facts", unit = "元"', "template_unit_unfit"),
        (', unit = "万元"', "", "template_unit_unfit"),
        ('header = "事实"', 'header = "文号"', "toml_duplicate"),
        ('  { header = "日期", field = "date", required = true },\n', "", "template_without_field"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(before: str, after: str, code: str) -> None:
    assert before in FILES
    with pytest.raises(Invalid) as refused:
        parse_platform(FILES.replace(before, after, 1))
    assert refused.value.code == code
    assert "place" in refused.value.parameters


def test_a_platform_without_any_kind_is_refused() -> None:
    with pytest.raises(Invalid, match="platform_without_kinds"):
        parse_platform(FILES[: FILES.index("[kinds.penalty]")])


@pytest.mark.parametrize(
    "url",
    [
        "http://platform.invalid/",
        "https://user:word@platform.invalid/",
        "https://a.invalid/ b",
        "https://a.invalid/#x",
        "ftp://a.invalid/",
        "http://127.0.0.1.evil.invalid/",
    ],
)
def test_an_address_sends_no_token_in_the_clear(url: str) -> None:
    with pytest.raises(Invalid, match="platform_url_unusable"):
        parse_platform(PUSH.replace("https://platform.invalid/in", url))


def test_no_template_names_a_person() -> None:
    assert all({"representative", "inspectors"}.isdisjoint(fields_of(kind)) for kind in KINDS)


def test_a_template_writes_amounts_dates_and_codes_as_people_read_them() -> None:
    platform = parse_platform(FILES)
    told = cells(platform, issued())
    assert (told["金额（万元）"], told["日期"], told["来源"]) == ("4.05", "2026-11-20", "签")
    slashes = parse_platform(FILES.replace("deadline = 20", 'deadline = 20\ndates = "YYYY/MM/DD"'))
    assert cells(slashes, issued())["日期"] == "2026/11/20"
    found = {"results": ["other_violation", "pending"], "follow_up": "correction"}
    told = cells(
        platform, Issued("inspection", "a" * 64, 1, "91130304PDY00001XL", "", "2026-11-20", "样例局", "", found)
    )
    assert (told["结果"], told["后续"]) == ("违反其他管理规定、发现问题待后续处理", "责令改正")


def test_required_columns_that_say_nothing_are_named() -> None:
    platform = parse_platform(FILES.replace('field = "facts"', 'field = "facts", required = true'))
    lacking = issued(facts=None)
    assert missing(platform, lacking, cells(platform, lacking)) == ["事实"]
    assert missing(platform, issued(), cells(platform, issued())) == []


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    for told in (write_file([cell], []), write_file(["a"], [[cell]])):
        assert f"'{cell}" in told.decode("utf-8-sig")
    assert f"a{cell}" in write_file(["a"], [[f"a{cell}"]]).decode("utf-8-sig")


def test_a_platform_is_in_force_from_the_one_day_to_the_other() -> None:
    platform = parse_platform(
        FILES.replace("valid_from = 2018-01-01", "valid_from = 2018-01-01\nvalid_to = 2018-12-31")
    )
    assert platform.is_in_force(date(2018, 12, 31))
    with pytest.raises(Conflict, match="platform_not_in_force"):
        platform.require_in_force(date(2019, 1, 1))
