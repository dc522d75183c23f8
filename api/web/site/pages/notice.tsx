import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Lines, When } from "../../shared/parts/texts";
import { OneNoticeDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { numberIn } from "../asked";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const number = numberIn(params["number"]);
  return (await ask(OneNoticeDocument, { number }, { signal: request.signal })).notice!;
}

export function Component() {
  const words = useWords();
  const notice = useLoaderData<typeof loader>();
  return (
    <Page
      title={notice.title}
      lead={
        <p>
          {words.noticeKinds[notice.kind]} · <When at={notice.publishedAt} />
        </p>
      }
      crumbs={[[words.notices.title, to("notices")]]}
    >
      <article className="section">
        <Lines text={notice.text} />
      </article>
    </Page>
  );
}
