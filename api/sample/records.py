"""Records, relations and complaints of the sample's enterprises, as rows under the columns of their files."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from api.sample.chance import TODAY, below, day_between, happens, one_of, weighted, workday_between
from api.sample.enterprises import Enterprise, Quality
from api.sample.items import matters_of
from api.sample.people import DEPARTMENTS, INSPECTORS_EACH, Row, certificate_of

HOUSING, MARKET, SAFETY = DEPARTMENTS["ZJ"], DEPARTMENTS["SC"], DEPARTMENTS["YJ"]
NOTE = "合成样本，非真实数据"

LEGAL_PERSONS = "河北省法人库（合成样本）"
PUBLICITY_SYSTEM = "国家企业信用信息公示系统（合成样本）"
SERVICE_PLATFORM = "一体化政务服务平台（合成样本）"
SUPERVISION_PLATFORM = "互联网+监管（合成样本）"
DOUBLE_RANDOM = "双随机监管工作平台（合成样本）"

_LICENCES = {
    "建筑施工": (("建筑业企业资质证书", "普通"), ("安全生产许可证", "普通"), ("建筑工程施工许可证", "核准")),
    "物业服务": (("前期物业服务合同备案", "登记"), ("经营场所核准", "普通")),
    "房地产经纪": (("房地产经纪机构备案证明", "登记"), ("经营场所核准", "普通")),
    "燃气经营": (("燃气经营许可证", "普通"), ("气瓶充装许可证", "普通")),
    "供热": (("供热经营许可证", "普通"), ("特种设备使用登记证", "登记")),
}
_OFFENCES = {
    "建筑施工": ("未按设计图纸施工", "违反安全生产管理规定", "违法分包"),
    "物业服务": ("未公示收费标准", "擅自利用共用部位经营"),
    "房地产经纪": ("发布虚假房源信息", "未备案从事经纪业务"),
    "燃气经营": ("未落实入户安全检查", "超许可范围经营"),
    "供热": ("擅自推迟供热", "供热温度不达标"),
}
_BASIS = {
    "建筑施工": "《中华人民共和国建筑法》",
    "物业服务": "《物业管理条例》",
    "房地产经纪": "《房地产经纪管理办法》",
    "燃气经营": "《城镇燃气管理条例》",
    "供热": "《河北省供热用热办法》",
}
_PROBLEMS = (
    (("通过登记的住所（经营场所）无法联系",), 30),
    (("发现问题经责令已改正",), 28),
    (("发现问题待后续处理",), 12),
    (("未按规定公示应当公示的信息",), 10),
    (("违反其他管理规定",), 8),
    (("未按规定公示应当公示的信息", "发现问题经责令已改正"), 5),
    (("公示信息隐瞒真实情况、弄虚作假",), 4),
    (("不配合检查情节严重",), 3),
)
_FOLLOW_UP = {
    "通过登记的住所（经营场所）无法联系": "抄告其他部门",
    "发现问题经责令已改正": "责令改正",
    "发现问题待后续处理": "责令改正",
    "未按规定公示应当公示的信息": "责令改正",
    "违反其他管理规定": "责令改正",
    "公示信息隐瞒真实情况、弄虚作假": "案件线索移送",
    "不配合检查情节严重": "案件线索移送",
}

# What early warning and evaluation are to find.
LATELY = timedelta(days=300)
RISKY_SECTOR, RISKY_MATTER = "燃气经营", "安全生产责任制检查（示例）"
STRICT = certificate_of("ZJ", 7)
CLUSTER, CLUSTER_DAY = "样例镇集群注册楼2号", date(2026, 9, 15)
SURGING_SECTOR, SURGING_SINCE = "供热", date(2026, 9, 28)
_CLUSTER_CHECK = 9
_SURGING = 9


def registrations(enterprises: Sequence[Enterprise], source: str) -> list[Row]:
    return [
        {
            "统一社会信用代码": enterprise.code,
            "企业名称": enterprise.name,
            "行业": enterprise.sector,
            "区域": enterprise.street,
            "地址": enterprise.address,
            "成立日期": enterprise.established.isoformat(),
            "登记状态": enterprise.status,
            "注册资本（万元）": str(enterprise.capital),
            "法定代表人": enterprise.representative,
            "登记机关": MARKET,
            "文书号": f"样登字〔{enterprise.established.year}〕第{enterprise.number:04d}号",
            "数据来源单位": source,
        }
        for enterprise in enterprises
    ]


def licences(enterprise: Enterprise) -> Iterator[Row]:
    for n in range(1 + below(4, "licences", enterprise.number)):
        certificate, kind = one_of(_LICENCES[enterprise.sector], "licence", enterprise.number, n)
        day = _day(enterprise, "licence", n)
        until = day.replace(year=day.year + one_of((3, 5, 6), "validity", enterprise.number, n), day=1) - timedelta(
            days=1
        )
        number = f"样住建许字〔{day.year}〕第{enterprise.number:04d}-{n}号"
        yield {
            "行政相对人名称": enterprise.name,
            "行政相对人代码_1(统一社会信用代码)": enterprise.code,
            "行政许可决定文书名称": f"关于准予{certificate}的决定",
            "行政许可决定文书号": number,
            "许可类别": kind,
            "许可证书名称": certificate,
            "许可编号": f"YB{day.year}{enterprise.number:04d}{n}",
            "许可内容": f"准予从事{enterprise.sector}相关活动",
            "许可决定日期": day.isoformat(),
            "有效期自": day.isoformat(),
            "有效期至": until.isoformat(),
            "许可机关": HOUSING,
            "许可机关统一社会信用代码": "",
            "当前状态": "1",
            "数据来源单位": SERVICE_PLATFORM,
            "数据来源单位统一社会信用代码": "",
            "备注": NOTE,
        }


def penalties(enterprise: Enterprise) -> Iterator[Row]:
    per_mille, most = ((20, 1), (200, 1), (650, 3), (950, 6))[enterprise.quality]
    if not happens(per_mille, "penalised", enterprise.number):
        return
    for n in range(1 + below(most, "penalties", enterprise.number)):
        day = _day(enterprise, "penalty", n)
        offence = one_of(_OFFENCES[enterprise.sector], "offence", enterprise.number, n)
        fined = happens(750, "fined", enterprise.number, n)
        tenths = (2 + below(48, "fine", enterprise.number, n)) * (1 + enterprise.quality)  # of 10,000 yuan
        amount = f"{tenths // 10}.{tenths % 10}" if fined else ""
        yield {
            "行政相对人名称": enterprise.name,
            "行政相对人代码_1(统一社会信用代码)": enterprise.code,
            "行政处罚决定书文号": f"样罚字〔{day.year}〕第{enterprise.number:04d}-{n}号",
            "违法行为类型": offence,
            "违法事实": f"经查，{enterprise.name}存在{offence}的行为（虚构）",
            "处罚依据": _BASIS[enterprise.sector],
            "处罚类别": "罚款" if fined else "警告",
            "处罚内容": f"罚款{amount}万元" if fined else "警告",
            "罚款金额（万元）": amount,
            "没收违法所得、没收非法财物的金额（万元）": "",
            "暂扣或吊销证照名称及编号": "",
            "处罚决定日期": day.isoformat(),
            "处罚有效期": "2099-12-31",
            "公示截止期": day.replace(year=day.year + 3, day=1).isoformat(),
            "处罚机关": one_of((HOUSING, MARKET, SAFETY), "penalty body", enterprise.number, n),
            "处罚机关统一社会信用代码": "",
            "数据来源单位": SUPERVISION_PLATFORM,
            "数据来源单位统一社会信用代码": "",
            "备注": NOTE,
        }


def confirmations(enterprise: Enterprise) -> Iterator[Row]:
    failed = (8, 40, 120, 250)[enterprise.quality]
    for n in range(1 + below(3, "confirmations", enterprise.number)):
        day = _day(enterprise, "confirmation", n)
        matter = one_of(("工程竣工验收备案", "信用等级确认", "服务质量评价"), "confirmed", enterprise.number, n)
        result = weighted((("不合格", failed), ("优良", 200), ("合格", 800 - failed)), "result", enterprise.number, n)
        yield _record(enterprise, f"样确字〔{day.year}〕", n, day, HOUSING, SERVICE_PLATFORM) | {
            "确认事项": matter,
            "结果": result,
        }


def inspections(enterprise: Enterprise) -> Iterator[Row]:
    for n in range(2 + below(4, "inspections", enterprise.number) + (enterprise.quality is Quality.BAD)):
        kind = one_of(("双随机抽查", "双随机抽查", "专项检查", "日常检查"), "inspection", enterprise.number, n)
        department = one_of(("ZJ", "ZJ", "SC", "YJ"), "inspecting body", enterprise.number, n)
        yield _inspection(enterprise, n, _day(enterprise, "inspection", n), kind, department)
    if CLUSTER in enterprise.address and enterprise.last_day == TODAY:
        yield _inspection(enterprise, _CLUSTER_CHECK, CLUSTER_DAY, "专项检查", "SC")


def _inspection(enterprise: Enterprise, n: int, day: date, kind: str, department: str) -> Row:
    labels = (enterprise.number, n)
    first = below(INSPECTORS_EACH, "inspector", *labels)
    second = (first + 1 + below(INSPECTORS_EACH - 1, "second inspector", *labels)) % INSPECTORS_EACH
    team = [certificate_of(department, number + 1) for number in (first, second)]
    risky = enterprise.sector == RISKY_SECTOR and department == "YJ" and TODAY - day < LATELY
    problem = (30, 120, 300, 550)[enterprise.quality]
    if STRICT in team:
        problem += 250
    if risky or n == _CLUSTER_CHECK:
        problem = 900
    results: tuple[str, ...] = ("未发现问题",)
    if happens(problem, "problem", *labels):
        results = weighted(_PROBLEMS, "problem found", *labels)
    if risky and not _met(results):
        results = ("发现问题经责令已改正",)
    matters = matters_of(department, enterprise.sector)
    violated = RISKY_MATTER if risky else one_of(matters, "violated", *labels) if matters else ""
    return _record(enterprise, f"样检字〔{day.year}〕", n, day, DEPARTMENTS[department], DOUBLE_RANDOM) | {
        "检查类型": kind,
        "检查结果": "；".join(results),
        "后续处理": _FOLLOW_UP.get(results[0], "无需后续处置"),
        "检查人员": "、".join(team),
        "检查事项": "、".join(matters),
        "发现问题事项": violated if _met(results) else "",
    }


def _met(results: Sequence[str]) -> bool:
    """Tell whether somebody was met and a problem was found."""
    return not {"未发现问题", "通过登记的住所（经营场所）无法联系", "不配合检查情节严重"}.intersection(results)


def coercions(enterprise: Enterprise) -> Iterator[Row]:
    if happens((3, 30, 200, 750)[enterprise.quality], "coerced", enterprise.number):
        day = _day(enterprise, "coercion", 0)
        measure = one_of(("查封场所、设施", "扣押财物", "责令停止施工", "加处罚款"), "coercion", enterprise.number)
        yield _record(enterprise, f"样强字〔{day.year}〕", 0, day, SAFETY, SUPERVISION_PLATFORM) | {
            "强制措施种类": measure,
            "事由": "存在安全隐患，拒不整改（虚构）",
        }


def breaches(enterprise: Enterprise) -> Iterator[Row]:
    if happens((20, 110, 450, 850)[enterprise.quality], "abnormal", enterprise.number):
        day = _day(enterprise, "abnormal", 0)
        reason = one_of(("未按期公示年度报告", "通过登记的住所无法联系"), "abnormal reason", enterprise.number)
        removed = happens(750 - 150 * enterprise.quality, "restored", enterprise.number)
        yield _breach(
            enterprise, 0, day, "经营异常", reason, 90 + below(400, "restored after", enterprise.number), removed
        )
    if happens((0, 2, 40, 380)[enterprise.quality], "serious", enterprise.number):
        day = _day(enterprise, "serious", 1)
        removed = happens(250, "serious restored", enterprise.number)
        yield _breach(
            enterprise, 1, day, "严重违法失信", "被列入经营异常名录届满三年仍未履行义务（虚构）", 1095, removed
        )


def relations(enterprise: Enterprise) -> Iterator[Row]:
    ties = [
        ("法定代表人", enterprise.representative),
        *(("股东", shareholder) for shareholder in enterprise.shareholders),
        ("地址", enterprise.address),
    ]
    for kind, party in ties:
        yield {
            "统一社会信用代码": enterprise.code,
            "关系类型": kind,
            "关联方名称": party,
            "关联方代码": "",
            "起始日期": enterprise.established.isoformat(),
            "数据来源单位": LEGAL_PERSONS,
        }


def complaints(enterprise: Enterprise) -> Iterator[Row]:
    for n in range(below((2, 3, 4, 7)[enterprise.quality], "complaints", enterprise.number)):
        if happens((180, 300, 550, 750)[enterprise.quality], "complaint", enterprise.number, n):
            yield _complaint(enterprise, n, enterprise.first_day)
    surging = enterprise.sector == SURGING_SECTOR and enterprise.last_day == TODAY
    if surging and happens(150, "surge", enterprise.number):
        yield _complaint(enterprise, _SURGING, max(enterprise.first_day, SURGING_SINCE))


def _complaint(enterprise: Enterprise, n: int, since: date) -> Row:
    day = day_between(since, enterprise.last_day, "complaint day", enterprise.number, n)
    true = (200, 350, 550, 700)[enterprise.quality]
    return {
        "统一社会信用代码": enterprise.code,
        "受理日期": day.isoformat(),
        "事项": one_of(("服务质量", "收费争议", "施工扰民", "合同纠纷", "安全隐患"), "matter", enterprise.number, n),
        "办结结果": weighted((("属实", true), ("不属实", 800 - true), ("调解", 200)), "outcome", enterprise.number, n),
        "编号": f"样诉{day.year}-{enterprise.number:04d}-{n}",
        "数据来源单位": SUPERVISION_PLATFORM,
    }


def _day(enterprise: Enterprise, kind: str, n: int) -> date:
    return workday_between(enterprise.first_day, enterprise.last_day, "day of", kind, enterprise.number, n)


def _record(enterprise: Enterprise, series: str, n: int, day: date, body: str, source: str) -> Row:
    return {
        "统一社会信用代码": enterprise.code,
        "企业名称": enterprise.name,
        "文书号": f"{series}第{enterprise.number:04d}-{n}号",
        "日期": day.isoformat(),
        "机关": body,
        "数据来源单位": source,
    }


def _breach(enterprise: Enterprise, n: int, day: date, kind: str, reason: str, days: int, removed: bool) -> Row:
    until = day + timedelta(days=days)
    return _record(enterprise, f"样信字〔{day.year}〕", n, day, MARKET, PUBLICITY_SYSTEM) | {
        "失信类型": kind,
        "事由": reason,
        "移出日期": until.isoformat() if removed and until <= TODAY else "",
    }
