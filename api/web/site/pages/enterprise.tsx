import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Pager } from "../../shared/parts/tables";
import { Notice, shown } from "../../shared/parts/texts";
import { EnterpriseFindingsDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { findingsOf } from "../asked";
import { codeOf } from "../../shared/codes";
import { FindingTable } from "../parts";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const code = codeOf(params["code"] ?? "");
  if (code === null) throw new Response(null, { status: 404 });
  return { code, ...(await ask(EnterpriseFindingsDocument, findingsOf(code, request), { signal: request.signal })) };
}

export function Component() {
  const words = useWords();
  const { code, findings } = useLoaderData<typeof loader>();
  const rows = findings?.nodes ?? [];
  const [newest] = rows;
  return (
    <Page
      title={newest ? shown(newest.enterpriseName) : code}
      lead={
        <>
          <p className="code">{code}</p>
          {rows.length > 0 && <p>{words.enterprise.lead(findings!.totalCount)}</p>}
          <p className="screen-only">{words.feedHelp}</p>
        </>
      }
      crumbs={[[words.findings.title, to("findings")]]}
      actions={
        <a className="button" href={`/feed.atom?enterprise=${code}`}>
          {words.enterprise.feed}
        </a>
      }
    >
      {newest ? (
        <section className="section">
          <h2>{words.enterprise.overTime}</h2>
          <FindingTable caption={words.enterprise.caption} rows={rows} ofOne />
          <Pager info={findings!.pageInfo} total={findings!.totalCount} />
        </section>
      ) : (
        <Notice>{words.enterprise.none}</Notice>
      )}
    </Page>
  );
}
