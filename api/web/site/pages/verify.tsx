import { Link, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Told } from "../../shared/parts/texts";
import { CampaignsDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { BundleFile } from "../../shared/verifying/bundle_file";
import { Steps, useVerification, Verdict } from "../../shared/verifying/verifying";
import { useVerifyingWords } from "../../shared/verifying/words";
import { useWords } from "../words";

export const loader = () => ask(CampaignsDocument, { first: 10, after: null, last: null, before: null, filter: null });

export function Component() {
  const words = useWords();
  const { campaigns } = useLoaderData<typeof loader>();
  const [standing, begin] = useVerification();

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
        <h2>{useVerifyingWords().file}</h2>
        <p>{words.verify.fileLead}</p>
        <BundleFile begin={begin} />
      </section>
      <Verdict standing={standing} full />
      <Steps standing={standing} />
    </Page>
  );
}
