// What evaluations, analyses and learning leave as files, shown as plots and tables. The files are those of docs/workshop.md.
import { useMemo } from "react";

import { Chart } from "../../shared/parts/chart";
import { Table } from "../../shared/parts/tables";
import { Facts, Notice, Told } from "../../shared/parts/texts";
import { bracketed, listed, phrased } from "../../shared/marks";
import type { JobStandingFragment } from "../../generated/desk/graphql";
import { useDivisions } from "../divisions";
import { Refusal } from "../parts";
import type { JobResult } from "./parts";
import { CurvePlot, EstimatesPlot, percent, type Share } from "./plots";
import { useJobFile } from "../reading";
import { useWords } from "./words";

interface Estimate {
  value: number | null;
  interval: { low: number; high: number } | null;
  notes: string[];
}

interface Prevalence {
  domain: string;
  visits: number;
  inspectable: number;
  found: number;
  share: Estimate;
}

interface Discrimination {
  auc: number | null;
  ks: number | null;
  points: { true_positive: number; false_positive: number }[];
}

interface Band {
  lowest: number;
  highest: number;
  mean_score: number;
  visits: number;
  found: number;
  rate: Estimate;
}

interface Scored {
  discrimination: Discrimination;
  calibration: Band[];
  capture: { points: { visits: number; findings: number }[] };
  captured: { visits: number; findings: number | null; lift: number | null; precision: number | null }[];
  notice: string;
}

/** The file evaluation.json. */
interface Evaluation extends Scored {
  campaigns: string[];
  first: string;
  last: string;
  coverage: { visited: number; pending: number };
  left_out: unknown[];
  overall: Prevalence;
  uniform: Prevalence;
  by_grade: Prevalence[];
  monotonicity: { trend: { slope: Estimate; probability: number | null } };
  by_sector: { prevalence: Prevalence }[];
  by_region: { prevalence: Prevalence }[];
  by_matter: Prevalence[];
  against_uniform: { quotient: Estimate };
  burden: { grade: string | null; visits: number; in_vain: number; compliant: number; repeated: number }[];
}

/** The file indicators.json. */
interface Analysis extends Scored {
  visits: number;
  found: number;
  indicators: {
    id: string;
    title: string;
    association: {
      iv: number | null;
      monotone: boolean;
      discrimination: Discrimination;
      bins: { bin: { label: string; points: number }; visits: number; found: number; rate: Estimate; woe: number | null }[];
    };
    stability: { psi: number | null; shifted: boolean };
  }[];
}

interface Contested {
  value: number | null;
  low: number | null;
  high: number | null;
}

type Contest = Record<"champion" | "challenger" | "difference", Contested>;

/** The file learning.json; numbers are in millionths. */
interface Learning {
  visits: number;
  findings: number;
  shares: { grade: string; before: number; after: number }[];
  periods: { first: string; last: string; visits: number; findings: number }[];
  comparison: Record<string, unknown> & { auc: Contest; capture: Contest; uniform_auc: Contest | null; policy: Contest | null };
  changes: { place: string; text: string }[];
  notice: string;
}

const shareOf = ({ domain, visits, found, share }: Prevalence): Share => ({
  name: domain,
  value: share.value,
  low: share.interval?.low ?? null,
  high: share.interval?.high ?? null,
  hollow: share.notes.length > 0,
  visits,
  found,
});

const decimal = (value: number | null | undefined, digits = 3): string => (value === null || value === undefined ? "–" : value.toFixed(digits));

export function EvaluationTold({ job }: { job: JobStandingFragment }) {
  const { data, refused } = useJobFile<Evaluation>(job, "evaluation.json");
  return data ? <Evaluated told={data} /> : <Refusal refused={refused} />;
}

function Evaluated({ told }: { told: Evaluation }) {
  const words = useWords();
  const own = words.evaluation;
  const { overall, uniform, against_uniform: against, monotonicity } = told;
  const interval = ({ value, interval: found }: Estimate) => `${percent(value)}${bracketed(`${percent(found?.low ?? null)} – ${percent(found?.high ?? null)}`)}`;
  const { slope, probability } = monotonicity.trend;
  const division = useDivisions(told.by_region.map(({ prevalence }) => prevalence.domain));
  const plots = useMemo(
    () => ({
      grade: told.by_grade.map(shareOf),
      sector: told.by_sector.map((each) => shareOf(each.prevalence)),
      region: told.by_region.map(({ prevalence }) => shareOf({ ...prevalence, domain: division(prevalence.domain) })),
      matter: told.by_matter.map(shareOf),
    }),
    [told, division],
  );
  const sections = [
    ["grade", own.byGrade, words.grade],
    ["sector", own.bySector, words.sector],
    ["region", own.byRegion, words.region],
    ["matter", own.byMatter, words.fields["matter"]!],
  ] as const;
  return (
    <>
      <Notice tone="warning">{told.notice}</Notice>
      <section className="section">
        <h2>{own.summary}</h2>
        <Facts
          facts={[
            [own.campaign, listed(told.campaigns)],
            [own.period, `${told.first} ${words.to} ${told.last}`],
            [own.visits, `${overall.visits}${bracketed(phrased([`${own.inspectable} ${overall.inspectable}`, `${own.found} ${overall.found}`]))}`],
            [own.overall, interval(overall.share)],
            [own.uniform, interval(uniform.share)],
            [own.quotient, against.quotient.value === null ? null : own.quotientText(decimal(against.quotient.value, 2))],
            [own.trend, slope.value === null ? null : own.trendText(decimal(100 * slope.value, 1), decimal(probability))],
          ]}
        />
        {told.coverage.pending > 0 && <p className="help">{own.pending(told.coverage.pending)}</p>}
        {told.left_out.length > 0 && <p className="help">{own.leftOut}</p>}
      </section>
      {sections.map(([name, title, along]) =>
        plots[name].length ? (
          <section className="section" key={name}>
            <h2>{title}</h2>
            <EstimatesPlot title={title} along={along} shares={plots[name]} overall={overall.share.value} />
          </section>
        ) : null,
      )}
      <Scores told={told} overall={overall.share.value} />
      <section className="section">
        <h2>{own.burden}</h2>
        <Table
          caption={own.burden}
          rows={told.burden}
          keyOf={(each) => each.grade ?? ""}
          columns={[
            { name: words.grade, heads: true, cell: (each) => each.grade ?? words.all },
            { name: own.visits, numeric: true, cell: (each) => each.visits },
            { name: own.inVain, numeric: true, cell: (each) => each.in_vain },
            { name: own.compliant, numeric: true, cell: (each) => each.compliant },
            { name: own.repeated, numeric: true, cell: (each) => each.repeated },
          ]}
        />
      </section>
    </>
  );
}

/** How scores go with findings: bands, capture and ROC. */
function Scores({ told, overall }: { told: Scored; overall: number | null }) {
  const words = useWords();
  const own = words.evaluation;
  const { discrimination, calibration, capture, captured } = told;
  const bands = useMemo(
    () => calibration.map((each): Share => shareOf({ domain: `${each.lowest} – ${each.highest}`, visits: each.visits, inspectable: each.visits, found: each.found, share: each.rate })),
    [calibration],
  );
  const caught = useMemo(() => capture.points.map((each) => [each.visits, each.findings] as const), [capture]);
  const roc = useMemo(() => discrimination.points.map((each) => [each.false_positive, each.true_positive] as const), [discrimination]);
  return (
    <>
      <section className="section">
        <h2>{own.calibration}</h2>
        <EstimatesPlot title={own.calibration} along={own.band} shares={bands} overall={overall} />
      </section>
      <div className="columns">
        <section className="section">
          <h2>{own.capture}</h2>
          <CurvePlot title={own.capture} x={own.captureX} y={own.captureY} points={caught} note={own.captureNote} />
          <Table
            caption={own.capture}
            rows={captured}
            keyOf={(each) => each.visits}
            columns={[
              { name: own.captureX, heads: true, cell: (each) => percent(each.visits) },
              { name: own.captureY, numeric: true, cell: (each) => percent(each.findings) },
              { name: own.lift, numeric: true, cell: (each) => decimal(each.lift, 2) },
            ]}
          />
        </section>
        <section className="section">
          <h2>{own.roc}</h2>
          <p>
            {own.auc(decimal(discrimination.auc))} · KS {decimal(discrimination.ks)}
          </p>
          <CurvePlot title={own.roc} x={own.rocX} y={own.rocY} points={roc} note={own.rocNote} />
        </section>
      </div>
    </>
  );
}

export function AnalysisTold({ job }: { job: JobStandingFragment }) {
  const words = useWords();
  const own = words.evaluation;
  const { data, refused } = useJobFile<Analysis>(job, "indicators.json");
  if (!data) return <Refusal refused={refused} />;
  const indicators = [...data.indicators].sort((one, other) => (other.association.iv ?? 0) - (one.association.iv ?? 0));
  return (
    <>
      <Notice tone="warning">{data.notice}</Notice>
      <section className="section">
        <h2>{own.indicators}</h2>
        <p>
          {own.visits} {data.visits} · {own.found} {data.found}
        </p>
        <Chart
          title={own.iv}
          along={own.indicators}
          kind="across"
          categories={indicators.map((each) => each.title)}
          series={[{ name: own.iv, values: indicators.map((each) => Number((each.association.iv ?? 0).toFixed(3))) }]}
        />
        <Table
          caption={own.indicatorCaption}
          rows={indicators}
          keyOf={(each) => each.id}
          columns={[
            {
              name: words.enterprise.indicator,
              heads: true,
              cell: (each) => (
                <details className="told">
                  <summary>
                    <Told text={each.title} />
                  </summary>
                  <Table
                    caption={own.bins(each.title)}
                    rows={each.association.bins}
                    keyOf={({ bin }) => bin.label}
                    columns={[
                      { name: own.bin, heads: true, cell: ({ bin }) => <span className="code">{bin.label}</span> },
                      { name: own.points, numeric: true, cell: ({ bin }) => bin.points },
                      { name: own.visits, numeric: true, cell: (bin) => bin.visits },
                      { name: own.rate, numeric: true, cell: (bin) => percent(bin.rate.value) },
                      { name: own.woe, numeric: true, cell: (bin) => decimal(bin.woe, 2) },
                    ]}
                  />
                </details>
              ),
            },
            { name: own.iv, numeric: true, cell: (each) => decimal(each.association.iv) },
            { name: own.ks, numeric: true, cell: (each) => decimal(each.association.discrimination.ks) },
            { name: "AUC", numeric: true, cell: (each) => decimal(each.association.discrimination.auc) },
            { name: own.monotone, cell: (each) => (each.association.monotone ? "✓" : "✗") },
            { name: own.psi, numeric: true, cell: (each) => decimal(each.stability.psi) + (each.stability.shifted ? " ⚠" : "") },
          ]}
        />
      </section>
      <Scores told={data} overall={null} />
    </>
  );
}

const MILLION = 1_000_000;

export function LearningTold({ job, result }: { job: JobStandingFragment; result: Extract<JobResult, { __typename: "LearningResult" }> }) {
  const words = useWords();
  const own = words.evaluation;
  const { data, refused } = useJobFile<Learning>(job, "learning.json");
  return (
    <>
      <section className="section">
        <h2>{own.learnt}</h2>
        <Facts
          facts={[
            [own.base, `${result.base.name} ${result.base.version}`],
            [own.proposal, `${result.draft.name} ${result.draft.version}`],
            [own.advice, <strong>{own.advices[result.advice]}</strong>],
          ]}
        />
        <p>{result.filed ? own.filed : own.notFiled}</p>
        <Table
          caption={own.weights}
          rows={result.changes}
          keyOf={(_, index) => index}
          empty={words.editor.noChanges}
          columns={[
            { name: words.editor.place, heads: true, cell: (each) => <span className="code">{each.place}</span> },
            { name: words.editor.remark, cell: (each) => <Told text={each.text} /> },
          ]}
        />
      </section>
      <Refusal refused={refused} />
      {data && <Learned told={data} />}
    </>
  );
}

function Learned({ told }: { told: Learning }) {
  const words = useWords();
  const own = words.evaluation;
  const contests = (["policy", "auc", "capture", "uniform_auc"] as const).flatMap((name) => {
    const contest = told.comparison[name];
    return contest ? [{ name, contest }] : [];
  });
  const millionths = (each: number | null) => decimal(each === null ? null : each / MILLION);
  const say = ({ value, low, high }: Contested) => millionths(value) + bracketed(`${millionths(low)} – ${millionths(high)}`);
  return (
    <section className="section">
      <h2>{own.advice}</h2>
      <Notice tone="warning">{told.notice}</Notice>
      <Table
        caption={own.advice}
        rows={contests}
        keyOf={(each) => each.name}
        columns={[
          { name: own.measure, heads: true, cell: (each) => own.measures[each.name] },
          { name: own.champion, numeric: true, cell: ({ contest }) => say(contest.champion) },
          { name: own.challenger, numeric: true, cell: ({ contest }) => say(contest.challenger) },
          { name: own.difference, numeric: true, cell: ({ contest }) => say(contest.difference) },
        ]}
      />
      <h3>{own.sharesByGrade}</h3>
      <Chart
        title={own.sharesByGrade}
        along={words.grade}
        categories={told.shares.map((each) => each.grade)}
        series={[
          { name: own.before, values: told.shares.map((each) => Math.round(each.before / 1000) / 10) },
          { name: own.after, values: told.shares.map((each) => Math.round(each.after / 1000) / 10) },
        ]}
      />
      <Table
        caption={own.periods}
        rows={told.periods}
        keyOf={(each) => each.first}
        columns={[
          { name: own.period, heads: true, cell: (each) => `${each.first} ${words.to} ${each.last}` },
          { name: own.visits, numeric: true, cell: (each) => each.visits },
          { name: own.found, numeric: true, cell: (each) => each.findings },
        ]}
      />
    </section>
  );
}
