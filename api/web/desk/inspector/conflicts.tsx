// Conflicts (离线冲突): what stands beside what was handed in later, and choosing one of them.
import { useState } from "react";

import { TextInput } from "../../shared/parts/fields";
import { Badge, Facts, Lines, Told, When } from "../../shared/parts/texts";
import { type ConflictChoice, VisitsSettleDocument, type VisitsOneFragment, type VisitsSiteQuery } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { Action, Refusal } from "../parts";
import { AccountFacts } from "./recorded";
import { Section } from "../section";
import { useInspectorWords } from "./words";

type Conflict = NonNullable<VisitsSiteQuery["conflicts"]>[number];

const LONGEST_NOTE = 4000;

export function Conflicts({ visit, conflicts }: { visit: VisitsOneFragment; conflicts: readonly Conflict[] }) {
  const words = useInspectorWords().visit;
  const { finding } = visit;
  if (!conflicts.length || !finding) return null;
  return (
    <Section title={words.conflicts.title}>
      <p>{words.conflicts.text}</p>
      {conflicts.map((conflict) => (
        <div key={conflict.number}>
          <div className="accounts">
            <div>
              <h3>{words.conflicts.stands(finding.version)}</h3>
              <AccountFacts account={finding} />
              <Facts facts={[[words.conflicts.by, <Told text={finding.recordedBy} />]]} />
            </div>
            <div>
              <h3>{words.conflicts.late(conflict.number)}</h3>
              <AccountFacts account={conflict} />
              <Facts
                facts={[
                  [words.conflicts.by, <Told text={conflict.handedInBy} />],
                  [words.conflicts.at, <When at={conflict.enteredAt} />],
                ]}
              />
            </div>
          </div>
          {conflict.choice ? (
            <>
              <p>
                <Badge tone="good">{words.conflicts.settled}</Badge> {words.conflicts[conflict.choice]} <Told text={conflict.settledBy} />
              </p>
              <Lines text={conflict.note} />
            </>
          ) : (
            <Settling visit={visit} number={conflict.number} />
          )}
        </div>
      ))}
    </Section>
  );
}

function Settling({ visit, number }: { visit: VisitsOneFragment; number: number }) {
  const words = useInspectorWords().visit.conflicts;
  const doing = useDoing();
  const [note, setNote] = useState("");
  const settle = (choice: ConflictChoice) =>
    void doing.run(VisitsSettleDocument, { campaign: visit.campaignCode, enterprise: visit.enterpriseCode, number, choice, note });
  return (
    <div className="form">
      <TextInput label={words.note} lines={2} value={note} onChange={setNote} maxLength={LONGEST_NOTE} isRequired />
      <Refusal refused={doing.refused} />
      <p className="pickers">
        <Action doing={doing} isDisabled={!note.trim()} onPress={() => settle("KEPT")}>
          {words.keep}
        </Action>
        <Action doing={doing} isDisabled={!note.trim()} onPress={() => settle("RECORDED")}>
          {words.take}
        </Action>
      </p>
    </div>
  );
}
