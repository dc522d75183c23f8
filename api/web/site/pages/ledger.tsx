import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { Pager } from "../../shared/parts/tables";
import { Badge, Told, When } from "../../shared/parts/texts";
import { EntriesDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";

const SIZE = 30;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const kind = asked.get("kind");
  // The ledger's own order is the oldest first; people read the newest first.
  const after = asked.get("before");
  const window = after === null ? { first: null, after: null, last: SIZE, before: asked.get("after") } : { first: SIZE, after, last: null, before: null };
  const data = await ask(EntriesDocument, { ...window, filter: kind ? { kind } : null }, { signal: request.signal });
  return { ...data.ledger, kind };
}

export function Component() {
  const words = useWords();
  const { size, entries, kind } = useLoaderData<typeof loader>();
  const info = entries?.pageInfo;
  return (
    <Page
      title={words.ledger.title}
      lead={words.ledger.lead(size)}
      actions={
        <>
          <a className="button" href="/log/checkpoint">
            {words.ledger.checkpoint}
          </a>
          <a className="button" href="/log/vkey">
            {words.ledger.vkey}
          </a>
        </>
      }
    >
      <section className="section">
        <Form className="filters" key={kind}>
          <Choice label={words.ledger.kind} name="kind" defaultValue={kind ?? ""} choices={[["", words.all], ...Object.entries(words.kinds)]} />
          <button className="button primary">{words.search}</button>
        </Form>
      </section>
      <section className="section" aria-label={words.ledger.caption}>
        <ol className="timeline long">
          {[...(entries?.nodes ?? [])].reverse().map((entry) => (
            <li key={entry.seq}>
              <div>
                <Link to={to("entry", { seq: entry.seq })}>{words.kinds[entry.kind as keyof typeof words.kinds] ?? entry.kind}</Link>{" "}
                <Subject subject={entry.subject} />
              </div>
              <small>
                {entry.seq} · <When at={entry.time} /> ·{" "}
                <a href={`/log/proof/${entry.seq}`} download={`${entry.seq}.tlog-proof`}>
                  {words.ledger.proof}
                  <span className="unseen"> {entry.seq}</span>
                </a>
              </small>
            </li>
          ))}
        </ol>
        {info && <Pager info={{ hasNextPage: info.hasPreviousPage, hasPreviousPage: info.hasNextPage, startCursor: info.endCursor ?? null, endCursor: info.startCursor ?? null }} />}
      </section>
    </Page>
  );
}

/** What an entry is about: a campaign has a page of its own, and what is sealed a random id. */
export function Subject({ subject }: { subject: string }) {
  const words = useWords();
  if (/^\d{4}-\d{4,}$/.test(subject)) return <Link to={to("campaign", { code: subject })}>{subject}</Link>;
  if (/^[0-9a-f]{32}$/.test(subject)) return <Badge>{words.ledger.sealed}</Badge>;
  return <Told text={subject} />;
}
