"""Which enterprises of the sample are objects of which supervision, by tags that a department gives."""

from collections.abc import Sequence

from api.sample.chance import happens
from api.sample.enterprises import Enterprise
from api.sample.people import Row

TAGS = (
    ("ZJ", "在建项目施工单位", ("建筑施工",), 600),
    ("SC", "特种设备使用单位", ("燃气经营", "供热", "物业服务"), 700),
    ("YJ", "有限空间作业单位", ("物业服务", "供热"), 500),
)
"""Department, tag, trades, and of how many in a thousand of them."""


def objects(enterprises: Sequence[Enterprise]) -> list[Row]:
    """Return the register of objects; each tag is of one department."""
    return [
        {"统一社会信用代码": each.code, "企业名称": each.name, "部门代码": department, "对象标签": tag}
        for department, tag, sectors, share in TAGS
        for each in enterprises
        if each.sector in sectors and happens(share, "tag", tag, each.number)
    ]
