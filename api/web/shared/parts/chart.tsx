// A chart with its table: the picture is for the eye, the table for everybody. ECharts comes only where a chart is shown.
import { lazy, type ReactNode, Suspense } from "react";

import { useSharedWords } from "../words";
import { orLost } from "./lost_picture";
import { FoldedTable } from "./tables";

export interface Series {
  name: string;
  values: readonly number[];
}

export interface ChartParts {
  title: string;
  /** What stands along the axis: months, places. */
  categories: readonly string[];
  /** What the categories are called, as the first column of the table. */
  along: string;
  series: readonly Series[];
  kind?: "bar" | "line" | "stacked" | "across";
  note?: ReactNode;
}

const Drawn = lazy(() => orLost(import("./drawn")));

export function Chart(chart: ChartParts) {
  const words = useSharedWords();
  const { title, categories, along, series, note } = chart;
  const rows = categories.map((category, index) => ({ category, values: series.map((each) => each.values[index] ?? 0) }));
  if (!rows.length) return <p className="empty">{words.nothing}</p>;
  return (
    <figure className="chart">
      <figcaption className="unseen">{title}</figcaption>
      <div className="drawn" aria-hidden="true">
        <Suspense fallback={<p className="empty">{words.loading}</p>}>
          <Drawn {...chart} />
        </Suspense>
      </div>
      {note && <p className="help">{note}</p>}
      <FoldedTable
        caption={title}
        rows={rows}
        keyOf={(row) => row.category}
        columns={[
          { name: along, cell: (row) => row.category, heads: true },
          ...series.map((each, index) => ({ name: each.name, numeric: true, cell: (row: (typeof rows)[number]) => row.values[index] })),
        ]}
      />
    </figure>
  );
}
