// What is said of an enterprise's risk: read once a purpose is given.
import { type FormEvent, useState } from "react";
import { Link } from "react-router";

import { Choice, DateInput, TextInput } from "../../shared/parts/fields";
import { Table } from "../../shared/parts/tables";
import { Badge, Facts, Lines, Told, type Tone, When } from "../../shared/parts/texts";
import {
  AnalystConfirmJudgementDocument,
  AnalystGradeOfDocument,
  type AnalystGradeFragment,
  type AnalystGradeOfQuery,
  type AnalystJudgementFragment,
  AnalystProposeJudgementDocument,
  AnalystWithdrawJudgementDocument,
  type JudgementState,
  type RuleEffect,
} from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { useDraft } from "../../shared/draft";
import { Action, Pressed, Refusal } from "../parts";
import { to } from "../paths";
import type { SignedIn } from "../session";
import { usePurpose } from "./parts";
import { Purpose } from "../purpose";
import { useReading } from "../reading";
import { useWords } from "./words";

const JUDGEMENT_TONES: Record<JudgementState, Tone> = { PROPOSED: "warning", IN_FORCE: "good", EXPIRED: "plain", WITHDRAWN: "plain" };
const LONGEST = 2000;

interface GradedParts {
  code: string;
  user: SignedIn | null;
}

export function Graded({ code, user }: GradedParts) {
  const words = useWords().enterprise;
  const [purpose, setPurpose] = usePurpose();
  const { data, busy, refused, again } = useReading(AnalystGradeOfDocument, purpose === null ? null : { enterprise: code, purpose });
  return (
    <>
      <section className="section" aria-labelledby="graded">
        <h2 id="graded">{words.grade}</h2>
        <Purpose what={words.gradeWhat} purpose={purpose} onGiven={setPurpose} />
        {busy && !data && <p role="status">{words.reading}</p>}
        <Refusal refused={refused} />
        {data && (data.grade ? <Reasons grade={data.grade} /> : <p className="empty">{words.noGrade}</p>)}
        {data && <Besides data={data} />}
      </section>
      {data && <Judgements code={code} data={data} user={user} onDone={again} />}
    </>
  );
}

function Reasons({ grade }: { grade: AnalystGradeFragment }) {
  const words = useWords();
  const own = words.enterprise;
  const pointed = grade.indicators.filter((each) => each.points !== "0").sort((one, other) => Number(other.points) - Number(one.points));
  const others = grade.indicators.filter((each) => each.points === "0");
  return (
    <>
      <p className="grade">
        <strong>{grade.grade}</strong>
        <span className="help">{grade.notice}</span>
      </p>
      <Facts
        facts={[
          [own.score, grade.score],
          [own.scoreGrade, grade.scoreGrade === grade.grade ? null : grade.scoreGrade],
          [own.stage, grade.stage && words.stages[grade.stage]],
          [own.asOf, <When at={grade.asOf} />],
          [own.model, grade.model && <Link to={to("model", grade.model)}>{`${grade.model.name} ${grade.model.version}`}</Link>],
        ]}
      />
      <h3>{own.reasons}</h3>
      <Indicators indicators={pointed} caption={own.pointed} empty={own.noPoints} />
      {grade.rules.length > 0 && (
        <Table
          caption={own.rules}
          rows={grade.rules}
          keyOf={(each) => each.id}
          columns={[
            { name: own.rule, heads: true, cell: (each) => <Told text={each.title} /> },
            { name: own.effect, cell: (each) => `${words.firedEffects[each.effect] ?? each.effect} ${each.grade}` },
            { name: words.reason, cell: (each) => <Told text={each.reason} /> },
            { name: words.legalBasis, cell: (each) => <Told text={each.legalBasis} /> },
            { name: own.expires, cell: (each) => each.expires && <When at={each.expires} /> },
          ]}
        />
      )}
      <details className="told">
        <summary>{own.others(others.length)}</summary>
        <Indicators indicators={others} caption={own.unpointed} />
      </details>
    </>
  );
}

function Indicators({ indicators, caption, empty }: { indicators: AnalystGradeFragment["indicators"]; caption: string; empty?: string }) {
  const own = useWords().enterprise;
  return (
    <Table
      caption={caption}
      rows={indicators}
      keyOf={(each) => each.id}
      empty={empty}
      columns={[
        { name: own.indicator, heads: true, cell: (each) => <Told text={each.title} /> },
        { name: own.value, numeric: true, cell: (each) => each.value ?? own.noValue },
        { name: own.points, numeric: true, cell: (each) => each.points },
      ]}
    />
  );
}

/** What stands beside the grade: what it was, what other systems say, and warnings. */
function Besides({ data }: { data: AnalystGradeOfQuery }) {
  const words = useWords();
  const own = words.enterprise;
  return (
    <>
      <h3>{own.history}</h3>
      <Table
        caption={own.history}
        rows={data.gradeHistory ?? []}
        keyOf={(_, index) => index}
        columns={[
          { name: own.asOf, heads: true, cell: (each) => <When at={each.asOf} /> },
          { name: words.grade, cell: (each) => each.grade },
          { name: own.score, numeric: true, cell: (each) => each.score },
          { name: own.model, cell: (each) => each.model && `${each.model.name} ${each.model.version}` },
        ]}
      />
      {(data.outsideGrades ?? []).length > 0 && (
        <>
          <h3>{own.outside}</h3>
          <Table
            caption={own.outside}
            rows={data.outsideGrades ?? []}
            keyOf={(each) => each.system}
            columns={[
              { name: own.system, heads: true, cell: (each) => <Told text={each.system} /> },
              { name: words.grade, cell: (each) => <Told text={each.grade} /> },
              { name: own.gradedOn, cell: (each) => <When at={each.gradedOn} /> },
            ]}
          />
        </>
      )}
      <h3>{own.warnings}</h3>
      <Table
        caption={own.warnings}
        rows={data.warnings?.nodes ?? []}
        keyOf={(each) => each.reference}
        empty={own.noWarnings}
        columns={[
          { name: words.kind, heads: true, cell: (each) => words.warnings.kinds[each.kind] },
          { name: words.state, cell: (each) => words.warnings.states[each.state] },
          { name: words.date, cell: (each) => <When at={each.raisedAt} /> },
        ]}
      />
      {(data.warnings?.nodes ?? []).length > 0 && (
        <p className="more">
          <Link to={to("warnings")}>{own.toWarnings}</Link>
        </p>
      )}
    </>
  );
}

interface JudgementsParts extends GradedParts {
  data: AnalystGradeOfQuery;
  onDone: () => void;
}

function Judgements({ code, data, user, onDone }: JudgementsParts) {
  const words = useWords().enterprise;
  const labels = [...new Map((data.models?.nodes ?? []).flatMap((model) => model.grades).map((each) => [each.label, each.name])).entries()];
  return (
    <section className="section" aria-labelledby="judgements">
      <h2 id="judgements">{words.judgements}</h2>
      <p className="help">{words.judgementsLead}</p>
      <ul className="cards">
        {(data.judgements?.nodes ?? []).map((each) => (
          <li key={each.id}>
            <Judgement judgement={each} user={user} onDone={onDone} />
          </li>
        ))}
      </ul>
      {user?.role === "analyst" && labels.length > 0 && <Proposing subject={user.subject} code={code} labels={labels} onDone={onDone} />}
    </section>
  );
}

function Judgement({ judgement, user, onDone }: { judgement: AnalystJudgementFragment; user: SignedIn | null; onDone: () => void }) {
  const words = useWords();
  const own = words.enterprise;
  const doing = useDoing({ revalidates: false });
  const note = useDraft(user?.subject ?? "", `judgement.note.${judgement.id}`);
  const isOwn = judgement.proposedBy === user?.subject;
  const isOpen = judgement.state === "PROPOSED" || judgement.state === "IN_FORCE";
  const confirm = async () => {
    if (await doing.run(AnalystConfirmJudgementDocument, { id: judgement.id })) onDone();
  };
  const withdraw = async () => {
    if (!(await doing.run(AnalystWithdrawJudgementDocument, { id: judgement.id, note: note.text }))) return;
    note.forget();
    onDone();
  };
  const step = (by: string, at: string | null | undefined) => (
    <>
      <Told text={by} /> {at && <When at={at} />}
    </>
  );
  return (
    <>
      <p>
        <Badge tone={JUDGEMENT_TONES[judgement.state]}>{words.judgementStates[judgement.state]}</Badge>{" "}
        <strong>
          {words.effects[judgement.effect]} {judgement.grade}
        </strong>
      </p>
      <Facts
        facts={[
          [words.reason, <Lines text={judgement.reason} />],
          [words.legalBasis, <Told text={judgement.legalBasis} />],
          [own.expires, <When at={judgement.expires} />],
          [own.proposed, step(judgement.proposedBy, judgement.proposedAt)],
          [own.confirmed, judgement.confirmedBy && step(judgement.confirmedBy, judgement.confirmedAt)],
          [own.withdrawn, judgement.withdrawnBy && step(judgement.withdrawnBy, judgement.withdrawnAt)],
          [own.withdrawNote, judgement.note ? <Told text={judgement.note} /> : null],
        ]}
      />
      {user?.role === "analyst" && isOpen && (
        <div className="deeds screen-only">
          {judgement.state === "PROPOSED" &&
            (isOwn ? (
              <p className="help">{own.own}</p>
            ) : (
              <Action doing={doing} tone="primary" onPress={() => void confirm()}>
                {own.confirm}
              </Action>
            ))}
          <TextInput label={own.withdrawNote} value={note.text} onChange={note.change} maxLength={LONGEST} />
          <Action doing={doing} tone="danger" isDisabled={!note.text.trim()} onPress={() => void withdraw()}>
            {own.withdraw}
          </Action>
          <Refusal refused={doing.refused} />
        </div>
      )}
    </>
  );
}

function Proposing({ subject, code, labels, onDone }: { subject: string; code: string; labels: readonly (readonly [string, string])[]; onDone: () => void }) {
  const words = useWords();
  const own = words.enterprise;
  const doing = useDoing({ revalidates: false });
  // What the judgement makes of the grade is not kept: a grade stands in no storage.
  const reason = useDraft(subject, `judgement.reason.${code}`);
  const basis = useDraft(subject, `judgement.basis.${code}`);
  const expires = useDraft(subject, `judgement.expires.${code}`);
  const [effect, setEffect] = useState<RuleEffect>("AT_LEAST");
  const [grade, setGrade] = useState(labels.at(-1)![0]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await doing.run(AnalystProposeJudgementDocument, { enterprise: code, effect, grade, reason: reason.text, legalBasis: basis.text, expires: expires.text }))) return;
    for (const each of [reason, basis, expires]) each.forget();
    onDone();
  };
  return (
    <details className="screen-only">
      <summary>{own.propose}</summary>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Choice label={own.effect} name="effect" value={effect} onChange={(each) => setEffect(each as RuleEffect)} choices={Object.entries(words.effects)} />
        <Choice label={words.grade} name="grade" value={grade} onChange={setGrade} choices={labels.map(([label, name]) => [label, `${label} ${name}`] as const)} />
        <TextInput label={words.reason} help={own.longestReason} lines={4} maxLength={LONGEST} isRequired value={reason.text} onChange={reason.change} />
        <TextInput label={words.legalBasis} isRequired maxLength={LONGEST} value={basis.text} onChange={basis.change} />
        <DateInput label={own.expires} name="expires" value={expires.text} onChange={expires.change} isRequired />
        <Refusal refused={doing.refused} />
        <Pressed tone="primary" busy={doing.busy}>
          {own.propose}
        </Pressed>
      </form>
    </details>
  );
}
