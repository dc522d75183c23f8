import type { FormEvent } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { today } from "../../../shared/clock";
import { DateInput, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Facts, Notice, shown, Told, When } from "../../../shared/parts/texts";
import { listed, phrased } from "../../../shared/marks";
import {
  type AnalystModelFragment,
  AnalystEnforceModelDocument,
  AnalystModelsHeldDocument,
  AnalystOneModelDocument,
  AnalystRetireModelDocument,
  AnalystReviewModelDocument,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDivisions } from "../../divisions";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { Action, namesOf, Refusal } from "../../parts";
import { to } from "../../paths";
import { session } from "../../session";
import { ModelStateBadge } from "../parts";
import { Trying } from "../trying";
import { useWords } from "../words";
import "../analyst.css";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const signal = { signal: request.signal };
  const [{ model, departments }, { models }, user] = await Promise.all([
    ask(AnalystOneModelDocument, { name: params["name"]!, version: params["version"]! }, signal),
    ask(AnalystModelsHeldDocument, {}, signal),
    session(),
  ]);
  if (!model) throw new Response(null, { status: 404 });
  return { model, departments, held: models?.nodes ?? [], user: user.signedIn ? user : null };
}

export function Component() {
  const words = useWords();
  const own = words.model;
  const { model, departments, held, user } = useLoaderData<typeof loader>();
  const others = held.filter((each) => each.name !== model.name || each.version !== model.version);
  const against = others.find((each) => each.state === "IN_FORCE" && each.name === model.name) ?? others.find((each) => each.state === "IN_FORCE") ?? others[0];
  const mayAct = user?.role === "analyst" || user?.role === "administrator";
  const { scope, origin } = model;
  const division = useDivisions(scope.regions);
  return (
    <Page
      title={model.title}
      tab={`${model.name} ${model.version}`}
      lead={
        <p>
          <span className="code">
            {model.name} {model.version}
          </span>{" "}
          <ModelStateBadge state={model.state} />
        </p>
      }
      crumbs={[[words.models.title, to("models")]]}
      actions={
        <>
          {mayAct && (
            <Link className="button" to={to("newModel", undefined, { name: model.name, version: model.version })}>
              {own.edit}
            </Link>
          )}
          <button type="button" className="button" onClick={() => print()}>
            {words.print}
          </button>
        </>
      }
    >
      <Notice tone="warning">{shown(model.notice)}</Notice>
      <div className="columns">
        <section className="section">
          <h2>{own.facts}</h2>
          <Facts
            facts={[
              [words.models.author, <Told text={model.author} />],
              [own.validity, `${model.validFrom} ${words.to} ${model.validTo ?? words.openEnd}`],
              [words.models.inForce, model.inForceFrom && `${model.inForceFrom} ${words.to} ${model.inForceTo ?? words.openEnd}`],
              [words.sector, <Told text={listed(scope.sectors) || own.everywhere} />],
              [words.region, <Told text={listed(scope.regions.map(division)) || own.everywhere} />],
              [own.departments, scope.departments.length ? <Told text={namesOf(departments)(scope.departments)} /> : null],
              [words.enterprise.stage, scope.stages.length ? listed(scope.stages.map((each) => words.stages[each])) : null],
              [own.origin, origin && <Told text={phrased([origin.issuer, origin.issuedOn, origin.data])} />],
            ]}
          />
          <Table
            caption={own.grades}
            rows={model.grades}
            keyOf={(each) => each.label}
            columns={[
              { name: words.grade, heads: true, cell: (each) => <Told text={`${each.label} ${each.name}`} /> },
              { name: own.lowestScore, numeric: true, cell: (each) => each.lowestScore ?? "–" },
              { name: own.meaning, cell: (each) => <Told text={each.meaning} /> },
            ]}
          />
        </section>
        <section className="section">
          <h2>{own.life}</h2>
          <ol className="timeline">
            {model.steps.map((each, index) => (
              <li key={index}>
                <strong>{own.steps[each.step]}</strong> {each.since && own.stepSince(each.since)}
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
          {mayAct && <NextStep key={`${model.name} ${model.version}`} model={model} subject={user.subject} />}
        </section>
      </div>
      {user?.role !== "administrator" && (
        <section className="section screen-only">
          <h2>{own.checkAndCompare}</h2>
          <Trying key={`${model.name} ${model.version}`} text={model.text} held={others} against={against} />
        </section>
      )}
      <section className="section">
        <h2>{own.text}</h2>
        <pre tabIndex={0} aria-label={own.text}>
          {shownLines(model.text)}
        </pre>
      </section>
    </Page>
  );
}

/** A text whose lines stand, while nothing else in it is unseen. */
const shownLines = (text: string) => text.split("\n").map(shown).join("\n");

function NextStep({ model, subject }: { model: AnalystModelFragment; subject: string }) {
  const words = useWords();
  const own = words.model;
  const doing = useDoing();
  const { name, version } = model;
  const note = useDraft(subject, `model.note.${name}.${version}`);
  const forget = (done: unknown) => {
    if (done) note.forget();
  };
  const review = (approve: boolean) => void doing.run(AnalystReviewModelDocument, { name, version, approve, note: note.text }).then(forget);
  const dated = (act: (day: string) => void) => (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    act(String(new FormData(event.currentTarget).get("day")));
  };
  const isOwn = model.steps.some((each) => each.step === "DRAFTED" && each.by === subject);
  return (
    <div className="deeds screen-only">
      {model.state === "DRAFT" && (
        <>
          <h3>{own.review}</h3>
          <p className="help">{own.reviewLead}</p>
          {!isOwn && (
            <>
              <TextInput label={own.reviewNote} lines={2} value={note.text} onChange={note.change} maxLength={2000} />
              <p className="deed-row">
                <Action doing={doing} tone="primary" onPress={() => review(true)}>
                  {own.approve}
                </Action>
                <Action doing={doing} tone="danger" isDisabled={!note.text.trim()} onPress={() => review(false)}>
                  {own.return}
                </Action>
              </p>
            </>
          )}
        </>
      )}
      {model.state === "REVIEWED" && (
        <form className="form" onSubmit={dated((since) => void doing.run(AnalystEnforceModelDocument, { name, version, since }))}>
          <DateInput label={own.enforceSince} name="day" defaultValue={today()} isRequired />
          <p className="help">{own.enforceHelp}</p>
          <button className="button primary" disabled={doing.busy}>
            {own.enforce}
          </button>
        </form>
      )}
      {(model.state === "IN_FORCE" || model.state === "SCHEDULED") && (
        <details>
          <summary>{own.retire}</summary>
          <form className="form" onSubmit={dated((until) => void doing.run(AnalystRetireModelDocument, { name, version, until, note: note.text }).then(forget))}>
            <DateInput label={own.retireUntil} name="day" defaultValue={today()} isRequired />
            <TextInput label={own.retireNote} isRequired value={note.text} onChange={note.change} maxLength={2000} />
            <button className="button danger" disabled={doing.busy}>
              {own.retire}
            </button>
          </form>
        </details>
      )}
      <Refusal refused={doing.refused} />
    </div>
  );
}
