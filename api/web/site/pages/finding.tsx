import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { FollowUp, Results } from "../../shared/parts/results";
import { Digest, Facts, Told, When } from "../../shared/parts/texts";
import { listed, marks } from "../../shared/marks";
import { OneFindingDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { numberIn } from "../asked";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const position = numberIn(params["position"]);
  const found = await ask(OneFindingDocument, { campaign: params["campaign"]!, position }, { signal: request.signal });
  return { finding: found.finding!, title: found.campaign?.title ?? "" };
}

export function Component() {
  const words = useWords();
  const { finding, title } = useLoaderData<typeof loader>();
  const { opening, recognised } = finding;
  const campaign = { code: finding.campaignCode };
  return (
    <Page
      title={finding.enterpriseName}
      lead={<p className="code">{finding.enterpriseCode}</p>}
      crumbs={[
        [words.findings.title, to("findings")],
        [finding.campaignCode, to("campaign", campaign)],
      ]}
      actions={
        <>
          <Link className="button" to={to("enterprise", { code: finding.enterpriseCode })}>
            {words.finding.more}
          </Link>
          <Link className="button" to={to("object", { campaign: finding.campaignCode, position: finding.position })}>
            {words.finding.object}
          </Link>
          <button type="button" className="button" onClick={() => print()}>
            {words.print}
          </button>
        </>
      }
    >
      <section className="section">
        <h2>{words.finding.title}</h2>
        <Facts
          facts={[
            [words.result, <Results results={finding.results} />],
            [words.followUp, <FollowUp {...finding} />],
            [words.department, <Told text={finding.departmentName} />],
            [words.matters, <Told text={listed(finding.itemNames)} />],
            [words.visited, <When at={finding.visitedOn} />],
            [words.finding.recognised, recognised && <>{words.finding.recognisedText(recognised.bodyName)}{marks().opening}<When at={recognised.inspectedOn} />{marks().closing}</>],
            [words.published, <When at={finding.publishedAt} />],
            [
              words.finding.correctedAt,
              finding.correctedAt && (
                <>
                  <When at={finding.correctedAt} /> {words.corrected(finding.version)}
                </>
              ),
            ],
            [words.finding.number, finding.number],
            [words.campaign, <Link to={to("campaign", campaign)}><Told text={title} /></Link>],
          ]}
        />
      </section>
      <section className="section">
        <h2>{words.finding.proof}</h2>
        <p>{words.finding.proofLead}</p>
        <Facts
          facts={[
            [words.position, words.finding.place(opening.position, opening.size)],
            [words.finding.slot, <Digest value={opening.slot} />],
            [words.finding.salt, <Digest value={opening.salt} />],
            [words.finding.sealed, opening.sealed.map((each) => <Digest key={each} value={each} />)],
            [words.finding.root, <Digest value={opening.root} />],
            [words.finding.path, <pre tabIndex={0}>{opening.proof.join("\n") || "—"}</pre>],
          ]}
        />
        <Link className="button primary screen-only" to={to("verifyCampaign", campaign)}>
          {words.finding.verify}
        </Link>
      </section>
    </Page>
  );
}
