// What a team recorded of a visit, and the other inspector's word on it (两人确认).
import { useState } from "react";
import { Link } from "react-router";

import { TextInput } from "../../shared/parts/fields";
import { FollowUp, Results } from "../../shared/parts/results";
import { Fold } from "../../shared/parts/tables";
import { Facts, Lines, Notice, Told, When } from "../../shared/parts/texts";
import { type FindingState, VisitsConfirmDocument, type VisitsFindingFragment, type VisitsOneFragment } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { Action, Refusal } from "../parts";
import { to } from "../paths";
import { Section } from "../section";
import { FormLink } from "../visit_notice";
import { useInspectorWords } from "./words";

/** What may be re-checked, or otherwise followed. */
const FOLLOWED: readonly FindingState[] = ["APPROVED", "PUBLISHED", "ENDED"];
const LONGEST_NOTE = 4000;

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
      {FOLLOWED.includes(finding.state) && (
        <p>
          <Link className="button" to={to("proceedingsOf", { campaign: visit.campaignCode, enterprise: visit.enterpriseCode })}>
            {words.after}
          </Link>
        </p>
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
        [words.results, <Results results={account.results} />],
        [words.followUp, <FollowUp {...account} />],
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
    <Fold summary={words.visit.found.answers}>
      <Facts
        facts={answers.map(({ item, point, reply, remark }) => [
          `${item} ${point}`,
          <>
            {words.form.replies[reply]} {remark && <Told text={remark} />}
          </>,
        ])}
      />
    </Fold>
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
