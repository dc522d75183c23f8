import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { useDraft } from "../../shared/draft";
import { TextInput } from "../../shared/parts/fields";
import { Page } from "../../shared/parts/page";
import { AskDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { HandingIn } from "../handing_in";
import { to } from "../paths";
import { useWords } from "../words";

const LONGEST = 2000;

export function Component() {
  const words = useWords();
  const [asked] = useSearchParams();
  const draft = useDraft("public", "question");
  const [campaign, setCampaign] = useState(asked.get("campaign") ?? "");
  const [consent, setConsent] = useState(false);
  const [contact, setContact] = useState("");
  const given = { text: draft.text, campaign: campaign.trim() || null, consent, contact: contact.trim() || null };
  const send = async (key: string) => {
    const told = (await ask(AskDocument, given, { key })).askQuestion;
    if (told.receipt) draft.forget();
    return told;
  };
  return (
    <Page title={words.ask.title} lead={words.ask.lead} actions={<Link className="button" to={to("receipt")}>{words.receipt.title}</Link>}>
      <section className="section">
        <HandingIn given={given} send={send}>
          <TextInput label={words.ask.text} help={words.ask.textHelp} lines={6} maxLength={LONGEST} isRequired value={draft.text} onChange={draft.change} />
          <TextInput label={words.ask.campaign} value={campaign} onChange={setCampaign} placeholder="2026-0001" maxLength={20} />
          <TextInput label={words.ask.contact} help={words.ask.contactHelp} value={contact} onChange={setContact} maxLength={100} />
          <label className="check">
            <input type="checkbox" checked={consent} onChange={(event) => setConsent(event.target.checked)} />
            {words.ask.consent}
          </label>
        </HandingIn>
      </section>
    </Page>
  );
}
