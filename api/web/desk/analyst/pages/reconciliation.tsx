import { Form, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../../shared/parts/fields";
import { HeatMap } from "../../../shared/parts/heat";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Facts, Notice, Told, When } from "../../../shared/parts/texts";
import {
  AnalystKeptApartDocument,
  AnalystPullDocument,
  AnalystReconciliationDocument,
  type AnalystReconciliationQuery,
  type CoverageBy,
  type FileKind,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Region, useDivisions } from "../../divisions";
import { useDoing } from "../../doing";
import { jobIn, useJobHere } from "../../jobs";
import { Filters } from "../../listing";
import { Action, Refusal } from "../../parts";
import { Importing } from "../importing";
import { Channel } from "../parts";
import { roleNow } from "../../session";
import { useWords } from "../words";
import "../analyst.css";

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name) || null;
  const by = (given("by") ?? "SECTOR") as CoverageBy;
  const signal = { signal: request.signal };
  const [data, kept, begun, role] = await Promise.all([
    ask(AnalystReconciliationDocument, { firstMonth: given("first"), lastMonth: given("last"), kind: given("kind") as FileKind | null, by }, signal),
    asked.has("waiting") ? ask(AnalystKeptApartDocument, windowOf(request, 25), signal) : null,
    jobIn(request),
    roleNow(),
  ]);
  return { ...data, mayImport: role !== "auditor", kept: kept?.keptApart ?? null, begun, by, asked: Object.fromEntries(asked) as Record<string, string> };
}

type Data = AnalystReconciliationQuery;

export function Component() {
  const words = useWords();
  const own = words.reconciliation;
  const data = useLoaderData<typeof loader>();
  const { asked, begun, mayImport } = data;
  return (
    <Page
      title={own.title}
      lead={own.lead}
      actions={
        <button type="button" className="button" onClick={() => print()}>
          {words.print}
        </button>
      }
    >
      {mayImport && <Importing title={own.imports} lead={own.importsLead} sources={data.sources ?? []} begun={begun} jobs={data.jobs?.nodes ?? []} />}
      <Filters asked={asked} search={words.search}>
        <MonthInput label={own.firstMonth} name="first" defaultValue={asked["first"]} />
        <MonthInput label={own.lastMonth} name="last" defaultValue={asked["last"]} />
        <Choice label={words.kind} name="kind" defaultValue={asked["kind"]} choices={[["", words.all], ...Object.entries(words.kinds)]} />
        <Choice label={own.group} name="by" defaultValue={data.by} choices={[["SECTOR", own.bySector], ["REGION", own.byRegion]]} />
      </Filters>
      <section className="section">
        <h2>{own.byMonth}</h2>
        <ByMonth rows={data.reconciliation ?? []} sources={data.sources ?? []} />
      </section>
      <section className="section">
        <h2>{own.coverage}</h2>
        {data.coverage && <Coverage coverage={data.coverage} by={data.by} />}
      </section>
      <Waiting counts={data.keptApartCounts ?? []} kept={data.kept} sources={data.sources ?? []} />
      <Sources sources={data.sources ?? []} unreadable={data.unreadableSources ?? []} mayImport={mayImport} />
    </Page>
  );
}

/** A month; where a browser knows no such field, it is typed as YYYY-MM. */
const MonthInput = ({ label, name, defaultValue }: { label: string; name: string; defaultValue?: string }) => (
  <div className="field">
    <label htmlFor={name}>{label}</label>
    <input id={name} name={name} type="month" pattern="\d{4}-\d{2}" placeholder="YYYY-MM" defaultValue={defaultValue} />
  </div>
);

type Sources = NonNullable<Data["sources"]>;

function ByMonth({ rows, sources }: { rows: NonNullable<Data["reconciliation"]>; sources: Sources }) {
  const words = useWords();
  const own = words.reconciliation;
  const numbers = ["read", "new", "same", "superseding", "revoking", "keptApart", "refused"] as const;
  return (
    <Table
      caption={own.byMonthCaption}
      rows={rows}
      keyOf={(each) => `${each.month} ${each.source}`}
      empty={own.empty}
      columns={[
        { name: words.month, cell: (each) => each.month },
        { name: words.source, heads: true, cell: (each) => <Channel from={each} sources={sources} /> },
        { name: own.files, numeric: true, cell: (each) => each.files },
        ...numbers.map((name) => ({ name: own[name], numeric: true, cell: (each: (typeof rows)[number]) => each[name] })),
        {
          name: own.refusals,
          cell: (each) => (
            <ul className="plain">
              {each.refusals.map(({ code, message, rows: count }) => (
                <li key={code}>
                  {message} {own.rows(count)}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}

function Coverage({ coverage, by }: { coverage: NonNullable<Data["coverage"]>; by: CoverageBy }) {
  const words = useWords();
  const own = words.reconciliation;
  const groups = [...new Set(coverage.cells.map((each) => each.group))];
  const division = useDivisions(groups);
  const kinds = [...new Set(coverage.cells.map((each) => each.kind))];
  const shares = new Map(coverage.cells.map((each) => [`${each.group} ${each.kind}`, each.enterprises ? Math.round((100 * each.covered) / each.enterprises) : null]));
  const along = by === "SECTOR" ? words.sector : words.region;
  return (
    <>
      <HeatMap
        title={own.coverageCaption(coverage.since)}
        along={along}
        rows={groups.map(division)}
        columns={kinds.map((each) => words.kinds[each])}
        values={groups.map((group) => kinds.map((kind) => shares.get(`${group} ${kind}`) ?? null))}
        most={100}
        note={own.coverageNote}
      />
      <h3>{own.lacking}</h3>
      <Table
        caption={own.lackingCaption}
        rows={coverage.lacking}
        keyOf={(each) => `${each.group} ${each.what}`}
        columns={[
          { name: along, heads: true, cell: (each) => <Region text={each.group} /> },
          { name: own.lacking, cell: (each) => own.lacks[each.what] },
          { name: own.lackingCount, numeric: true, cell: (each) => each.lacking },
          { name: own.of, numeric: true, cell: (each) => each.enterprises },
        ]}
      />
    </>
  );
}

interface WaitingParts {
  counts: NonNullable<Data["keptApartCounts"]>;
  kept: ReturnType<typeof useLoaderData<typeof loader>>["kept"];
  sources: Sources;
}

function Waiting({ counts, kept, sources }: WaitingParts) {
  const words = useWords();
  const own = words.reconciliation;
  return (
    <section className="section">
      <h2>{own.waiting}</h2>
      <p className="help">{own.waitingLead}</p>
      <Table
        caption={own.waitingCaption}
        rows={counts}
        keyOf={(each) => `${each.source} ${each.kind}`}
        empty={own.waitingEmpty}
        columns={[
          { name: words.source, heads: true, cell: (each) => <Channel from={each} sources={sources} /> },
          { name: words.kind, cell: (each) => words.kinds[each.kind] },
          { name: words.count, numeric: true, cell: (each) => each.enterprises },
          { name: own.records, numeric: true, cell: (each) => each.records },
        ]}
      />
      {counts.length > 0 && !kept && (
        <Form preventScrollReset>
          <button className="button" name="waiting" value="1">
            {own.showWaiting}
          </button>
        </Form>
      )}
      {kept && (
        <>
          <Table
            caption={own.waiting}
            rows={kept.nodes}
            keyOf={(each) => each.id}
            columns={[
              { name: words.code, heads: true, cell: (each) => <Told text={each.enterpriseCode} /> },
              { name: words.kind, cell: (each) => words.kinds[each.kind] },
              { name: words.date, cell: (each) => each.dated && <When at={each.dated} /> },
              { name: own.body, cell: (each) => <Told text={each.body} /> },
              { name: own.number, cell: (each) => <Told text={each.number} /> },
              { name: own.unit, cell: (each) => <><Channel from={each} sources={sources} />{each.unit && <> · <Told text={each.unit} /></>}</> },
            ]}
          />
          <Pager info={kept.pageInfo} total={kept.totalCount} />
        </>
      )}
    </section>
  );
}

function Sources({ sources, unreadable, mayImport }: { sources: Sources; unreadable: NonNullable<Data["unreadableSources"]>; mayImport: boolean }) {
  const words = useWords();
  const own = words.reconciliation;
  return (
    <section className="section">
      <h2>{own.sources}</h2>
      {unreadable.map((each) => (
        <Notice key={each.name} tone="bad" title={<>{own.unreadable} <Told text={each.name} /></>}>
          <p>{each.refusal.message}</p>
          <p>{each.refusal.remedy}</p>
        </Notice>
      ))}
      <Table
        caption={own.sourcesCaption}
        rows={sources}
        keyOf={(each) => each.name}
        columns={[
          {
            name: words.source,
            heads: true,
            cell: (each) => (
              <>
                <Told text={each.title} />
                <small className="code">{`${each.name} ${each.version}`}</small>
              </>
            ),
          },
          { name: words.kind, cell: (each) => words.kinds[each.kind] },
          { name: words.legalBasis, cell: (each) => <Told text={each.legalBasis} /> },
          { name: own.validity, cell: (each) => `${each.validFrom} ${words.to} ${each.validTo ?? words.openEnd}` },
          { name: own.pulls, cell: (each) => (each.pull ? <Pull name={each.name} pull={each.pull} mayFetch={mayImport} /> : own.noPull) },
        ]}
      />
    </section>
  );
}

function Pull({ name, pull, mayFetch }: { name: string; pull: NonNullable<Sources[number]["pull"]>; mayFetch: boolean }) {
  const own = useWords().reconciliation;
  const doing = useDoing();
  const { open } = useJobHere(null);
  const fetchNow = async () => {
    const done = await doing.run(AnalystPullDocument, { source: name });
    if (done?.job) open(done.job);
  };
  return (
    <>
      <p>
        <Told text={pull.schedule} />
      </p>
      <Facts
        facts={[
          [own.lastPull, pull.attemptedAt && <When at={pull.attemptedAt} />],
          [own.lastGood, pull.succeededAt && <When at={pull.succeededAt} />],
          [own.failedFile, pull.failedFile && <Told text={pull.failedFile} />],
        ]}
      />
      {pull.failures > 0 && (
        <Notice tone="bad" title={own.failures(pull.failures)}>
          <p>{pull.refusal?.message}</p>
          <p>{pull.refusal?.remedy}</p>
        </Notice>
      )}
      {mayFetch && (
        <Action doing={doing} onPress={() => void fetchNow()}>
          {own.pullNow}
        </Action>
      )}
      <Refusal refused={doing.refused} />
    </>
  );
}
