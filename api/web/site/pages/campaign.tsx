import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useLanguage } from "../../shared/language";
import { Page } from "../../shared/parts/page";
import { Table } from "../../shared/parts/tables";
import { Badge, Digest, Facts, Lines, Notice, Told, When } from "../../shared/parts/texts";
import { reasonIn } from "../../shared/verifying/words/compared";
import { labelled, listed } from "../../shared/marks";
import { type EntryStepFragment, OneCampaignDocument, type OneCampaignQuery, type RandomnessFragment } from "../../generated/site/graphql";
import { ask } from "../ask";
import { useDivisions } from "../divisions";
import { CampaignStateBadge, FindingTable } from "../parts";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  return (await ask(OneCampaignDocument, { code: params["code"]! }, { signal: request.signal })).campaign!;
}

type Campaign = NonNullable<OneCampaignQuery["campaign"]>;

export function Component() {
  const words = useWords();
  const language = useLanguage();
  const campaign = useLoaderData<typeof loader>();
  const { code, findings, attestations } = campaign;
  return (
    <Page
      title={campaign.title}
      lead={
        <p>
          <span className="code">{code}</span> <CampaignStateBadge state={campaign.state} />
        </p>
      }
      crumbs={[[words.campaigns.title, to("campaigns")]]}
      actions={
        <>
          <Link className="button primary" to={to("verifyCampaign", { code })}>
            {words.oneCampaign.verify}
          </Link>
          <Link className="button" to={to("ask", undefined, { campaign: code })}>
            {words.oneCampaign.question}
          </Link>
          <button type="button" className="button" onClick={() => print()}>
            {words.print}
          </button>
        </>
      }
    >
      {campaign.toBeTrusted.length > 0 && (
        <Notice tone="warning" title={words.oneCampaign.trusted}>
          <ul>
            {campaign.toBeTrusted.map((each) => (
              <li key={each.code}>{each.text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div className="columns">
        <Overview campaign={campaign} />
        <Steps campaign={campaign} />
      </div>
      <section className="section">
        <h2>{words.oneCampaign.randomness}</h2>
        <Randomness campaign={campaign} />
      </section>
      <section className="section">
        <h2>{words.oneCampaign.attested}</h2>
        {attestations.length === 0 ? (
          <p>{words.oneCampaign.notAttested}</p>
        ) : (
          <ul className="news">
            {attestations.map((each) => (
              <li key={`${each.auditor} ${each.dated} ${each.note}`}>
                <Told text={each.auditor} /> <When at={each.dated} />{" "}
                <Badge tone={each.verified ? "good" : "bad"}>{each.verified ? words.oneCampaign.attestedGood : words.oneCampaign.attestedBad}</Badge>
                {!each.stands && <small> {words.oneCampaign.earlier}</small>}
                {each.reasons.length > 0 && <Lines text={each.reasons.map((reason) => reasonIn(language, reason)).join("\n")} />}
              </li>
            ))}
          </ul>
        )}
      </section>
      {campaign.drawnPositions.length > 0 && (
        <section className="section">
          <h2>{words.oneCampaign.drawn}</h2>
          <p>{words.oneCampaign.drawnLead(campaign.drawnPositions.length, campaign.frameSize)}</p>
          <p className="positions" tabIndex={0} role="group" aria-label={words.oneCampaign.drawn}>
            {campaign.drawnPositions.join(" ")}
          </p>
          {(campaign.overduePositions?.length ?? 0) > 0 && (
            <Notice tone="bad" title={words.oneCampaign.overdue}>
              {campaign.overduePositions!.join(" ")}
            </Notice>
          )}
        </section>
      )}
      <section className="section">
        <h2>{words.oneCampaign.findings}</h2>
        <FindingTable caption={words.findings.caption} rows={findings?.nodes ?? []} empty={words.oneCampaign.noFindings} />
        {findings && findings.totalCount > findings.nodes.length && (
          <p className="more">
            <Link to={to("findings", undefined, { campaign: code })}>{words.oneCampaign.allFindings(findings.totalCount)}</Link>
          </p>
        )}
      </section>
    </Page>
  );
}

function Overview({ campaign }: { campaign: Campaign }) {
  const words = useWords();
  const own = words.oneCampaign;
  const { conditions, listing } = campaign;
  const division = useDivisions(conditions.regions);
  const asked = [
    [own.sectors, conditions.sectors],
    [own.regions, conditions.regions.map(division)],
    [own.statuses, conditions.statuses],
    [own.companyTypes, conditions.types],
    [own.sizes, conditions.sizes],
    [own.tags, conditions.tags.map((each) => each.join(" / "))],
  ] as const;
  const told = asked.filter(([, values]) => values.length).map(([name, values]) => labelled(name, listed(values)));
  const links = (codes: readonly string[]) =>
    codes.map((code) => (
      <Link key={code} to={to("campaign", { code })}>
        {code}{" "}
      </Link>
    ));
  return (
    <section className="section">
      <h2>{own.facts}</h2>
      <Facts
        facts={[
          [words.campaigns.type, words.types[campaign.type]],
          [words.departments, <Told text={listed(campaign.departments.map(({ name }) => name))} />],
          [
            words.matters,
            <ul className="plain">
              {campaign.items.map((item) => (
                <li key={item.code}>
                  <Link to={to("item", { code: item.code })}>
                    <Told text={item.name} />
                  </Link>
                </li>
              ))}
            </ul>,
          ],
          [words.period, <><When at={campaign.startsOn} /> {words.to} <When at={campaign.endsOn} /></>],
          [own.conditions, told.length ? <Lines text={told.join("\n")} /> : own.everyone],
          [own.frame, campaign.frameSize],
          [own.toVisit, campaign.toVisit],
          [own.listing, listing && <Told text={listing.reason} />],
          [own.issuer, listing?.issuingBody && <Told text={listing.issuingBody} />],
          [own.document, listing?.documentNumber && <Told text={listing.documentNumber} />],
          [own.void, campaign.voidReason && <Lines text={campaign.voidReason} />],
          [own.replaces, campaign.replaces.length ? links(campaign.replaces) : null],
          [own.replacedBy, campaign.replacedBy && links([campaign.replacedBy])],
        ]}
      />
    </section>
  );
}

function Steps({ campaign }: { campaign: Campaign }) {
  const words = useWords();
  const { frozenEntry, beaconEntries, drawnEntry, matchedEntry, closedEntry, voidedEntry } = campaign;
  const steps = [frozenEntry, ...beaconEntries, drawnEntry, matchedEntry, closedEntry, voidedEntry]
    .filter((each): each is EntryStepFragment => Boolean(each))
    .sort((one, other) => Number(BigInt(one.seq) - BigInt(other.seq)));
  return (
    <section className="section">
      <h2>{words.oneCampaign.steps}</h2>
      <p>{words.oneCampaign.stepsLead}</p>
      <ol className="timeline">
        {steps.map(({ seq, kind, time }) => (
          <li key={seq}>
            <Link to={to("entry", { seq })}>{words.kinds[kind as keyof typeof words.kinds] ?? kind}</Link>
            <small>
              <When at={time} />
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Randomness({ campaign }: { campaign: Campaign }) {
  const words = useWords().oneCampaign;
  const { beacon, witnesses } = campaign;
  const kind = (each: string) => words.beacons[each] ?? each;
  return (
    <>
      <Facts
        facts={[
          [words.decides, kind(beacon.kind)],
          [words.from, <When at={beacon.notBefore} />],
          [words.margin, beacon.marginSeconds > 0 ? words.seconds(beacon.marginSeconds) : null],
          [words.entropy, <span>2<sup>{beacon.entropyBits}</sup></span>],
          ...rounds(beacon, words.round),
          [words.fallback, beacon.fallback && kind(beacon.fallback.kind)],
          [words.witnessed, witnesses && (witnesses.isMet ? words.quorum : labelled(words.awaited, listed(witnesses.awaited)))],
          [words.decidedBy, beacon.decidedBy && kind(beacon.decidedBy)],
          [words.output, beacon.output && <Digest value={beacon.output} />],
        ]}
      />
      {beacon.parties.length > 0 && (
        <Table
          caption={words.beacons["ceremony"]}
          rows={beacon.parties}
          keyOf={(party) => party.name}
          columns={[
            { name: words.party, heads: true, cell: (party) => <Told text={party.name} /> },
            { name: words.commitment, cell: (party) => <Digest value={party.commitment} short /> },
            { name: words.revealed, cell: (party) => (party.revealedAt ? <When at={party.revealedAt} /> : words.notRevealed) },
          ]}
        />
      )}
    </>
  );
}

/** What public numbers a beacon names, with what appeared. */
function rounds(beacon: Pick<RandomnessFragment, "round" | "sources" | "throw">, name: string) {
  const told: (readonly [string, React.ReactNode])[] = [];
  if (beacon.round) told.push([name, beacon.round.number]);
  for (const each of beacon.sources) told.push([each.name, each.values ? labelled(each.issue, each.values) : each.issue]);
  if (beacon.throw) told.push([`${beacon.throw.count} × ${beacon.throw.of}`, beacon.throw.values ?? listed(beacon.throw.persons)]);
  return told;
}
