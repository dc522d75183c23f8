// What planners' pages say, in Chinese; `en.ts` must say the same by type.
import type {
  CampaignType,
  FindingState,
  PublicationUrgency,
  ReplacementCause,
  SignatureKind,
  StaffCampaignState,
} from "../../../generated/desk/graphql";
import { campaign } from "./campaign_zh";
import { plan } from "./plan_zh";
import { publicWork } from "./public_work_zh";

const states: Record<StaffCampaignState, string> = {
  PLANNED: "计划中",
  LISTED: "名单已固定",
  FROZEN: "名单已封存，等待抽取",
  DRAWN: "已抽取",
  MATCHED: "检查中",
  CLOSED: "已结束",
  VOIDED: "已作废",
};
const types: Record<CampaignType, string> = { UNTARGETED: "不定向抽查", TARGETED: "定向抽查", SPECIAL: "专项检查", SUPERIOR: "上级抽取" };
const findingStates: Record<FindingState, string> = {
  RECORDED: "待确认",
  CONFIRMED: "待审核",
  RETURNED: "已退回",
  APPROVED: "已审核，待公示",
  PUBLISHED: "已公示",
  ENDED: "已停止公示",
};
const urgencies: Record<PublicationUrgency, string> = { OPEN: "未到预警", WARNED: "临近期限", OVERDUE: "已逾期" };
const signatures: Record<SignatureKind, string> = { SIGNED: "已签字", REFUSED: "拒绝签字", NOBODY_THERE: "现场无人签字" };
const causes: Record<ReplacementCause, string> = {
  NOT_OF_THE_FRAME: "冻结时已不属于抽查范围，名录登记有误",
  SAME_AS_ANOTHER: "同一主体重复入册",
};

export const zh = {
  states,
  types,
  findingStates,
  urgencies,
  signatures,
  causes,
  all: "全部",
  search: "查询",
  to: "至",
  period: "检查期间",
  departments: "参与部门",
  enterprise: "检查对象",
  code: "统一社会信用代码",
  position: "抽中位置",
  result: "检查结果",
  followUp: "后续处理",
  visitedOn: "检查日期",
  note: "说明",
  remove: "移除",
  tabs: { label: "任务的各页", overview: "进度与下一步", plan: "计划", visits: "检查任务", findings: "检查结果" },
  ...campaign,
  ...plan,
  ...publicWork,
};

export type Words = typeof zh;
