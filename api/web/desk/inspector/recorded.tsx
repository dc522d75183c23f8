// What a team recorded of a visit, and the other inspector's word on it (两人确认).
import { type ReactNode, useState } from "react";

import { TextInput } from "../../shared/parts/fields";
import { Facts, Lines, Notice, Told, When } from "../../shared/parts/texts";
import { VisitsConfirmDocument, type VisitsFindingFragment, type VisitsOneFragment } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { Action, Refusal } from "../parts";
import { Section } from "./section";
import { useInspectorWords } from "./words";

const LONGEST_NOTE = 4000;

/** A printed form of a visit. */
export const FormLink = ({ visit, kind, children }: { visit: VisitsOneFragment; kind: "notice" | "record"; children: ReactNode }) => (
  <p>
    <a className="button" href={`/staff/files/forms/${visit.campaignCode}/${visit.enterpriseCode}/${kind}.pdf`}>
      {children}
    </a>
  </p>
);

interface RecordedParts {
  visit: VisitsOneFragment;
  finding: VisitsFindingFragment;
  subject: string;
}

export function RecordedFinding({ visit, finding, subject }: RecordedParts) {
  const words = useInspectorWords().visit;
  const waits = finding.state === "RECORDED";
  return (
    <Section title={words.found.title}>
      <AccountFacts account={finding} />
      <Facts
        facts={[
          [words.found.version, finding.version],
          [words.found.recordedBy, <Told text={finding.recordedBy} />],
          [words.found.enteredAt, finding.enteredAt && <When at={finding.enteredAt} />],
          [words.found.confirmedBy, finding.confirmedBy && <Told text={finding.confirmedBy} />],
        ]}
      />
      {finding.answers.length > 0 && <Answers answers={finding.answers} />}
      {visit.forms.some(({ kind }) => kind === "RECORD") && (
        <FormLink visit={visit} kind="record">
          {words.record.print}
        </FormLink>
      )}
      {waits && finding.recordedBy === subject && <Notice>{words.waitsForOther}</Notice>}
      {waits && finding.recordedBy !== subject && <Confirming visit={visit} version={finding.version} />}
    </Section>
  );
}

/** What an account says, whether it stands or was handed in later. */
export function AccountFacts({ account }: { account: Pick<VisitsFindingFragment, "visitedOn" | "results" | "followUp" | "facts" | "measures" | "correctBy"> & Partial<Pick<VisitsFindingFragment, "signature">> }) {
  const words = useInspectorWords().form;
  const { signature } = account;
  return (
    <Facts
      facts={[
        [words.visitedOn, <When at={account.visitedOn} />],
        [words.results, <ul className="plain">{account.results.map(({ code, text }) => <li key={code}>{text}</li>)}</ul>],
        [words.followUp, account.followUp.text],
        [words.correctBy, account.correctBy && <When at={account.correctBy} />],
        [words.facts, account.facts ? <Lines text={account.facts} /> : null],
        [words.measures, account.measures ? <Lines text={account.measures} /> : null],
        [words.signature, signature && <><Told text={`${words.ways[signature.how]} ${signature.by || signature.reason}`} /></>],
      ]}
    />
  );
}

function Answers({ answers }: Pick<VisitsFindingFragment, "answers">) {
  const words = useInspectorWords();
  return (
    <details>
      <summary>{words.visit.found.answers}</summary>
      <Facts
        facts={answers.map(({ item, point, reply, remark }) => [
          `${item} ${point}`,
          <>
            {words.form.replies[reply]} {remark && <Told text={remark} />}
          </>,
        ])}
      />
    </details>
  );
}

function Confirming({ visit, version }: { visit: VisitsOneFragment; version: number }) {
  const words = useInspectorWords().visit.confirm;
  const doing = useDoing();
  const [note, setNote] = useState("");
  const say = (agree: boolean) =>
    void doing.run(VisitsConfirmDocument, { campaign: visit.campaignCode, enterprise: visit.enterpriseCode, agree, note, version });
  return (
    <div className="form">
      <h3>{words.title}</h3>
      <p>{words.text}</p>
      <TextInput label={words.note} lines={2} value={note} onChange={setNote} maxLength={LONGEST_NOTE} />
      <Refusal refused={doing.refused} />
      <p className="pickers">
        <Action doing={doing} tone="primary" onPress={() => say(true)}>
          {words.agree}
        </Action>
        <Action doing={doing} tone="danger" isDisabled={!note.trim()} onPress={() => say(false)}>
          {words.dispute}
        </Action>
      </p>
    </div>
  );
}
