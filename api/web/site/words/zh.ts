// What the public site says, in Chinese; `en.ts` must say the same by type.
export const zh = {
  site: "双随机、一公开",
  bureau: "本单位",
  menu: {
    findings: "检查结果",
    campaigns: "抽查任务",
    plans: "计划与事项",
    notices: "公告解读",
    figures: "统计",
    ledger: "公开日志",
    verify: "核验",
  },
  home: {
    title: "随机抽查结果公示",
    lead: "随机抽取检查对象、随机选派执法检查人员，抽查情况及查处结果向社会公开。每次抽查的名单在抽取之前封存并写入公开日志，任何人都可以核验。",
  },
};

export type Words = typeof zh;
