import { useState } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useDraft } from "../../shared/draft";
import { Choice, TextInput } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { Results } from "../../shared/parts/results";
import { Facts, Told } from "../../shared/parts/texts";
import { ObjectDocument, type ObjectionClaim, OneFindingDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { numberIn } from "../asked";
import { HandingIn } from "../handing_in";
import { findingPath } from "../parts";
import { useWords } from "../words";

const LONGEST = 2000;

export async function loader({ params, request }: LoaderFunctionArgs) {
  const position = numberIn(params["position"]);
  return (await ask(OneFindingDocument, { campaign: params["campaign"]!, position }, { signal: request.signal })).finding!;
}

export function Component() {
  const words = useWords();
  const finding = useLoaderData<typeof loader>();
  const [claim, setClaim] = useState<ObjectionClaim>("WRONG_FACT");
  const draft = useDraft("public", `objection.${finding.campaignCode}-${finding.position}`);
  const [contact, setContact] = useState("");
  const given = { campaign: finding.campaignCode, position: finding.position, claim, text: draft.text, contact: contact.trim() || null };
  const send = async (key: string) => {
    const told = (await ask(ObjectDocument, given, { key })).objectToFinding;
    if (told.receipt) draft.forget();
    return told;
  };
  return (
    <Page title={words.object.title} lead={words.object.lead} crumbs={[[finding.enterpriseName, findingPath(finding)]]}>
      <section className="section">
        <h2>{words.object.about}</h2>
        <Facts
          facts={[
            [words.name, <Told text={finding.enterpriseName} />],
            [words.code, finding.enterpriseCode],
            [words.result, <Results results={finding.results} />],
          ]}
        />
        <HandingIn given={given} send={send}>
          <Choice
            label={words.object.claim}
            name="claim"
            value={claim}
            onChange={(chosen) => setClaim(chosen as ObjectionClaim)}
            choices={Object.entries(words.claims)}
          />
          <TextInput label={words.object.text} help={words.ask.textHelp} lines={6} maxLength={LONGEST} isRequired value={draft.text} onChange={draft.change} />
          <TextInput label={words.ask.contact} help={words.ask.contactHelp} value={contact} onChange={setContact} maxLength={100} />
        </HandingIn>
      </section>
    </Page>
  );
}
