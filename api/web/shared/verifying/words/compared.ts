// What the verifiers say that a check compared, in Chinese; in English they say it themselves, alike in every implementation.
import type { Language } from "../../language";
import { kinds } from "../../words/kinds_zh";
import { zh } from "./zh";

type Said = readonly [pattern: RegExp, chinese: (...parts: string[]) => string];

const TRUSTED: Record<string, string> = {
  "to be trusted: the bureau's own randomness": "本单位自行产生的随机数，须予信任",
  "signed by its chain, which is pinned": "由固定的链签名",
  "published by others, to be compared with their publication": "由他人公布，可与其公布的内容对照",
  "of parties that were bound before": "由事先承诺的各方揭示",
};
const KINDS: Record<string, string> = { local: "本机随机数", drand: "drand 轮次", sources: "事先指定的公开数", ceremony: "多方见证仪式" };
const KNOWN: Record<string, string> = {
  "pinned, or after a pinned one": "密钥由您指定，或在其后更换",
  "keys unverified: taken from the log": "密钥未经核对，取自日志",
  "keys unverified: the log's own key, taken from the bundle": "密钥未经核对，取自卷宗",
  "a pinned key": "密钥由您指定",
  "a key that came after a pinned one": "密钥在您指定的密钥之后更换",
};

const SAID: readonly Said[] = [
  [/^(\d+) entries, (\d+) published names$/, (entries, names) => `${entries} 条日志条目，${names} 个已公示的名称`],
  [/^checkpoint of (\d+) entries signed by (.+) \((.+)\)$/s, (size, name, known) => `检查点含 ${size} 条记录，由 ${name} 签署（${KNOWN[known!] ?? known}）`],
  [/^(\d+) entries, each naming the hash of the one before$/, (count) => `${count} 条记录，每条都写有前一条的哈希`],
  [/^the root over the entries is the signed (\w+)$/, (root) => `由全部条目算出的根哈希即所签的 ${root}`],
  [/^(\d+) bytes are canonical and complete; campaign (.+)$/s, (size, campaign) => `${size} 字节，格式规范且完整；任务 ${campaign}`],
  [/^(\d+) documents open their commitments, (\d+) rows match their digests$/, (documents, rows) => `${documents} 份文件与承诺一致，${rows} 行与摘要一致`],
  [/^(listed|frozen) once, by entry (\d+); its newest entry is (\d+), (.+)$/s, (how, by, newest, kind) => `只${how === "listed" ? "固定" : "封存"}过一次（第 ${by} 条）；最新一条是第 ${newest} 条（${(kinds as Record<string, string>)[kind!] ?? kind}）`],
  [/^title, departments, items and period, frozen on (.+)$/, (day) => `名称、部门、事项和期间，${day} 封存`],
  [/^no other campaign of these matters and enterprises was open$/, () => "同一事项、同一企业没有其他未结束的任务"],
  [/^(\d+) registered enterprises, (\d+) meet the conditions, each has one slot$/, (all, held) => `在册企业 ${all} 户，符合条件的 ${held} 户，每户一个签位`],
  [/^(\d+) distinct ticket keys$/, (count) => `${count} 个签位密钥，各不相同`],
  [/^(\d+) slots give the frozen root (\w+)$/, (count, root) => `${count} 个签位算出封存的根哈希 ${root}`],
  [/^(\d+) slots stand in the strata that entry (\d+) gives$/, (count, entry) => `${count} 个签位所在的层与第 ${entry} 条所定一致`],
  [/^(\d+) items that may be planned, (\d+) objects of them$/, (items, objects) => `${items} 个可以抽查的事项，检查对象 ${objects} 户`],
  [/^not computed: the plan is of a version that sealed no (?:items|bound)$/, () => "未计算：该计划的版本没有封存此项"],
  [/^not computed: the bundle does not need, and lacks, the (plans|draw) of (.+)$/s, (what, of) => `未计算：卷宗不需要、也没有 ${of} 的${what === "plans" ? "计划" : "抽取"}`],
  [/^no draw: special, (.+)$/s, (reason) => `不抽取：专项检查，${reason}`],
  [/^no draw: superior, (.+), SHA-256 (\w+)$/s, (from, digest) => `不抽取：上级抽取，${from}，SHA-256 ${digest}`],
  [/^all (\d+) of the list are visited$/, (count) => `名单上的 ${count} 户全部检查`],
  [/^(\d+) excluded, each with its reason$/, (count) => `排除 ${count} 户，各有理由`],
  [
    /^(\d+) strata, (\d+) of (\d+) to be drawn; strata below (\d+) merged, frames below (\d+) refused$/,
    (strata, visits, all, merged, refused) => `${strata} 层，${all} 户中抽取 ${visits} 户；不足 ${merged} 户的层合并，不足 ${refused} 户的名单不抽取`,
  ],
  [/^published visits of (\d+) campaigns tell no more than the sealed bound of (\d+) basis points$/, (count, bound) => `${count} 次任务公示的检查，可推断的不超过封存的上限（万分之 ${bound}）`],
  [
    /^beacon (\w+)(?:, decided by its fallback (\w+))? \((.+); (\d+) bits\), output (\w+)$/s,
    (kind, fallback, trusted, bits, output) => `${KINDS[kind!] ?? kind}${fallback ? `，由备用的${KINDS[fallback] ?? fallback}决定` : ""}（${TRUSTED[trusted!] ?? trusted}；${bits} 位），输出 ${output}`,
  ],
  [/^not voided$/, () => "没有作废"],
  [/^voided by rule: (.+)$/s, (reason) => `按规则作废：${reason}`],
  [/^voided (after|before) its (draw|matching) by two persons: (.+)$/s, (when, step, reason) => `在${step === "draw" ? "抽取" : "匹配"}${when === "after" ? "之后" : "之前"}由两人作废：${reason}`],
  [/^no earlier try at these matters was voided$/, () => "同一事项先前没有作废的任务"],
  [/^replaces (.+)$/s, (chain) => `替代 ${chain.replaceAll(", then ", "，其替代 ")}`],
  [/^none named: that the freeze came before the beacon rests on the bureau's word$/, () => "没有指定：封存早于随机数，依据的是本单位写入的时间"],
  [
    /^cosigned by (.+?) by (.+) \(keys (.+)\), (\d+) entries$/s,
    (instant, names, known, size) => `${instant} 前由 ${names} 联署（密钥${known === "pinned" ? "由您指定" : "未经核对，取自卷宗"}），${size} 条记录`,
  ],
  [/^seed (\w+)$/, (seed) => `种子 ${seed}`],
  [/^(\d+) positions, (\d+) of them the uniform slice$/, (count, uniform) => `${count} 个位置，其中等概率样本 ${uniform} 个`],
  [/^(\d+) reserves in the order of their tickets$/, (count) => `候补 ${count} 个，按签号排列`],
  [/^(\d+) strata, (\d+) members$/, (strata, members) => `${strata} 层，${members} 户`],
  [/^(\d+) inspectors, as register, plan and earlier campaigns give them$/, (count) => `检查人员 ${count} 名，与名录、计划和先前任务一致`],
  [/^not matched yet$/, () => "尚未匹配"],
  [/^(\d+) assignments to (\d+) targets$/, (count, targets) => `${targets} 个检查对象，分派 ${count} 人次`],
  [/^nobody was replaced$/, () => "没有更换"],
  [
    /^(\d+) assignments replaced(?: and (\d+) reserves matched)?, each for a cause and by a later beacon(, another one is pending)?$/,
    (count, reserves, pending) => `更换 ${count} 人次${reserves ? `，匹配候补 ${reserves} 个` : ""}，各有原因，由其后的随机数决定${pending ? "；另有一次待定" : ""}`,
  ],
  [/^(\d+) positions replaced by the next reserves of their strata, each by two persons$/, (count) => `${count} 个位置由本层下一个候补替补，各经两人确认`],
  [/^(\d+) published findings open drawn slots$/, (count) => `${count} 条公示结果各打开一个抽中的签位`],
  [/^(\d+) of (\d+) positions$/, (drawn, slots) => `${slots} 个位置中的 ${drawn} 个`],
  [/^(\d+) names open drawn positions; (\d+) that were published are not shown$/, (seen, rest) => `${seen} 个名称打开抽中的位置；另有 ${rest} 个曾公示、现不再展示`],
  [/^not closed yet$/, () => "尚未结束"],
  [/^closed on (.+): (\d+) published, (\d+) overdue, (\d+) replaced$/, (day, published, overdue, replaced) => `${day} 结束：公示 ${published}，逾期 ${overdue}，替补 ${replaced}`],
  [/^(\d+) published, (\d+) overdue, (\d+) replaced$/, (published, overdue, replaced) => `公示 ${published}，逾期 ${overdue}，替补 ${replaced}`],
  [/^no auditor has attested the draw yet$/, () => "尚无审计员签署意见"],
  [/^this browser saw no checkpoint of this log before; it keeps this one$/, () => "本浏览器此前没有见过该日志的检查点，现已记下"],
  [/^the first (\d+) entries are those that this browser saw on (.+)$/, (size, at) => `前 ${size} 条与本浏览器 ${at} 所见一致`],
];
const ATTESTED = /^(verified|refused, .+?) by (.+) \((pinned|not pinned)\), (\d{4}-\d\d-\d\d)$/s;

/** Say in Chinese what a check compared; null where there are no words for it. */
function chinese(compared: string): string | null {
  for (const [pattern, said] of SAID) {
    const found = pattern.exec(compared);
    if (found) return said(...found.slice(1));
  }
  const verdicts = compared.split("; ").map((each) => {
    const found = ATTESTED.exec(each);
    if (!found) return null;
    const [, verdict, name, pinned, date] = found as unknown as [string, string, string, string, string];
    return `${name} ${date} ${verdict === "verified" ? "核验通过" : `拒绝：${reasonIn("zh-CN", verdict.slice("refused, ".length))}`}（${pinned === "pinned" ? "公钥由您指定" : "公钥未经指定"}）`;
  });
  return verdicts.every((each) => each !== null) ? verdicts.join("；") : null;
}

const FAILED = /^the check "(.+)" failed$/;

/** Say in a language why an auditor refuses a draw: what the tool wrote; an auditor's own words stand as they were signed. */
export function reasonIn(language: Language, reason: string): string {
  const name = language === "zh-CN" ? FAILED.exec(reason)?.[1] : undefined;
  return name === undefined ? reason : zh.failedCheck((zh.checks as Record<string, readonly string[]>)[name]?.[0] ?? name);
}

/** Say what a check compared in a language, and in which language that is said. */
export function saidIn(language: Language, compared: string): readonly [text: string, language: Language] {
  const said = language === "zh-CN" ? chinese(compared) : null;
  return said === null ? [compared, "en"] : [said, language];
}
