// What follows visits: what waits, and what came of it.
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { type ProceedingKind, ProceedingsDocument, type ProceedingState } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters } from "../../listing";
import { namesOf } from "../../parts";
import { WAITING } from "../parts";
import { ProceedingTable } from "../table";
import { useWords } from "../words";

const SIZE = 20;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = Object.fromEntries(new URL(request.url).searchParams) as Record<string, string>;
  const state = asked["state"] ?? "";
  const isWaiting = state === "";
  const filter = {
    kind: (asked["kind"] || null) as ProceedingKind | null,
    states: isWaiting ? [...WAITING] : state === "all" ? null : [state as ProceedingState],
    campaignCode: asked["campaign"]?.trim() || null,
  };
  const order = { field: "OPENED" as const, direction: isWaiting ? ("ASC" as const) : ("DESC" as const) };
  const found = await ask(ProceedingsDocument, { ...windowOf(request, SIZE), filter, order }, { signal: request.signal });
  return { page: found.proceedings ?? null, departments: found.departments, asked };
}

export function Component() {
  const words = useWords();
  const { page, departments, asked } = useLoaderData<typeof loader>();
  return (
    <Page title={words.title} lead={words.lead}>
      <Filters asked={asked} search={words.search}>
        <Choice label={words.kind} name="kind" defaultValue={asked["kind"]} choices={[["", words.all], ...Object.entries(words.kinds)]} />
        <Choice label={words.state} name="state" defaultValue={asked["state"]} choices={[["", words.waiting], ["all", words.all], ...Object.entries(words.states)]} />
        <div className="field">
          <label htmlFor="campaign">{words.campaign}</label>
          <input id="campaign" name="campaign" type="search" maxLength={20} placeholder="2026-0001" defaultValue={asked["campaign"]} />
        </div>
      </Filters>
      <section className="section">
        <ProceedingTable rows={page?.nodes ?? []} name={namesOf(departments)} empty={words.empty} />
        {page && <Pager info={page.pageInfo} total={page.totalCount} />}
      </section>
    </Page>
  );
}
