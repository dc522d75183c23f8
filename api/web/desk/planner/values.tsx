// What two persons read of a beacon: the dice or lots that fell before them, or the numbers that others published.
import { useState } from "react";

import { TextInput } from "../../shared/parts/fields";
import { Notice } from "../../shared/parts/texts";
import { PlannerConfirmValuesDocument, PlannerEnterValuesDocument } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { Action, faultAt, Refusal } from "../parts";
import { useWords } from "./words";

export function Values({ code }: { code: string }) {
  const words = useWords().beacon;
  const doing = useDoing();
  const [typed, setTyped] = useState("");
  const [done, setDone] = useState<string | null>(null);
  const asked = { campaign: code, values: typed.split("\n").map((each) => each.trim()).filter(Boolean) };
  const enter = async () => setDone((await doing.run(PlannerEnterValuesDocument, asked)) && words.entered);
  const confirm = async () => setDone((await doing.run(PlannerConfirmValuesDocument, asked)) && words.confirmed);
  return (
    <form className="form" onSubmit={(event) => event.preventDefault()}>
      <TextInput label={words.values} help={words.valuesHelp} lines={3} value={typed} onChange={setTyped} {...faultAt(doing.refused, "values")} />
      <Refusal refused={doing.refused} />
      {done !== null && !doing.refused && <Notice tone="good" live title={done} />}
      <div className="actions">
        <Action doing={doing} onPress={() => void enter()}>
          {words.enter}
        </Action>
        <Action doing={doing} onPress={() => void confirm()}>
          {words.confirm}
        </Action>
      </div>
    </form>
  );
}
