import "../inspector.css";

import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useReadingAnew } from "../../../shared/reading_anew";
import { Page } from "../../../shared/parts/page";
import { Facts, Notice, Told, When } from "../../../shared/parts/texts";
import { VisitsSiteDocument, type VisitsSiteQuery } from "../../../generated/desk/graphql";
import { AnswerError } from "../../../shared/ask";
import { ask, isSignedOut } from "../../ask";
import { onlyFor } from "../../only_for";
import { to } from "../../paths";
import { Conflicts } from "../conflicts";
import { EvidenceKept } from "../evidence_kept";
import { FindingForm } from "../finding_form";
import { Recognising } from "../recognising";
import { RecordedFinding } from "../recorded";
import { useHandingIn } from "../handing_in";
import { IssueNotice } from "../../visit_notice";
import { Offline } from "../offline";
import { Queue } from "../queue";
import { Section } from "../../section";
import { isToRecord, VisitState } from "../states";
import { draftAt, photosAt, takenAt } from "../store";
import { isAway, unlessAway } from "../taking_along";
import { useInspectorWords } from "../words";

type Site = Pick<VisitsSiteQuery, "evidence" | "conflicts" | "inspectionsElsewhere"> & Pick<Required<VisitsSiteQuery>, "checklist">;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const user = await onlyFor("inspector");
  const place = { subject: user.subject, campaign: params["campaign"]!, enterprise: params["enterprise"]! };
  const [draft, photos, taken] = await Promise.all([draftAt(place), photosAt(place), takenAt(place)]);
  const held = { user, place, draft, photos };
  try {
    const asked = { campaign: place.campaign, enterprise: place.enterprise, former: place.enterprise };
    const question = () => ask(VisitsSiteDocument, asked, { signal: request.signal });
    const { visits, ...site } = await (taken ? unlessAway(user, question) : question());
    const [visit] = visits?.nodes ?? [];
    if (!visit) throw new Response(null, { status: 404 });
    return { ...held, visit, site: site as Site, isOffline: false, isGone: false };
  } catch (error) {
    const isOffline = isAway(error);
    // Whose visit it was may still read what he wrote of it, hand it to who goes on, and delete it.
    const isGone = draft !== undefined && isNotTheirs(error);
    if (!taken || !(isOffline || isGone)) throw error;
    return { ...held, visit: taken.visit, site: { checklist: [...taken.checklist], evidence: [], conflicts: [] } satisfies Site, isOffline, isGone };
  }
}

/** Whether the service answered that it shows no such visit to the reader: it was given to somebody else, or the campaign has ended. */
function isNotTheirs(error: unknown): boolean {
  if (error instanceof Response) return error.status === 404;
  return error instanceof AnswerError && !isSignedOut(error) && (error.isMissing || error.codes.includes("finding_not_assigned"));
}

export function Component() {
  const words = useInspectorWords();
  const { user, place, visit, site, draft, photos, isOffline, isGone } = useLoaderData<typeof loader>();
  const { subject } = place;
  const again = useReadingAnew();
  const handingIn = useHandingIn(user, again);
  const isShown = !isOffline && !isGone;
  const conflicts = (site.conflicts ?? []).filter(({ enterpriseCode }) => enterpriseCode === place.enterprise);
  return (
    <Page
      title={visit.enterpriseName}
      tab={words.visit.tab(`${visit.campaignCode}-${visit.position}`)}
      lead={<VisitState visit={visit} draft={draft} subject={subject} />}
      crumbs={[[words.visits.title, to("visits")]]}
    >
      <Offline />
      <Queue handingIn={handingIn} />
      {isOffline && (
        <Notice tone="warning" live title={words.visits.offline}>
          <p>{words.visits.offlineText}</p>
        </Notice>
      )}
      {isGone && (
        <Notice tone="warning" title={words.visit.gone}>
          <p>{words.visit.goneText}</p>
        </Notice>
      )}
      <Section title={words.visit.facts}>
        <Facts
          facts={[
            [words.visit.code, <span className="code">{visit.enterpriseCode}</span>],
            [words.visit.address, <Told text={visit.address} />],
            [words.visit.campaign, <><Told text={visit.campaignTitle} /> <span className="code">{visit.campaignCode}-{visit.position}</span></>],
            [words.visit.until, <When at={visit.campaignEndsOn} />],
            [words.visit.team, <Team team={visit.team} subject={subject} />],
          ]}
        />
      </Section>
      {isShown && <IssueNotice visit={visit} mayIssue={!visit.finding} />}
      {isShown && <Conflicts visit={visit} conflicts={conflicts} />}
      {visit.finding && isShown && <RecordedFinding visit={visit} finding={visit.finding} subject={subject} />}
      {isShown && !visit.finding && (site.inspectionsElsewhere?.length ?? 0) > 0 && (
        <Section title={words.recognising.section}>
          <Recognising {...place} elsewhere={site.inspectionsElsewhere!} />
        </Section>
      )}
      {(isToRecord(visit) || draft) && (
        <FindingForm
          key={`${place.campaign} ${place.enterprise}`}
          user={user}
          place={place}
          visit={visit}
          checklist={site.checklist ?? []}
          draft={draft}
          photos={photos}
          handIn={handingIn.run}
        />
      )}
      {isShown && <EvidenceKept files={site.evidence ?? []} />}
    </Page>
  );
}

function Team({ team, subject }: { team: readonly { role: string; certificate: string }[]; subject: string }) {
  const words = useInspectorWords().visit;
  const named = (role: string) => (role === "lead" ? words.lead : role.startsWith("member ") ? words.member : role);
  return (
    <ul className="plain">
      {team.map(({ role, certificate }) => (
        <li key={certificate}>
          <Told text={named(role)} /> <Told text={certificate} />
          {certificate === subject && words.you}
        </li>
      ))}
    </ul>
  );
}
