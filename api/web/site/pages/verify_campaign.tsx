import { useEffect, useState } from "react";
import { useParams } from "react-router";

import { currentLanguage } from "../../shared/language";
import { Page } from "../../shared/parts/page";
import { to } from "../paths";
import { keepKeys, keptKeys, lastSeen, PinnedKeys, Steps, useVerification, Verdict } from "../../shared/verifying/verifying";
import { useVerifyingWords } from "../../shared/verifying/words";
import { useWords } from "../words";

export function Component() {
  const words = useWords();
  const code = useParams()["code"]!;
  const [keys, setKeys] = useState(keptKeys);
  const [standing, begin, stop] = useVerification();
  const { stop: stopping } = useVerifyingWords();

  const verify = () => {
    keepKeys(keys);
    begin({ kind: "public", language: currentLanguage(), address: location.origin, campaign: code, trust: keys, seen: lastSeen() });
  };
  // Whoever pressed the campaign's button came to see it done.
  useEffect(verify, [code]);

  return (
    <Page
      title={words.verify.title(code)}
      lead={words.verify.lead}
      crumbs={[
        [words.campaigns.title, to("campaigns")],
        [code, to("campaign", { code })],
      ]}
      actions={
        <>
          {standing.state === "running" ? (
            <button type="button" className="button primary" onClick={stop}>
              {stopping}
            </button>
          ) : (
            <button type="button" className="button primary" onClick={verify}>
              {words.verify.again}
            </button>
          )}
          <button type="button" className="button" onClick={() => print()}>
            {words.print}
          </button>
        </>
      }
    >
      <Verdict standing={standing} full={false} />
      <PinnedKeys keys={keys} onChange={setKeys} />
      <Steps standing={standing} />
    </Page>
  );
}
