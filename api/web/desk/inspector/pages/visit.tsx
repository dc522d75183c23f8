import "../inspector.css";

import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useReadingAnew } from "../../../shared/reading_anew";
import { Page } from "../../../shared/parts/page";
import { Facts, Notice, Told, When } from "../../../shared/parts/texts";
import { VisitsSiteDocument, type VisitsSiteQuery } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
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
import { isAway } from "../taking_along";
import { useInspectorWords } from "../words";

type Site = Pick<VisitsSiteQuery, "evidence" | "conflicts" | "inspectionsElsewhere"> & Pick<Required<VisitsSiteQuery>, "checklist">;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const found = await onlyFor("inspector");
  const place = { subject: found.subject, campaign: params["campaign"]!, enterprise: params["enterprise"]! };
  const [draft, photos, taken] = await Promise.all([draftAt(place), photosAt(place), takenAt(place)]);
  const held = { place, draft, photos };
  try {
    const asked = { campaign: place.campaign, enterprise: place.enterprise, former: place.enterprise };
    const { visits, ...site } = await ask(VisitsSiteDocument, asked, { signal: request.signal });
    const [visit] = visits?.nodes ?? [];
    if (!visit) throw new Response(null, { status: 404 });
    return { ...held, visit, site: site as Site, isOffline: false };
  } catch (error) {
    if (!isAway(error) || !taken) throw error;
    return { ...held, visit: taken.visit, site: { checklist: [...taken.checklist], evidence: [], conflicts: [] } satisfies Site, isOffline: true };
  }
}

export function Component() {
  const words = useInspectorWords();
  const { place, visit, site, draft, photos, isOffline } = useLoaderData<typeof loader>();
  const { subject } = place;
  const again = useReadingAnew();
  const handingIn = useHandingIn(subject, again);
  const conflicts = (site.conflicts ?? []).filter(({ enterpriseCode }) => enterpriseCode === place.enterprise);
  return (
    <Page
      title={visit.enterpriseName}
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
      {!isOffline && <IssueNotice visit={visit} mayIssue={!visit.finding} />}
      {!isOffline && <Conflicts visit={visit} conflicts={conflicts} />}
      {visit.finding && !isOffline && <RecordedFinding visit={visit} finding={visit.finding} subject={subject} />}
      {!isOffline && !visit.finding && (site.inspectionsElsewhere?.length ?? 0) > 0 && (
        <Section title={words.recognising.section}>
          <Recognising {...place} elsewhere={site.inspectionsElsewhere!} />
        </Section>
      )}
      {(isToRecord(visit) || draft) && (
        <FindingForm
          key={`${place.campaign} ${place.enterprise}`}
          place={place}
          visit={visit}
          checklist={site.checklist ?? []}
          draft={draft}
          photos={photos}
          handIn={handingIn.run}
        />
      )}
      {!isOffline && <EvidenceKept files={site.evidence ?? []} />}
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
