// What a check of the province's model found, as the file provincial-check.json says it: shares are in millionths.
import { Table } from "../../shared/parts/tables";
import { Badge, Facts, Notice, Told, When } from "../../shared/parts/texts";
import { bracketed } from "../../shared/marks";
import type { JobStandingFragment } from "../../generated/desk/graphql";
import { Refusal } from "../parts";
import { percent } from "./plots";
import { useJobFile } from "../reading";
import { type Remark, Remarks } from "./trying";
import { useWords } from "./words";

interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

interface ProvincialCheck {
  model: { name: string; version: string };
  origin: { issuer: string; issued_on: string; data: string } | null;
  unit: number;
  since: string;
  until: string;
  visits: number;
  visits_out_of_scope: number;
  enterprises: number;
  enterprises_out_of_scope: number;
  score: { auc: number | null; gini: number | null; ks: number | null };
  grades: { grade: string; enterprises: number; inspectable: number; found: number; rate: Estimate; expected: number | null; as_expected: boolean | null }[];
  indicators: { id: string; title: string; auc: number | null; psi: number | null; bins: { bin: string; points: number; enterprises: number; visits: number; found: number; rate: Estimate }[] }[];
  remarks: Remark[];
  notice: string;
}

export function ProvincialCheckTold({ job }: { job: JobStandingFragment }) {
  const words = useWords();
  const own = words.provincial;
  const { data, refused } = useJobFile<ProvincialCheck>(job, "provincial-check.json");
  if (!data) return <Refusal refused={refused} />;
  const measure = (value: number | null) => (value === null ? words.none : (value / data.unit).toFixed(3));
  const share = (value: number | null) => (value === null ? "" : percent(value / data.unit));
  const rate = ({ value, low, high }: Estimate) => (value === null ? words.none : low === null || high === null ? share(value) : share(value) + bracketed(`${share(low)} – ${share(high)}`));
  return (
    <section className="section">
      <h2>{own.told}</h2>
      <Notice tone="warning">{data.notice}</Notice>
      <Facts
        facts={[
          [own.model, <><Told text={data.model.name} /> {data.model.version}</>],
          [own.issuer, data.origin && <><Told text={data.origin.issuer} /> · <When at={data.origin.issued_on} /></>],
          [own.data, data.origin && <Told text={data.origin.data} />],
          [own.span, <><When at={data.since} /> {words.to} <When at={data.until} /></>],
          [own.visits, `${data.visits}${bracketed(`${own.outOfScope} ${data.visits_out_of_scope}`)}`],
          [own.enterprises, `${data.enterprises}${bracketed(`${own.outOfScope} ${data.enterprises_out_of_scope}`)}`],
          ["AUC / Gini / KS", [data.score.auc, data.score.gini, data.score.ks].map(measure).join(" / ")],
        ]}
      />
      <Remarks remarks={data.remarks} empty={own.noRemarks} />
      <h3>{own.byGrade}</h3>
      <Table
        caption={own.byGrade}
        rows={data.grades}
        keyOf={(each) => each.grade}
        columns={[
          { name: words.grade, heads: true, cell: (each) => each.grade },
          { name: own.enterprises, numeric: true, cell: (each) => each.enterprises },
          { name: own.inspectable, numeric: true, cell: (each) => each.inspectable },
          { name: own.found, numeric: true, cell: (each) => each.found },
          { name: own.rate, numeric: true, cell: (each) => rate(each.rate) },
          {
            name: own.expected,
            cell: (each) =>
              each.expected !== null && (
                <>
                  {share(each.expected)} {each.as_expected !== null && <Badge tone={each.as_expected ? "good" : "bad"}>{each.as_expected ? own.asExpected : own.notAsExpected}</Badge>}
                </>
              ),
          },
        ]}
      />
      <h3>{own.byIndicator}</h3>
      {data.indicators.map((each) => (
        <details className="told" key={each.id}>
          <summary>
            <Told text={each.title} /> · AUC {measure(each.auc)} · PSI {measure(each.psi)}
          </summary>
          <Table
            caption={each.title}
            rows={each.bins}
            keyOf={({ bin }) => bin}
            columns={[
              { name: own.bin, heads: true, cell: ({ bin }) => <span className="code">{bin}</span> },
              { name: own.points, numeric: true, cell: ({ points }) => points },
              { name: own.enterprises, numeric: true, cell: ({ enterprises }) => enterprises },
              { name: own.visits, numeric: true, cell: ({ visits }) => visits },
              { name: own.found, numeric: true, cell: ({ found }) => found },
              { name: own.rate, numeric: true, cell: (bin) => rate(bin.rate) },
            ]}
          />
        </details>
      ))}
    </section>
  );
}
