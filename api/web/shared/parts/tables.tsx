// Lists of rows: a table on a wide screen, cards on a phone, the same to a screen reader.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Link, useLocation } from "react-router";

import { useSharedWords } from "../words";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** The cell that names its row. */
  heads?: boolean;
}

export interface TableParts<Row> {
  caption: ReactNode;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row, index: number) => string | number;
  /** What is said where there are no rows. */
  empty?: ReactNode;
}

// The roles are written out since a browser forgets a table's own once its rows are laid out as cards; a caption would be lost.
export function Table<Row>({ caption, columns, rows, keyOf, empty }: TableParts<Row>) {
  const words = useSharedWords();
  const id = useId();
  if (!rows.length) return <p className="empty">{empty ?? words.nothing}</p>;
  return (
    <>
      <p className="caption" id={id}>
        {caption}
      </p>
      <Room of={id}>
        <table role="table" className="table" aria-labelledby={id}>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map(({ name, numeric }) => (
                <th role="columnheader" scope="col" key={name} className={numeric ? "numeric" : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row, index) => (
              <tr role="row" key={keyOf(row, index)}>
                {columns.map(({ name, cell, numeric, heads }) =>
                  heads ? (
                    <th role="rowheader" scope="row" key={name} data-label={name}>
                      <div>{cell(row)}</div>
                    </th>
                  ) : (
                    <td role="cell" key={name} data-label={name} className={numeric ? "numeric" : undefined}>
                      <div>{cell(row)}</div>
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Room>
    </>
  );
}

/** Where a table stands. One that is too wide, as with larger text, scrolls there alone, by keyboard too: never the page. */
function Room({ of, children }: { of: string; children: ReactNode }) {
  const room = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const { current } = room;
    const observer = new ResizeObserver(() => setScrolls(current!.scrollWidth > current!.clientWidth));
    observer.observe(current!);
    observer.observe(current!.firstElementChild!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={room} className={scrolls ? "room scrolls" : "room"} {...(scrolls && { role: "region", "aria-labelledby": of, tabIndex: 0 })}>
      {children}
    </div>
  );
}

/** What is folded on a screen, and stands open on paper, which has no fold to open. */
export function Fold({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  const fold = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    let wasOpen = false;
    const open = () => {
      wasOpen = fold.current!.open;
      fold.current!.open = true;
    };
    const close = () => {
      fold.current!.open = wasOpen;
    };
    addEventListener("beforeprint", open);
    addEventListener("afterprint", close);
    return () => {
      removeEventListener("beforeprint", open);
      removeEventListener("afterprint", close);
    };
  }, []);
  return (
    <details ref={fold}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}

/** The table of what a picture shows. */
export function FoldedTable<Row>(table: TableParts<Row>) {
  return (
    <Fold summary={useSharedWords().asTable}>
      <Table {...table} />
    </Fold>
  );
}

export interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor?: string | null;
  endCursor?: string | null;
}

interface PagerParts {
  info: PageInfo;
  total?: number;
  /** What the addresses of this list's pages begin with, and its name, where a page of ours has several lists. */
  of?: string;
  label?: string;
}

/** Links to the pages before and after, which are addresses of their own. */
export function Pager({ info, total, of = "", label }: PagerParts) {
  const words = useSharedWords();
  const { pathname, search } = useLocation();
  const to = (name: "after" | "before", cursor: string | null | undefined) => {
    const asked = new URLSearchParams(search);
    asked.delete(`${of}after`);
    asked.delete(`${of}before`);
    asked.set(`${of}${name}`, cursor ?? "");
    return `${pathname}?${asked.toString()}`;
  };
  if (!info.hasNextPage && !info.hasPreviousPage && total === undefined) return null;
  return (
    <nav className="pager" aria-label={label ? `${label} ${words.pages}` : words.pages}>
      {info.hasPreviousPage && (
        <Link rel="prev" to={to("before", info.startCursor)}>
          ← {words.previous}
        </Link>
      )}
      {total !== undefined && <span>{words.total(total)}</span>}
      {info.hasNextPage && (
        <Link rel="next" to={to("after", info.endCursor)}>
          {words.next} →
        </Link>
      )}
    </nav>
  );
}
