// A finding with what was begun about it, and what may be begun now.
import { type ReactNode, useState } from "react";
import { type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";

import { today } from "../../../shared/clock";
import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { FollowUp, Results } from "../../../shared/parts/results";
import { Badge, Facts, When } from "../../../shared/parts/texts";
import {
  type FollowUpCode,
  type ProceedingKind,
  type ProceedingRowFragment,
  ProceedingsCorrectDocument,
  ProceedingsLeadDocument,
  ProceedingsOfDocument,
  type ProceedingsOfQuery,
  ProceedingsPunishDocument,
  ProceedingsRecheckDocument,
  ProceedingsRepairDocument,
  ProceedingsTransferDocument,
  type ResultCode,
} from "../../../generated/desk/graphql";
import { ask, toWelcome } from "../../ask";
import { type Doing, useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { Action, faultAt, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { FollowUpChoice, ResultChecks } from "../../results";
import { publicPage, session, type SignedIn } from "../../session";
import { WAITING } from "../parts";
import { ProceedingTable } from "../table";
import { useWords } from "../words";

const LONGEST = 2000;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const user = await session();
  if (!user.signedIn) throw toWelcome();
  const campaign = params["campaign"]!;
  const signal = request.signal;
  const [found, led] = await Promise.all([
    ask(ProceedingsOfDocument, { campaign, enterprise: params["enterprise"]! }, { signal }),
    user.role === "planner" ? ask(ProceedingsLeadDocument, { campaign }, { signal }) : null,
  ]);
  const [finding] = found.findings?.nodes ?? [];
  if (!finding) throw new Response(null, { status: 404 });
  return { user, finding, lead: led?.campaign?.plan.departmentCodes[0] ?? null, proceedings: found.proceedings?.nodes ?? [], departments: found.departments };
}

type Recorded = NonNullable<ProceedingsOfQuery["findings"]>["nodes"][number];
type Finding = Pick<Recorded, "visitedOn" | "results" | "followUp">;

/** What a finding says since it was corrected last. */
function asItSaysNow(finding: Recorded, proceedings: readonly ProceedingRowFragment[]): Finding {
  const corrections = proceedings.flatMap(({ content, state }) => (content.__typename === "CorrectionContent" && state === "APPROVED" ? [content] : []));
  return corrections.sort((one, other) => one.version - other.version).at(-1) ?? finding;
}

/** What of a finding somebody may begin; all else the service refuses, and says why. */
function kindsFor(user: SignedIn, lead: string | null, recorded: Recorded, finding: Finding, proceedings: readonly ProceedingRowFragment[]): ProceedingKind[] {
  const isApproved = recorded.state === "APPROVED" || recorded.state === "PUBLISHED" || recorded.state === "ENDED";
  const isPublished = recorded.state === "PUBLISHED";
  const has = (kind: ProceedingKind, ...states: readonly ProceedingRowFragment["state"][]) => proceedings.some((each) => each.kind === kind && states.includes(each.state));
  const mayLead = user.role === "planner" && (user.department === null || user.department === lead);
  const isInspector = user.role === "inspector";
  const foundProblem = !finding.results.some(({ code }) => code === "NO_PROBLEM");
  const may: Record<ProceedingKind, boolean> = {
    RECHECK: isInspector && isApproved && finding.followUp.code === "CORRECTION" && !has("RECHECK", "CORRECTED"),
    TRANSFER: mayLead && isApproved,
    CORRECTION: (mayLead || isInspector) && isPublished && !has("CORRECTION", ...WAITING),
    REPAIR: mayLead && isPublished && !has("REPAIR", ...WAITING),
    PUNISHMENT: mayLead && isPublished && foundProblem,
  };
  return (Object.keys(may) as ProceedingKind[]).filter((kind) => may[kind]);
}

export function Component() {
  const words = useWords();
  const own = words.of;
  const { user, finding: recorded, lead, proceedings, departments } = useLoaderData<typeof loader>();
  const finding = asItSaysNow(recorded, proceedings);
  const kinds = kindsFor(user, lead, recorded, finding, proceedings);
  const { campaignCode, enterpriseCode, position } = recorded;
  return (
    <Page
      title={own.title(recorded.enterpriseName)}
      lead={<Badge>{own.findingStates[recorded.state]}</Badge>}
      crumbs={[[words.title, to("proceedings")]]}
      actions={
        recorded.state === "PUBLISHED" && (
          <a className="button" href={publicPage(`/findings/${campaignCode}/${position}`)}>
            {own.public}
          </a>
        )
      }
    >
      <section className="section">
        <h2>{own.finding}</h2>
        {finding !== recorded && <p className="help">{own.corrected}</p>}
        <Facts
          facts={[
            [own.code, <span className="code">{enterpriseCode}</span>],
            [words.campaign, <span className="code">{`${campaignCode}-${position}`}</span>],
            [own.visitedOn, <When at={finding.visitedOn} />],
            [own.result, <Results results={finding.results} />],
            [own.followUp, <FollowUp {...finding} />],
            [own.correctBy, recorded.correctBy && <When at={recorded.correctBy} />],
          ]}
        />
      </section>
      <section className="section">
        <h2>{own.earlier}</h2>
        <ProceedingTable rows={proceedings} name={namesOf(departments)} empty={own.none} />
      </section>
      <section className="section next offers">
        <h2>{own.begin}</h2>
        {kinds.length === 0 && <p>{own.nothing}</p>}
        {kinds.map((kind) => {
          const Form = FORMS[kind];
          return (
            <details key={kind}>
              <summary>{words.forms[kind].title}</summary>
              <Form of={{ campaign: campaignCode, enterprise: enterpriseCode }} finding={finding} subject={user.subject} receivers={departments.filter(({ code, isInUse }) => isInUse && code !== lead)} />
            </details>
          );
        })}
      </section>
    </Page>
  );
}

interface FormParts {
  of: { campaign: string; enterprise: string };
  finding: Finding;
  subject: string;
  receivers: readonly { code: string; name: string }[];
}

const FORMS: Record<ProceedingKind, (parts: FormParts) => ReactNode> = { CORRECTION: Correcting, REPAIR: Repairing, RECHECK: Rechecking, TRANSFER: Transferring, PUNISHMENT: Punishing };

/** How something is begun: done, its page is opened. */
function useBeginning() {
  const doing = useDoing({ revalidates: false });
  const navigate = useNavigate();
  const open = async (asked: Promise<{ proceeding?: { id: string } | null } | null>) => {
    const payload = await asked;
    if (payload?.proceeding) await navigate(to("proceeding", { id: payload.proceeding.id }));
    return payload !== null;
  };
  return { doing, open };
}

interface BeginningParts {
  kind: ProceedingKind;
  doing: Doing;
  isDisabled?: boolean;
  onBegin: () => void;
  children: ReactNode;
}

function Beginning({ kind, doing, isDisabled = false, onBegin, children }: BeginningParts) {
  const { lead, submit } = useWords().forms[kind];
  return (
    <form className="form" onSubmit={(event) => event.preventDefault()}>
      <p>{lead}</p>
      {children}
      <Refusal refused={doing.refused} />
      <div className="actions">
        <Action doing={doing} tone="primary" isDisabled={isDisabled} onPress={onBegin}>
          {submit}
        </Action>
      </div>
    </form>
  );
}

interface LongTextParts {
  label: string;
  help?: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  doing: Doing;
}

const LongText = ({ label, help, name, value, onChange, doing }: LongTextParts) => (
  <TextInput label={label} help={help} lines={3} maxLength={LONGEST} value={value} onChange={onChange} isRequired {...faultAt(doing.refused, name)} />
);

function Correcting({ of, finding, subject }: FormParts) {
  const words = useWords().fields;
  const { doing, open } = useBeginning();
  const [visitedOn, setVisitedOn] = useState(finding.visitedOn);
  const [results, setResults] = useState<ResultCode[]>(finding.results.map(({ code }) => code));
  const [followUp, setFollowUp] = useState<FollowUpCode>(finding.followUp.code);
  const reason = useDraft(subject, `correction.${of.campaign}.${of.enterprise}`);
  const begin = async () => {
    if (await open(doing.run(ProceedingsCorrectDocument, { ...of, visitedOn, results, followUp, reason: reason.text }))) reason.forget();
  };
  return (
    <Beginning kind="CORRECTION" doing={doing} isDisabled={!visitedOn || !results.length} onBegin={() => void begin()}>
      <TextInput label={words.visitedOn} type="date" value={visitedOn} onChange={setVisitedOn} isRequired {...faultAt(doing.refused, "visitedOn")} />
      <fieldset className="group">
        <legend>{words.results}</legend>
        <div className="choices">
          <ResultChecks results={results} onChange={setResults} />
        </div>
      </fieldset>
      <FollowUpChoice label={words.followUp} value={followUp} onChange={setFollowUp} />
      <LongText label={words.reason} help={words.kept} name="reason" value={reason.text} onChange={reason.change} doing={doing} />
    </Beginning>
  );
}

function Repairing({ of, subject }: FormParts) {
  const words = useWords().fields;
  const { doing, open } = useBeginning();
  const [basis, setBasis] = useState("");
  const reason = useDraft(subject, `repair.${of.campaign}.${of.enterprise}`);
  const begin = async () => {
    if (await open(doing.run(ProceedingsRepairDocument, { ...of, basis, reason: reason.text }))) reason.forget();
  };
  return (
    <Beginning kind="REPAIR" doing={doing} onBegin={() => void begin()}>
      <LongText label={words.basis} name="basis" value={basis} onChange={setBasis} doing={doing} />
      <LongText label={words.reason} help={words.kept} name="reason" value={reason.text} onChange={reason.change} doing={doing} />
    </Beginning>
  );
}

function Rechecking({ of, subject }: FormParts) {
  const words = useWords().fields;
  const { doing, open } = useBeginning();
  const [checkedOn, setCheckedOn] = useState(today);
  const [corrected, setCorrected] = useState<boolean | null>(null);
  const facts = useDraft(subject, `recheck.${of.campaign}.${of.enterprise}`);
  const begin = async () => {
    if (corrected !== null && (await open(doing.run(ProceedingsRecheckDocument, { ...of, checkedOn, corrected, facts: facts.text })))) facts.forget();
  };
  const choice = (value: boolean, label: string) => (
    <label className="check">
      <input type="radio" name="corrected" checked={corrected === value} onChange={() => setCorrected(value)} />
      <span>{label}</span>
    </label>
  );
  return (
    <Beginning kind="RECHECK" doing={doing} isDisabled={!checkedOn || corrected === null} onBegin={() => void begin()}>
      <TextInput label={words.checkedOn} type="date" value={checkedOn} onChange={setCheckedOn} isRequired {...faultAt(doing.refused, "checkedOn")} />
      <fieldset className="group">
        <legend>{words.corrected}</legend>
        {choice(true, words.isCorrected)}
        {choice(false, words.isNotCorrected)}
      </fieldset>
      <LongText label={words.facts} help={words.kept} name="facts" value={facts.text} onChange={facts.change} doing={doing} />
    </Beginning>
  );
}

function Transferring({ of, subject, receivers }: FormParts) {
  const words = useWords().fields;
  const { doing, open } = useBeginning();
  const [department, setDepartment] = useState("");
  const [basis, setBasis] = useState("");
  const [answerBy, setAnswerBy] = useState("");
  const reason = useDraft(subject, `transfer.${of.campaign}.${of.enterprise}`);
  const begin = async () => {
    if (await open(doing.run(ProceedingsTransferDocument, { ...of, department, basis, reason: reason.text, answerBy }))) reason.forget();
  };
  return (
    <Beginning kind="TRANSFER" doing={doing} isDisabled={!department || !answerBy} onBegin={() => void begin()}>
      <Receiver label={words.department} receivers={receivers} value={department} onChange={setDepartment} />
      <LongText label={words.basis} name="basis" value={basis} onChange={setBasis} doing={doing} />
      <LongText label={words.reason} help={words.kept} name="reason" value={reason.text} onChange={reason.change} doing={doing} />
      <TextInput label={words.answerBy} type="date" value={answerBy} onChange={setAnswerBy} isRequired {...faultAt(doing.refused, "answerBy")} />
    </Beginning>
  );
}

function Punishing({ of, subject, receivers }: FormParts) {
  const words = useWords().fields;
  const { doing, open } = useBeginning();
  const [basis, setBasis] = useState("");
  const [measure, setMeasure] = useState("");
  const [department, setDepartment] = useState("");
  const [endsOn, setEndsOn] = useState("");
  const trigger = useDraft(subject, `punishment.${of.campaign}.${of.enterprise}`);
  const begin = async () => {
    if (await open(doing.run(ProceedingsPunishDocument, { ...of, trigger: trigger.text, basis, measure, department, endsOn }))) trigger.forget();
  };
  return (
    <Beginning kind="PUNISHMENT" doing={doing} isDisabled={!department || !endsOn} onBegin={() => void begin()}>
      <LongText label={words.trigger} help={words.kept} name="trigger" value={trigger.text} onChange={trigger.change} doing={doing} />
      <LongText label={words.basis} name="basis" value={basis} onChange={setBasis} doing={doing} />
      <LongText label={words.measure} name="measure" value={measure} onChange={setMeasure} doing={doing} />
      <Receiver label={words.executing} receivers={receivers} value={department} onChange={setDepartment} />
      <TextInput label={words.endsOn} type="date" value={endsOn} onChange={setEndsOn} isRequired {...faultAt(doing.refused, "endsOn")} />
    </Beginning>
  );
}

interface ReceiverParts {
  label: string;
  receivers: FormParts["receivers"];
  value: string;
  onChange: (code: string) => void;
}

const Receiver = ({ label, receivers, value, onChange }: ReceiverParts) => (
  <Choice label={label} name="department" value={value} onChange={onChange} choices={[["", useWords().fields.choose], ...receivers.map((each) => [each.code, each.name] as const)]} />
);
