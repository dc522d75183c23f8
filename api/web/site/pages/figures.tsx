import { Form, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Chart } from "../../shared/parts/chart";
import { Choice, DateInput } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { type CountedFragment, PublishedFiguresDocument, type ResultCode } from "../../generated/site/graphql";
import { ask } from "../ask";
import { useDivisions } from "../divisions";
import { useWords } from "../words";

const MOST = 20;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name) || null;
  const filter = { visitedSince: given("since"), visitedUntil: given("until"), departmentCode: given("department") };
  const data = await ask(PublishedFiguresDocument, { filter }, { signal: request.signal });
  return { ...data, asked: Object.fromEntries(asked) as Record<string, string> };
}

export function Component() {
  const words = useWords();
  const own = words.figures;
  const { figures, bureau, asked } = useLoaderData<typeof loader>();
  const series = (counted: readonly CountedFragment[]) => [
    { name: own.without, values: counted.map((each) => each.findings - each.problems) },
    { name: own.problems, values: counted.map((each) => each.problems) },
  ];
  const [places, items] = [figures.byPlace.slice(0, MOST), figures.byItem.slice(0, MOST)];
  const division = useDivisions(places.map(({ name }) => name));
  return (
    <Page
      title={own.title}
      lead={own.lead}
      actions={
        <>
          <a className="button" href="/findings.csv" download>
            {words.findings.csv}
          </a>
          <button type="button" className="button" onClick={() => print()}>
            {words.print}
          </button>
        </>
      }
    >
      <section className="section screen-only">
        <Form className="filters" key={JSON.stringify(asked)}>
          <DateInput label={words.findings.since} name="since" defaultValue={asked["since"]} />
          <DateInput label={words.findings.until} name="until" defaultValue={asked["until"]} />
          <Choice
            label={words.department}
            name="department"
            defaultValue={asked["department"]}
            choices={[["", words.all], ...bureau.departments.map(({ code, name }) => [code, name] as const)]}
          />
          <button className="button primary">{own.show}</button>
        </Form>
      </section>
      <p>{own.total(figures.findings, figures.problems)}</p>
      <section className="section">
        <h2>{own.byMonth}</h2>
        <Chart title={own.byMonth} along={own.month} categories={figures.byMonth.map(({ name }) => name)} series={series(figures.byMonth)} kind="stacked" />
      </section>
      <div className="columns">
        <section className="section">
          <h2>{own.byResult}</h2>
          <Chart
            title={own.byResult}
            along={words.result}
            categories={figures.byResult.map(({ name }) => words.results[name as ResultCode])}
            series={[{ name: own.findings, values: figures.byResult.map((each) => each.findings) }]}
            kind="across"
          />
        </section>
        <section className="section">
          <h2>{own.byPlace}</h2>
          <Chart title={own.byPlace} along={own.place} categories={places.map(({ name }) => division(name))} series={series(places)} kind="across" note={own.placeNote} />
        </section>
      </div>
      <section className="section">
        <h2>{own.byItem}</h2>
        <Chart title={own.byItem} along={words.matters} categories={items.map(({ name }) => name)} series={series(items)} kind="across" note={own.severalNote} />
      </section>
    </Page>
  );
}
