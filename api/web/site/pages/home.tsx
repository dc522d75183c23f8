import { Form, Link, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Told, When } from "../../shared/parts/texts";
import { HomeDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { CampaignStateBadge, FindingTable } from "../parts";
import { to } from "../paths";
import { useWords } from "../words";

export const loader = () => ask(HomeDocument, {});

export function Component() {
  const words = useWords();
  const { findings, campaigns, notices, ledger } = useLoaderData<typeof loader>();
  const [newest] = campaigns?.nodes ?? [];
  const figures = [
    [findings?.totalCount ?? 0, words.home.findings, to("findings")],
    [campaigns?.totalCount ?? 0, words.home.campaigns, to("campaigns")],
    [ledger.size, words.home.entries, to("ledger")],
  ] as const;
  return (
    <Page title={words.home.title} lead={words.home.lead}>
      <Form action={to("findings")} role="search" className="search">
        <label htmlFor="search">{words.home.searchLabel}</label>
        <div>
          <input id="search" name="q" type="search" maxLength={100} autoComplete="off" dir="auto" />
          <button className="button primary">{words.search}</button>
        </div>
      </Form>
      <ul className="figures">
        {figures.map(([count, name, address]) => (
          <li key={address}>
            <Link to={address}>
              <strong>{count}</strong> {name}
            </Link>
          </li>
        ))}
      </ul>
      <section className="section">
        <h2>{words.home.newest}</h2>
        <FindingTable caption={words.findings.caption} rows={findings?.nodes ?? []} empty={words.oneCampaign.noFindings} />
        <p className="more">
          <Link to={to("findings")}>{words.home.all}</Link>
        </p>
      </section>
      <div className="columns">
        <section className="section">
          <h2>{words.home.running}</h2>
          <ul className="news">
            {(campaigns?.nodes ?? []).map((each) => (
              <li key={each.code}>
                <Link to={to("campaign", { code: each.code })}>
                  <Told text={each.title} />
                </Link>
                <CampaignStateBadge state={each.state} />
              </li>
            ))}
          </ul>
          {!newest && <p className="empty">{words.oneCampaign.noFindings}</p>}
        </section>
        {(notices?.totalCount ?? 0) > 0 && (
          <section className="section">
            <h2>{words.home.notices}</h2>
            <ul className="news">
              {notices!.nodes.map((each) => (
                <li key={each.number}>
                  <Link to={to("notice", { number: each.number })}>
                    <Told text={each.title} />
                  </Link>
                  <small>
                    <When at={each.publishedAt} />
                  </small>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <section className="section">
        <h2>{words.home.how}</h2>
        <ol className="steps">
          {words.home.steps.map(([name, text]) => (
            <li key={name}>
              <h3>{name}</h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
        {newest && (
          <Link className="button primary" to={to("verifyCampaign", { code: newest.code })}>
            {words.home.verify}
          </Link>
        )}
      </section>
    </Page>
  );
}
