// The official results of a visit and what may follow, in Chinese; `results_en.ts` must say the same by type.
import type { FollowUpCode, ResultCode } from "../../generated/site/graphql";

export const zh: { results: Record<ResultCode, string>; followUps: Record<FollowUpCode, string> } = {
  results: {
    NO_PROBLEM: "未发现问题",
    UNREACHABLE: "通过登记的住所（经营场所）无法联系",
    CLOSED: "已关闭停业或正在组织清算",
    UNCOOPERATIVE: "不配合检查情节严重",
    DEREGISTERED: "注销",
    LICENCE_REVOKED: "被吊销",
    REGISTRATION_ANNULLED: "被撤销",
    MOVED_AWAY: "迁出",
    NOT_DISCLOSED: "未按规定公示应当公示的信息",
    FALSELY_DISCLOSED: "公示信息隐瞒真实情况、弄虚作假",
    OTHER_VIOLATION: "违反其他管理规定",
    CORRECTED: "发现问题经责令已改正",
    NO_SUCH_ACTIVITY: "未发现开展本次抽查涉及的经营活动",
    PENDING: "发现问题待后续处理",
  },
  followUps: {
    NONE: "无需后续处置",
    STOPPED: "停止检查反馈日常监管部门",
    CORRECTION: "责令改正",
    CASE: "案件线索移送",
    OTHER_DEPARTMENT: "抄告其他部门",
    OTHER: "其他",
  },
};
