"""Departments, the administrative division and inspectors of the sample bureau."""

from collections.abc import Sequence
from datetime import date

from api.sample.chance import below, happens, one_of
from api.sample.enterprises import CITY, REGION, SECTORS, STREETS, Enterprise

Row = dict[str, str]

DEPARTMENTS = {"ZJ": f"{CITY}住房和城乡建设局", "SC": f"{CITY}市场监督管理局", "YJ": f"{CITY}应急管理局"}
INSPECTORS_EACH = 20
CATEGORIES = ("行政执法证", "行政执法监督证", "特种设备检验证")

UNITS = {
    "ZJ": ("建筑业管理科", "房地产市场科", "公用事业科", "综合执法大队"),
    "SC": ("信用监督管理科", "特种设备安全监察科", "价格监督检查科", "综合执法大队"),
    "YJ": ("安全生产基础科", "危险化学品监管科", "综合执法大队"),
}


def departments() -> list[Row]:
    return [{"部门代码": code, "部门名称": name} for code, name in DEPARTMENTS.items()]


def divisions() -> list[Row]:
    return [{"行政区划代码": REGION, "行政区划名称": CITY}]


def inspectors(enterprises: Sequence[Enterprise]) -> list[Row]:
    """Return 20 inspectors a department; every sector has more than enough of them in each."""
    return [
        _inspector(department, number, enterprises)
        for department in DEPARTMENTS
        for number in range(1, INSPECTORS_EACH + 1)
    ]


def certificate_of(department: str, number: int) -> str:
    """Return the certificate number of a department's inspector, counted from 1."""
    return f"YB{department}{number:04d}"


def _inspector(department: str, number: int, enterprises: Sequence[Enterprise]) -> Row:
    certificate = certificate_of(department, number)
    sectors = [sector for sector in SECTORS if happens(550, "specialty", certificate, sector)]
    if not sectors:
        sectors = [one_of(tuple(SECTORS), "only specialty", certificate)]
    recused = sorted(
        {one_of(enterprises, "recusal", certificate, n).code for n in range(below(4, "recusals", certificate))}
    )
    expired = number == 19
    household = [f"样例家属{department}{number:02d}"]
    if happens(100, "household", certificate):
        household.append(one_of(enterprises, "relative", certificate).representative)
    employer = one_of(enterprises, "employer", certificate).code
    left = date(2022 + below(5, "left", certificate), 1 + below(10, "left month", certificate), 15)
    first = 1 + below(20, "away", certificate)
    return {
        "证件号": certificate,
        "姓名": f"样例检查员{department}{number:02d}",
        "部门代码": department,
        "单位": one_of(UNITS[department], "unit", certificate),
        "专业": "、".join(sectors),
        "证件有效期至": (
            date(2026, 6, 30) if expired else date(2028 + below(4, "expiry", certificate), 12, 31)
        ).isoformat(),
        "在岗状态": "停用" if number == 20 else "在岗",
        "回避企业": "、".join(recused),
        "证件类别": one_of(CATEGORIES, "category", certificate),
        "区域": "、".join(region for region in STREETS if happens(700, "area", certificate, region)),
        "同户人员": "、".join(household),
        "曾任职企业": f"{employer}至{left}" if happens(200, "employed", certificate) else "",
        "离岗日期": (
            f"{date(2026, 12, first)}至{date(2026, 12, first + 9)}" if happens(150, "on leave", certificate) else ""
        ),
    }
