// One of what follows a visit: what it says, what was done, and the next step for whoever may take it.
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useDraft } from "../../../shared/draft";
import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Badge, Facts, Lines, Notice, Told, When } from "../../../shared/parts/texts";
import {
  ProceedingOneDocument,
  ProceedingsAnswerPunishmentDocument,
  ProceedingsAnswerTransferDocument,
  ProceedingsDecideCorrectionDocument,
  ProceedingsDecidePunishmentDocument,
  ProceedingsDecideRepairDocument,
  ProceedingsEndPunishmentDocument,
  type ProceedingWholeFragment,
  type TransferAnswer,
} from "../../../generated/desk/graphql";
import { ask, toWelcome } from "../../ask";
import { type Doing, useDoing } from "../../doing";
import { Action, Confirmed, faultAt, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { session, type SignedIn } from "../../session";
import { Content, ProceedingStateBadge, useStateWords } from "../parts";
import { useWords } from "../words";

const LONGEST = 2000;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const { node, departments } = await ask(ProceedingOneDocument, { id: params["id"]! }, { signal: request.signal });
  if (!node || !("steps" in node)) throw new Response(null, { status: 404 });
  return { user, proceeding: node, departments };
}

export function Component() {
  const words = useWords();
  const own = words.one;
  const said = useStateWords();
  const { user, proceeding, departments } = useLoaderData<typeof loader>();
  const { kind, campaignCode, position, enterpriseCode, enterpriseName, content, steps } = proceeding;
  const name = namesOf(departments);
  return (
    <Page title={words.kinds[kind]} tab={`${words.kinds[kind]} · ${campaignCode}-${position}`} lead={<ProceedingStateBadge {...proceeding} />} crumbs={[[words.title, to("proceedings")]]}>
      <section className="section">
        <h2>{own.about}</h2>
        <Facts
          facts={[
            [
              words.enterprise,
              enterpriseCode ? (
                <>
                  <Link to={to("proceedingsOf", { campaign: campaignCode, enterprise: enterpriseCode })}>
                    <Told text={enterpriseName ?? enterpriseCode} />
                  </Link>{" "}
                  <span className="code">{enterpriseCode}</span>
                </>
              ) : (
                words.expired
              ),
            ],
            [words.campaign, <span className="code">{`${campaignCode}-${position}`}</span>],
            [own.lead, <Told text={name([proceeding.leadDepartmentCode])} />],
            [words.openedBy, <Told text={proceeding.openedBy} />],
            [words.openedAt, <When at={proceeding.openedAt} />],
          ]}
        />
      </section>
      <section className="section">
        <h2>{own.content}</h2>
        <Content content={content} name={name} />
      </section>
      {kind !== "RECHECK" && (
        <section className="section">
          <h2>{own.steps}</h2>
          {steps.length === 0 ? (
            <p className="empty">{own.noSteps}</p>
          ) : (
            <ol className="plain">
              {steps.map((each) => (
                <li className="account" key={each.at}>
                  <h3>
                    <Badge>{said(kind, each.state)}</Badge>
                  </h3>
                  <p>
                    <small>
                      <Told text={each.by} /> · <When at={each.at} />
                    </small>
                  </p>
                  {each.note && <Lines text={each.note} />}
                </li>
              ))}
            </ol>
          )}
        </section>
      )}
      <Steps key={`${proceeding.id} ${steps.length}`} user={user} proceeding={proceeding} />
    </Page>
  );
}

interface StepParts {
  user: SignedIn;
  proceeding: ProceedingWholeFragment;
}

/** The steps that somebody of this role and department may take now. */
function Steps({ user, proceeding }: StepParts) {
  const { kind, state, content, leadDepartmentCode } = proceeding;
  const isOf = (department: string) => user.role === "planner" && (user.department === null || user.department === department);
  const leads = isOf(leadDepartmentCode);
  const receives = "departmentCode" in content && isOf(content.departmentCode);
  const isInForce = kind === "PUNISHMENT" && (state === "CONFIRMED" || state === "ANSWERED");
  return (
    <>
      {leads && state === "OPEN" && kind !== "TRANSFER" && <Deciding user={user} proceeding={proceeding} />}
      {receives && kind === "TRANSFER" && (state === "OPEN" || state === "TAKEN") && <Answering user={user} proceeding={proceeding} />}
      {receives && isInForce && <FeedingBack user={user} proceeding={proceeding} />}
      {leads && isInForce && <Lifting user={user} proceeding={proceeding} />}
    </>
  );
}

/** Another person than who proposed decides. */
function Deciding({ user, proceeding: { id, kind, openedBy } }: StepParts) {
  const words = useWords().one;
  const doing = useDoing();
  const note = useDraft(user.subject, `step.${id}`);
  const decide = async (approve: boolean) => {
    const asked = { proceeding: id, approve, note: note.text };
    const decided =
      kind === "CORRECTION"
        ? await doing.run(ProceedingsDecideCorrectionDocument, asked)
        : kind === "REPAIR"
          ? await doing.run(ProceedingsDecideRepairDocument, asked)
          : await doing.run(ProceedingsDecidePunishmentDocument, asked);
    if (decided) note.forget();
  };
  return (
    <section className="section next">
      <h2>{words.decide}</h2>
      {openedBy === user.subject ? (
        <Notice title={words.own} />
      ) : (
        <form className="form" onSubmit={(event) => event.preventDefault()}>
          <p>{words.decideLead}</p>
          <Note doing={doing} value={note.text} onChange={note.change} />
          <div className="actions">
            <Confirmed doing={doing} tone="primary" label={words.approve[kind]!} text={words.approveText[kind]} onConfirm={() => void decide(true)} />
            <Action doing={doing} tone="danger" isDisabled={!note.text.trim()} onPress={() => void decide(false)}>
              {words.refuse}
            </Action>
          </div>
        </form>
      )}
    </section>
  );
}

function Answering({ user, proceeding: { id, state } }: StepParts) {
  const words = useWords().one;
  const doing = useDoing();
  const note = useDraft(user.subject, `step.${id}`);
  const answer = async (answer: TransferAnswer) => {
    if (await doing.run(ProceedingsAnswerTransferDocument, { proceeding: id, answer, note: note.text })) note.forget();
  };
  return (
    <section className="section next">
      <h2>{words.answer}</h2>
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        <Note doing={doing} value={note.text} onChange={note.change} />
        <div className="actions">
          {state === "OPEN" ? (
            <Action doing={doing} tone="primary" onPress={() => void answer("TAKEN")}>
              {words.take}
            </Action>
          ) : (
            <Action doing={doing} tone="primary" isDisabled={!note.text.trim()} onPress={() => void answer("ENDED")}>
              {words.end}
            </Action>
          )}
          <Action doing={doing} tone="danger" isDisabled={!note.text.trim()} onPress={() => void answer("RETURNED")}>
            {words.return}
          </Action>
        </div>
      </form>
    </section>
  );
}

function FeedingBack({ user, proceeding: { id } }: StepParts) {
  const words = useWords().one;
  const doing = useDoing();
  const note = useDraft(user.subject, `step.${id}`);
  const feedBack = async () => {
    if (await doing.run(ProceedingsAnswerPunishmentDocument, { proceeding: id, note: note.text })) note.forget();
  };
  return (
    <section className="section next">
      <h2>{words.feedBack}</h2>
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        <Note doing={doing} value={note.text} onChange={note.change} />
        <div className="actions">
          <Action doing={doing} tone="primary" isDisabled={!note.text.trim()} onPress={() => void feedBack()}>
            {words.feedBackDo}
          </Action>
        </div>
      </form>
    </section>
  );
}

function Lifting({ user, proceeding: { id } }: StepParts) {
  const words = useWords().one;
  const doing = useDoing();
  const note = useDraft(user.subject, `step.${id}`);
  const lift = async () => {
    if (await doing.run(ProceedingsEndPunishmentDocument, { proceeding: id, note: note.text })) note.forget();
  };
  return (
    <section className="section">
      <h2>{words.lift}</h2>
      <p>{words.liftLead}</p>
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        <Note doing={doing} value={note.text} onChange={note.change} />
        <div className="actions">
          <Confirmed doing={doing} tone="danger" label={words.lift} text={words.liftText} isDisabled={!note.text.trim()} onConfirm={() => void lift()} />
        </div>
      </form>
    </section>
  );
}

interface NoteParts {
  doing: Doing;
  value: string;
  onChange: (value: string) => void;
}

/** What is said with a step, and why it was refused. */
function Note({ doing, value, onChange }: NoteParts) {
  const words = useWords().one;
  return (
    <>
      <TextInput label={words.note} help={words.noteHelp} lines={3} maxLength={LONGEST} value={value} onChange={onChange} {...faultAt(doing.refused, "note")} />
      <Refusal refused={doing.refused} />
    </>
  );
}
