// A campaign: how far it is, what comes next, and what was told of it.
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../../shared/parts/page";
import { Notice, shown, When } from "../../../shared/parts/texts";
import { useKinds } from "../../../shared/words/kinds";
import {
  type JobStandingFragment,
  PlannerCampaignDocument,
  PlannerFreezesDocument,
  PlannerReportDocument,
  type PlannerStepFragment,
  PlannerWorkDocument,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { hasEnded, jobIn, JobProgress, useJobHere } from "../../jobs";
import { Action, namesOf, Refusal, useFollowing } from "../../parts";
import { to } from "../../paths";
import { publicPage, roleNow } from "../../session";
import { Next } from "../campaign/next";
import { Overlap } from "../campaign/overlap";
import { Deadlines, Progress } from "../campaign/progress";
import { Randomness } from "../campaign/randomness";
import { Stages } from "../campaign/stages";
import type { Campaign, Published } from "../campaign/standing";
import { Void } from "../campaign/void";
import { leads } from "../leading";
import { CampaignLead, CampaignTabs } from "../parts";
import { KeptPreview } from "../plan/preview";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const code = params["code"]!;
  const signal = request.signal;
  const role = await roleNow();
  const found = await ask(PlannerCampaignDocument, { code, withWaiting: role === "planner" || role === "auditor" }, { signal });
  const campaign = found.campaign!;
  const begun = (await jobIn(request)) ?? (campaign.state === "PLANNED" ? await runningFreeze(code, signal) : null);
  const work = campaign.state === "MATCHED" ? await ask(PlannerWorkDocument, { code }, { signal }) : null;
  return { campaign, progress: found.campaignProgress!, departments: found.departments, work, begun, isPlanner: role === "planner", isLead: await leads(campaign) };
}

/** The freeze that goes on already, for who comes back to the page by another way than its address. */
async function runningFreeze(code: string, signal: AbortSignal): Promise<JobStandingFragment | null> {
  const { jobs } = await ask(PlannerFreezesDocument, {}, { signal });
  return jobs?.nodes.find(({ campaignCode }) => campaignCode === code) ?? null;
}

const AWAITING: readonly Campaign["state"][] = ["FROZEN", "LISTED", "DRAWN"];

export function Component() {
  const words = useWords();
  const { campaign, progress, departments, work, begun, isPlanner, isLead } = useLoaderData<typeof loader>();
  const { code, state, published } = campaign;
  useFollowing(AWAITING.includes(state));
  const names = namesOf(departments);
  const isPublic = published !== null && published !== undefined;
  return (
    <Page
      title={shown(campaign.plan.title)}
      lead={<CampaignLead campaign={campaign} />}
      crumbs={[[words.campaigns.title, to("campaigns")]]}
      actions={
        isPublic && (
          <>
            <a className="button" href={to("ceremony", { code })}>
              {words.next.ceremony}
            </a>
            <a className="button" href={publicPage(`/campaigns/${code}`)}>
              {words.next.public}
            </a>
            <a className="button" href={publicPage(`/campaigns/${code}/verify`)}>
              {words.next.verify}
            </a>
          </>
        )
      }
    >
      <CampaignTabs campaign={campaign} />
      <Stages campaign={campaign} />
      {isLead && <Next campaign={campaign} begun={begun} />}
      {isPlanner && !isLead && (
        <Notice>
          <p>{words.next.ofLead(shown(names(campaign.plan.departmentCodes.slice(0, 1))))}</p>
        </Notice>
      )}
      {isLead && state === "PLANNED" && <KeptPreview code={code} />}
      {isLead && state === "PLANNED" && <Overlap code={code} />}
      {(progress.total?.due ?? 0) > 0 && <Progress progress={progress} names={names} />}
      {work && <Deadlines deadlines={work.publicationDeadlines ?? []} />}
      {isPublic && <Randomness campaign={campaign} published={published} />}
      {isPublic && <Log published={published} />}
      {isPlanner && (state === "MATCHED" || state === "CLOSED") && <Report code={code} begun={begun} />}
      {isLead && (AWAITING.includes(state) || state === "MATCHED") && <Void campaign={campaign} published={published!} />}
    </Page>
  );
}

function Log({ published }: { published: Published }) {
  const words = useWords();
  const kinds = useKinds();
  const { frozenEntry, beaconEntries, drawnEntry, matchedEntry, closedEntry, voidedEntry, voidProposedEntries } = published;
  const steps = [frozenEntry, ...beaconEntries, drawnEntry, matchedEntry, closedEntry, ...voidProposedEntries, voidedEntry]
    .filter((each): each is PlannerStepFragment => Boolean(each))
    .sort((one, other) => Number(BigInt(one.seq) - BigInt(other.seq)));
  return (
    <section className="section">
      <h2>{words.log.title}</h2>
      <p>{words.log.lead}</p>
      <ol className="timeline">
        {steps.map(({ seq, kind, time }) => (
          <li key={seq}>
            <a href={`/ledger/${seq}`}>{kinds[kind] ?? kind}</a>
            <small>
              <When at={time} />
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Report({ code, begun }: { code: string; begun: JobStandingFragment | null }) {
  const words = useWords().report;
  const doing = useDoing({ revalidates: false });
  const { job, open } = useJobHere(begun, "FILE_CAMPAIGN_REPORT");
  const make = async () => {
    const payload = await doing.run(PlannerReportDocument, { campaign: code });
    if (payload?.job) open(payload.job);
  };
  return (
    <section className="section screen-only">
      <h2>{words.title}</h2>
      <p>{words.lead}</p>
      {job && <JobProgress job={job} />}
      <Refusal refused={doing.refused} />
      <Action doing={doing} onPress={() => void make()} isDisabled={job !== null && !hasEnded(job)}>
        {words.make}
      </Action>
    </section>
  );
}
