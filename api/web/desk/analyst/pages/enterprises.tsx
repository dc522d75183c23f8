import { Link, type LoaderFunctionArgs, redirect, useLoaderData } from "react-router";

import { codeOf, looksLikeCode } from "../../../shared/codes";
import { Choice } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Notice, Told } from "../../../shared/parts/texts";
import { listed } from "../../../shared/marks";
import { AnalystEnterprisesDocument, AnalystSectorsDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Region } from "../../divisions";
import { Filters, Listing } from "../../listing";
import { to } from "../../paths";
import { useWords } from "../words";

const FIELDS = ["codePrefix", "region", "tag"] as const;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name)?.trim() || null;
  const text = given("q");
  const code = text && codeOf(text);
  if (code) return redirect(to("enterprise", { code }));
  const sector = given("sector");
  const filter = { text, codePrefix: given("codePrefix")?.toUpperCase() ?? null, regionPrefix: given("region"), sectors: sector === null ? null : [sector], tag: given("tag") };
  const [{ enterprises }, { items }] = await Promise.all([
    ask(AnalystEnterprisesDocument, { ...windowOf(request, 25), filter, order: null }, { signal: request.signal }),
    ask(AnalystSectorsDocument, {}, { signal: request.signal }),
  ]);
  // The trades that are supervised are those that items are for.
  const sectors = [...new Set((items?.nodes ?? []).flatMap((each) => each.sectors))].sort();
  return { enterprises, sectors, asked: Object.fromEntries(asked) as Record<string, string>, isBadCode: Boolean(text && looksLikeCode(text)) };
}

export function Component() {
  const words = useWords();
  const own = words.enterprises;
  const { enterprises, sectors, asked, isBadCode } = useLoaderData<Exclude<Awaited<ReturnType<typeof loader>>, Response>>();
  const labels = { codePrefix: own.codePrefix, region: own.region, tag: own.tag };
  return (
    <Page title={own.title} lead={own.lead}>
      <Filters asked={asked} search={words.search}>
        <div className="field wider">
          <label htmlFor="q">{own.searchLabel}</label>
          <input id="q" name="q" type="search" maxLength={100} defaultValue={asked["q"]} dir="auto" />
        </div>
        <Choice label={words.sector} name="sector" defaultValue={asked["sector"]} choices={[["", words.all], ...sectors.map((each) => [each, each] as const)]} />
        {FIELDS.map((name) => (
          <div className="field" key={name}>
            <label htmlFor={name}>{labels[name]}</label>
            <input id={name} name={name} maxLength={100} defaultValue={asked[name]} dir="auto" />
          </div>
        ))}
      </Filters>
      {isBadCode && <Notice tone="warning">{own.badCode}</Notice>}
      <Listing
        page={enterprises}
        caption={own.caption}
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
          { name: words.region, cell: (each) => <Region text={each.region} /> },
          { name: words.status, cell: (each) => <Told text={each.status} /> },
          { name: own.tags, cell: (each) => <Told text={listed(each.tags)} /> },
        ]}
      />
    </Page>
  );
}
