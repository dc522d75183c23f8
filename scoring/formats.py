"""The files of a bureau that are about enterprises, column by column.

Licences and penalties have the columns of the national 双公示 data standard; the other formats are our own.

The values of a department's row are code, name and status; those of an administrative division's code and name; those
of a registration's row are enterprise, name, sector, region, address, established, status, capital, representative,
scale, body, number, closed, source; those of a grade from outside are enterprise, system, grade, date, source. All
others are records: enterprise, name, kind, date, body, number, source, and `content`, an object of the format's other
fields.

A field whose column is empty or absent is None, inside `content` it is left out. Dates are YYYY-MM-DD, a term without
end is 2099-12-31; amounts are fen; results and follow-ups of an inspection are the identifiers of `scoring.results`;
other choices are the Chinese text of the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.columns import Column, Fields, Format, Rule, Values, in_order, not_in_future
from scoring.fields import (
    BodyName,
    DocumentNumber,
    Telling,
    amount_in_fen,
    choice,
    civil_date,
    department_code,
    division_code,
    end_date,
    follow_up,
    former_code,
    lines_up_to,
    list_of,
    party_code,
    results,
    text_up_to,
    uscc,
)
from scoring.sectors import Sector

NAME = text_up_to(200)
BODY = BodyName(200)
NUMBER = DocumentNumber(100)
PERSON = Telling(200)
PROSE = lines_up_to(4000)

USCC_HEADER = "统一社会信用代码"
SOURCE = Column("数据来源单位", "source", NAME)

INSPECTORS = "inspectors"
"""Who inspected, by codes: for evaluation alone. No measure asks for it, and nobody is sent it."""

IN_USE = "有效"
STATUSES = (IN_USE, "停用")
"""Of departments and items; without one it is in use."""
REGISTRATION_STATUSES = ("存续", "注销", "吊销", "迁出", "停业")
ENTERPRISE_SIZES = ("大型", "中型", "小型", "微型")
"""Of the national statistical classification (统计上大中小微型企业划分)."""
CONFIRMATION_OUTCOMES = ("合格", "优良", "不合格")
BREACH_KINDS = ("经营异常", "严重违法失信")
RELATION_KINDS = ("法定代表人", "股东", "地址", "项目")
MERGER = "合并"
CHANGE_KINDS = ("名称变更", "代码变更", "换照", MERGER)
"""换照 converts an old registration number; by 合并 the enterprise absorbed that of the former code."""
COMPLAINANTS = (
    "投诉人",
    "举报人",
    "申诉人",
    "来电人",
    "来信人",
    "诉求人",
    "反映人",
    "联系人",
    "联系电话",
    "手机",
    "身份证",
)
"""Words of headers that would name who complained."""
COMPLAINT_OUTCOMES = ("属实", "不属实", "调解")

RECORD_FIELDS = ("enterprise", "name", "date", "body", "number", "source")
"""What is no content of a record."""


def _record_format(
    kind: str, title: str, columns: tuple[Column, ...], *rules: Rule, forbidden: tuple[str, ...] = ()
) -> Format:
    def shape(values: Values) -> Values:
        record: Values = {field: values.get(field) for field in RECORD_FIELDS}
        content = {field: value for field, value in values.items() if field not in RECORD_FIELDS and value is not None}
        return {**record, "kind": kind, "content": content}

    return Format(kind, title, columns, (not_in_future("date"), *rules), shape=shape, forbidden=forbidden)


def _own_record_format(kind: str, title: str, columns: tuple[Column, ...], *rules: Rule) -> Format:
    common = (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("企业名称", "name", NAME),
        Column("文书号", "number", NUMBER),
        Column("日期", "date", civil_date, required=True),
        Column("机关", "body", BODY, required=True),
        SOURCE,
    )
    return _record_format(kind, title, (*common, *columns), *rules)


@dataclass(frozen=True)
class _Among:
    """The values of one list are all in another one, where both are given."""

    field: str
    all: str

    def __call__(self, values: Mapping[str, JSON], today: date, /) -> None:
        some, others = values.get(self.field), values.get(self.all)
        if isinstance(some, list) and isinstance(others, list):
            for value in some:
                if value not in others:
                    raise Invalid("list_not_among", field=self.field, value=value, others=list(map(str, others)))

    def holds(self, fields: Fields, today: date) -> bool:
        """Tell at once where no row says anything; the others are looked at one by one."""
        return not any(fields[self.field])


def _says_what_changed(values: Mapping[str, JSON], today: date) -> None:
    """Refuse a change without what was before (`change_without_former`), or of a code into itself."""
    renamed = values.get("type") == CHANGE_KINDS[0]
    field = "former_name" if renamed else "former_code"
    if values.get("type") is not None and field in values and values[field] is None:
        raise Invalid("change_without_former", field=field, type=values["type"])
    if values.get("former_code") is not None and values["former_code"] == values.get("enterprise"):
        raise Invalid("code_change_circle", field="former_code", code=values["former_code"], to=values["enterprise"])


DEPARTMENT = Format(
    "department",
    "部门",
    (
        Column("部门代码", "code", department_code, required=True),
        Column("部门名称", "name", NAME, required=True),
        Column("部门状态", "status", choice(STATUSES)),
    ),
    identity="code",
)

DIVISION = Format(
    "division",
    "行政区划",
    (
        Column("行政区划代码", "code", division_code, required=True),
        Column("行政区划名称", "name", NAME, required=True),
    ),
    identity="code",
)

REGISTRATION = Format(
    "registration",
    "登记注册",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("企业名称", "name", NAME, required=True),
        Column("行业", "sector", choice(Sector), required=True),
        Column("区域", "region", text_up_to(100), required=True),
        Column("地址", "address", Telling(500), required=True),
        Column("成立日期", "established", civil_date, required=True),
        Column("登记状态", "status", choice(REGISTRATION_STATUSES), required=True),
        Column("注册资本（万元）", "capital", amount_in_fen),
        Column("法定代表人", "representative", PERSON),
        Column("企业规模", "scale", choice(ENTERPRISE_SIZES)),
        Column("登记机关", "body", BODY, required=True),
        Column("文书号", "number", NUMBER),
        Column("注吊销日期", "closed", civil_date),
        SOURCE,
    ),
    (not_in_future("established"), not_in_future("closed"), in_order("established", "closed")),
)

LICENCE = _record_format(
    "licence",
    "行政许可",
    (
        Column("行政相对人名称", "name", NAME, required=True),
        Column("行政相对人代码_1(统一社会信用代码)", "enterprise", uscc, required=True),
        Column("行政许可决定文书名称", "document", NAME),
        Column("行政许可决定文书号", "number", NUMBER, required=True),
        Column("许可类别", "category", NAME, required=True),
        Column("许可证书名称", "certificate", NAME),
        Column("许可编号", "certificate_number", text_up_to(100)),
        Column("许可内容", "matter", PROSE),
        Column("许可决定日期", "date", civil_date, required=True),
        Column("有效期自", "valid_from", civil_date, required=True),
        Column("有效期至", "valid_to", end_date, required=True),
        Column("许可机关", "body", BODY, required=True),
        Column("许可机关统一社会信用代码", "body_code", uscc),
        Column("当前状态", "status", NAME),
        Column("数据来源单位", "source", NAME, required=True),
        Column("数据来源单位统一社会信用代码", "source_code", uscc),
        Column("备注", "remark", PROSE),
    ),
    in_order("valid_from", "valid_to"),
)

PENALTY = _record_format(
    "penalty",
    "行政处罚",
    (
        Column("行政相对人名称", "name", NAME, required=True),
        Column("行政相对人代码_1(统一社会信用代码)", "enterprise", uscc, required=True),
        Column("行政处罚决定书文号", "number", NUMBER, required=True),
        Column("违法行为类型", "violation", PROSE, required=True),
        Column("违法事实", "facts", PROSE),
        Column("处罚依据", "legal_basis", PROSE),
        Column("处罚类别", "category", NAME, required=True),
        Column("处罚内容", "penalty", PROSE),
        Column("罚款金额（万元）", "fine", amount_in_fen),
        Column("没收违法所得、没收非法财物的金额（万元）", "confiscated", amount_in_fen),
        Column("暂扣或吊销证照名称及编号", "licence_taken", NAME),
        Column("处罚决定日期", "date", civil_date, required=True),
        Column("处罚有效期", "valid_to", end_date),
        Column("公示截止期", "display_to", end_date),
        Column("当前状态", "status", NAME),
        Column("处罚机关", "body", BODY, required=True),
        Column("处罚机关统一社会信用代码", "body_code", uscc),
        Column("数据来源单位", "source", NAME, required=True),
        Column("数据来源单位统一社会信用代码", "source_code", uscc),
        Column("备注", "remark", PROSE),
    ),
    in_order("date", "valid_to"),
    in_order("date", "display_to"),
)

CONFIRMATION = _own_record_format(
    "confirmation",
    "行政确认",
    (
        Column("确认事项", "matter", NAME, required=True),
        Column("结果", "outcome", choice(CONFIRMATION_OUTCOMES), required=True),
    ),
)

INSPECTION = _own_record_format(
    "inspection",
    "监督检查",
    (
        Column("检查类型", "type", NAME, required=True),
        Column("检查结果", "results", results, required=True),
        Column("后续处理", "follow_up", follow_up),
        Column("检查人员", INSPECTORS, list_of(NAME)),
        Column("检查事项", "matters", list_of(NAME)),
        Column("发现问题事项", "violated", list_of(NAME)),
    ),
    _Among("violated", "matters"),
)

COERCION = _own_record_format(
    "coercion",
    "行政强制",
    (
        Column("强制措施种类", "measure", NAME, required=True),
        Column("事由", "reason", PROSE),
    ),
)

BREACH = _own_record_format(
    "breach",
    "违法失信",
    (
        Column("失信类型", "type", choice(BREACH_KINDS), required=True),
        Column("事由", "reason", PROSE),
        Column("移出日期", "removed", civil_date),
    ),
    in_order("date", "removed"),
    not_in_future("removed"),
)

RELATION = _record_format(
    "relation",
    "关联关系",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("关系类型", "type", choice(RELATION_KINDS), required=True),
        Column("关联方名称", "party", Telling(500), required=True),
        Column("关联方代码", "party_code", party_code),
        Column("起始日期", "date", civil_date),
        SOURCE,
    ),
)

COMPLAINT = _record_format(
    "complaint",
    "投诉举报",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("受理日期", "date", civil_date, required=True),
        Column("事项", "matter", PROSE, required=True),
        Column("办结结果", "outcome", choice(COMPLAINT_OUTCOMES), required=True),
        Column("编号", "number", NUMBER, required=True),
        SOURCE,
    ),
    forbidden=COMPLAINANTS,
)

_CHANGE_TITLE = "变更登记"
_REVOCABLE = [each.title for each in (LICENCE, PENALTY, CONFIRMATION, INSPECTION, COERCION, BREACH, COMPLAINT)]

REVOCATION = _record_format(
    "revocation",
    "撤销",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("被撤销类别", "kind", choice([*_REVOCABLE, _CHANGE_TITLE]), required=True),
        Column("被撤销文书号", "revoked_number", NUMBER, required=True),
        Column("被撤销机关", "revoked_body", BODY),
        Column("撤销日期", "date", civil_date, required=True),
        Column("撤销机关", "body", BODY, required=True),
        Column("撤销文书号", "number", NUMBER),
        Column("事由", "reason", PROSE),
        SOURCE,
    ),
)

CHANGE = _record_format(
    "change",
    _CHANGE_TITLE,
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("变更类型", "type", choice(CHANGE_KINDS), required=True),
        Column("变更前名称", "former_name", NAME),
        Column("变更前代码", "former_code", former_code),
        Column("变更日期", "date", civil_date, required=True),
        Column("登记机关", "body", BODY, required=True),
        Column("文书号", "number", NUMBER),
        SOURCE,
    ),
    _says_what_changed,
)

OUTSIDE_GRADE = Format(
    "outside_grade",
    "外部分类结果",
    (
        Column(USCC_HEADER, "enterprise", uscc, required=True),
        Column("分类系统", "system", NAME, required=True),
        Column("分类等级", "grade", Telling(20), required=True),
        Column("评定日期", "date", civil_date, required=True),
        SOURCE,
    ),
    (not_in_future("date"),),
)

FORMATS: Mapping[str, Format] = {
    format_.kind: format_
    for format_ in (
        DEPARTMENT,
        DIVISION,
        REGISTRATION,
        LICENCE,
        PENALTY,
        CONFIRMATION,
        INSPECTION,
        COERCION,
        BREACH,
        RELATION,
        COMPLAINT,
        REVOCATION,
        CHANGE,
        OUTSIDE_GRADE,
    )
}
