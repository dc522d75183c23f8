// Taking in a file by its source: a job, and the rows that come back.
import { type FormEvent, useRef, useState } from "react";

import { Choice } from "../../shared/parts/fields";
import { Table } from "../../shared/parts/tables";
import { Notice, Told } from "../../shared/parts/texts";
import { bracketed } from "../../shared/marks";
import { AnalystImportDocument, type AnalystImportedFragment, type AnalystJobFragment, type FileKind, type JobStandingFragment } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { JobList, JobProgress, useJobHere } from "../jobs";
import { Pressed, Refusal } from "../parts";
import { useJobResult } from "./parts";
import { useJobText } from "../reading";
import { useWords } from "./words";

/** Of many refused rows the first are shown; the file has all of them. */
const SHOWN = 50;
/** What the service adds to each refused row, in this order (scoring.rows). */
const LINE = "行号";

interface ImportingParts {
  title: string;
  lead: string;
  sources: readonly { name: string; title: string; kind: FileKind }[];
  /** The job that the page's address names. */
  begun: JobStandingFragment | null;
  jobs: readonly AnalystJobFragment[];
}

/** A form for a file of one of some sources, and the import that the address names: what became of each file, and of each bad row. */
export function Importing({ title, lead, sources, begun, jobs }: ImportingParts) {
  const words = useWords();
  const own = words.reconciliation;
  const doing = useDoing();
  const { job, open } = useJobHere(begun);
  const { result } = useJobResult(job);
  const chooser = useRef<HTMLInputElement>(null);
  const [lacksFile, setLacksFile] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = chooser.current?.files?.[0];
    setLacksFile(!file);
    if (!file) return;
    const done = await doing.run(AnalystImportDocument, { file, source: String(form.get("source")), strict: form.has("strict") });
    if (done?.job) open(done.job);
  };
  return (
    <section className="section screen-only">
      <h2>{title}</h2>
      <p className="help">{lead}</p>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Choice label={words.source} name="source" defaultValue={sources[0]?.name} choices={sources.map((each) => [each.name, each.title + bracketed(words.kinds[each.kind])] as const)} />
        <div className="field">
          <label htmlFor="file">{own.file}</label>
          <input id="file" ref={chooser} type="file" accept=".csv,.xlsx,.jsonl" aria-invalid={lacksFile || undefined} aria-describedby={lacksFile ? "file-fault" : undefined} />
          {lacksFile && (
            <span className="fault" id="file-fault" role="alert">
              {own.chooseFile}
            </span>
          )}
        </div>
        <label className="check">
          <input type="checkbox" name="strict" />
          {own.strict}
        </label>
        <Refusal refused={doing.refused} />
        <Pressed tone="primary" busy={doing.busy}>
          {own.import}
        </Pressed>
      </form>
      {job && (
        <div className="job-here">
          <JobProgress job={job} />
          {result?.__typename === "ImportResult" && <ImportedFiles files={result.files} />}
          {result?.__typename === "PullResult" && (
            <>
              <p>{own.unchanged(result.unchanged)}</p>
              <ImportedFiles files={result.files} />
              {result.failed.map((each) => (
                <Notice key={each.name} tone="bad" title={<Told text={each.refusal.message} />}>
                  <p>{each.refusal.remedy}</p>
                </Notice>
              ))}
            </>
          )}
          <RefusedRows job={job} />
        </div>
      )}
      {jobs.length > 0 && (
        <details>
          <summary>{own.recent}</summary>
          <JobList jobs={jobs} caption={own.recent} />
        </details>
      )}
    </section>
  );
}

/** What an import did to each file. */
export function ImportedFiles({ files }: { files: readonly AnalystImportedFragment[] }) {
  const words = useWords();
  const own = words.reconciliation;
  const numbers = ["read", "new", "same", "superseding", "revoking", "keptApart", "refused"] as const;
  return (
    <Table
      caption={own.counts}
      rows={files}
      keyOf={(each) => each.name}
      columns={[
        { name: own.imported, heads: true, cell: (each) => <Told text={each.name} /> },
        { name: words.kind, cell: (each) => words.kinds[each.kind] },
        ...numbers.map((name) => ({ name: own[name], numeric: true, cell: (each: AnalystImportedFragment) => each[name] })),
      ]}
    />
  );
}

/** The first of the rows that came back, each with what is wrong with it. */
function RefusedRows({ job }: { job: JobStandingFragment }) {
  const own = useWords().reconciliation;
  const { data } = useJobText(job, job.files.find(({ name }) => name.startsWith("refused-"))?.name ?? "");
  if (!data) return null;
  const rows = refusedIn(data);
  return (
    <>
      <Table
        caption={own.refusedRows(Math.min(SHOWN, rows.length), rows.length)}
        rows={rows.slice(0, SHOWN)}
        keyOf={(_, index) => index}
        columns={[
          { name: own.line, heads: true, cell: ({ line }) => line },
          { name: own.column, cell: ({ column }) => <Told text={column} /> },
          { name: own.reason, cell: ({ reason }) => <Told text={reason} /> },
          { name: own.remedy, cell: ({ remedy }) => <Told text={remedy} /> },
        ]}
      />
      <p className="help">{own.refusedFile}</p>
    </>
  );
}

interface RefusedRow {
  line: string;
  column: string;
  reason: string;
  remedy: string;
}

/** Read a file of refused rows (RFC 4180): the last five cells of each tell its line and its faults. */
function refusedIn(text: string): RefusedRow[] {
  const delimiter = text[text.indexOf(LINE) - 1] ?? ",";
  return recordsOf(text, delimiter)
    .slice(1)
    .map((cells) => {
      const [line = "", column = "", , reason = "", remedy = ""] = cells.slice(-5);
      return { line, column, reason, remedy };
    });
}

function recordsOf(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const each = text[at]!;
    if (isQuoted && each === '"' && text[at + 1] === '"') {
      cell += each;
      at += 1;
    } else if (each === '"') isQuoted = !isQuoted;
    else if (!isQuoted && each === delimiter) {
      record.push(cell);
      cell = "";
    } else if (!isQuoted && each === "\n") {
      records.push([...record, cell.replace(/\r$/, "")]);
      record = [];
      cell = "";
    } else cell += each;
  }
  return records;
}
