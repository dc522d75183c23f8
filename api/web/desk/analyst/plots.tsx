// Plots of evaluations, each with its table. ECharts comes only where one is shown.
import { lazy, type ReactNode, Suspense } from "react";

import { FoldedTable, Table } from "../../shared/parts/tables";
import { Told } from "../../shared/parts/texts";
import { useSharedWords } from "../../shared/words";
import { useWords } from "./words";

/** An estimated share with its interval of 95 %; hollow where it rests on a rule for few visits. */
export interface Share {
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  hollow: boolean;
  /** What is counted beside it. */
  visits: number;
  found: number;
}

export interface EstimatesParts {
  title: string;
  along: string;
  shares: readonly Share[];
  /** The share of all, as a line. */
  overall: number | null;
}

export interface CurveParts {
  title: string;
  x: string;
  y: string;
  points: readonly (readonly [x: number, y: number])[];
  note: ReactNode;
}

const DrawnEstimates = lazy(() => import("./drawn_plots").then(({ Estimates }) => ({ default: Estimates })));
const DrawnCurve = lazy(() => import("./drawn_plots").then(({ Curve }) => ({ default: Curve })));

export const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(1)}%`);

export function EstimatesPlot(plot: EstimatesParts) {
  const words = useWords().evaluation;
  const shared = useSharedWords();
  const { title, along, shares } = plot;
  if (!shares.length) return <p className="empty">{shared.nothing}</p>;
  return (
    <figure className="chart">
      <figcaption className="unseen">{title}</figcaption>
      <div className="drawn" aria-hidden="true">
        <Suspense fallback={<p className="empty">{shared.loading}</p>}>
          <DrawnEstimates {...plot} />
        </Suspense>
      </div>
      <p className="help">{words.estimateNote}</p>
      <Table
        caption={title}
        rows={shares}
        keyOf={(each) => each.name}
        columns={[
          { name: along, heads: true, cell: (each) => <Told text={each.name} /> },
          { name: words.share, numeric: true, cell: (each) => percent(each.value) },
          { name: words.interval, numeric: true, cell: (each) => `${percent(each.low)} – ${percent(each.high)}` },
          { name: words.visits, numeric: true, cell: (each) => each.visits },
          { name: words.found, numeric: true, cell: (each) => each.found },
        ]}
      />
    </figure>
  );
}

export function CurvePlot(plot: CurveParts) {
  const shared = useSharedWords();
  const { title, x, y, points, note } = plot;
  if (!points.length) return <p className="empty">{shared.nothing}</p>;
  return (
    <figure className="chart">
      <figcaption className="unseen">{title}</figcaption>
      <div className="drawn" aria-hidden="true">
        <Suspense fallback={<p className="empty">{shared.loading}</p>}>
          <DrawnCurve {...plot} />
        </Suspense>
      </div>
      <p className="help">{note}</p>
      <FoldedTable
        caption={title}
        rows={points}
        keyOf={(_, index) => index}
        columns={[
          { name: x, heads: true, cell: ([each]) => percent(each) },
          { name: y, numeric: true, cell: ([, each]) => percent(each) },
        ]}
      />
    </figure>
  );
}
