import { type FormEvent, useState } from "react";
import { Button, FileTrigger } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useLanguage } from "../../../shared/language";
import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Badge, Digest, Facts, Lines, Notice, shown, Told, When } from "../../../shared/parts/texts";
import { useAsking } from "../../../shared/refused";
import { BundleFile } from "../../../shared/verifying/bundle_file";
import { keptKeys, Steps, useVerification, Verdict } from "../../../shared/verifying/verifying";
import { reasonIn } from "../../../shared/verifying/words/compared";
import { useKinds } from "../../../shared/words/kinds";
import { labelled, listed, parted } from "../../../shared/marks";
import {
  AuditorDrawDocument,
  type AuditorDrawQuery,
  AuditorExportBundleDocument,
  type AuditorStepFragment,
  AuditorSubmitVerdictDocument,
  type AuditorVerdictFragment,
  AuditorVerifyBundleDocument,
} from "../../../generated/desk/graphql";
import { ask, askFile } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { hasEnded, jobIn, JobProgress, useJobHere } from "../../jobs";
import { Action, namesOf, Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { publicPage, session } from "../../session";
import { ProofLink, Verification } from "../parts";
import { useAuditorWords } from "../words";

type Campaign = NonNullable<AuditorDrawQuery["campaign"]>;
type Auditors = AuditorDrawQuery["auditors"];

export async function loader({ params, request }: LoaderFunctionArgs) {
  const [{ campaign, auditors, departments }, begun, who] = await Promise.all([ask(AuditorDrawDocument, { code: params["code"]! }, { signal: request.signal }), jobIn(request), session()]);
  if (!campaign) throw new Response(null, { status: 404 });
  return { campaign, auditors, departments, begun, auditor: who.signedIn && who.role === "auditor" ? who.subject : null };
}

export function Component() {
  const words = useAuditorWords();
  const told = words.draw;
  const { campaign, auditors, auditor } = useLoaderData<typeof loader>();
  const { code, plan, published } = campaign;
  return (
    <Page
      title={plan.title}
      lead={
        <>
          {code} <Badge>{words.states[campaign.state]}</Badge> <Verification state={campaign.state} published={published} />
        </>
      }
      crumbs={[[words.draws.title, to("draws")]]}
      actions={
        <>
          <button type="button" className="button" onClick={() => print()}>
            {words.print}
          </button>
          <Link className="button" to={to("deviations", {}, { campaign: code })}>
            {told.deviations}
          </Link>
          <a className="button" href={publicPage(`/campaigns/${code}`)}>
            {told.site}
          </a>
        </>
      }
    >
      <Standing campaign={campaign} />
      {published && <Verdicts verdicts={published.attestations} auditors={auditors} />}
      {published && <Progress campaign={published} />}
      {auditor !== null && published?.drawnEntry && (
        <>
          <Bundle code={code} />
          <OnServer />
          <HandIn key={code} code={code} subject={auditor} />
        </>
      )}
    </Page>
  );
}

function Standing({ campaign: { plan, plannedBy, published } }: { campaign: Campaign }) {
  const { departments } = useLoaderData<typeof loader>();
  const words = useAuditorWords();
  const told = words.draw;
  const tries = published && [
    published.replaces.length > 0 && words.draws.replaces(listed(published.replaces)),
    published.replacedBy && words.draws.replacedBy(published.replacedBy),
  ];
  const witnesses = published?.witnesses;
  return (
    <section className="section">
      <h2>{told.facts}</h2>
      <Facts
        facts={[
          [told.type, words.types[plan.type]],
          [told.departments, <Told text={namesOf(departments)(plan.departmentCodes)} />],
          [
            told.period,
            <>
              <When at={plan.startsOn} /> {words.to} <When at={plan.endsOn} />
            </>,
          ],
          [told.plannedBy, <Told text={plannedBy} />],
          [words.draws.count, published && `${published.toVisit} / ${published.frameSize}`],
          [told.algorithm, published && <code>{published.algorithm}</code>],
          [told.beacon, published && (told.beacons[published.beacon.decidedBy ?? published.beacon.kind] ?? published.beacon.kind)],
          [told.witnesses, published && (witnesses ? (witnesses.isMet ? told.witnessed : told.awaited(listed(witnesses.awaited))) : told.noWitnesses)],
          [told.replacements, published?.replacementCount ? published.replacementCount : null],
          [told.tries, parted((tries || []).filter((each) => typeof each === "string")) || null],
          [told.voidReason, published?.voidReason && <Lines text={published.voidReason} />],
        ]}
      />
      {published && published.toBeTrusted.length > 0 && (
        <Notice tone="warning" title={told.trusted}>
          <ul>
            {published.toBeTrusted.map(({ code, text }) => (
              <li key={code}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
    </section>
  );
}

function Verdicts({ verdicts, auditors }: { verdicts: readonly AuditorVerdictFragment[]; auditors: Auditors }) {
  const words = useAuditorWords();
  const told = words.draw;
  return (
    <section className="section">
      <h2>{told.verdicts}</h2>
      {!verdicts.length && <p>{told.noVerdicts}</p>}
      {verdicts.map((each) => (
        <OneVerdict key={each.entry.seq} verdict={each} />
      ))}
      <h3>{told.auditors}</h3>
      {auditors.length ? (
        <ul className="plain">
          {auditors.map(({ name, verifierKey, withdrawnEntry }) => (
            <li key={verifierKey}>
              <Told text={name} /> {withdrawnEntry && <Badge>{told.withdrawn}</Badge>} <Digest value={verifierKey} short />
            </li>
          ))}
        </ul>
      ) : (
        <p className="help">{told.noAuditors}</p>
      )}
    </section>
  );
}

function OneVerdict({ verdict }: { verdict: AuditorVerdictFragment }) {
  const language = useLanguage();
  const words = useAuditorWords().draw;
  return (
    <Notice tone={!verdict.stands ? "plain" : verdict.verified ? "good" : "bad"} title={labelled(shown(verdict.auditor), verdict.verified ? words.good : words.bad)}>
      {!verdict.stands && <p>{words.superseded}</p>}
      <p>
        <When at={verdict.dated} /> · {words.dated(verdict.treeSize)} · <ProofLink seq={verdict.entry.seq} />
      </p>
      {verdict.reasons.map((reason) => (
        <p key={reason}>
          <Told text={reasonIn(language, reason)} />
        </p>
      ))}
      <details className="screen-only">
        <summary>{words.note}</summary>
        <pre tabIndex={0}>{shown(verdict.note)}</pre>
      </details>
    </Notice>
  );
}

function Bundle({ code }: { code: string }) {
  const words = useAuditorWords().draw;
  const exporting = useDoing({ revalidates: false });
  const { begun } = useLoaderData<typeof loader>();
  const { job, open } = useJobHere(begun, "EXPORT_BUNDLE");
  const [standing, verify] = useVerification();
  const reading = useAsking<void>();
  const file = job?.files[0];

  const start = async () => {
    const done = await exporting.run(AuditorExportBundleDocument, { campaign: code });
    if (done?.job) open(done.job);
  };
  const verifyHere = (path: string) =>
    reading.look(async () => {
      const answer = await askFile(path);
      verify({ kind: "bundle", data: await answer.blob(), trust: keptKeys() });
    });
  return (
    <>
      <section className="section screen-only">
        <h2>{words.bundle}</h2>
        <p>{words.bundleLead}</p>
        {job && <JobProgress job={job} />}
        <div className="actions">
          {file && (
            <Pressed tone="primary" busy={reading.busy || standing.state === "running"} onPress={() => void verifyHere(file.path)}>
              {reading.busy ? words.reading : words.here}
            </Pressed>
          )}
          {(!job || hasEnded(job)) && (
            <Action doing={exporting} tone={file ? undefined : "primary"} onPress={() => void start()}>
              {job ? words.exportAgain : words.export}
            </Action>
          )}
        </div>
        <Refusal refused={exporting.refused ?? reading.refused} />
        <p className="help">{words.hereLead}</p>
        <BundleFile begin={verify} />
      </section>
      <Verdict standing={standing} full />
      <Steps standing={standing} />
    </>
  );
}

function OnServer() {
  const words = useAuditorWords();
  const told = words.draw;
  const asking = useDoing({ revalidates: false });
  const [file, setFile] = useState<File | null>(null);
  const { begun } = useLoaderData<typeof loader>();
  const { job, open } = useJobHere(begun, "VERIFY_BUNDLE");
  const start = async (given: File) => {
    const done = await asking.run(AuditorVerifyBundleDocument, { file: given, trust: keptKeys().trim() || null });
    if (done?.job) open(done.job);
  };
  return (
    <section className="section screen-only">
      <h2>{told.server}</h2>
      <p>{told.serverLead}</p>
      <div className="actions">
        <FileTrigger onSelect={(files) => setFile(files?.[0] ?? null)}>
          <Button className="button">{told.serverFile}</Button>
        </FileTrigger>
        {file && (
          <Action doing={asking} tone="primary" onPress={() => void start(file)}>
            {told.serverStart}
          </Action>
        )}
      </div>
      {file && (
        <p>
          <Told text={file.name} />
        </p>
      )}
      <Refusal refused={asking.refused} />
      {job && <JobProgress job={job} />}
      {job && hasEnded(job) && (
        <p>
          <Link to={to("job", { id: job.id })}>{words.log.result}</Link>
        </p>
      )}
    </section>
  );
}

function HandIn({ code, subject }: { code: string; subject: string }) {
  const words = useAuditorWords().draw;
  const sending = useDoing();
  const { text, change, forget } = useDraft(subject, `verdict.${code}`);
  const [done, setDone] = useState<{ seq: string; proof: string } | null>(null);
  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const told = await sending.run(AuditorSubmitVerdictDocument, { verdict: text });
    if (!told?.attestation) return;
    setDone({ seq: told.attestation.entry.seq, proof: told.proof ?? "" });
    forget();
  }
  return (
    <section className="section screen-only">
      <h2>{words.verdict}</h2>
      <p>{words.verdictLead}</p>
      {done && (
        <Notice live tone="good" title={words.verdictDone(done.seq)}>
          <p>{words.verdictProof}</p>
          <pre tabIndex={0}>{shown(done.proof)}</pre>
        </Notice>
      )}
      <form className="form" onSubmit={(event) => void send(event)}>
        <TextInput label={words.verdictText} lines={8} value={text} onChange={change} isRequired />
        <Refusal refused={sending.refused} />
        <div className="actions">
          <FileTrigger onSelect={(files) => void files?.[0]?.text().then(change)}>
            <Button className="button">{words.verdictFile}</Button>
          </FileTrigger>
          <Pressed tone="primary" busy={sending.busy}>
            {words.verdictSend}
          </Pressed>
        </div>
      </form>
    </section>
  );
}

function Progress({ campaign }: { campaign: NonNullable<Campaign["published"]> }) {
  const words = useAuditorWords().draw;
  const kinds = useKinds();
  const given = [
    campaign.frozenEntry,
    ...campaign.beaconEntries,
    campaign.drawnEntry,
    campaign.matchedEntry,
    campaign.closedEntry,
    ...campaign.voidProposedEntries,
    campaign.voidedEntry,
  ].filter((each): each is AuditorStepFragment => Boolean(each));
  // A draw and the beacon that decides it may be one entry.
  const steps = [...new Map(given.map((each) => [each.seq, each])).values()].sort((one, other) => Number(one.seq) - Number(other.seq));
  return (
    <section className="section">
      <h2>{words.steps}</h2>
      <Table
        caption={words.steps}
        rows={steps}
        keyOf={({ seq }) => seq}
        columns={[
          { name: words.entry, numeric: true, cell: ({ seq }) => seq },
          { name: words.kind, heads: true, cell: ({ kind }) => kinds[kind] ?? kind },
          { name: words.time, cell: ({ time }) => <When at={time} /> },
          { name: words.proof, cell: ({ seq }) => <ProofLink seq={seq} /> },
        ]}
      />
    </section>
  );
}
