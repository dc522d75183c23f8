import { type FormEvent, useState } from "react";

import { TextInput } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { useAsking } from "../../shared/refused";
import { Badge, Facts, Lines, Notice, When } from "../../shared/parts/texts";
import { WhatBecameDocument, type WhatBecameQuery } from "../../generated/site/graphql";
import { ask } from "../ask";
import { useWords } from "../words";

// The number stays out of the address: whoever has it reads the answer, and addresses are kept.
export function Component() {
  const words = useWords();
  const [number, setNumber] = useState("");
  const { found, refused, look } = useAsking<WhatBecameQuery["submission"]>();

  function submit(event: FormEvent) {
    event.preventDefault();
    void look(async () => (await ask(WhatBecameDocument, { receipt: number })).submission);
  }

  return (
    <Page title={words.receipt.title} lead={words.receipt.lead}>
      <section className="section">
        <form className="form" onSubmit={submit}>
          <TextInput label={words.receipt.number} value={number} onChange={setNumber} isRequired maxLength={60} autoComplete="off" />
          <div>
            <button className="button primary">{words.search}</button>
          </div>
        </form>
        {refused && (
          <Notice tone="bad" live title={refused.message}>
            <p>{refused.remedy}</p>
          </Notice>
        )}
      </section>
      {found && !refused && (
        <section className="section" aria-live="polite">
          <Facts
            facts={[
              [words.receipt.kind, found.kind === "QUESTION" ? words.receipt.question : words.receipt.objection],
              [words.receipt.state, <Badge tone={found.state === "RECEIVED" ? "strong" : "good"}>{words.submissionStates[found.state]}</Badge>],
              [words.campaignCode, found.campaignCode],
              [words.position, found.position],
              [words.receipt.received, <When at={found.receivedOn} />],
              [words.receipt.due, <>
                <When at={found.dueOn} /> {found.isOverdue && <Badge tone="bad">{words.receipt.overdue}</Badge>}
              </>],
              [words.receipt.answered, found.answeredOn && <When at={found.answeredOn} />],
              [words.receipt.answer, found.answer && <Lines text={found.answer} />],
            ]}
          />
        </section>
      )}
    </Page>
  );
}
