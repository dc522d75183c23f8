"""The files of a bureau that are about inspections: items, objects and inspectors (一单两库).

The values of an item's row are code, name, department, legal_basis, body, sectors, content, method, tags, share,
frequency, requirement, status, points; those of an object's row enterprise, name, department, tags, of which none means
that it is no object of that department any more; those of an inspector's row certificate, name, department, unit,
sectors, certificate_valid_to (YYYY-MM-DD, without end 2099-12-31), status, recusals, category, areas, household,
former_employers, away. Sectors, tags, points and areas are lists of texts, recusals a list of codes, household one of
persons' names (kept as pseudonyms), former_employers one of "code/day of leaving", away one of "first day/last day";
the others are texts. Those that a file does not tell are None.
"""

from collections.abc import Mapping

from ledger.errors import Invalid
from scoring.columns import Column, Format
from scoring.fields import (
    choice,
    civil_date,
    department_code,
    end_date,
    lines_up_to,
    list_of,
    pair_of,
    text_up_to,
    uscc,
)
from scoring.formats import STATUSES, USCC_HEADER
from scoring.sectors import Sector

NAME = text_up_to(200)
CODE = text_up_to(40)
PROSE = lines_up_to(4000)
SECTORS = list_of(choice(Sector))

employment = pair_of(uscc, civil_date)


def days(text: str) -> str:
    """Return a day, or the days from one to another, as "first/last"; raises Invalid, also `dates_out_of_order`."""
    first, last = str(pair_of(civil_date, civil_date)(text if "至" in text else f"{text}至{text}")).split("/")
    if last < first:
        raise Invalid("dates_out_of_order", value=last, earlier=first)
    return f"{first}/{last}"


INSPECTOR_STATUSES = ("在岗", "停用")
TAG = text_up_to(40)
POINT = text_up_to(200)

ITEM = Format(
    "item",
    "抽查事项",
    (
        Column("事项编号", "code", CODE, required=True),
        Column("事项名称", "name", NAME, required=True),
        Column("部门代码", "department", department_code, required=True),
        Column("检查依据", "legal_basis", PROSE, required=True),
        Column("检查主体", "body", NAME, required=True),
        Column("检查对象", "sectors", SECTORS, required=True),
        Column("检查内容", "content", PROSE, required=True),
        Column("检查方式", "method", NAME, required=True),
        Column("对象标签", "tags", list_of(TAG)),
        Column("抽查比例", "share", NAME),
        Column("抽查频次", "frequency", NAME),
        Column("检查人员要求", "requirement", NAME),
        Column("事项状态", "status", choice(STATUSES)),
        Column("检查要点", "points", list_of(POINT)),
    ),
    identity="code",
)

OBJECT = Format(
    "object",
    "检查对象",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("企业名称", "name", NAME),
        Column("部门代码", "department", department_code, required=True),
        Column("对象标签", "tags", list_of(TAG)),
    ),
    identity="enterprise",
    within="department",
)

INSPECTOR = Format(
    "inspector",
    "执法检查人员",
    (
        Column("证件号", "certificate", CODE, required=True),
        Column("姓名", "name", NAME, required=True),
        Column("部门代码", "department", department_code, required=True),
        Column("单位", "unit", NAME, required=True),
        Column("专业", "sectors", SECTORS, required=True),
        Column("证件有效期至", "certificate_valid_to", end_date, required=True),
        Column("在岗状态", "status", choice(INSPECTOR_STATUSES), required=True),
        Column("回避企业", "recusals", list_of(uscc)),
        Column("证件类别", "category", CODE),
        Column("区域", "areas", list_of(NAME)),
        Column("同户人员", "household", list_of(NAME)),
        Column("曾任职企业", "former_employers", list_of(employment)),
        Column("离岗日期", "away", list_of(days)),
    ),
    identity="certificate",
)

FORMATS: Mapping[str, Format] = {format_.kind: format_ for format_ in (ITEM, OBJECT, INSPECTOR)}
