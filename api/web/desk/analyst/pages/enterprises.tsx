import { Form, Link, type LoaderFunctionArgs, redirect, useLoaderData } from "react-router";

import { codeOf, looksLikeCode } from "../../../shared/codes";
import { Page } from "../../../shared/parts/page";
import { Pager, Table, windowOf } from "../../../shared/parts/tables";
import { Notice, Told } from "../../../shared/parts/texts";
import { AnalystEnterprisesDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { to } from "../../paths";
import { useWords } from "../words";

const FIELDS = ["codePrefix", "region", "sector", "tag"] as const;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name)?.trim() || null;
  const text = given("q");
  const code = text && codeOf(text);
  if (code) return redirect(to("enterprise", { code }));
  const sector = given("sector");
  const filter = { text, codePrefix: given("codePrefix")?.toUpperCase() ?? null, regionPrefix: given("region"), sectors: sector === null ? null : [sector], tag: given("tag") };
  const { enterprises } = await ask(AnalystEnterprisesDocument, { ...windowOf(request, 25), filter, order: null }, { signal: request.signal });
  return { enterprises, asked: Object.fromEntries(asked) as Record<string, string>, isBadCode: Boolean(text && looksLikeCode(text)) };
}

export function Component() {
  const words = useWords();
  const own = words.enterprises;
  const { enterprises, asked, isBadCode } = useLoaderData<Exclude<Awaited<ReturnType<typeof loader>>, Response>>();
  const labels = { codePrefix: own.codePrefix, region: own.region, sector: words.sector, tag: own.tag };
  return (
    <Page title={own.title} lead={own.lead}>
      <section className="section">
        <Form className="filters" role="search" key={JSON.stringify(asked)}>
          <div className="field wider">
            <label htmlFor="q">{own.searchLabel}</label>
            <input id="q" name="q" type="search" maxLength={100} defaultValue={asked["q"]} dir="auto" />
          </div>
          {FIELDS.map((name) => (
            <div className="field" key={name}>
              <label htmlFor={name}>{labels[name]}</label>
              <input id={name} name={name} maxLength={100} defaultValue={asked[name]} dir="auto" />
            </div>
          ))}
          <button className="button primary">{words.search}</button>
        </Form>
      </section>
      {isBadCode && <Notice tone="warning">{own.badCode}</Notice>}
      <section className="section">
        <Table
          caption={own.caption}
          rows={enterprises?.nodes ?? []}
          keyOf={(each) => each.code}
          empty={own.empty}
          columns={[
            {
              name: words.name,
              heads: true,
              cell: (each) => (
                <>
                  <Link to={to("enterprise", { code: each.code })}>
                    <Told text={each.name} />
                  </Link>
                  <small className="code">{each.code}</small>
                </>
              ),
            },
            { name: words.sector, cell: (each) => <Told text={each.sector} /> },
            { name: words.region, cell: (each) => <Told text={each.region} /> },
            { name: words.status, cell: (each) => <Told text={each.status} /> },
            { name: own.tags, cell: (each) => <Told text={each.tags.join("、")} /> },
          ]}
        />
        {enterprises && <Pager info={enterprises.pageInfo} total={enterprises.totalCount} />}
      </section>
    </Page>
  );
}
