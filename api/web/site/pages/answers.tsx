import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Pager } from "../../shared/parts/tables";
import { windowOf } from "../../shared/windows";
import { Lines, When } from "../../shared/parts/texts";
import { AnswersDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";

export const loader = ({ request }: LoaderFunctionArgs) => ask(AnswersDocument, windowOf(request, 10), { signal: request.signal });

export function Component() {
  const words = useWords();
  const { answers } = useLoaderData<typeof loader>();
  return (
    <Page title={words.answers.title} lead={words.answers.lead} actions={<Link className="button primary" to={to("ask")}>{words.ask.title}</Link>}>
      {!answers?.nodes.length && <p className="section empty">{words.answers.empty}</p>}
      {answers?.nodes.map((each) => (
        <article className="section" key={each.number}>
          <h2>{words.answers.asked}</h2>
          <Lines text={each.question} />
          <h3>{words.answers.answered}</h3>
          <Lines text={each.answer} />
          <p className="help">
            {words.answers.askedOn} <When at={each.askedOn} /> · {words.answers.answeredOn} <When at={each.answeredOn} />
            {each.campaignCode && <> · <Link to={to("campaign", { code: each.campaignCode })}>{each.campaignCode}</Link></>}
          </p>
        </article>
      ))}
      {answers && <Pager info={answers.pageInfo} total={answers.totalCount} />}
    </Page>
  );
}
