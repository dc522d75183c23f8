// Runs a whole campaign by the typed client: node built/campaign.js. It is told by the environment
//   QIAN_URL     the staff endpoint
//   QIAN_TOKENS  tokens by whose they are: administrator, planner, reviewer, and the inspectors' certificate numbers (JSON)
//   QIAN_FILES   a CSV file by the source that it is of, in the order in which they are taken in (JSON)
//   QIAN_PLAN    the plan (JSON, PlanInput)
//   QIAN_TRUSTED documents are sent by their ids alone
// and prints the campaign's code and how many findings it published.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { Client, done } from "./client.js";
import * as ask from "./generated/graphql.js";

const PAGE = 20;

function told<T>(name: string): T {
  return JSON.parse(process.env[name] ?? "null") as T;
}

const tokens = told<Record<string, string>>("QIAN_TOKENS");

function as(whose: string): Client {
  const token = tokens[whose];
  if (token === undefined) throw new Error(`no token of ${whose}`);
  return new Client(process.env["QIAN_URL"] ?? "", { token, trusted: "QIAN_TRUSTED" in process.env });
}

/** Wait until a job is done. */
async function finish(client: Client, started: ask.JobStandingFragment | null | undefined): Promise<void> {
  let job = started;
  while (job && (job.state === "WAITING" || job.state === "RUNNING")) {
    await pause(100);
    job = (await client.ask(ask.JobStandsDocument, { id: job.id })).job;
  }
  if (job?.state !== "DONE") throw new Error(job?.refusal?.message ?? `the job is ${job?.state}`);
}

/** Return all visits of a campaign, page by page. */
async function visits(client: Client, campaign: string): Promise<NonNullable<ask.VisitsQuery["visits"]>["nodes"]> {
  const found = [];
  let after: string | null = null;
  for (;;) {
    const page: ask.VisitsQuery["visits"] = (await client.ask(ask.VisitsDocument, { campaign, first: PAGE, after })).visits;
    if (!page) throw new Error("visits are withheld");
    found.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor ?? null;
  }
}

const administrator = as("administrator");
const planner = as("planner");
const reviewer = as("reviewer");

for (const [source, path] of Object.entries(told<Record<string, string>>("QIAN_FILES"))) {
  const file = new File([await readFile(path)], basename(path), { type: "text/csv" });
  const { importFile } = await administrator.ask(ask.ImportFileDocument, { file, source });
  await finish(administrator, done(importFile).job);
}
await finish(administrator, done((await administrator.ask(ask.GradeEnterprisesDocument, {})).gradeEnterprises).job);

// Asked twice under one key, as after a lost answer: it is one campaign.
const key = randomUUID();
const plan = { plan: told<ask.PlanInput>("QIAN_PLAN") };
const planned = done((await planner.ask(ask.PlanCampaignDocument, plan, key)).planCampaign).campaign;
const again = done((await planner.ask(ask.PlanCampaignDocument, plan, key)).planCampaign).campaign;
if (!planned || again?.code !== planned.code) throw new Error("the key did not hold");
const campaign = planned.code;

await finish(planner, done((await planner.ask(ask.FreezeCampaignDocument, { campaign })).freezeCampaign).job);
done((await planner.ask(ask.DrawCampaignDocument, { campaign })).drawCampaign);
done((await planner.ask(ask.MatchCampaignDocument, { campaign })).matchCampaign);

for (const { enterpriseCode: enterprise, team } of await visits(planner, campaign)) {
  const [lead, second] = team;
  if (!lead || !second) throw new Error("a team has two inspectors");
  const recorded = await as(lead.certificate).ask(ask.RecordFindingDocument, {
    campaign,
    enterprise,
    visitedOn: plan.plan.startsOn,
    results: ["NO_PROBLEM"],
    followUp: "NONE",
    facts: "现场核对",
    signature: { how: "SIGNED", by: "样例负责人" },
  });
  done(recorded.recordFinding);
  done((await as(second.certificate).ask(ask.ConfirmFindingDocument, { campaign, enterprise })).confirmFinding);
  done((await reviewer.ask(ask.ReviewFindingDocument, { campaign, enterprise })).reviewFinding);
}
const { publishedCount } = done((await planner.ask(ask.PublishFindingsDocument, { campaign })).publishFindings);
const closed = done((await planner.ask(ask.CloseCampaignDocument, { campaign })).closeCampaign).campaign;
console.log(JSON.stringify({ campaign, published: publishedCount, state: closed?.state }));
