import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, DateInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Told, When } from "../../../shared/parts/texts";
import { type CampaignType, PlannerCampaignsDocument, type StaffCampaignState } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters, Listing } from "../../listing";
import { DepartmentChoice, namesOf } from "../../parts";
import { to } from "../../paths";
import { roleNow } from "../../session";
import { CampaignStateBadge } from "../parts";
import { useWords } from "../words";

const SIZE = 20;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = Object.fromEntries(new URL(request.url).searchParams) as Record<string, string>;
  const filter = {
    text: asked["q"] || null,
    states: asked["state"] ? [asked["state"] as StaffCampaignState] : null,
    types: asked["type"] ? [asked["type"] as CampaignType] : null,
    departmentCode: asked["department"] || null,
    since: asked["since"] || null,
    until: asked["until"] || null,
  };
  return { ...(await ask(PlannerCampaignsDocument, { ...windowOf(request, SIZE), filter }, { signal: request.signal })), asked, isPlanner: (await roleNow()) === "planner" };
}

export function Component() {
  const words = useWords();
  const own = words.campaigns;
  const { campaigns, departments, asked, isPlanner } = useLoaderData<typeof loader>();
  const name = namesOf(departments);
  return (
    <Page
      title={own.title}
      lead={own.lead}
      actions={
        isPlanner && (
          <Link className="button primary" to={to("newCampaign")}>
            {own.new}
          </Link>
        )
      }
    >
      <Filters asked={asked} search={words.search}>
        <div className="field">
          <label htmlFor="q">{own.text}</label>
          <input id="q" name="q" type="search" maxLength={100} defaultValue={asked["q"]} dir="auto" />
        </div>
        <Choice label={own.state} name="state" defaultValue={asked["state"]} choices={[["", words.all], ...Object.entries(words.states)]} />
        <Choice label={own.type} name="type" defaultValue={asked["type"]} choices={[["", words.all], ...Object.entries(words.types)]} />
        <DepartmentChoice label={own.department} departments={departments} none={words.all} defaultValue={asked["department"]} />
        <DateInput label={own.since} name="since" defaultValue={asked["since"]} />
        <DateInput label={own.until} name="until" defaultValue={asked["until"]} />
      </Filters>
      <Listing
        page={campaigns}
        caption={own.caption}
        keyOf={(each) => each.code}
        columns={[
          {
            name: own.campaign,
            heads: true,
            cell: (each) => (
              <>
                <Link to={to("campaign", { code: each.code })}>
                  <Told text={each.plan.title} />
                </Link>
                <small className="code">{each.code}</small>
              </>
            ),
          },
          { name: own.state, cell: (each) => <CampaignStateBadge state={each.state} /> },
          { name: own.type, cell: (each) => words.types[each.plan.type] },
          {
            name: words.period,
            cell: (each) => (
              <>
                <When at={each.plan.startsOn} /> {words.to} <When at={each.plan.endsOn} />
              </>
            ),
          },
          { name: words.departments, cell: (each) => <Told text={name(each.plan.departmentCodes)} /> },
        ]}
      />
    </Page>
  );
}
