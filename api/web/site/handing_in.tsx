// Handing something in: what was typed stays until it has come in, and the same pressed twice comes in once.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Form } from "react-aria-components";
import { Link } from "react-router";

import { AnswerError, UNREACHED } from "../shared/ask";
import { useKeys } from "../shared/keys";
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

interface HandingInParts {
  /** What is handed in, and how. */
  given: object;
  send: (key: string) => Promise<Handed>;
  children: ReactNode;
}

export function HandingIn({ given, send, children }: HandingInParts) {
  const words = useWords().ask;
  const { faults } = useSharedWords();
  const { keyOf, answered } = useKeys();
  const [sending, setSending] = useState(false);
  const [handed, setHanded] = useState<Handed | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(handed);
  // Whoever reads by ear would stand nowhere: the button that was pressed is gone.
  useEffect(() => {
    if (before.current === handed) return;
    before.current = handed;
    if (handed) place.current?.focus();
    else place.current?.querySelector<HTMLElement>("textarea")?.focus();
  }, [handed]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    setFault(null);
    try {
      const told = await send(keyOf(JSON.stringify(given)));
      answered();
      if (told.receipt) setHanded(told);
      else setFault(told.refusal ?? null);
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if (!error.codes.includes(UNREACHED)) answered();
      setFault(refusalOf(error, faults));
    } finally {
      setSending(false);
    }
  }

  if (handed?.receipt) {
    return (
      <div ref={place} tabIndex={-1}>
        <Notice tone="good" live title={words.done}>
          <Facts
            facts={[
              [words.number, <Digest value={handed.receipt.number} />],
              [words.due, <When at={handed.receipt.dueOn} />],
            ]}
          />
          <Link to={to("receipt")}>{words.look}</Link>
        </Notice>
        <button type="button" className="button" onClick={() => setHanded(null)}>
          {words.again}
        </button>
      </div>
    );
  }
  return (
    <div ref={place}>
      <Form className="form" onSubmit={(event) => void submit(event)}>
        {children}
        {fault && (
          <Notice tone="bad" live title={fault.message}>
            <p>{fault.remedy}</p>
          </Notice>
        )}
        <div>
          <button className="button primary" aria-disabled={sending}>
            {sending ? words.sending : words.send}
          </button>
        </div>
      </Form>
    </div>
  );
}
