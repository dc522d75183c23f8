import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { serviceNow } from "../../../shared/clock";
import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { useKinds } from "../../../shared/words/kinds";
import { Badge, Digest, Facts, Lines, Notice, shown, Told, type Tone, When } from "../../../shared/parts/texts";
import {
  type JobStandingFragment,
  PlannerCampaignDocument,
  type PlannerCampaignQuery,
  PlannerCloseDocument,
  PlannerConfirmVoidDocument,
  type PlannerCountsFragment,
  PlannerDrawDocument,
  PlannerEnterRoundDocument,
  PlannerFreezeDocument,
  PlannerFreezesDocument,
  PlannerMatchDocument,
  PlannerProposeVoidDocument,
  PlannerReportDocument,
  PlannerRevealDocument,
  type PlannerStepFragment,
  PlannerWorkDocument,
  type PlannerWorkQuery,
  type PublicationUrgency,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { hasEnded, jobIn, JobProgress, useJobHere } from "../../jobs";
import { Action, Confirmed, faultAt, namesOf, Pressed, Refusal, useFollowing } from "../../parts";
import { to } from "../../paths";
import { publicPage, roleNow } from "../../session";
import { type BeaconDraft, BeaconForm, beaconOf, NO_BEACON, several } from "../beacon_form";
import { CampaignLead, CampaignTabs } from "../parts";
import { KeptPreview } from "../plan/preview";
import { Values } from "../values";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const code = params["code"]!;
  const signal = request.signal;
  const role = await roleNow();
  const found = await ask(PlannerCampaignDocument, { code, withWaiting: role === "planner" || role === "auditor" }, { signal });
  const campaign = found.campaign!;
  const begun = (await jobIn(request)) ?? (campaign.state === "PLANNED" ? await runningFreeze(code, signal) : null);
  const work = campaign.state === "MATCHED" ? await ask(PlannerWorkDocument, { code }, { signal }) : null;
  return { campaign, progress: found.campaignProgress!, departments: found.departments, work, begun, isPlanner: role === "planner" };
}

/** The freeze that goes on already, for who comes back to the page by another way than its address. */
async function runningFreeze(code: string, signal: AbortSignal): Promise<JobStandingFragment | null> {
  const { jobs } = await ask(PlannerFreezesDocument, {}, { signal });
  return jobs?.nodes.find(({ campaignCode }) => campaignCode === code) ?? null;
}

type Campaign = NonNullable<PlannerCampaignQuery["campaign"]>;
type Published = NonNullable<Campaign["published"]>;

const AWAITING: readonly Campaign["state"][] = ["FROZEN", "LISTED", "DRAWN"];

export function Component() {
  const words = useWords();
  const { campaign, progress, departments, work, begun, isPlanner } = useLoaderData<typeof loader>();
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
      {isPlanner && <Next campaign={campaign} begun={begun} />}
      {state === "PLANNED" && <KeptPreview code={code} />}
      {(progress.total?.due ?? 0) > 0 && (
        <section className="section">
          <h2>{words.progress.title}</h2>
          <Meters counts={progress.total!} drawn={progress.drawn ?? null} />
          <Table
            caption={words.progress.byDepartment}
            rows={progress.departments}
            keyOf={(each) => each.departmentCode}
            columns={[{ name: words.progress.department, heads: true, cell: (each) => <Told text={names([each.departmentCode])} /> }, ...countColumns(words.progress)]}
          />
          {progress.inspectors.length > 0 && (
            <details>
              <summary>{words.progress.byInspector}</summary>
              <Table
                caption={words.progress.byInspector}
                rows={progress.inspectors}
                keyOf={(each) => each.certificate}
                columns={[
                  {
                    name: words.progress.inspector,
                    heads: true,
                    cell: (each) => (
                      <>
                        <Told text={each.name} />
                        <small className="code">{each.certificate}</small>
                      </>
                    ),
                  },
                  ...countColumns(words.progress),
                ]}
              />
            </details>
          )}
        </section>
      )}
      {work && <Deadlines deadlines={work.publicationDeadlines ?? []} />}
      {isPublic && <Randomness campaign={campaign} published={published} />}
      {isPublic && <Log published={published} />}
      {isPlanner && (state === "MATCHED" || state === "CLOSED") && <Report code={code} begun={begun} />}
      {isPlanner && (AWAITING.includes(state) || state === "MATCHED") && <Void campaign={campaign} published={published!} />}
    </Page>
  );
}

function Stages({ campaign: { state, published } }: { campaign: Campaign }) {
  const words = useWords();
  const own = words.stages;
  if (state === "VOIDED") return null;
  const isList = published?.toDraw === 0 || state === "LISTED";
  const stages: (readonly [Campaign["state"], string])[] = [
    ["PLANNED", own.planned],
    isList ? ["LISTED", own.listed] : ["FROZEN", own.frozen],
    ...(isList ? [] : ([["DRAWN", own.drawn]] as const)),
    ["MATCHED", own.matched],
    ["CLOSED", own.closed],
  ];
  const at = stages.findIndex(([each]) => each === state);
  return (
    <ol className="stages" aria-label={own.label}>
      {stages.map(([each, name], place) => (
        <li key={each} className={place < at || state === "CLOSED" ? "done" : place === at ? "now" : undefined} aria-current={place === at ? "step" : undefined}>
          {name}
          {place < at && <span className="unseen"> {own.done}</span>}
        </li>
      ))}
    </ol>
  );
}

function Next({ campaign, begun }: { campaign: Campaign; begun: JobStandingFragment | null }) {
  const words = useWords().next;
  const doing = useDoing();
  const { code, state, published, plan } = campaign;
  const isList = plan.type === "SPECIAL" || plan.type === "SUPERIOR";
  let text: ReactNode = null;
  let step: ReactNode = null;
  if (state === "PLANNED") {
    return (
      <section className="section next" aria-labelledby="next">
        <h2 id="next">{words.title}</h2>
        <p>{isList ? words.plannedList : words.planned}</p>
        <div className="actions">
          <Link className="button" to={to("campaignPlan", { code })}>
            {words.change}
          </Link>
        </div>
        <Freeze code={code} begun={begun} />
      </section>
    );
  }
  if (state === "FROZEN") {
    const awaited = isAwaited(campaign, published!);
    text = awaited ? words.frozen : words.ready;
    step = (
      <Action doing={doing} tone={awaited ? undefined : "primary"} onPress={() => void doing.run(PlannerDrawDocument, { campaign: code })}>
        {words.draw}
      </Action>
    );
  } else if (state === "DRAWN" || state === "LISTED") {
    text = state === "DRAWN" ? words.drawn : words.listed;
    step = (
      <Action doing={doing} tone="primary" onPress={() => void doing.run(PlannerMatchDocument, { campaign: code })}>
        {words.match}
      </Action>
    );
  } else if (state === "MATCHED") {
    text = words.matched;
    step = (
      <>
        <Link className="button primary" to={to("campaignFindings", { code })}>
          {words.review}
        </Link>
        <Confirmed doing={doing} tone="danger" label={words.close} text={words.closeText} onConfirm={() => void doing.run(PlannerCloseDocument, { campaign: code })} />
      </>
    );
  } else if (state === "CLOSED") text = words.closed;
  else {
    text = published?.replacedBy ? words.replaced : words.voided;
    step = published?.replacedBy ? (
      <Link to={to("campaign", { code: published.replacedBy })}>{published.replacedBy}</Link>
    ) : (
      <Link className="button primary" to={to("newCampaign", {}, { like: code })}>
        {words.planAgain}
      </Link>
    );
  }
  return (
    <section className="section next" aria-labelledby="next">
      <h2 id="next">{words.title}</h2>
      <p>{text}</p>
      {state === "FROZEN" && <Awaited campaign={campaign} published={published!} />}
      {published?.voidReason && (
        <Notice tone="bad" title={words.voidReason}>
          <Lines text={published.voidReason} />
        </Notice>
      )}
      <Refusal refused={doing.refused} />
      {step && <div className="actions">{step}</div>}
    </section>
  );
}

/** Whether an instant is yet to come, by the service's clock. */
const isAhead = (instant: string): boolean => Date.parse(instant) > serviceNow();

/** Whether something stands between a freeze and its draw, as far as this page can know it. */
const isAwaited = ({ waitingFor }: Campaign, { beacon, witnesses }: Published): boolean =>
  isAhead(beacon.notBefore) || Boolean(waitingFor?.length) || lacksValues(beacon) || Boolean(witnesses && !witnesses.isMet);

/** Whether two persons have yet to read what was thrown or published. */
const lacksValues = ({ sources, throw: fallen }: Published["beacon"]): boolean => sources.some(({ values }) => !values) || Boolean(fallen && !fallen.values);

function Awaited({ campaign, published: { beacon, witnesses } }: { campaign: Campaign; published: Published }) {
  const words = useWords();
  const own = words.beacon;
  const isComing = isAhead(beacon.notBefore);
  const missing = campaign.waitingFor ?? [];
  return (
    <div role="status">
      <Facts
        facts={[
          [own.decides, own.names[beacon.kind as keyof typeof own.names] ?? beacon.kind],
          [own.from, <><When at={beacon.notBefore} /> {isComing && <Badge tone="warning">{own.awaited}</Badge>}</>],
          [own.waitingFor, missing.length > 0 ? <><Told text={missing.join("、")} /> <Badge tone="warning">{own.awaited}</Badge></> : null],
          [own.values, lacksValues(beacon) ? <Badge tone="warning">{own.awaited}</Badge> : null],
          [own.until, beacon.deadline && <When at={beacon.deadline} />],
          [
            own.witnessed,
            witnesses ? (
              witnesses.isMet ? (
                <Badge tone="good">{own.quorum}</Badge>
              ) : (
                <>
                  <Badge tone="warning">{own.awaited}</Badge> <Told text={witnesses.awaited.join("、")} />（{own.witnessUntil} <When at={witnesses.latest} />）
                </>
              )
            ) : (
              own.noWitnesses
            ),
          ],
        ]}
      />
    </div>
  );
}

function Freeze({ code, begun }: { code: string; begun: JobStandingFragment | null }) {
  const words = useWords().freeze;
  const doing = useDoing({ revalidates: false });
  const [draft, setDraft] = useState<BeaconDraft>(NO_BEACON);
  const [replaces, setReplaces] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const { job, open } = useJobHere(begun, "FREEZE_CAMPAIGN");
  const freeze = async () => {
    const payload = await doing.run(PlannerFreezeDocument, { campaign: code, beacon: beaconOf(draft), replaces: several(replaces) });
    if (payload?.job) open(payload.job);
  };
  return (
    <form className="form" ref={form} onSubmit={(event) => event.preventDefault()}>
      <h3>{words.title}</h3>
      <p className="help">{words.lead}</p>
      <BeaconForm draft={draft} onChange={setDraft} refused={doing.refused} />
      <TextInput label={words.replaces} help={words.replacesHelp} value={replaces} onChange={setReplaces} {...faultAt(doing.refused, "replaces")} />
      <Refusal refused={doing.refused} />
      {job && <JobProgress job={job} />}
      {(job === null || hasEnded(job)) && (
        <p>
          <Confirmed doing={doing} tone="primary" label={words.do} text={words.text} isReady={() => form.current!.reportValidity()} onConfirm={() => void freeze()} />
        </p>
      )}
    </form>
  );
}

function Meters({ counts, drawn }: { counts: PlannerCountsFragment; drawn: number | null }) {
  const words = useWords().progress;
  const told = [
    [words.recorded, counts.recorded],
    [words.approved, counts.approved],
    [words.published, counts.published],
  ] as const;
  return (
    <>
      {told.map(([name, count]) => (
        <div className="meter" key={name}>
          <label>
            <span>{name}</span>
            <span>
              {count} / {counts.due}
            </span>
            <progress className="unseen" value={count} max={counts.due} />
          </label>
          <progress aria-hidden="true" value={count} max={counts.due} />
        </div>
      ))}
      <p>
        {drawn !== null && (
          <>
            {words.drawn} {drawn}，
          </>
        )}
        {words.overdue} <Badge tone={counts.overdue ? "bad" : "good"}>{counts.overdue}</Badge>
      </p>
    </>
  );
}

const countColumns = (words: Record<"due" | "recorded" | "approved" | "published" | "overdue", string>) =>
  (["due", "recorded", "approved", "published", "overdue"] as const).map((each) => ({
    name: words[each],
    numeric: true,
    cell: ({ counts }: { counts: PlannerCountsFragment }) => counts[each],
  }));

const URGENCY_TONES: Record<PublicationUrgency, Tone> = { OPEN: "plain", WARNED: "warning", OVERDUE: "bad" };

function Deadlines({ deadlines }: { deadlines: NonNullable<PlannerWorkQuery["publicationDeadlines"]> }) {
  const words = useWords();
  const own = words.deadlines;
  return (
    <section className="section">
      <h2>{own.title}</h2>
      <Table
        caption={own.caption}
        empty={own.empty}
        rows={[...deadlines].sort((one, other) => one.dueOn.localeCompare(other.dueOn))}
        keyOf={(each) => each.position}
        columns={[
          { name: words.enterprise, heads: true, cell: (each) => <span className="code">{each.enterpriseCode}</span> },
          { name: words.visitedOn, cell: (each) => <When at={each.visitedOn} /> },
          {
            name: own.due,
            cell: (each) => (
              <>
                <When at={each.dueOn} /> {each.provisional && <Badge>{own.provisional}</Badge>}
              </>
            ),
          },
          { name: own.left, numeric: true, cell: (each) => each.workingDaysLeft },
          { name: own.state, cell: (each) => <Badge tone={URGENCY_TONES[each.urgency]}>{words.urgencies[each.urgency]}</Badge> },
        ]}
      />
    </section>
  );
}

function Randomness({ campaign, published }: { campaign: Campaign; published: Published }) {
  const words = useWords().beacon;
  const { beacon, witnesses, toBeTrusted } = published;
  const name = (kind: string) => words.names[kind as keyof typeof words.names] ?? kind;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      {toBeTrusted.length > 0 && (
        <Notice tone="warning" title={words.trusted}>
          <ul>
            {toBeTrusted.map((each) => (
              <li key={each.code}>{each.text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Facts
        facts={[
          [words.decides, name(beacon.kind)],
          [words.from, <When at={beacon.notBefore} />],
          [words.until, beacon.deadline && <When at={beacon.deadline} />],
          [words.margin, beacon.marginSeconds > 0 ? words.seconds(beacon.marginSeconds) : null],
          [words.entropy, <span>2<sup>{beacon.entropyBits}</sup></span>],
          [words.round, beacon.round?.number],
          ...beacon.sources.map((each) => [each.name, <><Told text={`${each.issue}${each.values ? `：${each.values}` : ""}`} /> <When at={each.publishedAt} /></>] as const),
          [words.throw, beacon.throw && <Told text={`${beacon.throw.count} × ${beacon.throw.of}：${beacon.throw.values ?? beacon.throw.persons.join("、")}`} />],
          [words.fallback, beacon.fallback && name(beacon.fallback.kind)],
          [words.witnessed, witnesses ? (witnesses.isMet ? words.quorum : `${words.awaited}：${witnesses.awaited.join("、")}`) : words.noWitnesses],
          [words.decidedBy, beacon.decidedBy && name(beacon.decidedBy)],
          [words.output, beacon.output && <Digest value={beacon.output} short />],
        ]}
      />
      {beacon.parties.length > 0 && (
        <Table
          caption={words.parties}
          rows={beacon.parties}
          keyOf={(party) => party.name}
          columns={[
            { name: words.party, heads: true, cell: (party) => <Told text={party.name} /> },
            { name: words.commitment, cell: (party) => <Digest value={party.commitment} short /> },
            { name: words.revealed, cell: (party) => (party.revealedAt ? <When at={party.revealedAt} /> : <Badge tone="warning">{words.notRevealed}</Badge>) },
          ]}
        />
      )}
      {(campaign.state === "FROZEN" || campaign.state === "LISTED") && <Coming campaign={campaign} published={published} />}
    </section>
  );
}

/** What persons enter of a beacon: reveals of parties, numbers that two persons read, a round where no network is. */
function Coming({ campaign, published: { beacon } }: { campaign: Campaign; published: Published }) {
  const words = useWords().beacon;
  const missing = campaign.waitingFor ?? [];
  const reads = [beacon, beacon.fallback].some((each) => each?.kind === "sources" || each?.throw);
  const rounds = [beacon, beacon.fallback].some((each) => each?.round);
  return (
    <>
      {missing.length > 0 && <Reveal code={campaign.code} parties={missing} />}
      {reads && <Values code={campaign.code} />}
      {beacon.throw && (
        <p className="help">
          {words.throwElsewhere} <Link to={to("throw", { code: campaign.code })}>{to("throw", { code: campaign.code })}</Link>
        </p>
      )}
      {rounds && <Round code={campaign.code} />}
    </>
  );
}

const given = (event: FormEvent<HTMLFormElement>): Record<string, string> => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
};

function Reveal({ code, parties }: { code: string; parties: readonly string[] }) {
  const words = useWords().beacon;
  const doing = useDoing();
  const reveal = async (event: FormEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    const { party, salt, value } = given(event);
    const payload = await doing.run(PlannerRevealDocument, { campaign: code, party: party!, salt: salt!.trim(), value: value!.trim() });
    if (payload) form.reset();
  };
  return (
    <form className="form" onSubmit={(event) => void reveal(event)}>
      <h3>{words.reveal}</h3>
      <div className="field">
        <label htmlFor="party">{words.party}</label>
        <select id="party" name="party">
          {parties.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      <TextInput label={words.salt} name="salt" autoComplete="off" isRequired {...faultAt(doing.refused, "salt")} />
      <TextInput label={words.value} name="value" autoComplete="off" isRequired {...faultAt(doing.refused, "value")} />
      <Refusal refused={doing.refused} />
      <Pressed busy={doing.busy}>
        {words.reveal}
      </Pressed>
    </form>
  );
}

function Round({ code }: { code: string }) {
  const words = useWords().beacon;
  const doing = useDoing();
  const enter = (event: FormEvent<HTMLFormElement>) => {
    const { signature, previous } = given(event);
    void doing.run(PlannerEnterRoundDocument, { campaign: code, signature: signature!.trim(), previousSignature: previous?.trim() || null });
  };
  return (
    <details>
      <summary>{words.enterRound}</summary>
      <form className="form" onSubmit={enter}>
        <TextInput label={words.signature} name="signature" autoComplete="off" isRequired {...faultAt(doing.refused, "signature")} />
        <TextInput label={words.previous} name="previous" autoComplete="off" />
        <Refusal refused={doing.refused} />
        <Pressed busy={doing.busy}>
          {words.enter}
        </Pressed>
      </form>
    </details>
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
    <section className="section">
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

/** The newest proposal that another person may confirm: one of before the draw lapses with it. */
function standingProposal({ voidProposedEntries, drawnEntry }: Published) {
  return [...voidProposedEntries].reverse().find((each) => !drawnEntry || BigInt(each.seq) > BigInt(drawnEntry.seq));
}

function Void({ campaign: { code }, published }: { campaign: Campaign; published: Published }) {
  const words = useWords().void;
  const doing = useDoing();
  const [reason, setReason] = useState("");
  const proposal = standingProposal(published);
  const told = proposal && (JSON.parse(proposal.text) as { body: { reason: string } }).body.reason;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <details open={proposal !== undefined}>
        <summary>{words.propose}</summary>
        <p>{words.lead}</p>
        {proposal && (
          <Notice tone="warning" title={words.proposed}>
            <Lines text={told ?? ""} />
          </Notice>
        )}
        <Refusal refused={doing.refused} />
        {proposal ? (
          <Confirmed doing={doing} tone="danger" label={words.confirm} text={words.confirmText} onConfirm={() => void doing.run(PlannerConfirmVoidDocument, { campaign: code })} />
        ) : (
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              void doing.run(PlannerProposeVoidDocument, { campaign: code, reason });
            }}
          >
            <TextInput label={words.reason} lines={3} maxLength={1000} value={reason} onChange={setReason} isRequired {...faultAt(doing.refused, "reason")} />
            <Pressed busy={doing.busy} tone="danger">
              {words.propose}
            </Pressed>
          </form>
        )}
      </details>
    </section>
  );
}
