import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Told } from "../../../shared/parts/texts";
import { AnalystModelsDocument, type ModelState } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters, Listing } from "../../listing";
import { to } from "../../paths";
import { roleNow } from "../../session";
import { ModelStateBadge } from "../parts";
import { useWords } from "../words";

export async function loader({ request }: LoaderFunctionArgs) {
  const state = new URL(request.url).searchParams.get("state") as ModelState | null;
  const [{ models }, role] = await Promise.all([ask(AnalystModelsDocument, { ...windowOf(request, 25), filter: { states: state && [state] } }, { signal: request.signal }), roleNow()]);
  return { models, state, mayDraft: role === "analyst" || role === "administrator" };
}

export function Component() {
  const words = useWords();
  const own = words.models;
  const { models, state, mayDraft } = useLoaderData<typeof loader>();
  return (
    <Page
      title={own.title}
      lead={own.lead}
      actions={
        mayDraft && (
          <Link className="button primary" to={to("newModel")}>
            {own.new}
          </Link>
        )
      }
    >
      <Filters asked={state} search={words.search}>
        <Choice label={words.state} name="state" defaultValue={state ?? ""} choices={[["", words.all], ...Object.entries(own.states)]} />
      </Filters>
      <Listing
        page={models}
        caption={own.caption}
        keyOf={(each) => `${each.name}@${each.version}`}
        empty={own.empty}
        columns={[
          {
            name: own.name,
            heads: true,
            cell: (each) => (
              <>
                <Link to={to("model", { name: each.name, version: each.version })}>
                  <Told text={each.title} />
                </Link>
                <small className="code">{each.name}</small>
              </>
            ),
          },
          { name: own.version, cell: (each) => each.version },
          { name: words.state, cell: (each) => <ModelStateBadge state={each.state} /> },
          { name: own.author, cell: (each) => <Told text={each.author} /> },
          { name: own.inForce, cell: (each) => each.inForceFrom && `${each.inForceFrom} ${words.to} ${each.inForceTo ?? ""}` },
        ]}
      />
    </Page>
  );
}
