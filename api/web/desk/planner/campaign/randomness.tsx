// What decides a campaign, what has come of it, and what persons enter of it.
import type { FormEvent } from "react";
import { Link } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Table } from "../../../shared/parts/tables";
import { Badge, Digest, Facts, Notice, Told, When } from "../../../shared/parts/texts";
import { labelled, listed } from "../../../shared/marks";
import { PlannerEnterRoundDocument, PlannerRevealDocument } from "../../../generated/desk/graphql";
import { useDoing } from "../../doing";
import { faultAt, Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { Values } from "../values";
import { useWords } from "../words";
import type { Campaign, Published } from "./standing";

export function Randomness({ campaign, published }: { campaign: Campaign; published: Published }) {
  const words = useWords().beacon;
  const { beacon, witnesses, toBeTrusted } = published;
  const missing = campaign.waitingFor ?? []; // also of a beacon that decides a match anew, which is not the one shown here
  const name = (kind: string) => words.names[kind as keyof typeof words.names] ?? kind;
  return (
    <section className="section">
      <h2>{words.title}</h2>
      {toBeTrusted.length > 0 && (
        <Notice tone="warning" title={words.trusted}>
          <ul>
            {toBeTrusted.map((each) => (
              <li key={each.code}>{each.text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Facts
        facts={[
          [words.decides, name(beacon.kind)],
          [words.from, <When at={beacon.notBefore} />],
          [words.until, beacon.deadline && <When at={beacon.deadline} />],
          [words.margin, beacon.marginSeconds > 0 ? words.seconds(beacon.marginSeconds) : null],
          [words.entropy, <span>2<sup>{beacon.entropyBits}</sup></span>],
          [words.round, beacon.round?.number],
          ...beacon.sources.map((each) => [each.name, <><Told text={each.values ? labelled(each.issue, each.values) : each.issue} /> <When at={each.publishedAt} /></>] as const),
          [words.throw, beacon.throw && <Told text={labelled(`${beacon.throw.count} × ${beacon.throw.of}`, beacon.throw.values ?? listed(beacon.throw.persons))} />],
          [words.fallback, beacon.fallback && name(beacon.fallback.kind)],
          [words.witnessed, witnesses ? (witnesses.isMet ? words.quorum : labelled(words.awaited, listed(witnesses.awaited))) : words.noWitnesses],
          [words.decidedBy, beacon.decidedBy && name(beacon.decidedBy)],
          [words.output, beacon.output && <Digest value={beacon.output} short />],
        ]}
      />
      {beacon.parties.length > 0 && (
        <Table
          caption={words.parties}
          rows={beacon.parties}
          keyOf={(party) => party.name}
          columns={[
            { name: words.party, heads: true, cell: (party) => <Told text={party.name} /> },
            { name: words.commitment, cell: (party) => <Digest value={party.commitment} short /> },
            { name: words.revealed, cell: (party) => (party.revealedAt ? <When at={party.revealedAt} /> : <Badge tone="warning">{words.notRevealed}</Badge>) },
          ]}
        />
      )}
      {campaign.state === "FROZEN" || campaign.state === "LISTED" ? (
        <Coming campaign={campaign} published={published} />
      ) : (
        missing.length > 0 && <Reveal code={campaign.code} parties={missing} />
      )}
    </section>
  );
}

/** What persons enter of a beacon: reveals of parties, numbers that two persons read, a round where no network is. */
function Coming({ campaign, published: { beacon } }: { campaign: Campaign; published: Published }) {
  const words = useWords().beacon;
  const missing = campaign.waitingFor ?? [];
  const reads = [beacon, beacon.fallback].some((each) => each?.kind === "sources" || each?.throw);
  const rounds = [beacon, beacon.fallback].some((each) => each?.round);
  return (
    <>
      {missing.length > 0 && <Reveal code={campaign.code} parties={missing} />}
      {reads && <Values code={campaign.code} />}
      {beacon.throw && (
        <p className="help">
          {words.throwElsewhere} <Link to={to("throw", { code: campaign.code })}>{to("throw", { code: campaign.code })}</Link>
        </p>
      )}
      {rounds && <Round code={campaign.code} />}
    </>
  );
}

const given = (event: FormEvent<HTMLFormElement>): Record<string, string> => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
};

function Reveal({ code, parties }: { code: string; parties: readonly string[] }) {
  const words = useWords().beacon;
  const doing = useDoing();
  const reveal = async (event: FormEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    const { party, salt, value } = given(event);
    const payload = await doing.run(PlannerRevealDocument, { campaign: code, party: party!, salt: salt!.trim(), value: value!.trim() });
    if (payload) form.reset();
  };
  return (
    <form className="form" onSubmit={(event) => void reveal(event)}>
      <h3>{words.reveal}</h3>
      <div className="field">
        <label htmlFor="party">{words.party}</label>
        <select id="party" name="party">
          {parties.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      <TextInput label={words.salt} name="salt" autoComplete="off" isRequired {...faultAt(doing.refused, "salt")} />
      <TextInput label={words.value} name="value" autoComplete="off" isRequired {...faultAt(doing.refused, "value")} />
      <Refusal refused={doing.refused} />
      <Pressed busy={doing.busy}>
        {words.reveal}
      </Pressed>
    </form>
  );
}

function Round({ code }: { code: string }) {
  const words = useWords().beacon;
  const doing = useDoing();
  const enter = (event: FormEvent<HTMLFormElement>) => {
    const { signature, previous } = given(event);
    void doing.run(PlannerEnterRoundDocument, { campaign: code, signature: signature!.trim(), previousSignature: previous?.trim() || null });
  };
  return (
    <details>
      <summary>{words.enterRound}</summary>
      <form className="form" onSubmit={enter}>
        <TextInput label={words.signature} name="signature" autoComplete="off" isRequired {...faultAt(doing.refused, "signature")} />
        <TextInput label={words.previous} name="previous" autoComplete="off" />
        <Refusal refused={doing.refused} />
        <Pressed busy={doing.busy}>
          {words.enter}
        </Pressed>
      </form>
    </details>
  );
}
