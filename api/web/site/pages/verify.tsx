import { useState } from "react";
import { Button, DropZone, FileTrigger, Text } from "react-aria-components";
import { Link, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Told } from "../../shared/parts/texts";
import { CampaignsDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { keepKeys, keptKeys, PinnedKeys, Steps, useVerification, Verdict } from "../verifying/verifying";
import { useWords } from "../words";

export const loader = () => ask(CampaignsDocument, { first: 10, after: null, last: null, before: null, filter: null });

export function Component() {
  const words = useWords();
  const { campaigns } = useLoaderData<typeof loader>();
  const [keys, setKeys] = useState(keptKeys);
  const [name, setName] = useState<string | null>(null);
  const [standing, begin] = useVerification();

  async function verify(file: File): Promise<void> {
    setName(file.name);
    keepKeys(keys);
    begin({ kind: "bundle", data: await file.arrayBuffer(), trust: keys });
  }

  return (
    <Page title={words.verify.choose} lead={words.verify.chooseLead}>
      <section className="section">
        <h2>{words.verify.online}</h2>
        <p>{words.verify.onlineLead}</p>
        <ul className="news">
          {campaigns?.nodes.map((each) => (
            <li key={each.code}>
              <span>
                <Told text={each.title} /> <span className="code">{each.code}</span>
              </span>
              <Link to={to("verifyCampaign", { code: each.code })}>
                {words.oneCampaign.verify}
                <span className="unseen"> {each.code}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="section">
        <h2>{words.verify.file}</h2>
        <p>{words.verify.fileLead}</p>
        <PinnedKeys keys={keys} onChange={setKeys} />
        <DropZone
          className="drop"
          onDrop={(event) => {
            const file = event.items.find((item) => item.kind === "file");
            if (file?.kind === "file") void file.getFile().then(verify);
          }}
        >
          <Text slot="label">{name ? <Told text={name} /> : words.verify.drop}</Text>
          <FileTrigger onSelect={(files) => files?.[0] && void verify(files[0])}>
            <Button className="button primary">{words.verify.pick}</Button>
          </FileTrigger>
        </DropZone>
      </section>
      <Verdict standing={standing} full />
      <Steps standing={standing} />
    </Page>
  );
}
