// Grades, and what follows from them, are read for a purpose, which is asked for once per visit of a page and kept nowhere else.
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "react-aria-components";

import { TextInput } from "../shared/parts/fields";
import { Facts, Notice, Told } from "../shared/parts/texts";
import { useWords } from "./words";

const LONGEST = 200;

interface PurposeParts {
  /** What is read. */
  what: ReactNode;
  purpose: string | null;
  onGiven: (purpose: string) => void;
}

/** Ask for the purpose, and say then that it is recorded. */
export function Purpose({ what, purpose, onGiven }: PurposeParts) {
  const words = useWords().purpose;
  const [text, setText] = useState("");
  if (purpose !== null) return <Facts facts={[[words.purpose, <><Told text={purpose} /> <span className="help">{words.recorded}</span></>]]} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) onGiven(text.trim());
  };
  return (
    <div className="screen-only">
      <Notice tone="warning" title={words.title}>
        <p>{what}</p>
        <form className="purpose" onSubmit={submit}>
          <TextInput label={words.purpose} help={words.help} value={text} onChange={setText} maxLength={LONGEST} isRequired />
          <Button type="submit" className="button primary">
            {words.read}
          </Button>
        </form>
      </Notice>
    </div>
  );
}
