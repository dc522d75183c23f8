import { type FormEvent, useState } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Chart } from "../../../shared/parts/chart";
import { Choice } from "../../../shared/parts/fields";
import { HeatMap } from "../../../shared/parts/heat";
import { Page } from "../../../shared/parts/page";
import { today } from "../../../shared/clock";
import {
  AnalystDistributionDocument,
  type AnalystDistributionQuery,
  AnalystGradeAllDocument,
  AnalystJobsDocument,
  AnalystMigrationDocument,
  type AnalystMigrationQuery,
  type GradeAttribute,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDivisions } from "../../divisions";
import { useDoing } from "../../doing";
import { jobIn, JobList, JobProgress, useJobHere } from "../../jobs";
import { onlyFor } from "../../only_for";
import { Pressed, Refusal } from "../../parts";
import { useJobResult, usePurpose } from "../parts";
import { Purpose } from "../../purpose";
import { useReading } from "../../reading";
import { useWords } from "../words";
import "../analyst.css";

export async function loader({ request }: LoaderFunctionArgs) {
  const { role } = await onlyFor("planner", "analyst", "auditor", "administrator");
  const [{ jobs }, begun] = await Promise.all([ask(AnalystJobsDocument, { kind: "GRADE_ENTERPRISES" }, { signal: request.signal }), jobIn(request)]);
  return { role, jobs: jobs?.nodes ?? [], begun };
}

export function Component() {
  const words = useWords().grades;
  const { role } = useLoaderData<typeof loader>();
  const [purpose, setPurpose] = usePurpose();
  const reads = role !== "administrator";
  return (
    <Page title={words.title} lead={words.lead}>
      {reads && (
        <section className="section">
          <h2>{words.distribution}</h2>
          <Purpose what={words.what} purpose={purpose} onGiven={setPurpose} />
          {purpose !== null && <Distribution purpose={purpose} />}
        </section>
      )}
      {reads && purpose !== null && (
        <section className="section">
          <h2>{words.migration}</h2>
          <p className="help">{words.migrationLead}</p>
          <Migration purpose={purpose} />
        </section>
      )}
      {(role === "analyst" || role === "administrator") && <Running />}
    </Page>
  );
}

function Distribution({ purpose }: { purpose: string }) {
  const words = useWords();
  const own = words.grades;
  const [by, setBy] = useState<GradeAttribute>("SECTOR");
  const { data, refused } = useReading(AnalystDistributionDocument, { purpose, by: [by] });
  const told = data?.gradeDistribution;
  return (
    <>
      <Choice label={own.by} name="by" value={by} onChange={(each) => setBy(each as GradeAttribute)} choices={Object.entries(own.attributes)} />
      <Refusal refused={refused} />
      {told && (told.counts.length ? <Counts told={told} by={by} /> : <p className="empty">{own.noGrades}</p>)}
    </>
  );
}

function Counts({ told, by }: { told: NonNullable<AnalystDistributionQuery["gradeDistribution"]>; by: GradeAttribute }) {
  const words = useWords();
  const groupOf = (each: (typeof told.counts)[number]) => each.sector ?? each.region ?? (each.stage && words.stages[each.stage]) ?? "";
  const groups = [...new Set(told.counts.map(groupOf))];
  const grades = [...new Set(told.counts.map((each) => each.grade))].sort();
  const division = useDivisions(groups);
  const count = (group: string, grade: string) => told.counts.filter((each) => groupOf(each) === group && each.grade === grade).reduce((sum, each) => sum + each.count, 0);
  return (
    <Chart
      title={words.grades.distribution}
      along={words.grades.attributes[by]}
      kind="stacked"
      categories={groups.map(division)}
      series={grades.map((grade) => ({ name: grade, values: groups.map((group) => count(group, grade)) }))}
      note={told.notice}
    />
  );
}

function Migration({ purpose }: { purpose: string }) {
  const words = useWords().grades;
  const thisMonth = today().slice(0, 7);
  const [months, setMonths] = useState<{ since: string; until: string } | null>(null);
  const { data, refused } = useReading(AnalystMigrationDocument, months && { ...months, purpose });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setMonths({ since: String(form.get("since")), until: String(form.get("until")) });
  };
  return (
    <>
      <form className="filters screen-only" onSubmit={submit}>
        {(["since", "until"] as const).map((name) => (
          <div className="field" key={name}>
            <label htmlFor={name}>{name === "since" ? words.firstMonth : words.lastMonth}</label>
            <input id={name} name={name} type="month" required pattern="\d{4}-\d{2}" placeholder="YYYY-MM" defaultValue={name === "since" ? monthBefore(thisMonth) : thisMonth} />
          </div>
        ))}
        <button className="button">{words.show}</button>
      </form>
      <Refusal refused={refused} />
      {data?.gradeMigration && <Moves told={data.gradeMigration} />}
    </>
  );
}

function monthBefore(month: string): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

function Moves({ told }: { told: NonNullable<AnalystMigrationQuery["gradeMigration"]> }) {
  const words = useWords().grades;
  const has = (side: "before" | "after") => told.moves.some((each) => !each[side]);
  const scale = (side: "before" | "after"): (string | null)[] => [...told.scale, ...(has(side) ? [null] : [])];
  const names = (side: "before" | "after") => scale(side).map((each) => each ?? words.ungraded);
  const count = (before: string | null, after: string | null) => told.moves.find((each) => (each.before ?? null) === before && (each.after ?? null) === after)?.count ?? 0;
  return (
    <HeatMap
      title={words.caption(told.since, told.until)}
      along={words.before}
      axes={[words.before, words.after]}
      rows={names("before")}
      columns={names("after")}
      values={scale("before").map((before) => scale("after").map((after) => count(before, after)))}
      note={told.notice}
    />
  );
}

function Running() {
  const words = useWords().grades;
  const { jobs, begun } = useLoaderData<typeof loader>();
  const doing = useDoing();
  const { job, open } = useJobHere(begun);
  const { result } = useJobResult(job);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const done = await doing.run(AnalystGradeAllDocument, { asOf: String(form.get("asOf")) || null, full: form.has("full") });
    if (done?.job) open(done.job);
  };
  return (
    <section className="section screen-only">
      <h2>{words.run}</h2>
      <p className="help">{words.runLead}</p>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <div className="field">
          <label htmlFor="asOf">{words.asOf}</label>
          <input id="asOf" name="asOf" type="date" />
        </div>
        <label className="check">
          <input type="checkbox" name="full" />
          {words.full}
        </label>
        <Refusal refused={doing.refused} />
        <Pressed tone="primary" busy={doing.busy}>
          {words.start}
        </Pressed>
      </form>
      {job && (
        <>
          <JobProgress job={job} />
          {result?.__typename === "GradingResult" && <p>{words.enterprises(result.enterprises, result.stored)}</p>}
        </>
      )}
      {jobs.length > 0 && (
        <details>
          <summary>{words.recent}</summary>
          <JobList jobs={jobs} caption={words.recent} />
        </details>
      )}
    </section>
  );
}
