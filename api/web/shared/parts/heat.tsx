// Numbers by row and column: the picture is for the eye, the table for everybody. ECharts comes only where one is shown.
import { lazy, type ReactNode, Suspense } from "react";

import { useSharedWords } from "../words";
import { orLost } from "./lost_picture";
import { Table } from "./tables";

export interface HeatParts {
  title: string;
  /** What the rows are called, as the first column of the table. */
  along: string;
  rows: readonly string[];
  columns: readonly string[];
  /** By row, then column; nothing where there is no such cell. */
  values: readonly (readonly (number | null)[])[];
  /** How a number is told; as it is where nothing else is given. */
  told?: (value: number) => string;
  /** The number of the darkest colour; the greatest one where nothing else is given. */
  most?: number;
  /** What the rows and the columns of the picture are, where that is not clear from their names. */
  axes?: readonly [rows: string, columns: string];
  note?: ReactNode;
}

const Drawn = lazy(() => orLost(import("./drawn_heat")));

export function HeatMap(map: HeatParts) {
  const words = useSharedWords();
  const { title, along, rows, columns, values, told = String, note } = map;
  if (!rows.length || !columns.length) return <p className="empty">{words.nothing}</p>;
  return (
    <figure className="chart">
      <figcaption className="unseen">{title}</figcaption>
      <div className="drawn" aria-hidden="true">
        <Suspense fallback={<p className="empty">{words.loading}</p>}>
          <Drawn {...map} />
        </Suspense>
      </div>
      {note && <p className="help">{note}</p>}
      <Table
        caption={title}
        rows={rows.map((row, index) => ({ row, cells: values[index] ?? [] }))}
        keyOf={(each) => each.row}
        columns={[
          { name: along, cell: (each) => each.row, heads: true },
          ...columns.map((name, index) => ({
            name,
            numeric: true,
            cell: (each: { cells: readonly (number | null)[] }) => {
              const value = each.cells[index];
              return value === null || value === undefined ? "–" : told(value);
            },
          })),
        ]}
      />
    </figure>
  );
}
