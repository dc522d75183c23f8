import { type FormEvent, useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager } from "../../../shared/parts/tables";
import { Badge, Digest, Facts, Notice, shown, Told, When } from "../../../shared/parts/texts";
import { useKinds } from "../../../shared/words/kinds";
import { AuditorAuditDocument, AuditorLogDocument, type AuditorLogQuery, AuditorStateLogCompleteDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { hasEnded, jobIn, JobProgress, useJobHere } from "../../jobs";
import { Filters } from "../../listing";
import { Action, Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { ProofLink } from "../parts";
import { useAuditorWords } from "../words";

const SIZE = 30;
const CAMPAIGN = /^\d{4}-\d{4,}$/;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const kind = asked.get("kind") || null;
  // The ledger's own order is the oldest first; people read the newest first.
  const after = asked.get("before");
  const window = after === null ? { first: null, after: null, last: SIZE, before: asked.get("after") } : { first: SIZE, after, last: null, before: null };
  const [data, begun, who] = await Promise.all([
    ask(AuditorLogDocument, { ...window, filter: kind ? { kind } : null }, { signal: request.signal }),
    jobIn(request),
    session(),
  ]);
  return { ...data, begun, kind, subject: who.signedIn ? who.subject : "", isAdministrator: who.signedIn && who.role === "administrator", mayAudit: who.signedIn && (who.role === "auditor" || who.role === "administrator") };
}

export function Component() {
  const words = useAuditorWords();
  const told = words.log;
  const kinds = useKinds();
  const { ledger, logHold, kind, isAdministrator, subject, mayAudit } = useLoaderData<typeof loader>();
  const info = ledger.entries?.pageInfo;
  return (
    <Page
      title={told.title}
      lead={told.lead(ledger.size)}
      actions={
        <>
          <a className="button" href="/log/checkpoint" download="checkpoint.txt">
            {told.checkpointFile}
          </a>
          <a className="button" href="/ledger">
            {told.site}
          </a>
        </>
      }
    >
      <Hold hold={logHold ?? null} isAdministrator={isAdministrator} subject={subject} />
      <section className="section">
        <h2>{told.checkpoint}</h2>
        <Facts
          facts={[
            [told.origin, <code>{ledger.origin}</code>],
            [told.vkey, <Digest value={ledger.verifierKey} />],
          ]}
        />
        <pre tabIndex={0} aria-label={told.checkpoint}>
          {shown(ledger.checkpoint).trimEnd()}
        </pre>
      </section>
      {mayAudit && <DatabaseAudit />}
      <Filters asked={kind} search={words.filter}>
        <Choice label={told.kind} name="kind" defaultValue={kind ?? ""} choices={[["", words.all], ...Object.entries(kinds)]} />
      </Filters>
      <section className="section" aria-label={told.caption}>
        <ol className="timeline">
          {[...(ledger.entries?.nodes ?? [])].reverse().map((entry) => (
            <li key={entry.seq}>
              <div>
                {kinds[entry.kind] ?? entry.kind} <Subject subject={entry.subject} />
              </div>
              <small>
                {entry.seq} · <When at={entry.time} /> · <ProofLink seq={entry.seq} short />
              </small>
              <details className="screen-only">
                <summary>
                  {told.raw}
                  <span className="unseen"> {entry.seq}</span>
                </summary>
                <pre tabIndex={0}>{shown(entry.text)}</pre>
              </details>
            </li>
          ))}
        </ol>
        {info && <Pager info={{ hasNextPage: info.hasPreviousPage, hasPreviousPage: info.hasNextPage, startCursor: info.endCursor ?? null, endCursor: info.startCursor ?? null }} />}
      </section>
    </Page>
  );
}

function Subject({ subject }: { subject: string }) {
  const words = useAuditorWords().log;
  if (CAMPAIGN.test(subject)) return <Link to={to("draw", { code: subject })}>{subject}</Link>;
  if (/^[0-9a-f]{32}$/.test(subject)) return <Badge>{words.sealed}</Badge>;
  return <Told text={subject} />;
}

function Hold({ hold, isAdministrator, subject }: { hold: AuditorLogQuery["logHold"] | null; isAdministrator: boolean; subject: string }) {
  const words = useAuditorWords().log;
  const stating = useDoing();
  const { text: reason, change, forget } = useDraft(subject, "log.complete");
  const [stated, setStated] = useState<boolean | null>(null);
  async function state(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await stating.run(AuditorStateLogCompleteDocument, { reason });
    if (!done) return;
    forget();
    setStated(done.released ?? false);
  }
  if (!hold) return stated ? <Notice live tone="good" title={words.released} /> : <Notice tone="good">{words.goes}</Notice>;
  return (
    <section className="section">
      <Notice tone="bad" title={words.held}>
        <p>{words.heldText(hold.size)}</p>
      </Notice>
      <Facts
        facts={[
          [words.backupOf, <When at={hold.backupOf} />],
          [words.heldAt, <When at={hold.heldAt} />],
          [words.statements, words.statementsOf(hold.statements, hold.statementsNeeded)],
        ]}
      />
      {stated === false && (
        <Notice live tone="warning">
          {words.oneMore}
        </Notice>
      )}
      {isAdministrator && stated === null && (
        <form className="form" onSubmit={(event) => void state(event)}>
          <TextInput label={words.stateReason} value={reason} onChange={change} lines={3} maxLength={1000} isRequired />
          <Refusal refused={stating.refused} />
          <Pressed tone="primary" busy={stating.busy}>
            {words.state}
          </Pressed>
        </form>
      )}
    </section>
  );
}

/** Compare the database with the ledger: a job, which the page shows while it goes on. */
function DatabaseAudit() {
  const words = useAuditorWords().log;
  const asking = useDoing({ revalidates: false });
  const { begun } = useLoaderData<typeof loader>();
  const { job, open } = useJobHere(begun, "AUDIT");
  const start = async () => {
    const done = await asking.run(AuditorAuditDocument, {});
    if (done?.job) open(done.job);
  };
  return (
    <section className="section screen-only">
      <h2>{words.audit}</h2>
      <p>{words.auditLead}</p>
      {job && <JobProgress job={job} />}
      {job && hasEnded(job) && (
        <p>
          <Link to={to("job", { id: job.id })}>{words.result}</Link>
        </p>
      )}
      {(!job || hasEnded(job)) && (
        <Action doing={asking} tone="primary" onPress={() => void start()}>
          {words.auditStart}
        </Action>
      )}
      <Refusal refused={asking.refused} />
    </section>
  );
}
