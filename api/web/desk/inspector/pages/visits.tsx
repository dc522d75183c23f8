import "../inspector.css";

import { useState } from "react";
import { Button } from "react-aria-components";
import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useReadingAnew } from "../../../shared/reading_anew";
import { AnswerError } from "../../../shared/ask";
import { Page } from "../../../shared/parts/page";
import { Pager } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { TextInput } from "../../../shared/parts/fields";
import { Notice, Told, When } from "../../../shared/parts/texts";
import { VisitsMineDocument, type VisitsOneFragment } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import type { Refused } from "../../../shared/refused";
import { Pressed, Refusal } from "../../parts";
import { onlyFor } from "../../only_for";
import { to } from "../../paths";
import { useHandingIn } from "../handing_in";
import { Offline } from "../offline";
import { Queue } from "../queue";
import { Section } from "../../section";
import { VisitState } from "../states";
import { type Draft, draftsOf, type Taken, takenOf } from "../store";
import { isAway, takeAll, unlessAway } from "../taking_along";
import { useInspectorWords } from "../words";

const PAGE = 50;

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await onlyFor("inspector");
  const { subject } = user;
  const text = new URL(request.url).searchParams.get("q")?.trim() ?? "";
  const [drafts, taken] = await Promise.all([draftsOf(subject), takenOf(subject)]);
  const held = { user, text, drafts, taken, takenAt: taken[0]?.takenAt };
  try {
    const variables = { ...windowOf(request, PAGE), filter: text ? { text } : null };
    const question = () => ask(VisitsMineDocument, variables, { signal: request.signal });
    const visits = (await (taken.length ? unlessAway(user, question) : question())).visits!;
    return { ...held, visits: visits.nodes, pageInfo: visits.pageInfo, isOffline: false };
  } catch (error) {
    if (!isAway(error)) throw error;
    const visits = taken.map(({ visit }) => visit).filter((each) => `${each.enterpriseName} ${each.address}`.includes(text));
    return { ...held, visits, pageInfo: null, isOffline: true };
  }
}

export function Component() {
  const words = useInspectorWords().visits;
  const { user, text, drafts, visits, pageInfo, isOffline, taken, takenAt } = useLoaderData<typeof loader>();
  const { subject } = user;
  const again = useReadingAnew();
  const handingIn = useHandingIn(user, again);
  const unlisted = drafts.filter((draft) => !visits.some((visit) => isOf(draft, visit)));
  return (
    <Page title={words.title} lead={words.lead} actions={!isOffline && <TakingAlong subject={subject} />}>
      <Offline />
      <Queue handingIn={handingIn} />
      {isOffline && (
        <Notice tone="warning" live title={words.offline}>
          <p>{words.offlineText}</p>
        </Notice>
      )}
      {taken.length > 0 && takenAt && (
        <p className="help" role="status">
          {words.taken(taken.length)} {words.takenAt} <When at={takenAt} />
        </p>
      )}
      <Form className="filters section" role="search">
        <TextInput key={text} label={words.search} name="q" type="search" defaultValue={text} />
        <Button type="submit" className="button">
          {words.find}
        </Button>
      </Form>
      <Unlisted drafts={unlisted} taken={taken} subject={subject} />
      {visits.length === 0 && <p className="empty">{isOffline ? words.noneTaken : words.none}</p>}
      {byCampaign(visits).map((group) => (
        <section className="section" key={group[0]!.campaignCode}>
          <h2>
            <Told text={group[0]!.campaignTitle} /> <small className="code">{group[0]!.campaignCode}</small>
          </h2>
          <p className="help">
            {words.until} <When at={group[0]!.campaignEndsOn} />
          </p>
          <ul className="visits">
            {group.map((visit) => (
              <li key={visit.enterpriseCode}>
                <VisitCard visit={visit} draft={drafts.find((each) => isOf(each, visit))} subject={subject} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {pageInfo && <Pager info={pageInfo} />}
    </Page>
  );
}

/** What is held of visits that are not in the list: beyond this page of it, or not the reader's any more. */
function Unlisted({ drafts, taken, subject }: { drafts: readonly Draft[]; taken: readonly Taken[]; subject: string }) {
  const words = useInspectorWords().visits;
  const held = drafts.flatMap((draft) => {
    const visit = taken.find((each) => each.campaign === draft.campaign && each.enterprise === draft.enterprise)?.visit;
    return visit ? [{ draft, visit }] : [];
  });
  if (!held.length) return null;
  return (
    <Section title={words.unlisted}>
      <ul className="visits">
        {held.map(({ draft, visit }) => (
          <li key={`${visit.campaignCode} ${visit.enterpriseCode}`}>
            <VisitCard visit={visit} draft={draft} subject={subject} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

const isOf = ({ campaign, enterprise }: Draft, visit: VisitsOneFragment): boolean => campaign === visit.campaignCode && enterprise === visit.enterpriseCode;

/** The day that a visit was announced for, where it was. */
const plannedOn = ({ forms }: VisitsOneFragment): string | null => forms.find(({ kind }) => kind === "NOTICE")?.plannedOn ?? null;

/** Visits of each campaign by the day that they are planned for, the rest behind. */
function byCampaign(visits: readonly VisitsOneFragment[]): VisitsOneFragment[][] {
  const groups = new Map<string, VisitsOneFragment[]>();
  for (const visit of visits) groups.set(visit.campaignCode, [...(groups.get(visit.campaignCode) ?? []), visit]);
  const day = (visit: VisitsOneFragment) => plannedOn(visit) ?? "9999";
  return [...groups.values()].map((group) => group.sort((one, other) => day(one).localeCompare(day(other)) || one.position - other.position));
}

function VisitCard({ visit, draft, subject }: { visit: VisitsOneFragment; draft: Draft | undefined; subject: string }) {
  const words = useInspectorWords().visits;
  const day = plannedOn(visit);
  return (
    <Link to={to("visit", { campaign: visit.campaignCode, enterprise: visit.enterpriseCode })}>
      <strong>
        <Told text={visit.enterpriseName} />
      </strong>
      <VisitState visit={visit} draft={draft} subject={subject} />
      <span className="address">
        <Told text={visit.address} />
      </span>
      {(day || !visit.finding) && <small>{day ? <>{words.planned} <When at={day} /></> : words.unplanned}</small>}
    </Link>
  );
}

function TakingAlong({ subject }: { subject: string }) {
  const words = useInspectorWords().visits;
  const again = useReadingAnew();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const take = async () => {
    setBusy(true);
    setRefused(null);
    try {
      await takeAll(subject);
      void again();
    } catch (error) {
      if (!(error instanceof AnswerError || error instanceof DOMException)) throw error;
      const isAnswer = error instanceof AnswerError && error.message !== "";
      setRefused(isAnswer ? { message: error.message, remedy: error.remedy ?? "" } : { message: words.takeFailed, remedy: words.takeFailedText });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Pressed busy={busy} tone="primary" onPress={() => void take()}>
        {busy ? words.taking : words.take}
      </Pressed>
      <Refusal refused={refused} />
    </>
  );
}
