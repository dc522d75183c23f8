// The province: its system's grades and its models come in here, and pseudonyms of what went up are resolved.
import { type FormEvent, useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { Button, FileTrigger } from "react-aria-components";

import { today } from "../../../shared/clock";
import { DateInput, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Notice } from "../../../shared/parts/texts";
import { AnalystCheckProvincialDocument, AnalystImportProvincialDocument, type AnalystModelRowFragment, AnalystProvincialDocument, AnalystResolveDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { jobIn, JobList, JobProgress, useJobHere } from "../../jobs";
import { onlyFor } from "../../only_for";
import { Confirmed, Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { Purpose } from "../../purpose";
import { Importing } from "../importing";
import { usePurpose } from "../parts";
import { ProvincialCheckTold } from "../provincial_check";
import { useReading } from "../../reading";
import { useWords } from "../words";
import "../analyst.css";

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await onlyFor("analyst", "auditor");
  const [found, begun] = await Promise.all([ask(AnalystProvincialDocument, {}, { signal: request.signal }), jobIn(request)]);
  return { user, sources: (found.sources ?? []).filter(({ kind }) => kind === "OUTSIDE_GRADE"), imports: found.imports?.nodes ?? [], checks: found.checks?.nodes ?? [], begun };
}

export function Component() {
  const own = useWords().provincial;
  const { user, sources, imports, begun } = useLoaderData<typeof loader>();
  const [purpose, setPurpose] = usePurpose();
  const isAnalyst = user.role === "analyst";
  return (
    <Page title={own.title} lead={own.lead}>
      {isAnalyst && <Importing title={own.grades} lead={own.gradesLead} sources={sources} begun={begun?.kind === "IMPORT_FILE" ? begun : null} jobs={imports} />}
      <section className="section">
        <Purpose what={own.what} purpose={purpose} onGiven={setPurpose} />
      </section>
      <ProvincialModel purpose={purpose} />
      {isAnalyst && <Resolving purpose={purpose} subject={user.subject} />}
    </Page>
  );
}

/** A model of the province: held against what was found here, then taken in as a draft. */
function ProvincialModel({ purpose }: { purpose: string | null }) {
  const own = useWords().provincial;
  const { user, checks, begun } = useLoaderData<typeof loader>();
  const checking = useDoing();
  const importing = useDoing({ revalidates: false });
  const draft = useDraft(user.subject, "provincial-model");
  const { job, open } = useJobHere(begun, "CHECK_PROVINCIAL_MODEL");
  const [drafted, setDrafted] = useState<AnalystModelRowFragment | null>(null);
  const check = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (purpose === null) return;
    const form = new FormData(event.currentTarget);
    const done = await checking.run(AnalystCheckProvincialDocument, { text: draft.text, since: String(form.get("since")), until: String(form.get("until")), purpose });
    if (done?.job) open(done.job);
  };
  const take = async () => {
    const done = await importing.run(AnalystImportProvincialDocument, { text: draft.text });
    if (!done?.model) return;
    setDrafted(done.model);
    draft.forget();
  };
  return (
    <>
      <section className="section screen-only">
        <h2>{own.model}</h2>
        <p className="help">{own.modelLead}</p>
        {drafted && (
          <Notice tone="good" live title={own.imported}>
            <p>
              <Link to={to("model", { name: drafted.name, version: drafted.version })}>
                {own.open} {drafted.name} {drafted.version}
              </Link>
            </p>
          </Notice>
        )}
        <form className="form" onSubmit={(event) => void check(event)}>
          <FileTrigger acceptedFileTypes={[".toml"]} onSelect={(files) => void files?.[0]?.text().then(draft.change)}>
            <Button className="button">{own.file}</Button>
          </FileTrigger>
          <TextInput label={own.text} help={own.kept} lines={8} value={draft.text} onChange={draft.change} />
          <div className="filters">
            <DateInput label={own.since} name="since" defaultValue={`${today().slice(0, 4)}-01-01`} isRequired />
            <DateInput label={own.until} name="until" defaultValue={today()} isRequired />
          </div>
          <Refusal refused={checking.refused ?? importing.refused} />
          <div className="actions">
            <Pressed tone="primary" busy={checking.busy} isDisabled={purpose === null || !draft.text.trim()}>
              {own.check}
            </Pressed>
            {user.role === "analyst" && <Confirmed doing={importing} label={own.import} text={own.importText} isDisabled={!draft.text.trim()} onConfirm={() => void take()} />}
          </div>
        </form>
        {job && <JobProgress job={job} />}
        {checks.length > 0 && (
          <details>
            <summary>{own.recentChecks}</summary>
            <JobList jobs={checks} caption={own.recentChecks} />
          </details>
        )}
      </section>
      {job?.state === "DONE" && <ProvincialCheckTold job={job} />}
    </>
  );
}

function Resolving({ purpose, subject }: { purpose: string | null; subject: string }) {
  const own = useWords().provincial;
  const { text: typed, change } = useDraft(subject, "pseudonyms");
  const [asked, setAsked] = useState<string[] | null>(null);
  const { data, busy, refused } = useReading(AnalystResolveDocument, asked && purpose !== null ? { pseudonyms: asked, purpose } : null);
  const resolve = (event: FormEvent) => {
    event.preventDefault();
    setAsked(typed.split(/\s+/).filter(Boolean));
  };
  return (
    <section className="section">
      <h2>{own.resolve}</h2>
      <p className="help">{own.resolveLead}</p>
      <form className="form screen-only" onSubmit={resolve}>
        <TextInput label={own.pseudonyms} lines={3} value={typed} onChange={change} isRequired />
        <Refusal refused={refused} />
        <Pressed busy={busy} isDisabled={purpose === null || !typed.trim()}>
          {own.resolveDo}
        </Pressed>
      </form>
      {data?.resolvedPseudonyms && (
        <Table
          caption={own.resolved}
          rows={data.resolvedPseudonyms}
          keyOf={(each, index) => `${each.pseudonym} ${index}`}
          columns={[
            { name: own.pseudonym, heads: true, cell: (each) => <span className="code">{each.pseudonym}</span> },
            {
              name: own.standsFor,
              cell: ({ kind, name }) =>
                kind && name ? (
                  <>
                    {own.kinds[kind]} {kind === "ENTERPRISE" ? <Link to={to("enterprise", { code: name })}>{name}</Link> : <span className="code">{name}</span>}
                  </>
                ) : (
                  own.nobody
                ),
            },
          ]}
        />
      )}
    </section>
  );
}
