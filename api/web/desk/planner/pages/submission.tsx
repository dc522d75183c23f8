// A question or an objection: what was said, what was done with it, and what a planner may do next.
import { type ReactNode, useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { FollowUp, Results } from "../../../shared/parts/results";
import { Badge, Facts, Lines, Notice, Told, When } from "../../../shared/parts/texts";
import {
  type FollowUpCode,
  PlannerAnswerQuestionDocument,
  PlannerDecideObjectionDocument,
  PlannerProposeAnswerDocument,
  PlannerProposeDecisionDocument,
  PlannerSetObjectionAsideDocument,
  PlannerSetQuestionAsideDocument,
  PlannerSubmissionDocument,
  type PlannerSubmissionFragment,
  PlannerWithdrawAnswerDocument,
  type ResultCode,
} from "../../../generated/desk/graphql";
import { useDraft } from "../../../shared/draft";
import { ask, toWelcome } from "../../ask";
import { useDoing } from "../../doing";
import { Action, Confirmed, faultAt, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { FollowUpChoice, ResultChecks } from "../../results";
import { session } from "../../session";
import { isOfQuestions, SubmissionStateBadge } from "../public_work";
import { useWords } from "../words";

const LONGEST = 4000;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const isQuestion = isOfQuestions(request);
  const found = await ask(PlannerSubmissionDocument, { id: params["id"]!, isQuestion }, { signal: request.signal });
  return { user, isQuestion, submission: (isQuestion ? found.question : found.objection)!, departments: found.departments };
}

export function Component() {
  const words = useWords().submissions;
  const { user, isQuestion, submission, departments } = useLoaderData<typeof loader>();
  const { id, state, departmentCode, campaignCode, position, enterpriseCode, steps } = submission;
  const isOpen = state === "RECEIVED" || state === "PROPOSED";
  const proposal = state === "PROPOSED" ? steps.at(-1) : undefined;
  const mayAct = user.role === "planner" && (!departmentCode || user.department === null || departmentCode === user.department);
  return (
    <Page
      title={isQuestion ? words.question : words.objection}
      lead={
        <p>
          <SubmissionStateBadge {...submission} />
        </p>
      }
      crumbs={[[isQuestion ? words.questions : words.objections, to(isQuestion ? "questions" : "objections")]]}
    >
      <section className="section">
        <h2>{words.said}</h2>
        <Lines text={submission.text} />
        <Facts
          facts={[
            [words.claim, submission.claim ? words.claims[submission.claim] : null],
            [words.campaign, campaignCode ? <Link to={to("campaign", { code: campaignCode })}>{campaignCode}</Link> : isQuestion ? words.nothingParticular : null],
            [
              words.finding,
              campaignCode && position !== null && position !== undefined ? (
                <a href={`/findings/${campaignCode}/${position}`}>
                  {campaignCode}-{position}
                </a>
              ) : null,
            ],
            [words.enterprise, enterpriseCode ? <Link to={to("enterprise", { code: enterpriseCode })}>{enterpriseCode}</Link> : null],
            [words.department, departmentCode ? <Told text={namesOf(departments)([departmentCode])} /> : words.anyDepartment],
            [words.channel, words.channels[submission.channel] ?? submission.channel],
            [words.contact, submission.contact ? <Told text={submission.contact} /> : words.noContact],
            [words.consent, isQuestion ? (submission.consent ? words.consented : words.notConsented) : null],
            [words.receivedAt, <When at={submission.receivedAt} />],
            [words.dueOn, <When at={submission.dueOn} />],
            [words.publishedNumber, submission.publishedNumber ?? null],
          ]}
        />
      </section>
      <section className="section">
        <h2>{words.steps}</h2>
        {steps.length === 0 ? (
          <p className="empty">{words.noSteps}</p>
        ) : (
          <ol className="plain">
            {steps.map((each) => (
              <Step key={each.turn} step={each} isQuestion={isQuestion} />
            ))}
          </ol>
        )}
      </section>
      {mayAct && proposal && <Deciding key={`${id} ${proposal.turn}`} submission={submission} turn={proposal.turn} isOwn={proposal.by === user.subject} />}
      {mayAct && isOpen && (isQuestion ? <Answering key={id} submission={submission} subject={user.subject} /> : <Proposing key={id} submission={submission} subject={user.subject} />)}
      {mayAct && state === "RECEIVED" && <SettingAside submission={submission} subject={user.subject} />}
      {mayAct && isQuestion && submission.publishedNumber !== null && submission.publishedNumber !== undefined && <Withdrawing submission={submission} subject={user.subject} />}
    </Page>
  );
}

type Submission = PlannerSubmissionFragment;

function Step({ step, isQuestion }: { step: Submission["steps"][number]; isQuestion: boolean }) {
  const words = useWords();
  const own = words.submissions;
  const { correction, outcome } = step;
  return (
    <li className="account">
      <h3>
        {own.turns[step.step] ?? step.step} {!isQuestion && outcome && <Badge tone={outcome === "UPHELD" ? "warning" : "plain"}>{own.states[outcome]}</Badge>}
      </h3>
      <p>
        <small>
          <Told text={step.by} /> · <When at={step.at} />
        </small>
      </p>
      <Lines text={step.text} />
      {correction && (
        <Facts
          facts={[
            [words.visitedOn, <When at={correction.visitedOn} />],
            [words.result, <Results results={correction.results} />],
            [words.followUp, <FollowUp {...correction} />],
          ]}
        />
      )}
    </li>
  );
}

/** What another person proposed is read and confirmed, by its turn: a newer one is never confirmed unread. */
function Deciding({ submission: { id, kind, consent }, turn, isOwn }: { submission: Submission; turn: number; isOwn: boolean }) {
  const words = useWords().submissions;
  const doing = useDoing();
  const [isPublished, setPublished] = useState(false);
  const isQuestion = kind === "QUESTION";
  const confirm = () =>
    isQuestion ? doing.run(PlannerAnswerQuestionDocument, { id, proposal: turn, publish: isPublished }) : doing.run(PlannerDecideObjectionDocument, { id, proposal: turn });
  return (
    <section className="section next">
      <h2>{isQuestion ? words.answer : words.decide}</h2>
      {isOwn ? (
        <Notice title={words.ownProposal} />
      ) : (
        <div className="form">
          <p>{isQuestion ? words.answerLead : words.decideLead}</p>
          {isQuestion && consent && (
            <label className="check">
              <input type="checkbox" checked={isPublished} onChange={(event) => setPublished(event.target.checked)} />
              <span>{words.publish}</span>
            </label>
          )}
          <Refusal refused={doing.refused} />
          <div className="actions">
            <Confirmed doing={doing} tone="primary" label={isQuestion ? words.answer : words.decide} text={isQuestion ? words.answerText : words.decideText} onConfirm={() => void confirm()} />
          </div>
        </div>
      )}
    </section>
  );
}

function Answering({ submission: { id, state }, subject }: { submission: Submission; subject: string }) {
  const words = useWords().submissions;
  const doing = useDoing();
  const draft = useDraft(subject, `answer.${id}`);
  const propose = async () => {
    if (await doing.run(PlannerProposeAnswerDocument, { id, text: draft.text })) draft.forget();
  };
  return (
    <Part title={state === "PROPOSED" ? words.proposeAnew : words.proposeAnswer} lead={words.proposeAnswerLead} isNext={state === "RECEIVED"}>
      <TextInput label={words.answerContent} help={words.kept} lines={6} maxLength={LONGEST} value={draft.text} onChange={draft.change} isRequired {...faultAt(doing.refused, "text")} />
      <Refusal refused={doing.refused} />
      <div className="actions">
        <Action doing={doing} tone="primary" onPress={() => void propose()}>
          {words.propose}
        </Action>
      </div>
    </Part>
  );
}

interface Decision {
  isUpheld: boolean | null;
  reason: string;
  corrects: boolean;
  visitedOn: string;
  results: ResultCode[];
  followUp: FollowUpCode;
}

const UNDECIDED = JSON.stringify({ isUpheld: null, reason: "", corrects: false, visitedOn: "", results: [], followUp: "NONE" } satisfies Decision);

function Proposing({ submission: { id, state }, subject }: { submission: Submission; subject: string }) {
  const words = useWords();
  const own = words.submissions;
  const doing = useDoing();
  const draft = useDraft(subject, `proposal.${id}`, UNDECIDED);
  const decision = JSON.parse(draft.text) as Decision;
  const { isUpheld, reason, corrects, visitedOn, results, followUp } = decision;
  const set = (changes: Partial<Decision>) => draft.change(JSON.stringify({ ...decision, ...changes }));
  const propose = async () => {
    if (isUpheld === null) return;
    const correction = isUpheld && corrects ? { visitedOn, results, followUp } : null;
    if (await doing.run(PlannerProposeDecisionDocument, { id, uphold: isUpheld, reason, correction })) draft.forget();
  };
  const choice = (value: boolean, label: string) => (
    <label className="check">
      <input type="radio" name="uphold" checked={isUpheld === value} onChange={() => set({ isUpheld: value })} />
      <span>{label}</span>
    </label>
  );
  return (
    <Part title={state === "PROPOSED" ? own.proposeAnew : own.proposeDecision} lead={own.proposeDecisionLead} isNext={state === "RECEIVED"}>
      <fieldset className="group">
        <legend>{own.uphold}</legend>
        {choice(true, own.upheld)}
        {choice(false, own.rejected)}
      </fieldset>
      <TextInput label={own.reason} help={own.kept} lines={5} maxLength={LONGEST} value={reason} onChange={(typed) => set({ reason: typed })} isRequired {...faultAt(doing.refused, "reason")} />
      {isUpheld && (
        <label className="check">
          <input type="checkbox" checked={corrects} onChange={(event) => set({ corrects: event.target.checked })} />
          <span>{own.corrects}</span>
        </label>
      )}
      {isUpheld && corrects && (
        <fieldset className="group">
          <legend>{own.correction}</legend>
          <TextInput label={words.visitedOn} type="date" value={visitedOn} onChange={(day) => set({ visitedOn: day })} isRequired {...faultAt(doing.refused, "visitedOn")} />
          <fieldset className="group">
            <legend>{words.result}</legend>
            <div className="choices">
              <ResultChecks results={results} onChange={(chosen) => set({ results: chosen })} />
            </div>
          </fieldset>
          <FollowUpChoice label={words.followUp} value={followUp} onChange={(chosen) => set({ followUp: chosen })} />
        </fieldset>
      )}
      <Refusal refused={doing.refused} />
      <div className="actions">
        <Action doing={doing} tone="primary" isDisabled={isUpheld === null || (isUpheld && corrects && (!visitedOn || !results.length))} onPress={() => void propose()}>
          {own.propose}
        </Action>
      </div>
    </Part>
  );
}

function SettingAside({ submission: { id, kind }, subject }: { submission: Submission; subject: string }) {
  const words = useWords().submissions;
  const doing = useDoing();
  const reason = useDraft(subject, `aside.${id}`);
  const isQuestion = kind === "QUESTION";
  const setAside = async () => {
    const given = { id, reason: reason.text };
    if (isQuestion ? await doing.run(PlannerSetQuestionAsideDocument, given) : await doing.run(PlannerSetObjectionAsideDocument, given)) reason.forget();
  };
  return (
    <Part title={isQuestion ? words.setQuestionAside : words.setObjectionAside} lead={isQuestion ? words.setQuestionAsideLead : words.setObjectionAsideLead}>
      <TextInput label={words.asideReason} lines={3} maxLength={LONGEST} value={reason.text} onChange={reason.change} isRequired {...faultAt(doing.refused, "reason")} />
      <Refusal refused={doing.refused} />
      <div className="actions">
        <Confirmed doing={doing} tone="danger" label={isQuestion ? words.setQuestionAside : words.setObjectionAside} text={words.asideText} onConfirm={() => void setAside()} />
      </div>
    </Part>
  );
}

function Withdrawing({ submission: { id }, subject }: { submission: Submission; subject: string }) {
  const words = useWords().submissions;
  const doing = useDoing();
  const note = useDraft(subject, `withdrawal.${id}`);
  const withdraw = async () => {
    if (await doing.run(PlannerWithdrawAnswerDocument, { id, note: note.text })) note.forget();
  };
  return (
    <Part title={words.withdraw} lead={words.withdrawLead}>
      <TextInput label={words.withdrawNote} lines={3} maxLength={LONGEST} value={note.text} onChange={note.change} isRequired {...faultAt(doing.refused, "note")} />
      <Refusal refused={doing.refused} />
      <div className="actions">
        <Confirmed doing={doing} tone="danger" label={words.withdraw} text={words.withdrawText} onConfirm={() => void withdraw()} />
      </div>
    </Part>
  );
}

const Part = ({ title, lead, isNext = false, children }: { title: string; lead: string; isNext?: boolean; children: ReactNode }) => (
  <section className={isNext ? "section next" : "section"}>
    <h2>{title}</h2>
    <p>{lead}</p>
    <form className="form" onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  </section>
);
