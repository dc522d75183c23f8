import { type FormEvent, useState } from "react";
import { Form, Link, type LoaderFunctionArgs, useLoaderData, useLocation } from "react-router";
import { Button } from "react-aria-components";

import { Chart } from "../../../shared/parts/chart";
import { Choice, DateInput, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Facts, Notice, Told, type Tone, When } from "../../../shared/parts/texts";
import {
  AnalystAcknowledgeDocument,
  AnalystDismissDocument,
  AnalystItemsDocument,
  AnalystPlanSpecialCheckDocument,
  AnalystPrecisionDocument,
  type AnalystPrecisionQuery,
  AnalystRaiseWarningsDocument,
  AnalystWarningDocument,
  type AnalystWarningQuery,
  type AnalystWarningRowFragment,
  AnalystWarningsDocument,
  AnalystWarningsToPlanDocument,
  type WarningKind,
  type WarningState,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDivisions } from "../../divisions";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { bracketed, listed, phrased } from "../../../shared/marks";
import { jobIn, JobProgress, useJobHere } from "../../jobs";
import { onlyFor } from "../../only_for";
import { Action, Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { decimal, percent, percentOfMillionths } from "../../shares";
import type { SignedIn } from "../../session";
import { useJobResult, usePurpose } from "../parts";
import { Purpose } from "../../purpose";
import { useReading } from "../../reading";
import { useWords } from "../words";
import "../analyst.css";

const SIZE = 60;
const SEVERITIES = ["high", "middle", "low"] as const;
const SEVERITY: Record<WarningKind, (typeof SEVERITIES)[number]> = {
  GRADE_JUMP: "high",
  CORRECTION: "high",
  RELATED: "high",
  SURGE: "middle",
  RISK_POINT: "middle",
  LICENCE: "low",
};
const TONES: Record<(typeof SEVERITIES)[number], Tone> = { high: "bad", middle: "warning", low: "plain" };

export async function loader({ request }: LoaderFunctionArgs) {
  const user = await onlyFor("planner", "analyst", "auditor");
  const reads = user.role !== "planner";
  const [precision, begun] = await Promise.all([reads ? ask(AnalystPrecisionDocument, {}, { signal: request.signal }) : null, jobIn(request)]);
  return { user, precision: precision?.warningPrecision ?? null, begun };
}

export function Component() {
  const words = useWords().warnings;
  const { user, precision } = useLoaderData<typeof loader>();
  const { role } = user;
  const [purpose, setPurpose] = usePurpose();
  const plans = role === "planner";
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <button type="button" className="button" onClick={() => print()}>
          {useWords().print}
        </button>
      }
    >
      <section className="section">
        <h2>{plans ? words.plan : words.board}</h2>
        <Purpose what={plans ? words.planWhat : words.what} purpose={purpose} onGiven={setPurpose} />
        {purpose !== null && (plans ? <ToPlan purpose={purpose} user={user} /> : <Board purpose={purpose} user={user} />)}
      </section>
      {precision && <Precision rows={precision} />}
      {role === "analyst" && <Running />}
    </Page>
  );
}

function Board({ purpose, user }: { purpose: string; user: SignedIn }) {
  const words = useWords();
  const own = words.warnings;
  const { search } = useLocation();
  const asked = new URLSearchParams(search);
  const state = (asked.get("state") ?? "NEW") as WarningState;
  const kind = asked.get("kind") as WarningKind | null;
  const filter = { state, kind: kind || null };
  const { data, busy, refused, again } = useReading(AnalystWarningsDocument, { purpose, ...windowOf({ url: location.href }, SIZE), filter });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const rows = data?.warnings?.nodes ?? [];
  const isOpen = user.role === "analyst" && (state === "NEW" || state === "ACKNOWLEDGED");
  const here = chosen.filter((each) => rows.some(({ reference }) => reference === each));
  return (
    <>
      <Form className="filters screen-only" preventScrollReset key={search}>
        <Choice label={words.state} name="state" defaultValue={state} choices={Object.entries(own.states)} />
        <Choice label={words.kind} name="kind" defaultValue={kind ?? ""} choices={[["", words.all], ...Object.entries(own.kinds)]} />
        <button className="button">{words.search}</button>
      </Form>
      <Refusal refused={refused} />
      {data && rows.length === 0 && <p className="empty">{own.empty}</p>}
      {isOpen && rows.length > 0 && (
        <Handling
          chosen={here}
          state={state}
          subject={user.subject}
          onDone={() => {
            setChosen([]);
            again();
          }}
        />
      )}
      {rows.length > 0 && (
        <div className="board" aria-busy={busy}>
          {SEVERITIES.map((severity) => {
            const those = rows.filter((each) => SEVERITY[each.kind] === severity);
            return (
              <section key={severity} aria-label={`${own.severity} ${own.severities[severity]}`}>
                <h3>
                  <Badge tone={TONES[severity]}>{own.severities[severity]}</Badge> {those.length}
                </h3>
                <ul className="cards">
                  {those.map((each) => (
                    <li key={each.reference}>
                      <Card
                        warning={each}
                        purpose={purpose}
                        chosen={here.includes(each.reference)}
                        {...(isOpen && {
                          onChosen: (is: boolean) => setChosen(is ? [...here, each.reference] : here.filter((one) => one !== each.reference)),
                        })}
                      />
                    </li>
                  ))}
                </ul>
              </section>
            );
          })}
        </div>
      )}
      {rows.length > 0 && <p className="help">{own.severityNote}</p>}
      {data?.warnings && rows.length > 0 && <Pager info={data.warnings.pageInfo} total={data.warnings.totalCount} />}
    </>
  );
}

function Handling({ chosen, state, subject, onDone }: { chosen: readonly string[]; state: WarningState; subject: string; onDone: () => void }) {
  const own = useWords().warnings;
  const doing = useDoing({ revalidates: false });
  const { text: note, change, forget } = useDraft(subject, "warnings.note");
  const references = [...chosen];
  const finish = (done: unknown) => {
    if (!done) return;
    forget();
    onDone();
  };
  return (
    <div className="deeds screen-only">
      <p role="status">{own.selected(chosen.length)}</p>
      <TextInput label={state === "NEW" ? `${own.acknowledgeNote} / ${own.dismissReason}` : own.dismissReason} value={note} onChange={change} maxLength={1000} />
      <p className="deed-row">
        {state === "NEW" && (
          <Action doing={doing} tone="primary" isDisabled={!chosen.length} onPress={() => void doing.run(AnalystAcknowledgeDocument, { references, note }).then(finish)}>
            {own.acknowledge}
          </Action>
        )}
        <Action doing={doing} tone="danger" isDisabled={!chosen.length || !note.trim()} onPress={() => void doing.run(AnalystDismissDocument, { references, reason: note }).then(finish)}>
          {own.dismiss}
        </Action>
      </p>
      <Refusal refused={doing.refused} />
    </div>
  );
}

interface CardParts {
  warning: AnalystWarningRowFragment;
  purpose: string;
  chosen: boolean;
  onChosen?: (is: boolean) => void;
}

function Card({ warning, purpose, chosen, onChosen }: CardParts) {
  const own = useWords().warnings;
  const [isOpen, setOpen] = useState(false);
  const about = useAbout(warning.subject);
  const name = `${own.kinds[warning.kind]} ${about}`;
  return (
    <>
      {onChosen ? (
        <label className="check">
          <input type="checkbox" checked={chosen} onChange={(event) => onChosen(event.target.checked)} />
          <span>
            <strong>{own.kinds[warning.kind]}</strong>
            <br />
            <Told text={about} />
          </span>
        </label>
      ) : (
        <p>
          <strong>{own.kinds[warning.kind]}</strong>
          <br />
          <Told text={about} />
        </p>
      )}
      <p className="help">
        <When at={warning.raisedAt} />
      </p>
      <Button className="button screen-only" aria-expanded={isOpen} aria-label={`${isOpen ? own.hide : own.details} ${name}`} onPress={() => setOpen(!isOpen)}>
        {isOpen ? own.hide : own.details}
      </Button>
      {isOpen && <Details reference={warning.reference} purpose={purpose} />}
    </>
  );
}

/** Whom or what a warning is about, in words. */
function useAbout(subject: string): string {
  const words = useWords();
  const own = words.warnings;
  const told = parsed(subject);
  const value = String(told["value"]);
  const division = useDivisions([value]);
  if (told["enterprise"]) return String(told["enterprise"]);
  if (told["matter"]) return `${String(told["sector"])} · ${String(told["matter"])}`;
  if (told["measure"]) return `${own.dimensions[String(told["dimension"])] ?? ""} ${division(value)} · ${own.measures[String(told["measure"])] ?? ""}`;
  if (Array.isArray(told["via"])) return listed(told["via"].map((each) => own.ties[String(each)] ?? String(each)));
  return subject;
}

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

function Details({ reference, purpose }: { reference: string; purpose: string }) {
  const words = useWords();
  const own = words.warnings;
  const { data, refused } = useReading(AnalystWarningDocument, { reference, purpose });
  const found = data?.warning;
  if (!found) return <Refusal refused={refused} />;
  return (
    <div className="evidence">
      <h4>{own.evidence}</h4>
      <Evidence evidence={parsed(found.evidence)} />
      {found.enterpriseCodes.length > 0 && (
        <>
          <h4>{own.enterprises}</h4>
          <ul className="plain">
            {found.enterpriseCodes.map((code) => (
              <li key={code}>
                <Link className="code" to={to("enterprise", { code })}>
                  {code}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {found.steps.length > 0 && <Steps steps={found.steps} />}
    </div>
  );
}

function Steps({ steps }: { steps: NonNullable<AnalystWarningQuery["warning"]>["steps"] }) {
  const own = useWords().warnings;
  return (
    <>
      <h4>{own.steps}</h4>
      <ol className="timeline">
        {steps.map((each, index) => (
          <li key={index}>
            {own.states[each.step]} {each.campaignCode && <span className="code">{each.campaignCode}</span>}
            {each.note && (
              <p>
                <Told text={each.note} />
              </p>
            )}
            <small>
              <Told text={each.by} /> · <When at={each.at} />
            </small>
          </li>
        ))}
      </ol>
    </>
  );
}

interface Week {
  week: string;
  count: number;
  visits?: number;
}

/** A number of the evidence, whose unit its name tells. */
function amount(name: string, value: number, below: (least: string) => string): string {
  if (name === "false_alarms_per_million") return percentOfMillionths(value);
  if (name.endsWith("_per_million")) return value === 0 ? below(decimal(1, 6)) : decimal(value, 6);
  return name.endsWith("_per_thousand") ? decimal(value, 3) : String(value);
}

interface Charted {
  value_per_thousand: number;
  limit_per_thousand: number;
  signals: number;
  false_alarms_per_million_weeks: number;
}

function Evidence({ evidence }: { evidence: Record<string, unknown> }) {
  const words = useWords();
  const own = words.warnings;
  const { series, charts, ...rest } = evidence as { series?: Week[]; charts?: Record<string, Charted> };
  const say = (value: unknown, name = ""): string => {
    if (value === null) return words.none;
    if (Array.isArray(value)) return listed(value.map((each) => say(each)));
    if (typeof value === "number") return amount(name, value, own.below);
    if (typeof value === "object") return phrased(Object.entries(value).map(([each, one]) => `${own.facts[each] ?? each} ${say(one, each)}`));
    return own.ties[String(value)] ?? String(value);
  };
  return (
    <>
      <Facts facts={Object.entries(rest).map(([name, value]) => [own.facts[name] ?? name, <Told text={say(value, name)} />] as const)} />
      {charts && (
        <ul className="plain">
          {Object.entries(charts).map(([name, each]) => (
            <li key={name}>{own.chart(name.toUpperCase(), decimal(each.value_per_thousand, 3), decimal(each.limit_per_thousand, 3), each.signals > 0, percentOfMillionths(each.false_alarms_per_million_weeks))}</li>
          ))}
        </ul>
      )}
      {series && (
        <Chart
          title={own.series}
          along={own.week}
          categories={series.map((each) => each.week)}
          series={[
            { name: own.counted, values: series.map((each) => each.count) },
            ...(series.some((each) => each.visits !== undefined) ? [{ name: own.visits, values: series.map((each) => each.visits ?? 0) }] : []),
          ]}
        />
      )}
    </>
  );
}

function ToPlan({ purpose, user }: { purpose: string; user: SignedIn | null }) {
  const own = useWords().warnings;
  const { data, refused, again } = useReading(AnalystWarningsToPlanDocument, { purpose });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [planned, setPlanned] = useState<string | null>(null);
  const rows = data?.warningsToPlan?.nodes ?? [];
  return (
    <>
      {planned && <Notice tone="good" live title={own.planned(planned)} />}
      <p className="help">{own.planLead}</p>
      <Refusal refused={refused} />
      {data && (
        <Table
          caption={own.plan}
          rows={rows}
          keyOf={(each) => each.reference}
          empty={own.planNone}
          columns={[
            {
              name: own.enterprises,
              heads: true,
              cell: (each) => (
                <label className="check">
                  <input
                    type="checkbox"
                    checked={chosen.includes(each.reference)}
                    onChange={(event) => setChosen(event.target.checked ? [...chosen, each.reference] : chosen.filter((one) => one !== each.reference))}
                  />
                  <span className="code">{listed(each.enterpriseCodes)}</span>
                </label>
              ),
            },
            { name: own.acknowledgedAt, cell: (each) => <When at={each.acknowledgedAt} /> },
          ]}
        />
      )}
      {chosen.length > 0 && user?.department && (
        <Planning
          chosen={chosen}
          department={user.department}
          subject={user.subject}
          onDone={(code) => {
            setPlanned(code);
            setChosen([]);
            again();
          }}
        />
      )}
    </>
  );
}

/** The plan of a special check: whom it is about comes from the warnings, and its public reason names nobody. */
function Planning({ chosen, department, subject, onDone }: { chosen: readonly string[]; department: string; subject: string; onDone: (code: string) => void }) {
  const own = useWords().warnings;
  const doing = useDoing({ revalidates: false });
  const reason = useDraft(subject, "special.reason");
  const title = useDraft(subject, "special.title");
  const starts = useDraft(subject, "special.starts");
  const ends = useDraft(subject, "special.ends");
  const { data } = useReading(AnalystItemsDocument, { filter: { departmentCode: department, isInUse: true } });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const plan = {
      title: title.text,
      departments: [department],
      items: form.getAll("items").map(String),
      startsOn: starts.text,
      endsOn: ends.text,
      conditions: {},
      listing: { reason: reason.text },
    };
    const done = await doing.run(AnalystPlanSpecialCheckDocument, { references: [...chosen], plan });
    if (!done?.campaign) return;
    for (const each of [title, reason, starts, ends]) each.forget();
    onDone(done.campaign.code);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <h3>{own.planSelected(chosen.length)}</h3>
      <TextInput label={own.planTitle} value={title.text} onChange={title.change} isRequired maxLength={200} />
      <TextInput label={own.planReason} help={own.planReasonHelp} value={reason.text} onChange={reason.change} lines={3} isRequired maxLength={1000} />
      <fieldset className="pick-list">
        <legend>{own.planItems}</legend>
        {(data?.items?.nodes ?? []).map((each) => (
          <label className="check" key={each.code}>
            <input type="checkbox" name="items" value={each.code} />
            <span>
              <span className="code">{each.code}</span> <Told text={each.name} />
            </span>
          </label>
        ))}
      </fieldset>
      <div className="filters">
        <DateInput label={own.planStarts} name="startsOn" value={starts.text} onChange={starts.change} isRequired />
        <DateInput label={own.planEnds} name="endsOn" value={ends.text} onChange={ends.change} isRequired />
      </div>
      <Refusal refused={doing.refused} />
      <Pressed tone="primary" busy={doing.busy}>
        {own.plan}
      </Pressed>
    </form>
  );
}

function Precision({ rows }: { rows: NonNullable<AnalystPrecisionQuery["warningPrecision"]> }) {
  const words = useWords();
  const own = words.warnings;
  return (
    <section className="section">
      <h2>{own.precision}</h2>
      <p className="help">{own.precisionLead}</p>
      <Table
        caption={own.precision}
        rows={rows}
        keyOf={(each) => each.kind}
        columns={[
          { name: words.kind, heads: true, cell: (each) => own.kinds[each.kind] },
          { name: own.raisedCount, numeric: true, cell: (each) => each.raisedCount },
          { name: own.borneOut, numeric: true, cell: (each) => each.borneOutCount },
          { name: own.notBorneOut, numeric: true, cell: (each) => each.notBorneOutCount },
          { name: own.unknown, numeric: true, cell: (each) => each.unknownCount },
          {
            name: own.share,
            numeric: true,
            cell: (each) => (each.share === null || each.share === undefined ? "–" : percent(each.share) + bracketed(`${percent(each.low ?? 0)} – ${percent(each.high ?? 10000)}`)),
          },
          { name: own.falseAlarms, numeric: true, cell: (each) => <FalseAlarms rate={each.falseAlarmsPerMillion} of={own.falseAlarmsOf[each.kind]} /> },
        ]}
      />
    </section>
  );
}

/** How often a kind is raised where nothing is; a kind that tells dates is never. */
function FalseAlarms({ rate, of }: { rate: number; of: string }) {
  const own = useWords().warnings;
  if (!of) return own.isFact;
  return (
    <>
      {percentOfMillionths(rate)} <small>{of}</small>
    </>
  );
}

function Running() {
  const own = useWords().warnings;
  const { begun } = useLoaderData<typeof loader>();
  const doing = useDoing();
  const { job, open } = useJobHere(begun);
  const { result } = useJobResult(job);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const done = await doing.run(AnalystRaiseWarningsDocument, {});
    if (done?.job) open(done.job);
  };
  return (
    <section className="section screen-only">
      <h2>{own.run}</h2>
      <form onSubmit={(event) => void submit(event)}>
        <p className="help">{own.runLead}</p>
        <Pressed busy={doing.busy}>
          {own.run}
        </Pressed>
      </form>
      <Refusal refused={doing.refused} />
      {job && <JobProgress job={job} />}
      {result?.__typename === "WarningsRaised" && <p role="status">{own.raised(result.raised)}</p>}
    </section>
  );
}
