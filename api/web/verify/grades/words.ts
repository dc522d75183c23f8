/** The official results of a visit, in their order, and what follows it, with their identifiers (docs/draw.md, Findings). */
export const RESULTS: ReadonlyMap<string, string> = new Map([
  ["未发现问题", "no_problem"],
  ["通过登记的住所（经营场所）无法联系", "unreachable"],
  ["已关闭停业或正在组织清算", "closed"],
  ["不配合检查情节严重", "uncooperative"],
  ["注销", "deregistered"],
  ["被吊销", "licence_revoked"],
  ["被撤销", "registration_annulled"],
  ["迁出", "moved_away"],
  ["未按规定公示应当公示的信息", "not_disclosed"],
  ["公示信息隐瞒真实情况、弄虚作假", "falsely_disclosed"],
  ["违反其他管理规定", "other_violation"],
  ["发现问题经责令已改正", "corrected"],
  ["未发现开展本次抽查涉及的经营活动", "no_such_activity"],
  ["发现问题待后续处理", "pending"],
]);

export const FOLLOW_UPS: ReadonlyMap<string, string> = new Map([
  ["无需后续处置", "none"],
  ["停止检查反馈日常监管部门", "stopped"],
  ["责令改正", "correction"],
  ["案件线索移送", "case"],
  ["抄告其他部门", "other_department"],
  ["其他", "other"],
]);
