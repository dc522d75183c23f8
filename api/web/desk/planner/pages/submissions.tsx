// Questions of the public, or objections to published findings: what waits, and by when.
import { Link, type LoaderFunctionArgs, NavLink, useLoaderData } from "react-router";

import { Choice, DateInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Told, When } from "../../../shared/parts/texts";
import { PlannerSubmissionsDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters, Listing } from "../../listing";
import { DepartmentChoice, namesOf } from "../../parts";
import { to } from "../../paths";
import { isOfQuestions, SubmissionStateBadge } from "../public_work";
import { useWords } from "../words";

const SIZE = 20;
const SHOWN = 60;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = Object.fromEntries(new URL(request.url).searchParams) as Record<string, string>;
  const isQuestion = isOfQuestions(request);
  const filter = {
    onlyOpen: asked["which"] !== "all",
    departmentCode: asked["department"] || null,
    campaignCode: asked["campaign"] || null,
    since: asked["since"] || null,
    until: asked["until"] || null,
  };
  const found = await ask(PlannerSubmissionsDocument, { isQuestion, ...windowOf(request, SIZE), filter }, { signal: request.signal });
  return { isQuestion, page: (isQuestion ? found.questions : found.objections) ?? null, work: found.publicWork ?? null, departments: found.departments, asked };
}

export function Component() {
  const words = useWords();
  const own = words.submissions;
  const { isQuestion, page, work, departments, asked } = useLoaderData<typeof loader>();
  const name = namesOf(departments);
  return (
    <Page title={isQuestion ? own.questions : own.objections} lead={isQuestion ? own.questionsLead : own.objectionsLead}>
      {work && (
        <nav className="tabs" aria-label={own.tabs}>
          <ul>
            <li>
              <NavLink to={to("questions")}>{own.count(own.questions, work.openQuestionCount, work.overdueQuestionCount)}</NavLink>
            </li>
            <li>
              <NavLink to={to("objections")}>{own.count(own.objections, work.openObjectionCount, work.overdueObjectionCount)}</NavLink>
            </li>
          </ul>
        </nav>
      )}
      <Filters asked={[isQuestion, asked]} search={words.search}>
        <Choice
          label={own.which}
          name="which"
          defaultValue={asked["which"]}
          choices={[
            ["", own.onlyOpen],
            ["all", words.all],
          ]}
        />
        <DepartmentChoice label={own.department} departments={departments} none={words.all} defaultValue={asked["department"]} />
        <div className="field">
          <label htmlFor="campaign">{own.campaign}</label>
          <input id="campaign" name="campaign" type="search" maxLength={20} defaultValue={asked["campaign"]} />
        </div>
        <DateInput label={own.since} name="since" defaultValue={asked["since"]} />
        <DateInput label={own.until} name="until" defaultValue={asked["until"]} />
      </Filters>
      <Listing
        page={page}
        caption={own.caption}
        empty={own.empty}
        keyOf={(each) => each.id}
        columns={[
          {
            name: own.text,
            heads: true,
            cell: (each) => (
              <Link to={to(isQuestion ? "question" : "objection", { id: each.id })}>
                <Told text={shortened(each.text)} />
              </Link>
            ),
          },
          {
            name: own.about,
            cell: (each) => (
              <>
                {each.claim && own.claims[each.claim]} {each.campaignCode === null || each.campaignCode === undefined ? own.nothingParticular : <span className="code">{[each.campaignCode, each.position].filter((part) => part !== null && part !== undefined).join("-")}</span>}
              </>
            ),
          },
          { name: own.department, cell: (each) => (each.departmentCode ? <Told text={name([each.departmentCode])} /> : own.anyDepartment) },
          { name: own.state, cell: (each) => <SubmissionStateBadge {...each} /> },
          { name: own.receivedAt, cell: (each) => <When at={each.receivedAt} /> },
          { name: own.dueOn, cell: (each) => <When at={each.dueOn} /> },
        ]}
      />
    </Page>
  );
}

/** The beginning of a text, by whole characters. */
function shortened(text: string): string {
  const characters = [...text.replace(/\s+/g, " ")];
  return characters.length > SHOWN ? `${characters.slice(0, SHOWN).join("")}…` : text;
}
