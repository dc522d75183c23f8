// Notices and explanations: what is drafted, published and withdrawn, and the next draft.
import { useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Told, When } from "../../../shared/parts/texts";
import { type NoticeKind, PlannerDraftNoticeDocument, PlannerNoticesDocument } from "../../../generated/desk/graphql";
import { ask, toWelcome } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { Filters, Listing } from "../../listing";
import { Action, DepartmentChoice, faultAt, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { NoticeStateBadge } from "../public_work";
import { useWords } from "../words";

const SIZE = 20;
const LONGEST_TITLE = 100;
const LONGEST = 20_000;

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const asked = Object.fromEntries(new URL(request.url).searchParams) as Record<string, string>;
  const filter = { kind: (asked["kind"] || null) as NoticeKind | null, departmentCode: asked["department"] || null };
  const found = await ask(PlannerNoticesDocument, { ...windowOf(request, SIZE), filter }, { signal: request.signal });
  return { user, page: found.notices ?? null, departments: found.departments, asked };
}

export function Component() {
  const words = useWords();
  const own = words.notices;
  const { user, page, departments, asked } = useLoaderData<typeof loader>();
  const name = namesOf(departments);
  return (
    <Page title={own.title} lead={own.lead}>
      {user.role === "planner" && <Drafting subject={user.subject} />}
      <Filters asked={asked} search={words.search}>
        <Choice label={own.kind} name="kind" defaultValue={asked["kind"]} choices={[["", words.all], ...Object.entries(own.kinds)]} />
        <DepartmentChoice label={own.department} departments={departments} none={words.all} defaultValue={asked["department"]} />
      </Filters>
      <Listing
        page={page}
        caption={own.caption}
        empty={own.empty}
        keyOf={(each) => each.id}
        columns={[
          {
            name: own.heading,
            heads: true,
            cell: (each) => (
              <Link to={to("notice", { id: each.id })}>
                <Told text={each.title} />
              </Link>
            ),
          },
          { name: own.kind, cell: (each) => own.kinds[each.kind] },
          { name: own.state, cell: (each) => <NoticeStateBadge state={each.state} /> },
          { name: own.department, cell: (each) => <Told text={each.departmentCode ? name([each.departmentCode]) : own.wholeBureau} /> },
          { name: own.draftedAt, cell: (each) => <When at={each.draftedAt} /> },
        ]}
      />
    </Page>
  );
}

function Drafting({ subject }: { subject: string }) {
  const own = useWords().notices;
  const doing = useDoing({ revalidates: false });
  const navigate = useNavigate();
  const [kind, setKind] = useState<NoticeKind>("NOTICE");
  const title = useDraft(subject, "notice.title");
  const text = useDraft(subject, "notice.text");
  const draft = async () => {
    const done = await doing.run(PlannerDraftNoticeDocument, { kind, title: title.text, text: text.text });
    if (!done?.notice) return;
    title.forget();
    text.forget();
    await navigate(to("notice", { id: done.notice.id }));
  };
  return (
    <section className="section">
      <details open={title.kept || text.kept}>
        <summary>{own.draft}</summary>
        <form className="form" onSubmit={(event) => event.preventDefault()}>
          <p>{own.draftLead}</p>
          <Choice label={own.kind} name="draft-kind" value={kind} onChange={(each) => setKind(each as NoticeKind)} choices={Object.entries(own.kinds)} />
          <TextInput label={own.heading} maxLength={LONGEST_TITLE} value={title.text} onChange={title.change} isRequired {...faultAt(doing.refused, "title")} />
          <TextInput label={own.text} help={own.kept} lines={8} maxLength={LONGEST} value={text.text} onChange={text.change} isRequired {...faultAt(doing.refused, "text")} />
          <Refusal refused={doing.refused} />
          <div className="actions">
            <Action doing={doing} tone="primary" onPress={() => void draft()}>
              {own.handIn}
            </Action>
          </div>
        </form>
      </details>
    </section>
  );
}
