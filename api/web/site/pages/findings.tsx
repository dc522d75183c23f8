import { Form, type LoaderFunctionArgs, redirect, useLoaderData } from "react-router";

import { Choice, DateInput } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { Pager } from "../../shared/parts/tables";
import { windowOf } from "../../shared/windows";
import { Notice } from "../../shared/parts/texts";
import { type FindingFilter, FindingsDocument, type ResultCode } from "../../generated/site/graphql";
import { ask } from "../ask";
import { codeOf, looksLikeCode } from "../../shared/codes";
import { FindingTable } from "../parts";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name)?.trim() || null;
  const text = given("q");
  const code = text && codeOf(text);
  if (code) return redirect(to("enterprise", { code }));
  const result = given("result") as ResultCode | null;
  const filter: FindingFilter = {
    text,
    departmentCode: given("department"),
    campaignCode: given("campaign"),
    results: result && [result],
    visitedSince: given("since"),
    visitedUntil: given("until"),
  };
  const window = windowOf(request, 20);
  const data = await ask(FindingsDocument, { ...window, filter, order: { field: "PUBLISHED", direction: "DESC" } }, { signal: request.signal });
  return { ...data, asked: Object.fromEntries(asked) as Record<string, string>, isBadCode: Boolean(text && looksLikeCode(text)) };
}

export function Component() {
  const words = useWords();
  const { findings, bureau, asked, isBadCode } = useLoaderData<Exclude<Awaited<ReturnType<typeof loader>>, Response>>();
  return (
    <Page
      title={words.findings.title}
      lead={words.findings.lead}
      actions={
        <>
          <a className="button" href="/findings.csv" download>
            {words.findings.csv}
          </a>
          <a className="button" href="/feed.atom">
            {words.findings.feed}
          </a>
        </>
      }
    >
      <section className="section">
        <Form className="filters" role="search" key={JSON.stringify(asked)}>
          <div className="field wider">
            <label htmlFor="q">{words.home.searchLabel}</label>
            <input id="q" name="q" type="search" maxLength={100} defaultValue={asked["q"]} dir="auto" />
          </div>
          <Choice
            label={words.department}
            name="department"
            defaultValue={asked["department"]}
            choices={[["", words.all], ...bureau.departments.map(({ code, name }) => [code, name] as const)]}
          />
          <Choice label={words.result} name="result" defaultValue={asked["result"]} choices={[["", words.all], ...Object.entries(words.results)]} />
          <DateInput label={words.findings.since} name="since" defaultValue={asked["since"]} />
          <DateInput label={words.findings.until} name="until" defaultValue={asked["until"]} />
          {asked["campaign"] && <input type="hidden" name="campaign" value={asked["campaign"]} />}
          <button className="button primary">{words.search}</button>
        </Form>
      </section>
      {isBadCode && <Notice tone="warning">{words.findings.badCode}</Notice>}
      <section className="section">
        <FindingTable caption={words.findings.caption} rows={findings?.nodes ?? []} empty={words.findings.empty} />
        {findings && <Pager info={findings.pageInfo} total={findings.totalCount} />}
      </section>
    </Page>
  );
}
