import { Form, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { Pager } from "../../shared/parts/tables";
import { windowOf } from "../../shared/windows";
import { CampaignsDocument, type CampaignState, type CampaignType } from "../../generated/site/graphql";
import { ask } from "../ask";
import { CampaignTable } from "../parts";
import { useWords } from "../words";

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const [state, type] = [asked.get("state") as CampaignState | null, asked.get("type") as CampaignType | null];
  const filter = { text: asked.get("q") || null, states: state && [state], types: type && [type] };
  const data = await ask(CampaignsDocument, { ...windowOf(request, 20), filter }, { signal: request.signal });
  return { ...data, asked: Object.fromEntries(asked) as Record<string, string> };
}

export function Component() {
  const words = useWords();
  const { campaigns, asked } = useLoaderData<typeof loader>();
  return (
    <Page title={words.campaigns.title} lead={words.campaigns.lead}>
      <section className="section">
        <Form className="filters" role="search" key={JSON.stringify(asked)}>
          <div className="field wider">
            <label htmlFor="q">{words.campaigns.text}</label>
            <input id="q" name="q" type="search" maxLength={100} defaultValue={asked["q"]} dir="auto" />
          </div>
          <Choice label={words.campaigns.state} name="state" defaultValue={asked["state"]} choices={[["", words.all], ...Object.entries(words.states)]} />
          <Choice label={words.campaigns.type} name="type" defaultValue={asked["type"]} choices={[["", words.all], ...Object.entries(words.types)]} />
          <button className="button primary">{words.search}</button>
        </Form>
      </section>
      <section className="section">
        <CampaignTable caption={words.campaigns.caption} rows={campaigns?.nodes ?? []} />
        {campaigns && <Pager info={campaigns.pageInfo} total={campaigns.totalCount} />}
      </section>
    </Page>
  );
}
