// Whom other departments have inspected of late, of those whom a planned campaign could draw.
import { type FormEvent, useState } from "react";

import { Choice } from "../../../shared/parts/fields";
import { Table } from "../../../shared/parts/tables";
import { useAsking } from "../../../shared/refused";
import { PlannerOverlapDocument, type PlannerOverlapQuery } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Pressed, Refusal } from "../../parts";
import { useWords } from "../words";

const DAYS = ["30", "90", "180", "365"];

type Found = NonNullable<PlannerOverlapQuery["campaignOverlap"]> & { days: number };

export function Overlap({ code }: { code: string }) {
  const words = useWords().overlap;
  const [days, setDays] = useState("365");
  const { found, refused, busy, look } = useAsking<Found | null>();
  const show = async (event: FormEvent) => {
    event.preventDefault();
    await look(async () => {
      const { campaignOverlap } = await ask(PlannerOverlapDocument, { code, days: Number(days) });
      return campaignOverlap ? { ...campaignOverlap, days: Number(days) } : null;
    });
  };
  return (
    <section className="section" aria-labelledby="overlap">
      <h2 id="overlap">{words.title}</h2>
      <p className="help">{words.lead}</p>
      <form className="filters screen-only" onSubmit={(event) => void show(event)}>
        <Choice label={words.within} name="days" value={days} onChange={setDays} choices={DAYS.map((each) => [each, words.days(each)] as const)} />
        <Pressed busy={busy}>{words.show}</Pressed>
      </form>
      <Refusal refused={refused} />
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
