// An inspection that another department did of late, which may stand for a visit, so that nobody is inspected twice.
import { useState } from "react";

import { Choice, TextInput } from "../../shared/parts/fields";
import { useResultLine } from "../../shared/parts/results";
import { listed } from "../../shared/marks";
import { VisitsRecogniseDocument, type VisitsSiteQuery } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { Confirmed, faultAt, Refusal } from "../parts";
import { useInspectorWords } from "./words";

interface RecognisingParts {
  campaign: string;
  enterprise: string;
  elsewhere: NonNullable<VisitsSiteQuery["inspectionsElsewhere"]>;
}

export function Recognising({ campaign, enterprise, elsewhere }: RecognisingParts) {
  const words = useInspectorWords().recognising;
  const inLine = useResultLine();
  const doing = useDoing();
  const [reference, setReference] = useState(elsewhere[0]!.reference);
  const [reason, setReason] = useState("");
  return (
    <details>
      <summary>{words.title(elsewhere.length)}</summary>
      <form className="form" onSubmit={(event) => event.preventDefault()}>
        <p>{words.text}</p>
        <Choice
          label={words.which}
          name="reference"
          value={reference}
          onChange={setReference}
          choices={elsewhere.map((each) => [each.reference, [each.inspectedOn, each.body, each.number, inLine(each.results), listed(each.itemNames)].filter(Boolean).join(" · ")] as const)}
        />
        <TextInput label={words.reason} help={words.reasonHelp} lines={2} maxLength={1000} value={reason} onChange={setReason} isRequired {...faultAt(doing.refused, "reason")} />
        <Refusal refused={doing.refused} />
        <p>
          <Confirmed
            doing={doing}
            label={words.recognise}
            text={words.confirm}
            onConfirm={() => void doing.run(VisitsRecogniseDocument, { campaign, enterprise, reference, reason })}
          />
        </p>
      </form>
    </details>
  );
}
