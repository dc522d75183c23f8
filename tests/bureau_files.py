"""Files of a made-up bureau for tests: rows by header, written as CSV and read as a user's own file would be."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from sampling.registers import format_of
from scoring.codes import make_uscc
from scoring.files import FileRead, read_file

TODAY = date(2026, 11, 23)
BODY = "样例局"
Row: TypeAlias = dict[str, str]


def code(number: int) -> str:
    """Return a code of the zone that no real enterprise has."""
    return make_uscc("130304", f"PDY{number:05d}")


def name(number: int) -> str:
    """Return the name of an enterprise, which is like nothing else in a bureau."""
    return f"样例甲{number:05d}有限公司"


def csv_bytes(rows: Sequence[Row]) -> bytes:
    """Return a CSV file in UTF-8 under all headers that any row has."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def file_of(kind: str, rows: Sequence[Row], source: str = "样例来源", name: str | None = None) -> FileRead:
    """Return the file that holds these rows, read."""
    stream = io.BytesIO(csv_bytes(rows))
    return read_file(format_of(kind), source, name or f"{kind}.csv", stream, TODAY)


def department(letters: str, title: str) -> Row:
    return {"部门代码": letters, "部门名称": title}


def division(digits: str, title: str) -> Row:
    return {"行政区划代码": digits, "行政区划名称": title}


def registration(number: int, **changes: str) -> Row:
    """Return a registration; changes are by header."""
    return {
        "统一社会信用代码": code(number),
        "企业名称": name(number),
        "行业": "物业服务",
        "区域": "示范镇",
        "地址": f"虚构路{number}号",
        "成立日期": "2010-05-04",
        "登记状态": "存续",
        "注册资本（万元）": "1000",
        "登记机关": BODY,
        **changes,
    }


def licence(number: int, **changes: str) -> Row:
    return {
        "行政相对人名称": name(number),
        "行政相对人代码_1(统一社会信用代码)": code(number),
        "行政许可决定文书号": f"许{number}",
        "许可类别": "普通",
        "许可决定日期": "2024-01-10",
        "有效期自": "2024-01-10",
        "有效期至": "长期",
        "许可机关": BODY,
        "数据来源单位": BODY,
        **changes,
    }


def penalty(number: int, document: str, day: str, **changes: str) -> Row:
    return {
        "行政相对人名称": name(number),
        "行政相对人代码_1(统一社会信用代码)": code(number),
        "行政处罚决定书文号": document,
        "违法行为类型": "未按图施工",
        "处罚类别": "罚款",
        "罚款金额（万元）": "4",
        "处罚决定日期": day,
        "处罚机关": BODY,
        "数据来源单位": BODY,
        **changes,
    }


def _own(number: int, day: str, changes: Row) -> Row:
    return {"统一社会信用代码": code(number), "企业名称": name(number), "日期": day, "机关": BODY, **changes}


def inspection(number: int, document: str, day: str, results: str = "未发现问题", **changes: str) -> Row:
    return _own(number, day, {"文书号": document, "检查类型": "日常检查", "检查结果": results, **changes})


def confirmation(number: int, day: str, outcome: str = "合格") -> Row:
    return _own(number, day, {"文书号": f"确{number}", "确认事项": "竣工验收", "结果": outcome})


def coercion(number: int, day: str) -> Row:
    return _own(number, day, {"文书号": f"强{number}", "强制措施种类": "查封"})


def breach(number: int, kind: str, day: str, removed: str = "") -> Row:
    return _own(number, day, {"文书号": f"失{number}{kind}", "失信类型": kind, "移出日期": removed})


def relation(number: int, kind: str, party: str, party_code: str = "", since: str = "2015-01-01") -> Row:
    return {
        "统一社会信用代码": code(number),
        "关系类型": kind,
        "关联方名称": party,
        "关联方代码": party_code,
        "起始日期": since,
    }


def complaint(number: int, document: str, day: str, outcome: str = "属实") -> Row:
    return {
        "统一社会信用代码": code(number),
        "受理日期": day,
        "事项": "工程质量",
        "办结结果": outcome,
        "编号": document,
    }


def revocation(number: int, kind: str, document: str, day: str, **changes: str) -> Row:
    return {
        "统一社会信用代码": code(number),
        "被撤销类别": kind,
        "被撤销文书号": document,
        "被撤销机关": BODY,
        "撤销日期": day,
        "撤销机关": "样例区人民政府",
        "撤销文书号": f"撤{document}",
        "事由": "事实不清",
        **changes,
    }


def change(number: int, kind: str, former_code: str = "", former_name: str = "", day: str = "2016-03-01") -> Row:
    return {
        "统一社会信用代码": code(number),
        "变更类型": kind,
        "变更前名称": former_name,
        "变更前代码": former_code,
        "变更日期": day,
        "登记机关": BODY,
        "文书号": f"变{number}{former_code}{former_name}",
    }


def outside_grade(number: int, grade: str, day: str = "2026-06-30", system: str = "省平台") -> Row:
    return {"统一社会信用代码": code(number), "分类系统": system, "分类等级": grade, "评定日期": day}


def item(letters: str, number: str, title: str, **changes: str) -> Row:
    return {
        "事项编号": number,
        "事项名称": title,
        "部门代码": letters,
        "检查依据": "样例条例第一条",
        "检查主体": BODY,
        "检查对象": "建筑施工、物业服务、房地产经纪、燃气经营、供热",
        "检查内容": "资料与现场",
        "检查方式": "实地检查",
        **changes,
    }


def inspection_object(number: int, letters: str, tags: str, **changes: str) -> Row:
    return {"统一社会信用代码": code(number), "部门代码": letters, "对象标签": tags, **changes}


def inspector(certificate: str, letters: str, unit: str, sectors: str, **changes: str) -> Row:
    return {
        "证件号": certificate,
        "姓名": f"检查员{certificate}",
        "部门代码": letters,
        "单位": unit,
        "专业": sectors,
        "证件有效期至": "2028-12-31",
        "在岗状态": "在岗",
        **changes,
    }
