import { type FormEvent, useState } from "react";
import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { Button } from "react-aria-components";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Facts, Lines, Notice, shown, Told, When } from "../../../shared/parts/texts";
import { useAsking } from "../../../shared/refused";
import {
  PlannerConfirmReplacementDocument,
  PlannerPredictableDocument,
  type PlannerPredictableQuery,
  PlannerProposeReplacementDocument,
  PlannerRematchDocument,
  PlannerReopenDocument,
  PlannerVisitsDocument,
  type PlannerVisitsQuery,
  type ReplacementCause,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { type Doing, useDoing } from "../../doing";
import { Action, faultAt, Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { roleNow } from "../../session";
import { IssueNotice } from "../../visit_notice";
import { useWords as useDeskWords } from "../../words";
import { type BeaconDraft, BeaconForm, beaconOf, NO_BEACON, several } from "../beacon_form";
import { leads } from "../leading";
import { CampaignLead, CampaignTabs } from "../parts";
import { useWords } from "../words";

const SIZE = 50;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const code = params["code"]!;
  const text = new URL(request.url).searchParams.get("q");
  const role = await roleNow();
  const mayReadProposal = role === "planner" || role === "auditor";
  const asked = { code, ...windowOf(request, SIZE), filter: text ? { text } : null, withProposal: mayReadProposal };
  const campaign = (await ask(PlannerVisitsDocument, asked, { signal: request.signal })).campaign!;
  return { campaign, text, role, isLead: await leads(campaign) };
}

export function Component() {
  const words = useWords();
  const own = words.visits;
  const notice = useDeskWords().visitNotice;
  const { campaign, text, role, isLead } = useLoaderData<typeof loader>();
  const { code, state, visits } = campaign;
  const [opened, setOpened] = useState<number | null>(null);
  const noticed = visits?.nodes.find((each) => each.position === opened);
  return (
    <Page title={shown(campaign.plan.title)} tab={`${words.tabs.visits} · ${code}`} lead={<CampaignLead campaign={campaign} />} crumbs={[[words.campaigns.title, to("campaigns")]]}>
      <CampaignTabs campaign={campaign} />
      <section className="section">
        <Form className="filters" role="search" key={text}>
          <div className="field">
            <label htmlFor="q">{own.text}</label>
            <input id="q" name="q" type="search" maxLength={100} defaultValue={text ?? ""} dir="auto" />
          </div>
          <button className="button">{words.search}</button>
        </Form>
        <Table
          caption={own.caption}
          rows={visits?.nodes ?? []}
          keyOf={(each) => each.position}
          columns={[
            {
              name: words.enterprise,
              heads: true,
              cell: (each) => (
                <>
                  <Told text={each.enterpriseName} />
                  <small className="code">{each.enterpriseCode}</small>
                </>
              ),
            },
            { name: own.address, cell: (each) => <Told text={each.address} /> },
            { name: words.position, numeric: true, cell: (each) => each.position },
            {
              name: own.team,
              cell: (each) => (
                <>
                  <span className="code">{each.team.map(({ certificate }) => certificate).join(" ")}</span>
                  {each.inspectedElsewhere && <Badge tone="strong">{own.elsewhere(each.inspectedElsewhere.body)}</Badge>}
                </>
              ),
            },
            {
              name: notice.title,
              cell: (each) => {
                const issued = each.forms.find(({ kind }) => kind === "NOTICE");
                const isOffered = issued !== undefined || (role === "planner" && state === "MATCHED");
                return (
                  isOffered && (
                    <Button className="button" aria-expanded={opened === each.position} onPress={() => setOpened(opened === each.position ? null : each.position)}>
                      {issued?.number ?? notice.issue}
                      <span className="unseen"> {each.enterpriseName}</span>
                    </Button>
                  )
                );
              },
            },
          ]}
        />
        {visits && <Pager info={visits.pageInfo} total={visits.totalCount} />}
      </section>
      {noticed && <IssueNotice key={noticed.position} visit={noticed} mayIssue={role === "planner"} isOpen />}
      {(role === "planner" || role === "auditor") && <Predictable code={code} />}
      {isLead && state === "MATCHED" && <Changes code={code} proposal={campaign.replacementProposal ?? null} />}
    </Page>
  );
}

type Predicted = NonNullable<NonNullable<PlannerPredictableQuery["campaign"]>["predictableAssignments"]>;

/** The matching is computed anew many times for this: only for who asks. */
function Predictable({ code }: { code: string }) {
  const words = useWords();
  const own = words.visits;
  const { found, refused, busy, look } = useAsking<Predicted>();
  const predict = () => look(async () => (await ask(PlannerPredictableDocument, { code })).campaign?.predictableAssignments ?? []);
  return (
    <section className="section">
      <h2>{own.predictable}</h2>
      <p>{own.predictableLead}</p>
      <Refusal refused={refused} />
      {found === null ? (
        <Pressed busy={busy} onPress={() => void predict()}>
          {own.predict}
        </Pressed>
      ) : (
        <Table
          caption={own.predictable}
          empty={own.nobody}
          rows={found}
          keyOf={(each) => `${each.enterpriseCode} ${each.role}`}
          columns={[
            { name: words.enterprise, heads: true, cell: (each) => <span className="code">{each.enterpriseCode}</span> },
            { name: own.role, cell: (each) => <Told text={each.role} /> },
            { name: own.inspector, cell: (each) => <span className="code">{each.inspector}</span> },
            { name: words.note, cell: (each) => (each.certain ? own.certain : own.times(each.times, each.of)) },
          ]}
        />
      )}
    </section>
  );
}

type Proposal = NonNullable<NonNullable<PlannerVisitsQuery["campaign"]>["replacementProposal"]>;

function Changes({ code, proposal }: { code: string; proposal: Proposal | null }) {
  const own = useWords().visits;
  const rematching = useDoing();
  return (
    <>
      <section className="section">
        <h2>{own.reopenTitle}</h2>
        <Reopen code={code} />
        <p className="help">{own.rematchHelp}</p>
        <Refusal refused={rematching.refused} />
        <Action doing={rematching} onPress={() => void rematching.run(PlannerRematchDocument, { campaign: code })}>
          {own.rematch}
        </Action>
      </section>
      <section className="section">
        <h2>{own.replaceTitle}</h2>
        <p>{own.replaceLead}</p>
        {proposal && <Proposed proposal={proposal} />}
        <ProposeReplacement code={code} />
        {proposal && <ConfirmReplacement code={code} proposal={proposal.entry} />}
      </section>
    </>
  );
}

/** What another person confirms. */
function Proposed({ proposal: { by, at, enterpriseCodes, cause, explanation } }: { proposal: Proposal }) {
  const words = useWords();
  const own = words.visits;
  const places = enterpriseCodes.map((each) => (
    <li key={each}>
      <Link className="code" to={to("enterprise", { code: each })}>
        {each}
      </Link>
    </li>
  ));
  return (
    <Notice tone="warning" title={own.proposed}>
      <Facts
        facts={[
          [own.proposedBy, <Told text={by} />],
          [own.proposedAt, <When at={at} />],
          [own.whom, <ul>{places}</ul>],
          [own.why, words.causes[cause]],
          [own.explanation, <Lines text={explanation} />],
        ]}
      />
    </Notice>
  );
}

function Done({ doing, done }: { doing: Doing; done: boolean }) {
  const words = useWords().visits;
  return (
    <>
      <Refusal refused={doing.refused} />
      {done && !doing.refused && <Notice tone="good" live title={words.done} />}
    </>
  );
}

function Reopen({ code }: { code: string }) {
  const own = useWords().visits;
  const doing = useDoing();
  const [done, setDone] = useState(false);
  const [beacon, setBeacon] = useState<BeaconDraft>(NO_BEACON);
  const [typed, setTyped] = useState({ inspector: "", cause: "", enterprises: "" });
  const reopen = async (event: FormEvent) => {
    event.preventDefault();
    const enterprises = several(typed.enterprises);
    const asked = { campaign: code, inspector: typed.inspector.trim(), cause: typed.cause, enterprises: enterprises.length ? enterprises : null, beacon: beaconOf(beacon) };
    setDone((await doing.run(PlannerReopenDocument, asked)) !== null);
  };
  return (
    <details>
      <summary>{own.reopen}</summary>
      <p>{own.reopenLead}</p>
      <form className="form" onSubmit={(event) => void reopen(event)}>
        <TextInput label={own.inspector} value={typed.inspector} onChange={(inspector) => setTyped({ ...typed, inspector })} isRequired {...faultAt(doing.refused, "inspector")} />
        <TextInput label={own.cause} lines={2} value={typed.cause} onChange={(cause) => setTyped({ ...typed, cause })} isRequired {...faultAt(doing.refused, "cause")} />
        <TextInput
          label={own.enterprises}
          help={own.enterprisesHelp}
          value={typed.enterprises}
          onChange={(enterprises) => setTyped({ ...typed, enterprises })}
          {...faultAt(doing.refused, "enterprises")}
        />
        <BeaconForm draft={beacon} onChange={setBeacon} refused={doing.refused} />
        <Done doing={doing} done={done} />
        <Pressed busy={doing.busy}>
          {own.reopen}
        </Pressed>
      </form>
    </details>
  );
}

function ProposeReplacement({ code }: { code: string }) {
  const words = useWords();
  const own = words.visits;
  const doing = useDoing();
  const [done, setDone] = useState(false);
  const [typed, setTyped] = useState({ enterprises: "", cause: "NOT_OF_THE_FRAME" as ReplacementCause, explanation: "" });
  const propose = async (event: FormEvent) => {
    event.preventDefault();
    const asked = { campaign: code, enterprises: several(typed.enterprises), cause: typed.cause, explanation: typed.explanation };
    setDone((await doing.run(PlannerProposeReplacementDocument, asked)) !== null);
  };
  return (
    <details>
      <summary>{own.propose}</summary>
      <form className="form" onSubmit={(event) => void propose(event)}>
        <TextInput label={own.which} lines={2} value={typed.enterprises} onChange={(enterprises) => setTyped({ ...typed, enterprises })} isRequired {...faultAt(doing.refused, "enterprises")} />
        <Choice label={own.why} name="cause" value={typed.cause} onChange={(cause) => setTyped({ ...typed, cause: cause as ReplacementCause })} choices={Object.entries(words.causes)} />
        <TextInput label={own.explanation} lines={3} maxLength={1000} value={typed.explanation} onChange={(explanation) => setTyped({ ...typed, explanation })} isRequired {...faultAt(doing.refused, "explanation")} />
        <Done doing={doing} done={done} />
        <Pressed busy={doing.busy}>
          {own.propose}
        </Pressed>
      </form>
    </details>
  );
}

function ConfirmReplacement({ code, proposal }: { code: string; proposal: string }) {
  const own = useWords().visits;
  const doing = useDoing();
  const [done, setDone] = useState(false);
  const [beacon, setBeacon] = useState<BeaconDraft>(NO_BEACON);
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    setDone((await doing.run(PlannerConfirmReplacementDocument, { campaign: code, beacon: beaconOf(beacon), proposal })) !== null);
  };
  return (
    <details>
      <summary>{own.confirm}</summary>
      <p>{own.confirmLead}</p>
      <form className="form" onSubmit={(event) => void confirm(event)}>
        <BeaconForm draft={beacon} onChange={setBeacon} refused={doing.refused} />
        <Done doing={doing} done={done} />
        <Pressed busy={doing.busy}>
          {own.confirm}
        </Pressed>
      </form>
    </details>
  );
}
