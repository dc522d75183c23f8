import { useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Digest, Facts, Notice, Told, When } from "../../../shared/parts/texts";
import { AdministratorAddSourceDocument, AdministratorPullDocument, AdministratorSourceDocument, type AdministratorSourceQuery } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { hasEnded, jobIn, JobProgress, useJobHere } from "../../jobs";
import { Action, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { ActionForm } from "../parts";
import { useAdministratorWords } from "../words";
import { PullState } from "./sources";

type Source = NonNullable<AdministratorSourceQuery["sources"]>[number];

export async function loader({ params, request }: LoaderFunctionArgs) {
  const [{ sources }, begun, who] = await Promise.all([ask(AdministratorSourceDocument, {}, { signal: request.signal }), jobIn(request), session()]);
  const source = sources?.find(({ name }) => name === params["name"]);
  if (!source) throw new Response(null, { status: 404 });
  return { source, begun, isAdministrator: who.signedIn && who.role === "administrator", subject: who.signedIn ? who.subject : "" };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.sources;
  const { source, isAdministrator, subject } = useLoaderData<typeof loader>();
  return (
    <Page title={source.title} lead={source.name} crumbs={[[told.title, to("sources")]]}>
      <section className="section">
        <Facts
          facts={[
            [told.kind, words.fileKinds[source.kind]],
            [told.version, <Told text={source.version} />],
            [told.legalBasis, <Told text={source.legalBasis} />],
            [told.catalogue, <Told text={source.catalogue} />],
            [told.validFrom, <When at={source.validFrom} />],
            [told.validTo, source.validTo && <When at={source.validTo} />],
            [told.addedBy, source.addedBy ? <Told text={source.addedBy} /> : told.shipped],
            [told.digest, <Digest value={source.digest} short />],
          ]}
        />
      </section>
      {source.pull && isAdministrator && <Pulling source={source} />}
      {isAdministrator ? (
        <Change key={source.digest} source={source} subject={subject} />
      ) : (
        <section className="section">
          <h2>{told.document}</h2>
          <pre tabIndex={0}>{source.text}</pre>
        </section>
      )}
    </Page>
  );
}

function Pulling({ source: { name, pull } }: { source: Source }) {
  const told = useAdministratorWords().sources;
  const asking = useDoing();
  const { begun } = useLoaderData<typeof loader>();
  const { job, open } = useJobHere(begun, "PULL_SOURCE");
  const start = async () => {
    const done = await asking.run(AdministratorPullDocument, { source: name });
    if (done?.job) open(done.job);
  };
  return (
    <section className="section screen-only">
      <h2>{told.pull}</h2>
      <Facts
        facts={[
          [told.schedule, pull?.schedule && <code>{pull.schedule}</code>],
          [told.lastPull, <PullState pull={pull} />],
          [told.failedFile, pull?.failedFile && <Told text={pull.failedFile} />],
          [told.retryAt, pull?.retryAt && <When at={pull.retryAt} />],
        ]}
      />
      {job && <JobProgress job={job} />}
      {job && hasEnded(job) && (
        <p>
          <Link to={to("job", { id: job.id })}>{told.result}</Link>
        </p>
      )}
      {(!job || hasEnded(job)) && (
        <Action doing={asking} tone="primary" onPress={() => void start()}>
          {told.pullNow}
        </Action>
      )}
      <Refusal refused={asking.refused} />
    </section>
  );
}

/** A new text is a new version, refused where another was added since this page was read. */
function Change({ source, subject }: { source: Source; subject: string }) {
  const told = useAdministratorWords().sources;
  const adding = useDoing();
  const { text, change, forget } = useDraft(subject, `source.${source.name}`, source.text);
  const [added, setAdded] = useState(false);
  const add = async () => {
    setAdded(false);
    const done = await adding.run(AdministratorAddSourceDocument, { text, ifVersion: source.version });
    if (!done) return;
    forget();
    setAdded(true);
  };
  return (
    <section className="section">
      <h2>{told.document}</h2>
      {added && <Notice live tone="good" title={told.added(source.name)} />}
      <ActionForm doing={adding} submit={told.addVersion} onSubmit={() => void add()}>
        <TextInput label={told.document} name="text" value={text} onChange={change} lines={20} help={told.versionHelp} isRequired />
      </ActionForm>
    </section>
  );
}
