// What several of the administrator's pages show.
import { type FormEvent, type ReactNode, useState } from "react";
import { Button, Form } from "react-aria-components";

import { useReadingAnew } from "../../shared/reading_anew";
import { Digest, Notice } from "../../shared/parts/texts";
import type { Refused } from "../../shared/refused";
import type { Doing } from "../doing";
import { Pressed, Refusal } from "../parts";
import { useAdministratorWords } from "./words";

interface ActionFormParts {
  doing: Doing;
  /** What was typed, by the names of the fields. */
  onSubmit: (given: Record<string, string>, form: HTMLFormElement) => void;
  submit: string;
  tone?: "primary" | "danger";
  isDisabled?: boolean;
  children?: ReactNode;
}

/** A form that does one thing: a refusal stands below, and at the field that it is about. What was typed stays. */
export function ActionForm({ doing, onSubmit, submit, tone = "primary", isDisabled, children }: ActionFormParts) {
  const words = useAdministratorWords();
  const again = useReadingAnew();
  const { refused } = doing;
  const [edited, setEdited] = useState<Refused | null>(null);
  const field = refused === edited ? undefined : refused?.path?.at(-1);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.currentTarget)].filter((each): each is [string, string] => typeof each[1] === "string"));
    onSubmit(given, event.currentTarget);
  };
  return (
    // React Aria forgets a field's fault when it is left: the button would move away under the press that leaves it.
    <Form className="form" validationErrors={field && refused ? { [field]: refused.message } : {}} onSubmit={send}>
      <div className="form" onInput={() => setEdited(refused)}>
        {children}
      </div>
      <Refusal refused={refused} />
      <div className="actions">
        <Pressed tone={tone} busy={doing.busy} isDisabled={isDisabled}>
          {submit}
        </Pressed>
        {refused?.code === "version_stale" && (
          <Button
            className="button"
            onPress={() => {
              doing.forget();
              void again();
            }}
          >
            {words.readAgain}
          </Button>
        )}
      </div>
    </Form>
  );
}

/** Something that is shown this once: it is copied now, or made anew later. */
export const ShownOnce = ({ title, text, value }: { title: string; text: string; value: string }) => (
  <Notice live tone="warning" title={title}>
    <p>{text}</p>
    <p>
      <Digest value={value} />
    </p>
  </Notice>
);
