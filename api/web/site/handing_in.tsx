// Handing something in: what was typed stays until it has come in, and the same press twice hands it in once.
import { type FormEvent, type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link } from "react-router";

import { AnswerError, newKey } from "../shared/ask";
import { Digest, Facts, Notice, When } from "../shared/parts/texts";
import { type Refused, refusalOf } from "../shared/refused";
import { useSharedWords } from "../shared/words";
import type { RefusedFragment } from "../generated/site/graphql";
import { to } from "./paths";
import { useWords } from "./words";

export interface Handed {
  receipt?: { number: string; dueOn: string } | null;
  refusal?: RefusedFragment | null;
}

export function HandingIn({ send, children }: { send: (key: string) => Promise<Handed>; children: ReactNode }) {
  const words = useWords().ask;
  const { faults } = useSharedWords();
  const [key] = useState(newKey);
  const [sending, setSending] = useState(false);
  const [handed, setHanded] = useState<Handed | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setSending(true);
    setFault(null);
    try {
      const told = await send(key);
      if (told.receipt) setHanded(told);
      else setFault(told.refusal ?? null);
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      setFault(refusalOf(error, faults));
    } finally {
      setSending(false);
    }
  }

  if (handed?.receipt) {
    return (
      <Notice tone="good" live title={words.done}>
        <Facts
          facts={[
            [words.number, <Digest value={handed.receipt.number} />],
            [words.due, <When at={handed.receipt.dueOn} />],
          ]}
        />
        <Link to={to("receipt")}>{words.look}</Link>
      </Notice>
    );
  }
  return (
    <Form className="form" onSubmit={(event) => void submit(event)}>
      {children}
      {fault && (
        <Notice tone="bad" live title={fault.message}>
          <p>{fault.remedy}</p>
        </Notice>
      )}
      <div>
        <button className="button primary" disabled={sending}>
          {sending ? words.sending : words.send}
        </button>
      </div>
    </Form>
  );
}
