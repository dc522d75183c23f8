/** What the editors hold when a door is opened for the first time; the tests check each operation against its schema. */

export const publicQuery = `# 公众接口 · The public door
# Ctrl-空格补全，Ctrl-回车执行，文档在左侧书本图标下。
# Ctrl-Space completes, Ctrl-Enter runs;
# the documentation is under the book.

# 任务、公示与日志 · Campaigns, findings, ledger
query Start {
  bureau { name origin note { text } }
  campaigns(first: 5) {
    nodes {
      code title state startsOn endsOn
      frameSize toDraw drawnPositions publishedCount
      toBeTrusted { text }
    }
  }
  findings(first: 5) {
    nodes {
      enterpriseName enterpriseCode visitedOn
      results { text }
      followUp { text }
    }
    pageInfo { hasNextPage endCursor }
  }
}

# 一家企业的公示，及其签位在抽取前已封存的证明
# One enterprise, with the proof that its slot
# was fixed before the draw
query Enterprise($code: USCC!) {
  findings(first: 10, enterprise: $code) {
    nodes {
      campaignCode publishedAt results { text }
      opening { position size root slot salt sealed proof }
    }
  }
}

# 日志与证明 · The ledger and its proofs
query Ledger {
  ledger {
    verifierKey size checkpoint
    entries(first: 3) { nodes { seq time kind leafHash text } }
    inclusionProof(seq: "0") { size root hashes }
  }
}
`;

export const staffQuery = `# 内部接口 · The staff door
# 请在下方 Headers 的 Bearer 之后填入令牌（qian token 签发），
# 再点左下角的刷新图标载入文档；令牌不会保存在浏览器中。
# Put your token (from: qian token) after Bearer
# under Headers, then reload the documentation with
# the icon at the lower left. It is not kept.

# 我的任务与作业 · My campaigns and jobs
query Start {
  me { subject role departmentCode }
  departments { code name }
  campaigns(first: 5) {
    nodes {
      code state waitingFor
      plan { title startsOn endsOn }
      published { toDraw drawnPositions publishedCount }
    }
  }
  jobs(first: 5) { nodes { id kind state done total refusal { message remedy } } }
}

# 检查人员的任务 · An inspector's visits
query Visits {
  visits(first: 20) { nodes { campaignCode enterpriseCode enterpriseName address team { role certificate } } }
}

# 查阅分类，查阅会被记录 · Read a grade; it is recorded
query Grade($code: FormerCode!, $purpose: String!) {
  grade(enterprise: $code, purpose: $purpose) {
    grade score notice asOf
    indicators { title dimension value points }
    rules { title effect grade reason }
  }
}

# 制定计划 · Plan a campaign
mutation Plan($plan: PlanInput!) {
  planCampaign(plan: $plan) {
    campaign { code preview { toDraw coverageBasisPoints worstCase bound } }
    refusal { code message remedy field }
  }
}
`;

export const staffHeaders = `{
  "Authorization": "Bearer "
}
`;
