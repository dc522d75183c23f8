// Voiding a campaign, which two persons do.
import { useState } from "react";

import { TextInput } from "../../../shared/parts/fields";
import { Lines, Notice } from "../../../shared/parts/texts";
import { PlannerConfirmVoidDocument, PlannerProposeVoidDocument } from "../../../generated/desk/graphql";
import { useDoing } from "../../doing";
import { Confirmed, faultAt, Pressed, Refusal } from "../../parts";
import { useWords } from "../words";
import type { Campaign, Published } from "./standing";

/** The newest proposal that another person may confirm: one of before the draw lapses with it. */
function standingProposal({ voidProposedEntries, drawnEntry }: Published) {
  return [...voidProposedEntries].reverse().find((each) => !drawnEntry || BigInt(each.seq) > BigInt(drawnEntry.seq));
}

export function Void({ campaign: { code }, published }: { campaign: Campaign; published: Published }) {
  const words = useWords().void;
  const doing = useDoing();
  const [reason, setReason] = useState("");
  const proposal = standingProposal(published);
  const told = proposal && (JSON.parse(proposal.text) as { body: { reason: string } }).body.reason;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      <details open={proposal !== undefined}>
        <summary>{words.propose}</summary>
        <p>{words.lead}</p>
        {proposal && (
          <Notice tone="warning" title={words.proposed}>
            <Lines text={told ?? ""} />
          </Notice>
        )}
        <Refusal refused={doing.refused} />
        {proposal ? (
          <Confirmed doing={doing} tone="danger" label={words.confirm} text={words.confirmText} onConfirm={() => void doing.run(PlannerConfirmVoidDocument, { campaign: code, proposal: proposal.seq })} />
        ) : (
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              void doing.run(PlannerProposeVoidDocument, { campaign: code, reason });
            }}
          >
            <TextInput label={words.reason} lines={3} maxLength={1000} value={reason} onChange={setReason} isRequired {...faultAt(doing.refused, "reason")} />
            <Pressed busy={doing.busy} tone="danger">
              {words.propose}
            </Pressed>
          </form>
        )}
      </details>
    </section>
  );
}
