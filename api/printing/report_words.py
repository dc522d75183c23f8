"""The Chinese of what is filed: reports are written in the bureau's language, whoever asks."""

from collections.abc import Mapping
from typing import Final

from sampling import entry_kinds
from sampling.listings import CampaignType
from sampling.reporting import DeviationKind

STATES: Final[Mapping[str, str]] = {
    "frozen": "已冻结",
    "listed": "名单已固定（非抽取）",
    "drawn": "已抽取",
    "matched": "检查中",
    "closed": "已结束",
    "voided": "已作废",
}

TYPES: Final[Mapping[CampaignType, str]] = {
    CampaignType.UNTARGETED: "不定向抽查",
    CampaignType.TARGETED: "定向抽查",
    CampaignType.SPECIAL: "专项检查（非抽取）",
    CampaignType.SUPERIOR: "上级抽取（非本单位抽取）",
}

BEACONS: Final[Mapping[str, str]] = {
    "local": "本机随机数（须信任本单位）",
    "drand": "drand 公共随机数网络",
    "sources": "公开数",
    "ceremony": "多方见证仪式",
}

DEVIATIONS: Final[Mapping[DeviationKind, str]] = {
    DeviationKind.QUORUM_LATE: "见证方法定数未按时到齐，按规则作废",
    DeviationKind.VOID_PROPOSED: "已提议作废但未确认",
    DeviationKind.VOID_BEFORE_BEACON: "两人在随机数产生之前作废",
    DeviationKind.VOID_AFTER_DRAW: "两人在抽取之后作废",
    DeviationKind.VOID_OF_LIST: "两人作废非抽取名单",
    DeviationKind.UNDRAWN: "随机数已出一天以上仍未抽取",
    DeviationKind.REPLACES: "替代已作废任务重新冻结",
    DeviationKind.VOID_UNWITNESSED: "所替代任务的作废未经及时见证",
    DeviationKind.NO_WITNESSES: "冻结时没有日志见证方",
    DeviationKind.LOCAL_BEACON: "由本机随机数决定",
    DeviationKind.FALLBACK_USED: "由备用随机数决定",
    DeviationKind.SPECIAL: "专项检查，未抽取",
    DeviationKind.SUPERIOR: "上级抽取，本级未抽取",
    DeviationKind.REPLACEMENT: "由候补替补抽中企业",
    DeviationKind.REMATCH: "更换检查人员",
    DeviationKind.OVERDUE: "逾期未公示",
}

ENTRIES: Final[Mapping[str, str]] = {
    entry_kinds.FROZEN: "名单冻结",
    entry_kinds.LISTED: "名单固定",
    entry_kinds.REVEALED: "参与方揭示",
    entry_kinds.ENTERED: "公开数录入",
    entry_kinds.CONFIRMED: "公开数复核",
    entry_kinds.SIGNED: "drand 轮次",
    entry_kinds.DRAWN: "抽取",
    entry_kinds.MATCHED: "匹配检查人员",
    entry_kinds.REPLACED: "替补",
    entry_kinds.VOID_PROPOSED: "提议作废",
    entry_kinds.VOID_CONFIRMED: "确认作废",
    entry_kinds.VOIDED: "按规则作废",
    entry_kinds.CLOSED: "任务结束",
    entry_kinds.ATTESTED: "审计员意见",
}

CONDITIONS: Final[Mapping[str, str]] = {
    "statuses": "登记状态",
    "sectors": "行业",
    "regions": "区域",
    "types": "主体类型",
    "sizes": "企业规模",
}
