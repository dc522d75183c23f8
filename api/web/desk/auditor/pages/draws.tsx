import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Badge, Told, type Tone, When } from "../../../shared/parts/texts";
import { listed, parted } from "../../../shared/marks";
import { AuditorDrawsDocument, type StaffCampaignState } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters, Listing } from "../../listing";
import { to } from "../../paths";
import { Verification } from "../parts";
import { useAuditorWords } from "../words";

const SIZE = 20;
const SEALED: StaffCampaignState[] = ["FROZEN", "DRAWN", "MATCHED", "CLOSED", "VOIDED", "LISTED"];
const TONES: Record<StaffCampaignState, Tone> = {
  PLANNED: "plain",
  LISTED: "plain",
  FROZEN: "warning",
  DRAWN: "strong",
  MATCHED: "strong",
  CLOSED: "good",
  VOIDED: "bad",
};

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const state = (asked.get("state") || null) as StaffCampaignState | null;
  const text = asked.get("text") || null;
  const filter = { states: state ? [state] : SEALED, text };
  const { campaigns } = await ask(AuditorDrawsDocument, { ...windowOf(request, SIZE), filter }, { signal: request.signal });
  return { campaigns, state, text };
}

export function Component() {
  const words = useAuditorWords();
  const told = words.draws;
  const { campaigns, state, text } = useLoaderData<typeof loader>();
  return (
    <Page title={told.title} lead={told.lead}>
      <Filters asked={[state, text]} search={words.filter}>
        <TextInput label={told.text} name="text" defaultValue={text ?? ""} />
        <Choice label={told.state} name="state" defaultValue={state ?? ""} choices={[["", words.all], ...SEALED.map((each) => [each, words.states[each]] as const)]} />
      </Filters>
      <Listing
        page={campaigns}
        caption={told.caption}
        keyOf={({ code }) => code}
        empty={told.empty}
        columns={[
          {
            name: words.campaign,
            heads: true,
            cell: ({ code, plan }) => (
              <>
                <Link to={to("draw", { code })}>
                  <Told text={plan.title} />
                </Link>
                <small className="code">{code}</small>
              </>
            ),
          },
          { name: told.state, cell: ({ state }) => <Badge tone={TONES[state]}>{words.states[state]}</Badge> },
          { name: told.verified, cell: ({ state, published }) => <Verification state={state} published={published} /> },
          { name: told.drawn, cell: ({ published }) => (published?.drawnEntry ? <When at={published.drawnEntry.time} /> : words.none) },
          { name: told.department, cell: ({ published }) => <Told text={listed(published?.departments.map(({ name }) => name) ?? [])} /> },
          { name: told.count, numeric: true, cell: ({ published }) => published && `${published.toVisit} / ${published.frameSize}` },
          {
            name: told.tries,
            cell: ({ state, published }) => {
              const tries = [
                published?.replaces.length && told.replaces(listed(published.replaces)),
                published?.replacedBy && told.replacedBy(published.replacedBy),
                state !== "VOIDED" && published?.voidProposedEntries.length && told.voiding,
              ].filter((each) => typeof each === "string");
              return tries.length ? parted(tries) : words.none;
            },
          },
        ]}
      />
    </Page>
  );
}
