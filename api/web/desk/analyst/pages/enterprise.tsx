import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { codeOf } from "../../../shared/codes";
import { Choice, DateInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { FollowUp, Results } from "../../../shared/parts/results";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Facts, Told, When } from "../../../shared/parts/texts";
import { listed, marks } from "../../../shared/marks";
import {
  AnalystElsewhereDocument,
  AnalystEnterpriseDocument,
  type AnalystEnterpriseQuery,
  type AnalystRecordFragment,
  AnalystRelatedDocument,
  type AnalystRelatedQuery,
  type FileKind,
  type SharedPartyKind,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Region } from "../../divisions";
import { to } from "../../paths";
import { type RoleName, session } from "../../session";
import { Content, partyOf } from "../content";
import { Graded } from "../graded";
import { Channel } from "../parts";
import { useWords } from "../words";
import "../analyst.css";

const SIZE = 20;
const A_YEAR = 365;
/** What the addresses of the pages of related enterprises are told by. */
const RELATED = "related-";
/** Who may read a grade. */
const READERS: readonly RoleName[] = ["analyst", "auditor"];
/** The kinds of records that are told of one enterprise. */
const KINDS: readonly FileKind[] = ["INSPECTION", "PENALTY", "COERCION", "BREACH", "COMPLAINT", "LICENCE", "CONFIRMATION", "RELATION", "CHANGE", "REVOCATION", "REGISTRATION"];

export async function loader({ params, request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name) || null;
  const code = params["code"]!;
  const shares = given("shares") as SharedPartyKind | null;
  const filter = { kind: given("kind") as FileKind | null, since: given("since"), until: given("until") };
  const [{ enterprise, sources }, shared, { inspectionsElsewhere }, user] = await Promise.all([
    ask(AnalystEnterpriseDocument, { code, ...windowOf(request, SIZE), filter }, { signal: request.signal }),
    ask(AnalystRelatedDocument, { code, ...windowOf(request, SIZE, RELATED), filter: shares && { kinds: [shares] } }, { signal: request.signal }),
    ask(AnalystElsewhereDocument, { enterprise: code, days: A_YEAR }, { signal: request.signal }),
    session(),
  ]);
  if (!enterprise) throw new Response(null, { status: 404 });
  return { enterprise, sources: sources ?? [], related: shared.enterprise?.related ?? null, elsewhere: inspectionsElsewhere ?? [], asked: Object.fromEntries(asked) as Record<string, string>, user };
}

type Enterprise = NonNullable<AnalystEnterpriseQuery["enterprise"]>;

export function Component() {
  const words = useWords();
  const own = words.enterprise;
  const { enterprise, sources, related, elsewhere, asked, user } = useLoaderData<typeof loader>();
  return (
    <Page
      title={enterprise.name}
      lead={<span className="code">{enterprise.code}</span>}
      crumbs={[[words.enterprises.title, to("enterprises")]]}
      actions={
        <button type="button" className="button" onClick={() => print()}>
          {words.print}
        </button>
      }
    >
      <section className="section">
        <h2>{own.facts}</h2>
        <About enterprise={enterprise} />
      </section>
      {user.signedIn && READERS.includes(user.role) && <Graded key={enterprise.code} code={enterprise.code} user={user} />}
      <Relations enterprise={enterprise} />
      {related && <Related related={related} shares={asked["shares"]} />}
      <Records enterprise={enterprise} asked={asked} sources={sources} />
      <section className="section">
        <h2>{own.elsewhere}</h2>
        <p className="help">{own.elsewhereLead}</p>
        <Table
          caption={own.elsewhereCaption}
          rows={elsewhere}
          keyOf={(each) => each.reference}
          empty={own.noElsewhere}
          columns={[
            { name: own.inspectedOn, heads: true, cell: (each) => <When at={each.inspectedOn} /> },
            { name: own.body, cell: (each) => <Told text={each.body} /> },
            { name: words.result, cell: (each) => <Results results={each.results} /> },
            { name: own.followUp, cell: (each) => each.followUp && <FollowUp followUp={each.followUp} /> },
            { name: own.items, cell: (each) => <Told text={listed(each.itemNames)} /> },
          ]}
        />
      </section>
    </Page>
  );
}

function About({ enterprise }: { enterprise: Enterprise }) {
  const words = useWords();
  const own = words.enterprise;
  const { formerNames, formerCodes, succeededBy, tags } = enterprise;
  return (
    <Facts
      facts={[
        [words.sector, <Told text={enterprise.sector} />],
        [words.region, <Region text={enterprise.region} />],
        [own.address, <Told text={enterprise.address} />],
        [own.established, <When at={enterprise.established} />],
        [words.status, <Told text={enterprise.status} />],
        [own.type, <Told text={enterprise.type} />],
        [own.tags, tags.length ? tags.map((tag) => <Badge key={tag}><Told text={tag} /></Badge>) : null],
        [
          own.formerNames,
          formerNames.length ? (
            <ul className="plain">
              {formerNames.map((each, index) => (
                <li key={index}>
                  <Told text={each.name} /> <small>{each.until ? own.changedOn(each.until) : own.unknownDate}</small>
                </li>
              ))}
            </ul>
          ) : null,
        ],
        [
          own.formerCodes,
          formerCodes.length ? (
            <ul className="plain">
              {formerCodes.map((each) => (
                <li key={each.code}>
                  <span className="code">{each.code}</span>{" "}
                  <small>
                    {own.changedOn(each.since)}
                    {marks().phrasing}
                    <Told text={each.reason} />
                  </small>
                </li>
              ))}
            </ul>
          ) : null,
        ],
        [own.succeededBy, succeededBy && <Link to={to("enterprise", { code: succeededBy })}>{succeededBy}</Link>],
      ]}
    />
  );
}

/** What a record of a relation says. */
interface Relation {
  type?: string;
  party?: string;
  party_code?: string;
}

function Relations({ enterprise }: { enterprise: Enterprise }) {
  const words = useWords();
  const own = words.enterprise;
  const relations = (enterprise.relations?.nodes ?? []).filter((each) => !each.superseded && !each.revoked).map((each) => ({ ...each, said: each.content as Relation }));
  return (
    <section className="section">
      <h2>{own.relations}</h2>
      <p className="help">{own.relationsLead}</p>
      <Table
        caption={own.relations}
        rows={relations}
        keyOf={(each) => each.id}
        empty={own.noRelations}
        columns={[
          { name: own.via, cell: ({ said }) => <Told text={said.type ?? ""} /> },
          { name: words.fields["party"]!, heads: true, cell: ({ said }) => <Told text={partyOf(said.party ?? "", own.person)} /> },
          {
            name: words.fields["party_code"]!,
            cell: ({ said }) => {
              const code = codeOf(said.party_code ?? "");
              return code ? <Link to={to("enterprise", { code })}>{code}</Link> : <Told text={said.party_code ?? ""} />;
            },
          },
          { name: words.since, cell: (each) => each.dated && <When at={each.dated} /> },
        ]}
      />
    </section>
  );
}

type RelatedPage = NonNullable<NonNullable<AnalystRelatedQuery["enterprise"]>["related"]>;

/** Other enterprises that share a party with this one. */
function Related({ related, shares }: { related: RelatedPage; shares: string | undefined }) {
  const words = useWords();
  const own = words.enterprise;
  return (
    <section className="section">
      <h2>{own.related}</h2>
      <p className="help">{own.relatedLead}</p>
      <Form className="filters screen-only" preventScrollReset key={shares}>
        <Choice label={own.shared} name="shares" defaultValue={shares} choices={[["", words.all], ...Object.entries(own.sharedKinds)]} />
        <button className="button">{words.search}</button>
      </Form>
      <Table
        caption={own.related}
        rows={related.nodes}
        keyOf={(each) => each.code}
        empty={own.noRelated}
        columns={[
          {
            name: words.name,
            heads: true,
            cell: (each) => (
              <>
                <Link to={to("enterprise", { code: each.code })}>
                  <Told text={each.name} />
                </Link>
                <small className="code">{each.code}</small>
              </>
            ),
          },
          {
            name: own.shared,
            cell: (each) => (
              <ul className="plain">
                {each.shared.map(({ kind, party }) => (
                  <li key={`${kind} ${party}`}>
                    <Badge>{own.sharedKinds[kind]}</Badge> <Told text={partyOf(party, own.person)} />
                  </li>
                ))}
              </ul>
            ),
          },
          { name: own.address, cell: (each) => <Told text={each.address} /> },
          { name: words.status, cell: (each) => <Told text={each.status} /> },
        ]}
      />
      <Pager info={related.pageInfo} total={related.totalCount} of={RELATED} label={own.related} />
    </section>
  );
}

type Sources = NonNullable<AnalystEnterpriseQuery["sources"]>;

function Records({ enterprise, asked, sources }: { enterprise: Enterprise; asked: Record<string, string>; sources: Sources }) {
  const words = useWords();
  const own = words.enterprise;
  const { records } = enterprise;
  return (
    <section className="section" aria-labelledby="records">
      <h2 id="records">{own.records}</h2>
      <p className="help">{own.recordsLead}</p>
      <Form className="filters screen-only" preventScrollReset key={JSON.stringify(asked)}>
        <Choice label={words.kind} name="kind" defaultValue={asked["kind"]} choices={[["", words.all], ...KINDS.map((each) => [each, words.kinds[each]] as const)]} />
        <DateInput label={words.since} name="since" defaultValue={asked["since"]} />
        <DateInput label={words.until} name="until" defaultValue={asked["until"]} />
        <button className="button">{own.filter}</button>
      </Form>
      {records?.nodes.length ? (
        <ol className="timeline records">
          {records.nodes.map((each) => (
            <li key={each.id} className={each.superseded || each.revoked ? "gone" : undefined}>
              <RecordTold record={each} sources={sources} />
            </li>
          ))}
        </ol>
      ) : (
        <p className="empty">{own.noRecords}</p>
      )}
      {records && <Pager info={records.pageInfo} total={records.totalCount} />}
    </section>
  );
}

function RecordTold({ record, sources }: { record: AnalystRecordFragment; sources: Sources }) {
  const words = useWords();
  const own = words.enterprise;
  return (
    <details className="told">
      <summary>
        {record.dated ? <When at={record.dated} /> : own.undated} <strong>{words.kinds[record.kind]}</strong>{" "}
        {record.superseded && <Badge>{own.superseded}</Badge>} {record.revoked && <Badge tone="bad">{own.revoked}</Badge>}
        <small>
          <Told text={[record.body, headline(record, words)].filter(Boolean).join(" · ")} />
        </small>
      </summary>
      <Content content={record.content} />
      <Facts
        facts={[
          [own.number, record.number ? <Told text={record.number} /> : null],
          [words.state, own.version(record.version)],
          [
            own.seen,
            <ul className="plain">
              {record.sources.map((each) => (
                <li key={each.batch}>
                  <Channel from={each} sources={sources} />{each.unit && <> · <Told text={each.unit} /></>} · <When at={each.seenAt} />
                  <small className="code">
                    {own.batch} {each.batch}
                  </small>
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
    </details>
  );
}

/** What of a record is told at once. */
function headline({ content }: AnalystRecordFragment, words: ReturnType<typeof useWords>): string {
  const told = (content ?? {}) as Record<string, unknown>;
  if (Array.isArray(told["results"])) return listed(told["results"].map((each) => words.results[String(each)] ?? String(each)));
  const first = ["violation", "measure", "reason", "matter", "category", "type", "status"].find((name) => told[name]);
  return first ? String(told[first]) : "";
}
