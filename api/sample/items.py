"""Inspection items of the sample bureau: real laws, invented items, each marked as an example (示例)."""

from api.sample.enterprises import SECTORS
from api.sample.people import DEPARTMENTS, Row

_ALL = "、".join(SECTORS)

_ITEMS: tuple[tuple[str, ...], ...] = (
    (
        "ZJ",
        "建筑施工企业资质条件检查（示例）",
        "《中华人民共和国建筑法》《建设工程质量管理条例》",
        "建筑施工",
        "资质条件、注册人员、业绩真实性",
        "现场检查、书面检查",
    ),
    (
        "ZJ",
        "在建工程质量行为检查（示例）",
        "《建设工程质量管理条例》",
        "建筑施工",
        "质量责任制落实、材料见证取样、隐蔽工程验收",
        "现场检查",
    ),
    (
        "ZJ",
        "施工现场扬尘与文明施工检查（示例）",
        "《中华人民共和国大气污染防治法》",
        "建筑施工",
        "围挡、覆盖、冲洗、物料堆放",
        "现场检查",
    ),
    (
        "ZJ",
        "物业服务企业履约检查（示例）",
        "《物业管理条例》",
        "物业服务",
        "服务合同备案、维修资金使用、公示内容",
        "现场检查、书面检查",
    ),
    (
        "ZJ",
        "房地产经纪机构检查（示例）",
        "《中华人民共和国城市房地产管理法》《房地产经纪管理办法》",
        "房地产经纪",
        "机构备案、房源信息、合同与资金监管",
        "现场检查、网络监测",
    ),
    (
        "ZJ",
        "燃气经营企业检查（示例）",
        "《城镇燃气管理条例》",
        "燃气经营",
        "经营许可、入户安检、设施运行维护",
        "现场检查",
    ),
    (
        "ZJ",
        "供热单位检查（示例）",
        "《河北省供热用热办法》",
        "供热",
        "供热准备、运行参数、投诉处理",
        "现场检查、书面检查",
    ),
    (
        "SC",
        "登记事项检查（示例）",
        "《中华人民共和国市场主体登记管理条例》",
        _ALL,
        "名称、住所、注册资本、经营范围",
        "现场检查、书面检查",
    ),
    (
        "SC",
        "年度报告公示信息检查（示例）",
        "《企业信息公示暂行条例》",
        _ALL,
        "年度报告与即时公示信息的真实性",
        "书面检查、网络监测",
    ),
    (
        "SC",
        "特种设备使用单位检查（示例）",
        "《中华人民共和国特种设备安全法》",
        "燃气经营、供热",
        "使用登记、定期检验、作业人员",
        "现场检查",
        "特种设备使用单位",
    ),
    (
        "SC",
        "价格与收费行为检查（示例）",
        "《中华人民共和国价格法》",
        "物业服务、房地产经纪、供热",
        "明码标价、收费依据、票据",
        "现场检查、书面检查",
    ),
    (
        "SC",
        "广告行为检查（示例）",
        "《中华人民共和国广告法》",
        "房地产经纪",
        "房源广告的真实性、禁用语",
        "网络监测",
    ),
    (
        "YJ",
        "安全生产责任制检查（示例）",
        "《中华人民共和国安全生产法》",
        _ALL,
        "责任制、教育培训、隐患排查治理",
        "现场检查",
    ),
    (
        "YJ",
        "生产安全事故应急预案检查（示例）",
        "《生产安全事故应急条例》",
        "建筑施工、燃气经营、供热",
        "预案备案、演练、应急物资",
        "现场检查、书面检查",
    ),
    (
        "YJ",
        "有限空间作业安全检查（示例）",
        "《中华人民共和国安全生产法》《工贸企业有限空间作业安全规定》",
        "物业服务、供热",
        "辨识台账、作业审批、监护与防护",
        "现场检查",
        "有限空间作业单位",
    ),
)


def items() -> list[Row]:
    """Return the list of inspection matters; each name says that it is an example."""
    return [
        {
            "事项编号": f"YB-{department}-{number:03d}",
            "事项名称": name,
            "部门代码": department,
            "检查依据": basis,
            "检查主体": DEPARTMENTS[department],
            "检查对象": sectors,
            "检查内容": content,
            "检查方式": method,
            "对象标签": "".join(tags),
        }
        for number, (department, name, basis, sectors, content, method, *tags) in enumerate(_ITEMS, start=1)
    ]


def matters_of(department: str, sector: str) -> tuple[str, ...]:
    """Return the names of a department's items about a sector, but for those that only tagged enterprises have."""
    return tuple(
        name
        for owner, name, _, sectors, *more in _ITEMS
        if owner == department and sector in sectors and len(more) == 2
    )
