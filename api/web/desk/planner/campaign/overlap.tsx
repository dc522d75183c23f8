// Whom other departments have inspected of late, of those whom a planned campaign could draw.
import { type FormEvent, useState } from "react";

import { Choice } from "../../../shared/parts/fields";
import { Table } from "../../../shared/parts/tables";
import { Notice } from "../../../shared/parts/texts";
import { AnswerError } from "../../../shared/ask";
import { PlannerOverlapDocument, type PlannerOverlapQuery } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Pressed } from "../../parts";
import { useWords } from "../words";

const DAYS = ["30", "90", "180", "365"];

type Found = NonNullable<PlannerOverlapQuery["campaignOverlap"]> & { days: number };

export function Overlap({ code }: { code: string }) {
  const words = useWords().overlap;
  const [days, setDays] = useState("365");
  const [found, setFound] = useState<Found | null>(null);
  const [fault, setFault] = useState<AnswerError | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      const { campaignOverlap } = await ask(PlannerOverlapDocument, { code, days: Number(days) });
      setFound(campaignOverlap ? { ...campaignOverlap, days: Number(days) } : null);
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="section" aria-labelledby="overlap">
      <h2 id="overlap">{words.title}</h2>
      <p className="help">{words.lead}</p>
      <form className="filters screen-only" onSubmit={(event) => void look(event)}>
        <Choice label={words.within} name="days" value={days} onChange={setDays} choices={DAYS.map((each) => [each, words.days(each)] as const)} />
        <Pressed busy={busy}>{words.show}</Pressed>
      </form>
      {fault && (
        <Notice tone="bad" live title={fault.message}>
          <p>{fault.remedy}</p>
        </Notice>
      )}
      {found && (found.inspected ? <Counted found={found} /> : <p role="status">{words.nobody(found.days, found.memberCount)}</p>)}
    </section>
  );
}

function Counted({ found }: { found: Found }) {
  const words = useWords().overlap;
  return (
    <Table
      caption={words.caption(found.days)}
      rows={(["memberCount", "inspected", "sameItems", "unstated"] as const).map((name) => ({ name, count: found[name] }))}
      keyOf={({ name }) => name}
      columns={[
        { name: words.which, heads: true, cell: ({ name }) => words[name] },
        { name: words.count, numeric: true, cell: ({ count }) => count },
      ]}
    />
  );
}
