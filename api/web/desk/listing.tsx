// Lists that are chosen from by their address: what is asked for, and rows with links to further pages.
import type { ReactNode } from "react";
import { Form } from "react-router";

import { type PageInfo, Pager, Table, type TableParts } from "../shared/parts/tables";

interface FilterParts {
  /** What the address asks for now: fields are made anew with it, since the browser keeps what they had. */
  asked: unknown;
  search: string;
  children: ReactNode;
}

export function Filters({ asked, search, children }: FilterParts) {
  return (
    <section className="section screen-only">
      <Form className="filters" role="search" key={JSON.stringify(asked)}>
        {children}
        <button className="button primary">{search}</button>
      </Form>
    </section>
  );
}

interface ListingParts<Row> extends Omit<TableParts<Row>, "rows"> {
  page: { nodes: readonly Row[]; pageInfo: PageInfo; totalCount?: number } | null | undefined;
}

export function Listing<Row>({ page, ...table }: ListingParts<Row>) {
  return (
    <section className="section">
      <Table {...table} rows={page?.nodes ?? []} />
      {page && <Pager info={page.pageInfo} total={page.totalCount} />}
    </section>
  );
}
