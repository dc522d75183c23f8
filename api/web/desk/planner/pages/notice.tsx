// A notice or an explanation: another person publishes what one drafted; either withdraws it.
import { useState } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Facts, Lines, Notice, Told, When } from "../../../shared/parts/texts";
import { PlannerOneNoticeDocument, PlannerPublishNoticeDocument, PlannerWithdrawNoticeDocument } from "../../../generated/desk/graphql";
import { ask, toWelcome } from "../../ask";
import { useDoing } from "../../doing";
import { Confirmed, faultAt, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { publicPage, session } from "../../session";
import { NoticeStateBadge } from "../public_work";
import { useWords } from "../words";

const LONGEST = 2000;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const { notice, departments } = await ask(PlannerOneNoticeDocument, { id: params["id"]! }, { signal: request.signal });
  return { user, notice: notice!, departments };
}

export function Component() {
  const own = useWords().notices;
  const { user, notice, departments } = useLoaderData<typeof loader>();
  const { id, kind, state, number, draftedBy, publishedBy, publishedAt, withdrawnBy, withdrawnAt } = notice;
  const by = (person: string | null | undefined, at: string | null | undefined) => person && at && <><Told text={person} /> · <When at={at} /></>;
  const isPlanner = user.role === "planner";
  return (
    <Page
      title={notice.title}
      lead={<NoticeStateBadge state={state} />}
      crumbs={[[own.title, to("notices")]]}
      actions={
        state === "PUBLISHED" && number !== null && number !== undefined ? (
          <a className="button" href={publicPage(`/notices/${number}`)}>
            {own.public}
          </a>
        ) : undefined
      }
    >
      <section className="section">
        <Lines text={notice.text} />
      </section>
      <section className="section">
        <Facts
          facts={[
            [own.kind, own.kinds[kind]],
            [own.department, <Told text={notice.departmentCode ? namesOf(departments)([notice.departmentCode]) : own.wholeBureau} />],
            [own.number, number ?? null],
            [own.drafted, by(draftedBy, notice.draftedAt)],
            [own.published, by(publishedBy, publishedAt)],
            [own.withdrawn, by(withdrawnBy, withdrawnAt)],
            [own.note, notice.note ? <Lines text={notice.note} /> : null],
          ]}
        />
      </section>
      {isPlanner && state === "DRAFTED" && <Publishing id={id} isOwn={draftedBy === user.subject} />}
      {isPlanner && state !== "WITHDRAWN" && <Withdrawing id={id} />}
    </Page>
  );
}

function Publishing({ id, isOwn }: { id: string; isOwn: boolean }) {
  const own = useWords().notices;
  const doing = useDoing();
  return (
    <section className="section next">
      <h2>{own.publish}</h2>
      {isOwn ? (
        <Notice title={own.ownDraft} />
      ) : (
        <>
          <p>{own.publishLead}</p>
          <Refusal refused={doing.refused} />
          <div className="actions">
            <Confirmed doing={doing} tone="primary" label={own.publish} text={own.publishText} onConfirm={() => void doing.run(PlannerPublishNoticeDocument, { id })} />
          </div>
        </>
      )}
    </section>
  );
}

function Withdrawing({ id }: { id: string }) {
  const own = useWords().notices;
  const doing = useDoing();
  const [note, setNote] = useState("");
  return (
    <section className="section">
      <h2>{own.withdraw}</h2>
      <p>{own.withdrawLead}</p>
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        <TextInput label={own.note} lines={3} maxLength={LONGEST} value={note} onChange={setNote} isRequired {...faultAt(doing.refused, "note")} />
        <Refusal refused={doing.refused} />
        <div className="actions">
          <Confirmed doing={doing} tone="danger" label={own.withdraw} text={own.withdrawText} isDisabled={!note.trim()} onConfirm={() => void doing.run(PlannerWithdrawNoticeDocument, { id, note })} />
        </div>
      </form>
    </section>
  );
}
