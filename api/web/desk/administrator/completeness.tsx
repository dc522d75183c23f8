// How much of what the bureau issued went to a platform, by kind and month.
import { Table } from "../../shared/parts/tables";
import { marks } from "../../shared/marks";
import type { AdministratorCompletenessQuery } from "../../generated/desk/graphql";
import { useAdministratorWords } from "./words";

export type Months = NonNullable<AdministratorCompletenessQuery["exchangeCompleteness"]>;

const COUNTS = ["issued", "delivered", "waiting", "failed", "refused", "incomplete", "exported", "never"] as const;

export function Completeness({ title, months }: { title: string; months: Months }) {
  const words = useAdministratorWords();
  const told = words.completeness;
  const sum = (name: (typeof COUNTS)[number]) => months.reduce((all, each) => all + each[name], 0);
  if (!months.length) return <p className="empty">{told.empty}</p>;
  return (
    <details>
      <summary>
        {told.title}
        <span className="unseen">{marks().colon}{title}</span> · {told.total(sum("issued"), sum("delivered"))}
      </summary>
      <Table
        caption={told.caption}
        rows={months}
        keyOf={({ kind, month }) => `${kind} ${month}`}
        columns={[
          { name: told.kind, heads: true, cell: ({ kind }) => words.fileKinds[kind] },
          { name: told.month, cell: ({ month }) => month || told.undated },
          ...COUNTS.map((name) => ({ name: told[name], numeric: true, cell: (each: Months[number]) => each[name] })),
        ]}
      />
    </details>
  );
}
