import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { Pager, Table } from "../../shared/parts/tables";
import { windowOf } from "../../shared/windows";
import { Badge, Told } from "../../shared/parts/texts";
import { listed } from "../../shared/marks";
import { ItemsDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const filter = { text: asked.get("q") || null, departmentCode: asked.get("department") || null };
  const data = await ask(ItemsDocument, { ...windowOf(request, 25), filter }, { signal: request.signal });
  return { ...data, asked: Object.fromEntries(asked) as Record<string, string> };
}

export function Component() {
  const words = useWords();
  const { items, bureau, asked } = useLoaderData<typeof loader>();
  return (
    <Page
      title={words.items.title}
      crumbs={[[words.plans.title, to("plans")]]}
      actions={
        <a className="button" href="/items.csv" download>
          {words.findings.csv}
        </a>
      }
    >
      <section className="section">
        <Form className="filters" role="search" key={JSON.stringify(asked)}>
          <div className="field wider">
            <label htmlFor="q">{words.items.text}</label>
            <input id="q" name="q" type="search" maxLength={100} defaultValue={asked["q"]} dir="auto" />
          </div>
          <Choice
            label={words.department}
            name="department"
            defaultValue={asked["department"]}
            choices={[["", words.all], ...bureau.departments.map(({ code, name }) => [code, name] as const)]}
          />
          <button className="button primary">{words.search}</button>
        </Form>
      </section>
      <section className="section">
        <Table
          caption={words.items.caption}
          rows={items?.nodes ?? []}
          keyOf={(item) => item.code}
          columns={[
            {
              name: words.items.item,
              heads: true,
              cell: (item) => (
                <>
                  <Link to={to("item", { code: item.code })}>
                    <Told text={item.name} />
                  </Link>
                  <small className="code">{item.code}</small>
                  {!item.isInUse && <Badge>{words.items.unused}</Badge>}
                </>
              ),
            },
            { name: words.items.body, cell: (item) => <Told text={item.body} /> },
            { name: words.items.sectors, cell: (item) => <Told text={listed(item.sectors)} /> },
            { name: words.items.share, cell: (item) => <Told text={item.share || "–"} /> },
            { name: words.items.frequency, cell: (item) => <Told text={item.frequency || "–"} /> },
          ]}
        />
        {items && <Pager info={items.pageInfo} total={items.totalCount} />}
      </section>
    </Page>
  );
}
