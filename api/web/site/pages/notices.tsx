import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Pager, Table } from "../../shared/parts/tables";
import { windowOf } from "../../shared/windows";
import { Told, When } from "../../shared/parts/texts";
import { NoticesDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";

export const loader = ({ request }: LoaderFunctionArgs) => ask(NoticesDocument, windowOf(request, 20), { signal: request.signal });

export function Component() {
  const words = useWords();
  const { notices } = useLoaderData<typeof loader>();
  return (
    <Page
      title={words.notices.title}
      actions={
        <>
          <a className="button" href="/notices.atom">
            {words.notices.feed}
          </a>
          <Link className="button" to={to("answers")}>
            {words.answers.title}
          </Link>
        </>
      }
    >
      <section className="section">
        <Table
          caption={words.notices.caption}
          rows={notices?.nodes ?? []}
          keyOf={(notice) => notice.number}
          columns={[
            {
              name: words.notices.heading,
              heads: true,
              cell: (notice) => (
                <Link to={to("notice", { number: notice.number })}>
                  <Told text={notice.title} />
                </Link>
              ),
            },
            { name: words.notices.kind, cell: (notice) => words.noticeKinds[notice.kind] },
            { name: words.notices.at, cell: (notice) => <When at={notice.publishedAt} /> },
          ]}
        />
        {notices && <Pager info={notices.pageInfo} total={notices.totalCount} />}
      </section>
    </Page>
  );
}
