import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Fold, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Badge, Told, When } from "../../../shared/parts/texts";
import { useAsking } from "../../../shared/refused";
import { AuditorDeviationsDocument, type AuditorDeviationsQuery, AuditorJudgementsDocument, type AuditorJudgementsQuery, type DeviationKind } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters, Listing } from "../../listing";
import { Pressed, Refusal } from "../../parts";
import { to } from "../../paths";
import { Purpose } from "../../purpose";
import { ProofLink } from "../parts";
import { useAuditorWords } from "../words";

const SIZE = 50;
const JUDGEMENTS = 20;

type Deviation = NonNullable<AuditorDeviationsQuery["deviations"]>["nodes"][number];
type Judgements = NonNullable<AuditorJudgementsQuery["judgements"]>;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const campaignCode = asked.get("campaign")?.trim() || null;
  const kind = (asked.get("kind") || null) as DeviationKind | null;
  const filter = { campaignCode, kinds: kind && [kind] };
  const { deviations } = await ask(AuditorDeviationsDocument, { ...windowOf(request, SIZE), filter }, { signal: request.signal });
  return { deviations, campaignCode, kind };
}

export function Component() {
  const words = useAuditorWords();
  const told = words.deviations;
  const { deviations, campaignCode, kind } = useLoaderData<typeof loader>();
  return (
    <Page
      title={told.title}
      lead={told.lead}
      actions={
        <button type="button" className="button" onClick={() => print()}>
          {words.print}
        </button>
      }
    >
      <Filters asked={[campaignCode, kind]} search={words.filter}>
        <TextInput label={told.code} name="campaign" defaultValue={campaignCode ?? ""} />
        <Choice label={told.kind} name="kind" defaultValue={kind ?? ""} choices={[["", words.all], ...Object.entries(told.kinds)]} />
      </Filters>
      <Listing
        page={deviations}
        caption={told.caption}
        keyOf={({ id }) => id}
        empty={told.empty}
        columns={[
          { name: told.kind, heads: true, cell: ({ kind }) => told.kinds[kind] },
          { name: words.campaign, cell: ({ campaign }) => <Link to={to("draw", { code: campaign })}>{campaign}</Link> },
          { name: told.reason, cell: ({ reason }) => (reason ? <Told text={reason} /> : words.none) },
          { name: told.positions, cell: (each) => <Concerned deviation={each} /> },
          {
            name: told.entry,
            cell: ({ entry }) => (
              <>
                <When at={entry.time} />
                <br />
                <ProofLink seq={entry.seq} />
              </>
            ),
          },
        ]}
      />
      <JudgementsSection />
    </Page>
  );
}

/** Whom a deviation is about: many are folded away on a screen. */
function Concerned({ deviation: { kind, positions, enterpriseCodes } }: { deviation: Deviation }) {
  const words = useAuditorWords();
  const told = words.deviations;
  if (!positions.length) return words.none;
  const title = kind === "VOID_AFTER_DRAW" ? told.hadDrawn : kind === "REPLACEMENT" ? told.replacedBy : null;
  const rows = positions.map((position, index) => (
    <li key={position}>
      {position} {enterpriseCodes.length ? <code>{enterpriseCodes[index]}</code> : told.gone}
    </li>
  ));
  if (positions.length <= 3) {
    return (
      <>
        {title}
        <ul className="plain">{rows}</ul>
      </>
    );
  }
  return (
    <Fold
      summary={
        <>
          {title} {positions.length}
        </>
      }
    >
      <ul className="plain">{rows}</ul>
    </Fold>
  );
}

/** Manual judgements hold grades: they are read with a purpose, kept nowhere, and the reading is recorded. */
function JudgementsSection() {
  const words = useAuditorWords();
  const told = words.deviations;
  const { found: read, refused, busy, look } = useAsking<{ purpose: string; nodes: Judgements["nodes"]; info: Judgements["pageInfo"] | null }>();
  const readOn = (purpose: string, before: Judgements["nodes"], after: string | null) =>
    look(async () => {
      const { judgements } = await ask(AuditorJudgementsDocument, { purpose, first: JUDGEMENTS, after });
      return { purpose, nodes: [...before, ...(judgements?.nodes ?? [])], info: judgements?.pageInfo ?? null };
    });

  return (
    <section className="section">
      <h2>{told.judgements}</h2>
      <p>{told.judgementsLead}</p>
      <Purpose what={told.judgementsWhat} purpose={read?.purpose ?? null} onGiven={(why) => void readOn(why, [], null)} />
      <Refusal refused={refused} />
      {read && (
        <>
          <Table
            caption={told.judgementsCaption}
            rows={read.nodes}
            keyOf={({ id }) => id}
            empty={told.noJudgements}
            columns={[
              { name: words.readings.enterprise, heads: true, cell: ({ enterpriseCode }) => <code>{enterpriseCode}</code> },
              {
                name: told.effect,
                cell: ({ effect, grade }) => (
                  <>
                    {told.effects[effect]} <Told text={grade} />
                  </>
                ),
              },
              { name: told.state, cell: ({ state }) => <Badge tone={state === "PROPOSED" ? "warning" : "plain"}>{told.states[state]}</Badge> },
              { name: told.reason, cell: ({ reason }) => <Told text={reason} /> },
              { name: told.basis, cell: ({ legalBasis }) => <Told text={legalBasis} /> },
              {
                name: told.proposedBy,
                cell: ({ proposedBy, proposedAt }) => (
                  <>
                    <Told text={proposedBy} /> <When at={proposedAt} />
                  </>
                ),
              },
              {
                name: told.confirmedBy,
                cell: ({ confirmedBy, confirmedAt }) =>
                  confirmedBy && confirmedAt ? (
                    <>
                      <Told text={confirmedBy} /> <When at={confirmedAt} />
                    </>
                  ) : (
                    words.none
                  ),
              },
              { name: told.expires, cell: ({ expires }) => <When at={expires} /> },
            ]}
          />
          {read.info?.hasNextPage && (
            <p className="screen-only">
              <Pressed busy={busy} onPress={() => void readOn(read.purpose, read.nodes, read.info?.endCursor ?? null)}>
                {told.more}
              </Pressed>
            </p>
          )}
        </>
      )}
    </section>
  );
}
