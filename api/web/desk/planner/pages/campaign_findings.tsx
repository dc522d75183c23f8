import { useState } from "react";
import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { Button } from "react-aria-components";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { FollowUp, Results } from "../../../shared/parts/results";
import { Fold, Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Facts, Lines, Notice, shown, Told, type Tone, When } from "../../../shared/parts/texts";
import { marks } from "../../../shared/marks";
import {
  type ConflictChoice,
  type FindingState,
  PlannerEvidenceDocument,
  type PlannerFindingRowFragment,
  PlannerFindingsDocument,
  PlannerPublishDocument,
  PlannerReviewDocument,
  PlannerSettleDocument,
  PlannerWorkDocument,
  type PlannerWorkQuery,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { Action, Confirmed, faultAt, Refusal } from "../../parts";
import { to } from "../../paths";
import { useReading } from "../../reading";
import { publicPage, roleNow } from "../../session";
import { leads } from "../leading";
import { CampaignLead, CampaignTabs } from "../parts";
import { useWords } from "../words";

const SIZE = 20;
const TONES: Record<FindingState, Tone> = { RECORDED: "plain", CONFIRMED: "warning", RETURNED: "bad", APPROVED: "strong", PUBLISHED: "good", ENDED: "plain" };
/** What may be followed by something. */
const FOLLOWED: readonly FindingState[] = ["APPROVED", "PUBLISHED", "ENDED"];

export async function loader({ params, request }: LoaderFunctionArgs) {
  const code = params["code"]!;
  const state = new URL(request.url).searchParams.get("state") as FindingState | null;
  const signal = request.signal;
  const asked = { code, ...windowOf(request, SIZE), filter: state ? { states: [state] } : null };
  const [found, work] = await Promise.all([ask(PlannerFindingsDocument, asked, { signal }), ask(PlannerWorkDocument, { code }, { signal })]);
  const campaign = found.campaign!;
  return { campaign, conflicts: work.conflicts ?? [], state, isPlanner: (await roleNow()) === "planner", isLead: await leads(campaign) };
}

export function Component() {
  const words = useWords();
  const own = words.findings;
  const { campaign, conflicts, state, isPlanner, isLead } = useLoaderData<typeof loader>();
  const { code, findings, approved } = campaign;
  const [opened, setOpened] = useState<number | null>(null);
  const publishing = useDoing();
  const [published, setPublished] = useState<number | null>(null);
  const waiting = approved?.totalCount ?? 0;
  const open = conflicts.filter((each) => each.choice === null || each.choice === undefined);
  const publish = async (enterprises: string[] | null) => {
    const payload = await publishing.run(PlannerPublishDocument, { campaign: code, enterprises });
    if (payload) setPublished(payload.publishedCount ?? 0);
  };
  return (
    <Page title={shown(campaign.plan.title)} tab={`${words.tabs.findings} · ${code}`} lead={<CampaignLead campaign={campaign} />} crumbs={[[words.campaigns.title, to("campaigns")]]}>
      <CampaignTabs campaign={campaign} />
      {isPlanner && open.length > 0 && (
        <section className="section">
          <h2>{words.conflicts.title}</h2>
          <p>{words.conflicts.lead}</p>
          {open.map((each) => (
            <Conflict key={`${each.enterpriseCode} ${each.number}`} code={code} conflict={each} />
          ))}
        </section>
      )}
      {isLead && (
        <section className="section next">
          <h2>{words.next.review}</h2>
          {published !== null && <Notice tone="good" live title={own.published(published)} />}
          <Refusal refused={publishing.refused} />
          {waiting > 0 ? (
            <Confirmed doing={publishing} tone="primary" label={own.publish(waiting)} text={own.publishText} onConfirm={() => void publish(null)} />
          ) : (
            <p>{own.nothingToPublish}</p>
          )}
        </section>
      )}
      <section className="section">
        <Form className="filters" role="search" key={state}>
          <Choice label={own.state} name="state" defaultValue={state ?? ""} choices={[["", words.all], ...Object.entries(words.findingStates)]} />
          <button className="button">{words.search}</button>
          <Link className="button" to={`?state=CONFIRMED`}>
            {own.toReview}
          </Link>
        </Form>
        <Table
          caption={own.caption}
          empty={own.empty}
          rows={findings?.nodes ?? []}
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
            { name: words.visitedOn, cell: (each) => <When at={each.visitedOn} /> },
            { name: words.result, cell: (each) => <Results results={each.results} /> },
            {
              name: own.state,
              cell: (each) => (
                <>
                  <Badge tone={TONES[each.state]}>{words.findingStates[each.state]}</Badge> {each.version > 1 && <small>{own.version(each.version)}</small>}
                </>
              ),
            },
            {
              name: own.read,
              cell: (each) =>
                each.state === "PUBLISHED" ? (
                  <a href={publicPage(`/findings/${code}/${each.position}`)}>{own.public}</a>
                ) : (
                  <Button className="button" aria-expanded={opened === each.position} onPress={() => setOpened(opened === each.position ? null : each.position)}>
                    {own.read}
                    <span className="unseen"> {each.enterpriseName}</span>
                  </Button>
                ),
            },
            {
              name: own.after,
              cell: (each) =>
                FOLLOWED.includes(each.state) && (
                  <Link to={to("proceedingsOf", { campaign: code, enterprise: each.enterpriseCode })}>
                    {own.after}
                    <span className="unseen"> {each.enterpriseName}</span>
                  </Link>
                ),
            },
          ]}
        />
        {findings && <Pager info={findings.pageInfo} total={findings.totalCount} />}
      </section>
      {findings?.nodes
        .filter((each) => each.position === opened)
        .map((each) => (
          <Review key={each.position} code={code} finding={each} mayReview={isPlanner} mayPublish={isLead} onPublish={() => void publish([each.enterpriseCode])} onDone={() => setOpened(null)} />
        ))}
    </Page>
  );
}

interface ReviewParts {
  code: string;
  finding: PlannerFindingRowFragment;
  mayReview: boolean;
  mayPublish: boolean;
  onPublish: () => void;
  onDone: () => void;
}

/** A finding as it was recorded, and what its reviewer says of it. */
function Review({ code, finding, mayReview, mayPublish, onPublish, onDone }: ReviewParts) {
  const words = useWords();
  const own = words.findings;
  const doing = useDoing();
  const [note, setNote] = useState("");
  const { enterpriseCode, signature } = finding;
  const review = async (approve: boolean) => {
    if (await doing.run(PlannerReviewDocument, { campaign: code, enterprise: enterpriseCode, approve, note, version: finding.version })) onDone();
  };
  return (
    <section className="section" aria-labelledby="review" ref={(element) => element?.scrollIntoView?.({ block: "nearest" })}>
      <h2 id="review">
        <Told text={finding.enterpriseName} /> <Badge tone={TONES[finding.state]}>{words.findingStates[finding.state]}</Badge>
      </h2>
      <div className="columns">
        <Facts
          facts={[
            [words.visitedOn, <When at={finding.visitedOn} />],
            [words.result, <Results results={finding.results} />],
            [words.followUp, <FollowUp {...finding} />],
            [own.correctBy, finding.correctBy && <When at={finding.correctBy} />],
            [own.facts, finding.facts ? <Lines text={finding.facts} /> : null],
            [own.measures, finding.measures ? <Lines text={finding.measures} /> : null],
          ]}
        />
        <Facts
          facts={[
            [own.recordedBy, <Told text={finding.recordedBy} />],
            [own.confirmedBy, finding.confirmedBy && <Told text={finding.confirmedBy} />],
            [own.enteredAt, finding.enteredAt && <When at={finding.enteredAt} />],
            [own.signature, signature && <Told text={[words.signatures[signature.how], signature.by, signature.reason].filter(Boolean).join(" · ")} />],
            [own.penalties, finding.penalties.length > 0 ? <Lines text={finding.penalties.map((each) => `${each.number} ${each.body}`).join("\n")} /> : null],
            [own.evidence, <Evidence code={code} enterprise={enterpriseCode} />],
          ]}
        />
      </div>
      {finding.answers.length > 0 && (
        <Fold summary={own.answers}>
          <ul>
            {finding.answers.map((each) => (
              <li key={`${each.item} ${each.point}`}>
                <Told text={each.point} />
                {marks().colon}
                {own.replies[each.reply]} {each.remark && <Told text={each.remark} />}
              </li>
            ))}
          </ul>
        </Fold>
      )}
      <Refusal refused={doing.refused} />
      {mayReview && (finding.state === "CONFIRMED" || finding.state === "RECORDED") && (
        <form className="form" onSubmit={(event) => event.preventDefault()}>
          <TextInput label={words.note} help={own.noteHelp} lines={2} maxLength={1000} value={note} onChange={setNote} {...faultAt(doing.refused, "note")} />
          <div className="actions">
            <Action doing={doing} tone="primary" onPress={() => void review(true)}>
              {own.approve}
            </Action>
            <Action doing={doing} tone="danger" onPress={() => void review(false)}>
              {own.return}
            </Action>
          </div>
        </form>
      )}
      {mayPublish && finding.state === "APPROVED" && <Confirmed doing={doing} tone="primary" label={own.publishOne} text={own.publishText} onConfirm={onPublish} />}
    </section>
  );
}

function Evidence({ code, enterprise }: { code: string; enterprise: string }) {
  const words = useWords().findings;
  const { data, refused } = useReading(PlannerEvidenceDocument, { campaign: code, enterprise });
  if (refused) return <Refusal refused={refused} />;
  if (!data) return null;
  const files = data.evidence ?? [];
  if (!files.length) return <span>{words.noEvidence}</span>;
  return (
    <ul className="plain">
      {files.map((each) => (
        <li key={each.id}>
          <a href={each.path}>
            <Told text={each.name} />
          </a>{" "}
          {each.note && <Told text={each.note} />}
        </li>
      ))}
    </ul>
  );
}

type ConflictRow = NonNullable<PlannerWorkQuery["conflicts"]>[number];

function Conflict({ code, conflict }: { code: string; conflict: ConflictRow }) {
  const words = useWords();
  const own = words.conflicts;
  const doing = useDoing();
  const [note, setNote] = useState("");
  const settle = (choice: ConflictChoice) =>
    void doing.run(PlannerSettleDocument, { campaign: code, enterprise: conflict.enterpriseCode, number: conflict.number, choice, note });
  return (
    <article className="account">
      <h3>
        <span className="code">{conflict.enterpriseCode}</span> <Badge tone="warning">{own.stood(conflict.stoodVersion)}</Badge>
      </h3>
      <Facts
        facts={[
          [own.by, <Told text={conflict.handedInBy} />],
          [words.findings.enteredAt, <When at={conflict.enteredAt} />],
          [words.visitedOn, <When at={conflict.visitedOn} />],
          [words.result, <Results results={conflict.results} />],
          [words.followUp, <FollowUp {...conflict} />],
          [words.findings.facts, conflict.facts ? <Lines text={conflict.facts} /> : null],
        ]}
      />
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        <TextInput label={own.choose} lines={2} maxLength={1000} value={note} onChange={setNote} isRequired {...faultAt(doing.refused, "note")} />
        <Refusal refused={doing.refused} />
        <div className="actions">
          <Action doing={doing} onPress={() => settle("KEPT")}>
            {own.keep}
          </Action>
          <Action doing={doing} onPress={() => settle("RECORDED")}>
            {own.take}
          </Action>
        </div>
      </form>
    </article>
  );
}
