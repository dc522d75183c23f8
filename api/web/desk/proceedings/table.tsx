import { Link } from "react-router";

import { Table } from "../../shared/parts/tables";
import { Told, When } from "../../shared/parts/texts";
import type { ProceedingRowFragment } from "../../generated/desk/graphql";
import { to } from "../paths";
import { dueOn, ProceedingStateBadge } from "./parts";
import { useWords } from "./words";

interface TableParts {
  rows: readonly ProceedingRowFragment[];
  name: (codes: readonly string[]) => string;
  empty: string;
}

export function ProceedingTable({ rows, name, empty }: TableParts) {
  const words = useWords();
  return (
    <Table
      caption={words.caption}
      empty={empty}
      rows={rows}
      keyOf={(each) => each.id}
      columns={[
        {
          name: words.matter,
          heads: true,
          cell: ({ id, kind, content, enterpriseName }) => (
            <>
              <Link to={to("proceeding", { id })}>
                {words.kinds[kind]}
                <span className="unseen"> {enterpriseName}</span>
              </Link>
              {"departmentCode" in content && (
                <>
                  <br />
                  <small>
                    {words.to} <Told text={name([content.departmentCode])} />
                  </small>
                </>
              )}
            </>
          ),
        },
        {
          name: words.enterprise,
          cell: ({ enterpriseName, enterpriseCode }) => (
            <>
              {enterpriseName ? <Told text={enterpriseName} /> : enterpriseCode ?? words.expired}
              {enterpriseName && <small className="code">{enterpriseCode}</small>}
            </>
          ),
        },
        { name: words.campaign, cell: ({ campaignCode, position }) => <span className="code">{`${campaignCode}-${position}`}</span> },
        { name: words.state, cell: (each) => <ProceedingStateBadge {...each} /> },
        {
          name: words.openedAt,
          cell: ({ openedBy, openedAt }) => (
            <>
              <When at={openedAt} />
              <br />
              <small>
                <Told text={openedBy} />
              </small>
            </>
          ),
        },
        {
          name: words.dueOn,
          cell: (each) => {
            const due = dueOn(each);
            return due && <When at={due} />;
          },
        },
      ]}
    />
  );
}
