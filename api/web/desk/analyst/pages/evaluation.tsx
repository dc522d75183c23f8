import { type FormEvent, useState } from "react";
import { type LoaderFunctionArgs, useLoaderData, useSearchParams } from "react-router";

import { serviceNow } from "../../../shared/clock";
import { Choice, DateInput } from "../../../shared/parts/fields";
import { bracketed } from "../../../shared/marks";
import { Page } from "../../../shared/parts/page";
import { civilDate } from "../../../shared/times";
import {
  AnalystAnalyseIndicatorsDocument,
  AnalystEvaluateCampaignDocument,
  AnalystEvaluatePeriodDocument,
  AnalystEvaluationChoicesDocument,
  AnalystExportTrainingDocument,
  AnalystFileQuarterDocument,
  AnalystJobsDocument,
  AnalystLearnDocument,
  type JobKind,
  type JobStandingFragment,
  type ResultCode,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { type Doing, useDoing } from "../../doing";
import { jobIn, JobList, JobProgress, useJobHere } from "../../jobs";
import { onlyFor } from "../../only_for";
import { Pressed, Refusal } from "../../parts";
import { AnalysisTold, EvaluationTold, LearningTold } from "../evaluations";
import { useJobResult, usePurpose } from "../parts";
import { Purpose } from "../../purpose";
import { useWords } from "../words";
import "../analyst.css";

/** What may be asked for, each a job. */
const QUESTIONS = ["campaign", "period", "indicators", "learning", "training", "quarter"] as const;
type Question = (typeof QUESTIONS)[number];
const KINDS: Record<Question, JobKind> = {
  campaign: "EVALUATE_CAMPAIGN",
  period: "EVALUATE_PERIOD",
  indicators: "ANALYSE_INDICATORS",
  learning: "LEARN_MODEL",
  training: "EXPORT_TRAINING_DATA",
  quarter: "FILE_QUARTERLY_REPORT",
};

const questionIn = (asked: URLSearchParams): Question => QUESTIONS.find((each) => each === asked.get("of")) ?? "campaign";

export async function loader({ request }: LoaderFunctionArgs) {
  await onlyFor("analyst", "auditor");
  const question = questionIn(new URL(request.url).searchParams);
  const signal = { signal: request.signal };
  const [choices, { jobs }, begun] = await Promise.all([
    ask(AnalystEvaluationChoicesDocument, {}, signal),
    ask(AnalystJobsDocument, { kind: KINDS[question] }, signal),
    jobIn(request),
  ]);
  return { campaigns: choices.campaigns?.nodes ?? [], models: choices.models?.nodes ?? [], jobs: jobs?.nodes ?? [], begun, question };
}

export function Component() {
  const words = useWords();
  const own = words.evaluation;
  const { jobs, begun, question } = useLoaderData<typeof loader>();
  const [, setAsked] = useSearchParams();
  const [purpose, setPurpose] = usePurpose();
  const { job, open } = useJobHere(begun);
  const names: Record<Question, string> = { campaign: own.ofCampaign, period: own.ofPeriod, indicators: own.ofIndicators, learning: own.learning, training: own.training, quarter: own.quarterly };
  return (
    <Page
      title={own.title}
      lead={own.lead}
      actions={
        <button type="button" className="button" onClick={() => print()}>
          {words.print}
        </button>
      }
    >
      <section className="section screen-only">
        <h2>{own.choose}</h2>
        <div className="form">
          <Choice label={own.choose} name="of" value={question} onChange={(of) => setAsked({ of }, { preventScrollReset: true })} choices={QUESTIONS.map((each) => [each, names[each]] as const)} />
          <p className="help">{own.leads[question]}</p>
        </div>
        <Purpose what={own.what} purpose={purpose} onGiven={setPurpose} />
        {purpose !== null && <Asking key={question} question={question} purpose={purpose} onBegun={open} />}
        {jobs.length > 0 && (
          <details>
            <summary>{own.recent}</summary>
            <JobList jobs={jobs} caption={own.recent} />
          </details>
        )}
      </section>
      {job && (
        <section className="section screen-only">
          <JobProgress job={job} />
        </section>
      )}
      {job && <Told job={job} />}
    </Page>
  );
}

function Told({ job }: { job: JobStandingFragment }) {
  const own = useWords().evaluation;
  const { result } = useJobResult(job);
  const has = (name: string) => job.files.some((each) => each.name === name);
  if (job.state !== "DONE") return null;
  if (has("evaluation.json")) return <EvaluationTold job={job} />;
  if (has("indicators.json")) return <AnalysisTold job={job} />;
  if (result?.__typename === "LearningResult") return <LearningTold job={job} result={result} />;
  if (result?.__typename === "TrainingDataResult") return <p role="status">{own.exported(result.visits)}</p>;
  return null;
}

interface AskingParts {
  question: Question;
  purpose: string;
  onBegun: (job: { id: string }) => void;
}

function Asking({ question, purpose, onBegun }: AskingParts) {
  const words = useWords();
  const own = words.evaluation;
  const { campaigns, models } = useLoaderData<typeof loader>();
  const doing = useDoing();
  const [days] = useState(lastYear);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const done = await begin(doing, question, purpose, new FormData(event.currentTarget));
    if (done?.job) onBegun(done.job);
  };
  const ofModel = question === "indicators" || question === "learning" || question === "training";
  const withTarget = question !== "training" && question !== "quarter";
  const isOfDays = question !== "campaign" && question !== "quarter";
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {question === "campaign" && <Choice label={own.campaign} name="campaign" defaultValue={campaigns[0]?.code} choices={campaigns.map((each) => [each.code, `${each.code} ${each.plan.title}`] as const)} />}
      {ofModel && <Choice label={own.model} name="model" defaultValue={inForce(models)} choices={models.map((each) => [`${each.name}@${each.version}`, `${each.title} ${each.version}${bracketed(words.models.states[each.state])}`] as const)} />}
      {question === "quarter" && <Choice label={own.quarter} name="quarter" choices={lastQuarters().map((each) => [each, each] as const)} />}
      {isOfDays && (
        <div className="filters">
          <DateInput label={own.first} name="first" defaultValue={days.first} isRequired />
          <DateInput label={own.last} name="last" defaultValue={days.last} isRequired />
        </div>
      )}
      {withTarget && <Choice label={own.target} name="target" choices={[["", own.anyProblem], ...Object.entries(words.results).filter(([each]) => each !== "no_problem").map(([each, text]) => [each.toUpperCase(), text] as const)]} />}
      {(question === "indicators" || question === "learning") && <Check name="observational" label={own.observational} />}
      {question === "learning" && <Check name="adjust" label={own.adjust} isSet />}
      {question === "learning" && <Check name="draft" label={own.draftIt} />}
      {question === "training" && <Check name="withEnterprises" label={own.withEnterprises} />}
      <Refusal refused={doing.refused} />
      <Pressed tone="primary" busy={doing.busy}>
        {own.start}
      </Pressed>
    </form>
  );
}

const Check = ({ name, label, isSet = false }: { name: string; label: string; isSet?: boolean }) => (
  <label className="check">
    <input type="checkbox" name={name} defaultChecked={isSet} />
    {label}
  </label>
);

/** Ask for the job of a question, as the form says. */
function begin(doing: Doing, question: Question, purpose: string, form: FormData) {
  const given = (name: string) => String(form.get(name) ?? "");
  const target = given("target") ? [given("target") as ResultCode] : null;
  const [name = "", version = ""] = given("model").split("@");
  const days = { first: given("first"), last: given("last") };
  const observational = form.has("observational");
  switch (question) {
    case "campaign":
      return doing.run(AnalystEvaluateCampaignDocument, { campaign: given("campaign"), purpose, target });
    case "period":
      return doing.run(AnalystEvaluatePeriodDocument, { ...days, purpose, target });
    case "indicators":
      return doing.run(AnalystAnalyseIndicatorsDocument, { model: { name, version }, ...days, purpose, target, observational });
    case "learning":
      return doing.run(AnalystLearnDocument, {
        learning: { name, version, ...days, target: target ?? [], observational, directions: [], adjustInspectors: form.has("adjust") },
        purpose,
        draft: form.has("draft"),
      });
    case "quarter":
      return doing.run(AnalystFileQuarterDocument, { quarter: given("quarter"), purpose });
    case "training":
      return doing.run(AnalystExportTrainingDocument, { model: name, version, since: days.first, until: days.last, purpose, withEnterprises: form.has("withEnterprises") });
  }
}

function inForce(models: readonly { name: string; version: string; state: string }[]): string | undefined {
  const found = models.find((each) => each.state === "IN_FORCE") ?? models[0];
  return found && `${found.name}@${found.version}`;
}

/** The quarters that are reported on, the newest of those that are over first, and the one that runs last. */
function lastQuarters(): string[] {
  const [year, month] = civilDate(new Date(serviceNow()).toISOString()).split("-").map(Number) as [number, number];
  const running = year * 4 + Math.floor((month - 1) / 3);
  return [1, 2, 3, 4, 5, 6, 7, 8, 0].map((back) => `${Math.floor((running - back) / 4)}Q${((running - back) % 4) + 1}`);
}

function lastYear(): { first: string; last: string } {
  const now = new Date(serviceNow());
  const before = new Date(now);
  before.setFullYear(now.getFullYear() - 1);
  return { first: civilDate(before.toISOString()), last: civilDate(now.toISOString()) };
}
