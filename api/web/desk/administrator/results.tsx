// What a job gave, in words and facts.
import type { ReactNode } from "react";

import { Fold, Table } from "../../shared/parts/tables";
import { Digest, Facts, Notice, Told, When } from "../../shared/parts/texts";
import { Compared } from "../../shared/verifying/verifying";
import { useVerifyingWords } from "../../shared/verifying/words";
import { listed, marks } from "../../shared/marks";
import type { AdministratorFileFragment, AdministratorRemarkFragment, AdministratorResultFragment } from "../../generated/desk/graphql";
import { useAdministratorWords } from "./words";

type Result = AdministratorResultFragment;
type ResultOf<Name extends Result["__typename"]> = Extract<Result, { __typename: Name }>;

export function JobResult({ result }: { result: Result }): ReactNode {
  const words = useAdministratorWords().result;
  const model = ({ name, version }: { name: string; version: string }) => (
    <span>
      <Told text={name} /> {version}
    </span>
  );
  switch (result.__typename) {
    case "ImportResult":
      return (
        <>
          <p>{words.imported(result.imported.length, result.imported.reduce((sum, { read }) => sum + read, 0))}</p>
          <Files files={result.imported} />
        </>
      );
    case "PullResult":
      return <Pulled result={result} />;
    case "GradingResult":
      return (
        <>
          <p>{words.graded(result.enterprises, result.stored)}</p>
          <Facts
            facts={[
              [words.asOf, <When at={result.asOf} />],
              [words.run, <Digest value={result.run} short />],
            ]}
          />
        </>
      );
    case "SealedReadings":
    case "SealedReceipts":
      return (
        <>
          <p>{words.sealed(result.days.length)}</p>
          {result.days.length > 0 && (
            <ul className="plain" aria-label={words.days}>
              {result.days.map((day) => (
                <li key={day}>
                  <When at={day} />
                </li>
              ))}
            </ul>
          )}
        </>
      );
    case "ReminderResult":
      return <p>{words.reminded(result.told)}</p>;
    case "MailResult":
      return <p>{words.mailed(result.sent, result.notSent)}</p>;
    case "TendedPublications":
      return <p>{words.tended(result.warned, result.escalated, result.ended)}</p>;
    case "ModelCheckResult":
      return (
        <>
          <p>{words.checked}</p>
          <Facts
            facts={[
              [words.model, model(result.model)],
              [words.scores, `${result.leastScore} – ${result.greatestScore}`],
              [words.byScore, listed(result.gradesByScore) || null],
              [words.byRule, listed(result.gradesByRule) || null],
            ]}
          />
          <Remarks caption={words.remarks} remarks={result.remarks} />
        </>
      );
    case "ModelComparisonResult":
      return (
        <>
          <p>{words.compared}</p>
          <Facts
            facts={[
              [words.old, model(result.old)],
              [words.other, model(result.other)],
            ]}
          />
          <Remarks caption={words.changes} remarks={result.changes} />
        </>
      );
    case "LearningResult":
      return (
        <>
          <p>{words.learned(result.filed)}</p>
          <Facts
            facts={[
              [words.base, model(result.base)],
              [words.draft, model(result.draft)],
              [words.advice, words.advices[result.advice]],
            ]}
          />
          <Remarks caption={words.changes} remarks={result.changes} />
        </>
      );
    case "TrainingDataResult":
      return (
        <>
          <p>{words.exported(result.visits)}</p>
          <Facts facts={[[words.export, <Digest value={result.export} short />]]} />
        </>
      );
    case "ProvincialCheckResult":
      return (
        <>
          <p>{words.provincial}</p>
          <Facts facts={[[words.model, model(result.model)]]} />
        </>
      );
    case "FreezeResult":
      return (
        <>
          <p>{words.frozen(result.campaignCode)}</p>
          <Facts facts={[[words.entry, result.entry]]} />
        </>
      );
    case "ExportResult":
      return <p>{words.bundle(result.campaignCode, Number(result.size).toLocaleString("en"))}</p>;
    case "ReportResult":
      return <p>{words.report(result.report)}</p>;
    case "DeliveryExport":
      return (
        <>
          <p>{words.deliveries(result.deliveries, result.notWritten)}</p>
          {result.more && <p>{words.more}</p>}
          <Facts facts={[[words.export, <Digest value={result.export} />]]} />
        </>
      );
    case "WarningsRaised":
      return (
        <>
          <p>{words.raised(result.raised)}</p>
          <Facts facts={[[words.run, <Digest value={result.run} short />]]} />
        </>
      );
    case "VerificationResult":
      return <Verified result={result} />;
    case "AuditResult":
      return <Audited result={result} />;
    case "EvaluationResult":
      return <p>{words.evaluated(result.visits)}</p>;
  }
}

function Files({ files }: { files: readonly AdministratorFileFragment[] }) {
  const words = useAdministratorWords();
  const told = words.result;
  if (!files.length) return null;
  const counts = [
    [told.read, "read"],
    [told.fresh, "new"],
    [told.same, "same"],
    [told.superseding, "superseding"],
    [told.revoking, "revoking"],
    [told.keptApart, "keptApart"],
    [told.refused, "refused"],
  ] as const;
  return (
    <>
      <Table
        caption={told.filesCaption}
        rows={files}
        keyOf={(_, index) => index}
        columns={[
          { name: told.file, heads: true, cell: ({ name }) => <Told text={name} /> },
          { name: told.fileKind, cell: ({ kind }) => words.fileKinds[kind] },
          ...counts.map(([name, count]) => ({ name, numeric: true, cell: (file: AdministratorFileFragment) => file[count] })),
        ]}
      />
      {files.some(({ refused }) => refused > 0) && <p className="help">{told.refusedHelp}</p>}
    </>
  );
}

function Pulled({ result }: { result: ResultOf<"PullResult"> }) {
  const words = useAdministratorWords().result;
  return (
    <>
      <p>{words.pulled(result.imported.length, result.unchanged)}</p>
      <Files files={result.imported} />
      {result.failed.length > 0 && (
        <Notice tone="bad" title={words.failedFiles}>
          <ul>
            {result.failed.map(({ name, refusal }) => (
              <li key={name}>
                <Told text={name} />
                {marks().colon}
                {refusal.message} {refusal.remedy}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function Remarks({ caption, remarks }: { caption: string; remarks: readonly AdministratorRemarkFragment[] }) {
  const words = useAdministratorWords().result;
  return (
    <Table
      caption={caption}
      rows={remarks}
      keyOf={(_, index) => index}
      empty={words.noRemarks}
      columns={[
        { name: words.place, heads: true, cell: ({ place }) => <Told text={place} /> },
        { name: caption, cell: ({ text }) => <Told text={text} /> },
      ]}
    />
  );
}

function Verified({ result }: { result: ResultOf<"VerificationResult"> }) {
  const words = useAdministratorWords().result;
  const names = useVerifyingWords();
  const titled = (name: string) => names.checks[name]?.[0] ?? name;
  const failed = result.checks.find(({ fault }) => fault !== null && fault !== undefined);
  return (
    <>
      <Notice tone={result.passed ? "good" : "bad"} title={failed ? words.refuted(titled(failed.name)) : words.verified(result.checks.length)}>
        {failed && <p>{failed.fault}</p>}
        {!result.pinned && <p>{words.unpinned}</p>}
      </Notice>
      <Fold summary={words.checks}>
        <ol className="checks">
          {result.checks.map(({ name, compared, fault }) => (
            <li key={name} className={fault ? "failed" : "passed"}>
              <strong>{titled(name)}</strong>
              {fault ? <p className="compared">{fault}</p> : <Compared text={compared} />}
            </li>
          ))}
        </ol>
      </Fold>
    </>
  );
}

function Audited({ result }: { result: ResultOf<"AuditResult"> }) {
  const words = useAdministratorWords().result;
  return (
    <>
      <Notice tone={result.sound ? "good" : "bad"} title={result.sound ? words.sound : words.unsound(result.faults.length)} />
      <Facts facts={[[words.expired, result.expired]]} />
      {!result.sound && (
        <Table
          caption={words.faults}
          rows={result.faults}
          keyOf={(_, index) => index}
          columns={[
            { name: words.table, heads: true, cell: ({ table }) => <code>{table}</code> },
            { name: words.row, cell: ({ row }) => <Told text={row} /> },
            { name: words.fault, cell: ({ code }) => words.faultCodes[code] ?? <code>{code}</code> },
          ]}
        />
      )}
    </>
  );
}
